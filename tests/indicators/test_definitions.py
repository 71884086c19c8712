"""The indicators as a set, the guard against forbidden ones, and the cases a reader would ask about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.indicators.worlds import rule
from tests.warehouse.lakes import write_lake
from zhibu.indicators.checks import problems
from zhibu.indicators.compute import compute
from zhibu.indicators.definition import Role, catalogue, named
from zhibu.indicators.guard import ForbiddenIndicator, refuse_forbidden
from zhibu.indicators.periods import Cycle, Period, between
from zhibu.warehouse.engines import Engine
from zhibu.warehouse.lake import Lake

Q3 = Period(2026, 3)
BRANCH, ROOT = 10, 1


def test_the_set_is_sound() -> None:
    assert problems(catalogue().values()) == []
    assert sum(item.role is Role.SCORED for item in catalogue().values()) == 15


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": "出勤率"}, "重复"),
        ({"rules": ("life.nothing",)}, "没有规程 life.nothing"),
        ({"reads": ("meetings.nothing",)}, "没有事实表"),
        ({"rules": (), "basis": ""}, "没有依据"),
        ({"remedy": ""}, "没有说明怎样改进"),
        ({"formula": "登录次数 ÷ 人数。"}, "不予采用"),
    ],
)
def test_what_is_wrong_with_a_set_is_said(change: dict, word: str) -> None:
    item = replace(named("lectures_held"), **change)
    assert any(word in text for text in problems([*(i for i in catalogue().values() if i.key != item.key), item]))


def test_record_that_does_not_open_is_found() -> None:
    item = named("lectures_held")
    broken = replace(item, opens=replace(item.opens, record="meetings.nothing"))
    assert any("没有去处" in text for text in problems([broken]))


@pytest.mark.parametrize(
    "text",
    ["系统登录次数", "点赞数", "在线时长", "会议照片数量", "打卡天数", "党员个人排名", "记录字数", "login_count",
     "page_views", "online_minutes", "likes", "post_likes", "人员排行", "rank_of_person"],
)  # fmt: skip
def test_forbidden_indicators_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ForbiddenIndicator, match="指尖上的形式主义") as caught:
        refuse_forbidden("某方案", text)
    assert "条" not in str(caught.value).replace("不得", "")  # no article numbers on screen (regulations.md 13)


@pytest.mark.parametrize("text", ["三会规范率", "支部排位", "党课学时", "出勤率", "likely", "delegates", "民主评议"])
def test_honest_words_pass(text: str) -> None:
    refuse_forbidden("某方案", text)


def test_unknown_indicator_offers_near_ones() -> None:
    with pytest.raises(ValueError, match="meetings_complete"):
        named("meeting_complete")


EVERY_CYCLE = (
    Period(2026, 2, Cycle.MONTH), Period(2026, 3), Period(2026, 2, Cycle.HALF_YEAR), Period(2026, 1, Cycle.YEAR),
)  # fmt: skip


def test_periods() -> None:
    assert (Q3.first, Q3.last, str(Q3), Q3.label) == (date(2026, 7, 1), date(2026, 9, 30), "2026Q3", "2026年第三季度")
    assert Q3.window[0] == date(2025, 10, 1) and len(Q3.window) == 12
    assert [str(period) for period in between(Period(2025, 4), Period(2026, 2))] == ["2025Q4", "2026Q1", "2026Q2"]
    assert all(Period.numbered(period.number) == period for period in between(Period(1999, 1), Period(2001, 4)))
    assert all(Period.parse(str(one)) == one for one in EVERY_CYCLE)
    assert [one.label for one in EVERY_CYCLE] == ["2026年2月", "2026年第三季度", "2026年下半年", "2026年度"]
    assert [one.short for one in EVERY_CYCLE] == ["2026-02", "2026Q3", "2026年下半年", "2026年"]
    assert sorted(set(EVERY_CYCLE)) == list(EVERY_CYCLE)  # of what ends together the shorter comes first
    assert [len(one.window) for one in EVERY_CYCLE] == [12] * 4 and Period(2026, 2, Cycle.MONTH).window[0] == date(
        2025, 3, 1
    )
    for bad in ("2026", "2026Q5", "26Q1", "", "2026M13", "2026Y2", "2026H0"):
        with pytest.raises(ValueError, match="2026Q3"):
            Period.parse(bad)


def world(
    months: tuple[date, ...] = Q3.months, *, formal: int = 7, closed: Callable[[date], bool] = lambda m: True
) -> dict:
    """One branch under one committee, by hand; two months before stand in the window's start."""
    tree = [(ROOT, None, "611"), (BRANCH, ROOT, "631")]
    return {
        "organizations.organization_month": [
            {"month": month, "organization_id": number, "parent_id": parent, "kind": kind, "category": "teacher",
             "closed": closed(month), "has_term": True, "term_overdue": number == BRANCH, "posts_required": 3,
             "posts_filled": 2, "groups": 0}
            for month in months for number, parent, kind in tree
        ],
        "organizations.ancestry_month": [
            {"month": month, "organization_id": low, "ancestor_id": high, "depth": int(low != high)}
            for month in months for low, high in ((ROOT, ROOT), (BRANCH, BRANCH), (BRANCH, ROOT))
        ],
        "people.membership_month": [
            {"month": month, "organization_id": BRANCH, "person_id": person, "stage": "50", "formal": person <= formal,
             "member_since": date(2020, 1, 1)}
            for month in months for person in range(1, 10)
        ],
        "meetings.meeting": [],
        "meetings.attendance": [],
    }  # fmt: skip


