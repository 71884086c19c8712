"""Calendar months, working days and shares: the edges where law is broken by one."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhibu.regulations import dates
from zhibu.regulations.dates import (
    WorkingDays,
    add_months,
    add_working_days,
    add_years,
    is_working_day,
    load_corrections,
    working_day_known,
)
from zhibu.regulations.loader import RuleError
from zhibu.regulations.models import Range, Share, chinese_number
from zhibu.regulations.queries import value

DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))
KNOWN_DAYS = st.dates(date(2010, 1, 1), date(2026, 6, 30))
TODAY = date(2026, 11, 21)


@given(DAYS, st.integers(0, 240))
def test_the_day_stays_or_becomes_the_months_last(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_a_leap_day_ages_on_the_28th() -> None:
    assert add_years(date(2008, 2, 29), 18) == date(2026, 2, 28)


@given(KNOWN_DAYS, st.integers(1, 30))
def test_more_working_days_end_later(day: date, count: int) -> None:
    end = add_working_days(day, count)

    assert end.day > add_working_days(day, count - 1).day
    assert is_working_day(end.day)
    assert sum(is_working_day(day + timedelta(days=n)) for n in range(1, (end.day - day).days + 1)) == count
    assert end.certain


@given(KNOWN_DAYS, st.integers(0, 20), st.integers(0, 30))
def test_a_later_start_never_ends_earlier(day: date, count: int, delay: int) -> None:
    later = day + timedelta(days=delay)

    assert add_working_days(day, count).day <= add_working_days(later, count).day


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        (date(2026, 1, 1), False, "元旦"),
        (date(2026, 1, 2), False, "元旦调休"),
        (date(2026, 1, 4), True, "周日上班"),
        (date(2026, 2, 14), True, "周六上班"),
        (date(2026, 2, 16), False, "除夕"),
        (date(2026, 2, 23), False, "春节"),
        (date(2026, 2, 24), True, "节后"),
        (date(2026, 2, 28), True, "周六上班"),
        (date(2026, 4, 6), False, "清明"),
        (date(2026, 5, 5), False, "劳动节"),
        (date(2026, 5, 9), True, "周六上班"),
        (date(2026, 6, 19), False, "端午"),
        (date(2026, 9, 20), True, "周日上班"),
        (date(2026, 9, 25), False, "中秋"),
        (date(2026, 10, 7), False, "国庆"),
        (date(2026, 10, 10), True, "周六上班"),
        (date(2026, 11, 21), False, "普通周六"),
    ],
)
def test_the_working_days_of_2026(day: date, works: bool, why: str) -> None:
    assert is_working_day(day) is works, why


def test_a_notice_before_the_national_day_hangs_until_the_adjusted_saturday() -> None:
    # Posted on Wednesday 30 September: 8, 9 and 10 October (a working Saturday), 12, 13.
    assert add_working_days(date(2026, 9, 30), 5).day == date(2026, 10, 13)


def test_working_days_of_a_year_without_a_calendar_are_said_to_be_uncertain() -> None:
    assert not working_day_known(2027)
    assert add_working_days(date(2026, 12, 24), 5).certain  # ends on 31 December
    assert not add_working_days(date(2026, 12, 25), 5).certain
    assert add_working_days(date(2026, 12, 31), 0).day == date(2026, 12, 31)


@pytest.fixture
def corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts another table of corrections in place of the house's."""

    def put(text: str) -> None:
        file = tmp_path / "working_days.yaml"
        file.write_text(text, "utf-8")
        table = load_corrections(file)
        monkeypatch.setattr(dates, "_corrections", lambda: table)

    return put


def test_a_year_entered_in_the_table_is_certain(corrected: Callable[[str], None]) -> None:
    # 1 January 2027 is a Friday; Saturday 9 January is made a working day for the test.
    corrected("years: [2027]\ndays_off: [2027-01-01]\nworking_days: [2027-01-09]\n")

    assert working_day_known(2027)
    assert [is_working_day(date(2027, 1, day)) for day in (1, 2, 4, 9, 10)] == [False, False, True, True, False]
    assert add_working_days(date(2026, 12, 31), 6) == WorkingDays(date(2027, 1, 9), certain=True)


