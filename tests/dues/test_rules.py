"""What a month costs: every bound and one cent either side, exactness, rounding, steps of arrears."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhibu.dues.enums import IncomeKind, Rounding
from zhibu.dues.rules import (
    Chosen,
    first_usual,
    last_payable,
    level_of,
    levels,
    money,
    reckon,
    rounded,
    usual,
)
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

TODAY = date(2026, 11, 21)
CENTS = Chosen(Decimal("0.01"))
SALARIED = (IncomeKind.MONTHLY, IncomeKind.ANNUAL, IncomeKind.CONTRACT, IncomeKind.IRREGULAR, IncomeKind.ENROLLED)
# income → dues to the cent (regulations.md 6): the whole amount at one rate, bounds in the lower bracket
SALARY = [
    ("0.01", "0.00"), ("2999.99", "15.00"), ("3000.00", "15.00"), ("3000.01", "30.00"),
    ("4999.99", "50.00"), ("5000.00", "50.00"), ("5000.01", "75.00"),
    ("9999.99", "150.00"), ("10000.00", "150.00"), ("10000.01", "200.00"), ("20000.00", "400.00"),
]  # fmt: skip
PENSION = [("4999.99", "25.00"), ("5000.00", "25.00"), ("5000.01", "50.00"), ("12000.00", "120.00")]
incomes = st.decimals(min_value="0.01", max_value=200_000, places=2)


@pytest.mark.parametrize("kind", SALARIED)
@pytest.mark.parametrize(("income", "dues"), SALARY)
def test_salaries_at_every_bound_and_one_cent_either_side(kind: IncomeKind, income: str, dues: str) -> None:
    assert reckon(kind, Decimal(income), TODAY, CENTS).monthly == Decimal(dues)


@pytest.mark.parametrize(("income", "dues"), PENSION)
def test_pensions_at_the_bound_and_one_cent_either_side(income: str, dues: str) -> None:
    assert reckon(IncomeKind.RETIRED, Decimal(income), TODAY, CENTS).monthly == Decimal(dues)


@pytest.mark.parametrize("kind", [IncomeKind.STUDENT, IncomeKind.SUPPORTED])
@pytest.mark.parametrize("step", ["0.01", "0.1", "1"])
def test_students_pay_the_fixed_amount_whatever_the_rounding(kind: IncomeKind, step: str) -> None:
    assert reckon(kind, None, TODAY, Chosen(Decimal(step))).monthly == Decimal("0.20")


@pytest.mark.parametrize(("amount", "fits"), [("0.19", False), ("0.20", True), ("1", True), ("1.01", False)])
def test_what_an_organization_sets_for_a_farmer_lies_in_the_range(amount: str, fits: bool) -> None:
    if fits:
        assert reckon(IncomeKind.FARMER, Decimal(amount), TODAY, CENTS).monthly == Decimal(amount)
    else:
        with pytest.raises(Refusal, match="第六条"):
            reckon(IncomeKind.FARMER, Decimal(amount), TODAY, CENTS)


@pytest.mark.parametrize(
    ("step", "mode", "dues"),
    [
        ("0.1", Rounding.HALF_UP, "31.40"), ("0.1", Rounding.DOWN, "31.30"), ("0.1", Rounding.UP, "31.40"),
        ("1", Rounding.HALF_UP, "31.00"), ("1", Rounding.UP, "32.00"), ("0.01", Rounding.DOWN, "31.35"),
    ],
)  # fmt: skip
def test_the_university_chooses_how_fractions_end(step: str, mode: Rounding, dues: str) -> None:
    # 3135.00 × 1 % = 31.35
    assert reckon(IncomeKind.MONTHLY, Decimal("3135"), TODAY, Chosen(Decimal(step), mode)).monthly == Decimal(dues)


def test_without_a_choice_dues_are_rounded_half_up_to_a_tenth_and_that_is_said() -> None:
    assert usual(TODAY).words == "四舍五入到角（学校选定）"
    assert value("dues.rounding", TODAY).caveat == "惯例，不是规定"


@given(incomes)
@settings(max_examples=200, deadline=None)
def test_one_rate_holds_for_the_whole_amount_and_is_never_more_than_two_percent(income: Decimal) -> None:
    rate = value("dues.salaried", TODAY).rate_for(income)
    dues = reckon(IncomeKind.MONTHLY, income, TODAY, CENTS).monthly

    assert abs(dues - income * rate) <= Decimal("0.005")
    assert dues <= income * Decimal("0.02") + Decimal("0.005")
    assert dues.as_tuple().exponent == -2


@given(incomes, incomes, st.sampled_from(["0.01", "0.1", "1"]), st.sampled_from(list(Rounding)))
@settings(max_examples=200, deadline=None)
def test_whoever_earns_more_never_pays_less(one: Decimal, other: Decimal, step: str, mode: Rounding) -> None:
    less, more = sorted((one, other))
    chosen = Chosen(Decimal(step), mode)

    poor, rich = (reckon(IncomeKind.MONTHLY, income, TODAY, chosen).monthly for income in (less, more))

    assert poor <= rich


@given(st.lists(incomes, max_size=30), st.sampled_from(["0.01", "0.1", "1"]))
@settings(max_examples=100, deadline=None)
def test_the_sum_of_members_is_the_sum_of_the_branch_to_the_cent(incomes: list[Decimal], step: str) -> None:
    dues = [reckon(IncomeKind.MONTHLY, income, TODAY, Chosen(Decimal(step))).monthly for income in incomes]

    assert sum(dues, Decimal(0)) * 100 == sum(int(amount * 100) for amount in dues)


@given(st.decimals(min_value=0, max_value=5000, places=4), st.sampled_from(["0.01", "0.1", "1"]))
@settings(max_examples=100, deadline=None)
def test_rounding_moves_an_amount_by_less_than_a_step(amount: Decimal, step: str) -> None:
    unit = Decimal(step)

    assert rounded(amount, Chosen(unit, Rounding.DOWN)) <= amount <= rounded(amount, Chosen(unit, Rounding.UP))
    assert abs(rounded(amount, Chosen(unit)) - amount) * 2 <= unit


@pytest.mark.parametrize(
    "wrong",
    [
        "-1",
        "-0.01",
        "1.001",
        "abc",
        "NaN",
        "Infinity",
        "1000000.01",
        "9" * 40,
        "9" * 5000,
        "1e5",
        "1_000",
        "1,00",
        "٣",
        "1,000,00",
        ".5",
        "0x10",
        "①",
    ],
)
def test_an_amount_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(Refusal):
        money(wrong)


@pytest.mark.parametrize(
    ("plain", "amount"),
    [
        ("1,000.00", "1000"),
        ("￥12", "12"),
        ("¥12.50", "12.50"),
        ("１０００", "1000"),
        ("12 元", "12"),
        ("１，２３４．５", "1234.50"),
    ],
)
def test_plain_notations_of_an_amount_are_read(plain: str, amount: str) -> None:
    assert money(plain) == Decimal(amount)


def test_an_income_of_nothing_is_told_where_it_belongs() -> None:
    with pytest.raises(Refusal, match="低保"):
        reckon(IncomeKind.MONTHLY, Decimal(0), TODAY, CENTS)


@pytest.mark.parametrize(("run", "tone"), [(0, None), (1, "grey"), (2, "grey"), (3, "yellow"), (5, "red"), (6, "red")])
def test_arrears_have_steps_at_one_three_five_and_six_months(run: int, tone: str | None) -> None:
    level = level_of(run, TODAY)

    assert (level.tone if level else None) == tone
    assert [one.months for one in levels(TODAY)] == [1, 3, 5, 6]


def test_the_last_step_leaves_the_judgement_to_people() -> None:
    last = levels(TODAY)[-1]

    assert "平台不作判断" in last.words and "正当理由" in last.words
    assert last.source.citation.endswith("第十三条")


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 1, 1), date(2026, 3, 1)),
        (date(2026, 3, 31), date(2026, 3, 1)),
        (date(2026, 11, 21), date(2026, 12, 1)),
    ],
)
def test_nobody_pays_beyond_the_quarter(today: date, last: date) -> None:
    assert last_payable(today) == last


def test_what_is_six_months_old_is_still_usual() -> None:
    assert first_usual(date(2026, 11, 21)) == date(2026, 5, 1)