def meeting(month: int, kind: str, *, complete: bool = True) -> dict:
    held = date(2026, month, 9)
    return {
        "month": held.replace(day=1), "organization_id": BRANCH, "meeting_id": month, "held_on": held, "kind": kind,
        "complete": complete,
    }  # fmt: skip


def share(engine: Engine, folder: Path, facts: dict, key: str, organization: int = BRANCH) -> tuple[int, int] | None:
    computed = compute(Lake(write_lake(folder, facts), engine), [Q3], rule, indicators=[named(key)])
    for row in computed.values.to_pylist():
        if row["organization_id"] == organization:
            return row["numerator"], row["denominator"]
    return None


@pytest.mark.parametrize(
    ("formal", "met", "expected"),
    [
        (7, [], (0, 4)),  # one general meeting, three committee meetings
        (6, [], (0, 1)),  # no committee below seven formal members
        (7, [(7, "committee"), (7, "committee"), (8, "committee")], (2, 4)),  # two in July do not make up for September
        (6, [(7, "general"), (8, "general")], (1, 1)),
        (6, [(7, "committee")], (0, 1)),  # a committee that is not due does not count
    ],
)
def test_statutory_meetings(duckdb_engine: Engine, tmp_path: Path, formal: int, met: list, expected: tuple) -> None:
    facts = world(formal=formal)
    facts["meetings.meeting"] = [meeting(month, kind) for month, kind in met] or [meeting(9, "other")]
    assert share(duckdb_engine, tmp_path, facts, "meetings_complete") == expected
    assert share(duckdb_engine, tmp_path, facts, "meetings_complete", ROOT) == expected


def test_incomplete_record_does_not_count_but_the_meeting_was_held(duckdb_engine: Engine, tmp_path: Path) -> None:
    facts = world(formal=6)
    facts["meetings.meeting"] = [meeting(7, "general", complete=False)]
    assert share(duckdb_engine, tmp_path, facts, "meetings_complete") == (0, 1)
    assert share(duckdb_engine, tmp_path, facts, "general_meeting_held") == (1, 1)


def test_month_under_way_misses_nothing(duckdb_engine: Engine, tmp_path: Path) -> None:
    facts = world(Q3.months[:2], closed=lambda month: month.month == 7)
    facts["meetings.meeting"] = [meeting(7, "theme_day")]
    assert share(duckdb_engine, tmp_path, facts, "theme_days_held") == (1, 1)
    assert share(duckdb_engine, tmp_path, facts, "general_meeting_held") is None
    facts["meetings.meeting"] += [meeting(8, "theme_day"), meeting(8, "general")]
    assert share(duckdb_engine, tmp_path, facts, "theme_days_held") == (2, 2)
    assert share(duckdb_engine, tmp_path, facts, "general_meeting_held") == (1, 1)


def test_before_its_records_were_kept_here_a_branch_misses_nothing(duckdb_engine: Engine, tmp_path: Path) -> None:
    facts = world(closed=lambda month: month.month == 9)
    facts["meetings.meeting"] = [meeting(8, "theme_day")]
    assert share(duckdb_engine, tmp_path, facts, "theme_days_held") == (1, 2)
    assert share(duckdb_engine, tmp_path, facts, "general_meeting_held") is None


def test_an_appraisal_of_a_year_partly_on_paper_is_not_asked_for(duckdb_engine: Engine, tmp_path: Path) -> None:
    year = (*Period(2025, 4).months, *Period(2026, 1).months, *Period(2026, 2).months, *Q3.months)
    lecture = {**meeting(1, "lecture"), "month": year[0], "lecturer_id": None}
    here = world(year) | {"meetings.meeting": [lecture]}
    late = world(year, closed=lambda month: month >= date(2026, 2, 1)) | {"meetings.meeting": [lecture]}
    assert share(duckdb_engine, tmp_path / "here", here, "appraisal_coverage") == (0, 9)
    assert share(duckdb_engine, tmp_path / "here", here, "lecturer_variety") == (0, 2)
    assert share(duckdb_engine, tmp_path / "late", late, "appraisal_coverage") is None
    assert share(duckdb_engine, tmp_path / "late", late, "lecturer_variety") is None


def test_dues_count_from_the_day_that_they_are_kept_here(duckdb_engine: Engine, tmp_path: Path) -> None:
    facts = world(closed=lambda month: month.month == 8)  # July was kept on paper, September is under way
    assert share(duckdb_engine, tmp_path / "none", facts, "dues_in_time") is None
    facts["dues.payer_month"] = [
        {"month": date(2026, month, 1), "organization_id": BRANCH, "payers_due": 9, "payers_in_time": month - 1}
        for month in (7, 8, 9)
    ]
    assert share(duckdb_engine, tmp_path, facts, "dues_in_time") == (7, 9)
    assert share(duckdb_engine, tmp_path, facts, "dues_in_time", ROOT) == (7, 9)


def test_terms_and_posts_count_upper_organizations_too(duckdb_engine: Engine, tmp_path: Path) -> None:
    facts = world()
    assert share(duckdb_engine, tmp_path, facts, "term_kept") == (0, 1)
    assert share(duckdb_engine, tmp_path, facts, "term_kept", ROOT) == (1, 2)
    assert share(duckdb_engine, tmp_path, facts, "posts_filled", ROOT) == (4, 6)