def test_one_unknown_year_on_the_way_makes_the_end_uncertain(corrected: Callable[[str], None]) -> None:
    corrected("years: [2028]\ndays_off: []\nworking_days: []\n")

    end = add_working_days(date(2026, 12, 31), 270)

    assert end.day.year == 2028
    assert not end.certain


def test_the_table_corrects_the_library(corrected: Callable[[str], None]) -> None:
    assert is_working_day(date(2026, 11, 20))

    corrected("years: []\ndays_off: [2026-11-20]\nworking_days: [2026-11-21]\n")

    assert [is_working_day(date(2026, 11, day)) for day in (19, 20, 21, 22)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("years: []\ndays_off: []\n", "缺少 working_days"),
        ("years: ['2027']\ndays_off: []\nworking_days: []\n", "第 1 行 years：应是列表"),
        ("years: []\ndays_off: 2027-01-01\nworking_days: []\n", "第 2 行 days_off：应是列表"),
        ("years: []\ndays_off: []\nworking_days: [周六]\n", "第 3 行 working_days：应是列表"),
        ("years: []\ndays_off: [2027-01-01]\nworking_days: [2027-01-01]\n", "2027-01-01 不能既休息又上班"),
    ],
)
def test_a_broken_table_of_working_days_is_refused(corrected: Callable[[str], None], text: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        corrected(text)


def test_admission_needs_more_than_half_an_ordinary_vote_at_least_half() -> None:
    admission, ordinary = value("dev.quorum", TODAY).share, value("life.meeting_quorum", TODAY).share

    assert [admission.met(part, 10) for part in (4, 5, 6)] == [False, False, True]
    assert [ordinary.met(part, 10) for part in (4, 5, 6)] == [False, True, True]
    assert [admission.met(part, 11) for part in (5, 6)] == [False, True]


def test_an_election_needs_four_fifths_exactly_those_included() -> None:
    quorum = value("elect.quorum", TODAY).share

    assert [quorum.met(part, 10) for part in (7, 8, 9)] == [False, True, True]
    assert [quorum.met(part, 11) for part in (8, 9)] == [False, True]


def test_a_third_may_be_excellent_and_not_one_more() -> None:
    cap = value("life.excellent_cap", TODAY).share

    assert [cap.met(part, 9) for part in (3, 4)] == [True, False]
    assert [cap.met(part, 10) for part in (3, 4)] == [True, False]


def test_nothing_of_nothing_meets_no_share() -> None:
    assert not Share("at_least", Fraction(0)).met(0, 0)


@given(st.integers(0, 200), st.integers(1, 200))
def test_over_is_at_least_without_the_exact_share(part: int, whole: int) -> None:
    over, at_least = Share("over", Fraction(1, 2)), Share("at_least", Fraction(1, 2))

    assert at_least.met(part, whole) == (over.met(part, whole) or 2 * part == whole)


@pytest.mark.parametrize(
    ("income", "rate"),
    [
        ("0", "0.005"), ("3000", "0.005"), ("3000.01", "0.01"), ("5000", "0.01"), ("5000.01", "0.015"),
        ("10000", "0.015"), ("10000.01", "0.02"), ("99999", "0.02"),
    ],
)  # fmt: skip
def test_a_salary_on_the_border_is_in_the_lower_bracket(income: str, rate: str) -> None:
    assert value("dues.salaried", TODAY).rate_for(Decimal(income)) == Decimal(rate)


@pytest.mark.parametrize(("pension", "rate"), [("5000", "0.005"), ("5000.01", "0.01")])
def test_a_pension_on_the_border_is_in_the_lower_bracket(pension: str, rate: str) -> None:
    assert value("dues.retired", TODAY).rate_for(Decimal(pension)) == Decimal(rate)


def test_asking_a_value_for_what_it_is_not_is_a_programming_error() -> None:
    said = value("dev.talk", TODAY)

    for ask in (lambda: said.share, lambda: said.range, lambda: said.rate_for(Decimal(1))):
        with pytest.raises(TypeError, match=r"dev\.talk"):
            ask()
    with pytest.raises(TypeError, match=r"dev\.contact"):
        _ = value("dev.contact", TODAY).number


def test_a_range_has_both_its_ends() -> None:
    assert [number in Range(6, 12) for number in (5, 6, 12, 13)] == [False, True, True, False]


def test_articles_are_numbered_in_chinese() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 25, 36)] == ["一", "十", "十一", "二十", "二十五", "三十六"]
