"""Every interval, number and vote of regulations.md 1.1, 1.2 and 10: on the boundary and one day or one vote beside it,
in both editions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.procedures.states import FACTS, against, given, people, refusals
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.rules.findings import Facts
from zhibu.procedures.state import Mark, after

D = date.fromisoformat
ASKED = {"confirm_application": "2027-06-01", "accept_meeting": "2026-06-15"}


@pytest.mark.parametrize(
    ("step", "days", "on", "may"),
    [
        # dev.talk: within one month of the application
        ("talk", {"application": "2026-06-01"}, "2026-07-01", True),
        ("talk", {"application": "2026-06-01"}, "2026-07-02", False),
        ("talk", {"application": "2020-01-31"}, "2020-02-29", True),  # leap day, end of month, edition of 2014
        ("talk", {"application": "2020-01-31"}, "2020-03-01", False),
        ("talk", {"application": "2019-01-31"}, "2019-02-28", True),
        ("talk", {"application": "2019-01-31"}, "2019-03-01", False),
        # dev.cultivate_min: a year since the day of the branch's decision
        ("opinions", {"contacts": "2026-06-20", "activist": "2026-06-20", "review": "2026-12-20"}, "2027-06-20", True),
        ("opinions", {"contacts": "2026-06-20", "activist": "2026-06-20", "review": "2026-12-20"}, "2027-06-19", False),
        ("opinions", {"contacts": "2024-02-29", "activist": "2024-02-29", "review": "2024-08-29"}, "2025-02-28", True),
        ("opinions", {"contacts": "2024-02-29", "activist": "2024-02-29", "review": "2024-08-29"}, "2025-02-27", False),
        # dev.review: every half year, also just before one is listed
        ("review", {"contacts": "2026-06-20", "activist": "2026-06-20"}, "2026-12-20", True),
        ("review", {"contacts": "2026-06-20", "activist": "2026-06-20"}, "2026-12-21", False),
        ("opinions", {"contacts": "2026-06-20", "activist": "2026-06-20", "review": "2026-12-19"}, "2027-06-20", False),
        # dev.to_meeting: a month after the pre-examination, only in the edition of 2026
        ("accept_meeting", {"application_form": "2026-06-30", "pre_examination": "2026-06-30"}, "2026-07-30", True),
        ("accept_meeting", {"application_form": "2026-06-30", "pre_examination": "2026-06-30"}, "2026-07-31", False),
        ("accept_meeting", {"application_form": "2025-06-30", "pre_examination": "2025-06-30"}, "2025-12-31", True),
        ("accept_meeting", {"application_form": "2026-04-01", "pre_examination": "2026-04-01"}, "2026-05-10", True),
        ("accept_meeting", {"application_form": "2026-04-01", "pre_examination": "2026-04-01"}, "2026-05-11", False),
        ("accept_meeting", {"application_form": "2026-04-11", "pre_examination": "2026-04-11"}, "2026-05-11", True),
        # dev.approve: three months after the resolution
        ("approval", {"approval_talk": "2026-08-31", "accept_meeting": "2026-08-31"}, "2026-11-30", True),
        ("approval", {"approval_talk": "2026-08-31", "accept_meeting": "2026-08-31"}, "2026-12-01", False),
        ("approval", {"approval_talk": "2015-11-30", "accept_meeting": "2015-11-30"}, "2016-02-29", True),
        ("approval", {"approval_talk": "2015-11-30", "accept_meeting": "2015-11-30"}, "2016-03-01", False),
        # dev.probation: a year since the branch's meeting, never earlier
        ("confirm_meeting", {"confirm_opinions": "2025-02-01", "accept_meeting": "2024-02-29"}, "2025-02-28", True),
        ("confirm_meeting", {"confirm_opinions": "2025-02-01", "accept_meeting": "2024-02-29"}, "2025-02-27", False),
        ("confirm_meeting", {"confirm_opinions": "2027-06-01", "accept_meeting": "2026-06-15"}, "2027-06-15", True),
        ("confirm_meeting", {"confirm_opinions": "2027-06-01", "accept_meeting": "2026-06-15"}, "2027-06-14", False),
        # opinions and the committee's review belong to the discussion, which begins when probation is over
        ("confirm_opinions", ASKED, "2027-06-15", True),
        ("confirm_opinions", ASKED, "2027-06-14", False),
        # dev.confirm_approve: three months, no extension
        ("confirm_approval", {"confirm_meeting": "2027-06-15"}, "2027-09-15", True),
        ("confirm_approval", {"confirm_meeting": "2027-06-15"}, "2027-09-16", False),
        ("confirm_approval", {"confirm_meeting": "2020-06-15"}, "2020-09-15", True),
        ("confirm_approval", {"confirm_meeting": "2020-06-15"}, "2020-09-16", False),
    ],
)  # fmt: skip
def test_intervals(step: str, days: dict[str, str], on: str, may: bool) -> None:
    state = given({name: D(day) for name, day in days.items()})

    assert (refusals(state, step, D(on)) == []) is may


@pytest.mark.parametrize(
    ("posted", "on", "may"),
    [
        ("2026-06-01", "2026-06-08", True),  # Monday; five working days from the next day on
        ("2026-06-01", "2026-06-07", False),
        ("2026-09-30", "2026-10-13", True),  # seven days off, and Saturday the 10th is a working day
        ("2026-09-30", "2026-10-12", False),
    ],
)
def test_publicity_counts_the_state_councils_working_days(posted: str, on: str, may: bool) -> None:
    state = given({"listing_consent": D("2026-06-01")})

    assert (refusals(state, "publicity", D(on), data={"posted_on": posted}) == []) is may


@pytest.mark.parametrize(("on", "may"), [("2026-05-10", True), ("2026-05-11", False)])
def test_publicity_is_asked_for_from_the_day_of_the_new_edition(on: str, may: bool) -> None:
    state = given({"listing_consent": D("2026-04-20")})

    assert (refusals(state, "listed", D(on)) == []) is may


def test_a_ruling_lets_a_straddling_case_end_by_the_old_edition() -> None:
    state = given({"listing_consent": D("2026-04-20")})
    ruled = after(
        procedure("admission"), state,
        Mark(99, EntryKind.RULED, "listed", D("2026-05-20"), data={"edition_on": "2014-05-28"}),
    )  # fmt: skip
    publicity = after(
        procedure("admission"), ruled,
        Mark(100, EntryKind.RULED, "publicity", D("2026-05-20"), data={"edition_on": "2014-05-28"}),
    )  # fmt: skip

    assert refusals(publicity, "listed", D("2026-05-20")) == []


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"entitled": 10, "present": 5, "in_favour": 5}, "会议无效"),
        ({"entitled": 10, "present": 6, "in_favour": 6}, ""),
        ({"entitled": 11, "present": 5, "in_favour": 5}, "会议无效"),
        ({"entitled": 11, "present": 6, "in_favour": 6}, ""),
        ({"entitled": 10, "present": 10, "in_favour": 5, "against": 5}, "没有通过"),
        ({"entitled": 10, "present": 10, "in_favour": 6, "against": 4}, ""),
        ({"entitled": 11, "present": 11, "in_favour": 5, "against": 6}, "没有通过"),
        ({"entitled": 10, "present": 6, "in_favour": 5, "abstained": 1}, "没有通过"),  # of those entitled, not present
        ({"entitled": 10, "present": 6, "in_favour": 7, "written": 1}, ""),
        ({"entitled": 10, "present": 6, "in_favour": 7}, "票数合计"),
        ({"entitled": 10, "present": 6, "in_favour": 6, "written": 5}, "书面意见 5 份"),
        ({"entitled": 10, "present": 11, "in_favour": 6}, "多于应到会"),
        ({"entitled": 0, "present": 0, "in_favour": 0}, "应到会"),
    ],
)
@pytest.mark.parametrize("day", ["2026-07-10", "2025-07-10"])
def test_votes(day: str, data: dict[str, int], wrong: str) -> None:
    state = given({"application_form": D(day), "pre_examination": D(day)})
    clean = dict.fromkeys(("present", "in_favour", "against", "abstained", "written"), 0) | data

    said = refusals(state, "accept_meeting", D(day), data=clean)

    assert [wrong in one for one in said] == ([True] if wrong else [])


def test_a_motion_that_passed_cannot_be_recorded_as_lost() -> None:
    state = given({"application_form": D("2026-07-10"), "pre_examination": D("2026-07-10")})

    assert "已经通过" in refusals(state, "accept_meeting", D("2026-07-10"), outcome="not_passed")[0]


def test_a_roster_of_other_length_asks_for_a_reason() -> None:
    state = given({"application_form": D("2026-07-10"), "pre_examination": D("2026-07-10")})
    facts = Facts(born=FACTS.born, full_members=12)

    found = against(state, "accept_meeting", D("2026-07-10"), facts)
    fits = against(
        state, "accept_meeting", D("2026-07-10"), facts, data={"excluded": 2, "grounds": ["自费出国半年以上"]}
    )

    assert ([one.refuses for one in found], fits) == ([False], [])


@pytest.mark.parametrize(
    ("step", "number", "may"),
    [("contacts", 0, False), ("contacts", 1, True), ("contacts", 2, True), ("contacts", 3, False),
     ("introducers", 1, False), ("introducers", 2, True), ("introducers", 3, False)],
)  # fmt: skip
def test_how_many_contacts_and_introducers(step: str, number: int, may: bool) -> None:
    state = given({"activist_filed" if step == "contacts" else "listed": D("2026-07-10")})

    assert (refusals(state, step, D("2026-07-10"), people=people(number)) == []) is may


@pytest.mark.parametrize(
    ("named", "wrong"),
    [(people(2, is_full=False), "不是正式党员"), (people(2, is_subject=True), "本人不能"),
     (people(1) * 2, "不能是同一个人")],
)  # fmt: skip
def test_who_cannot_be_introducer(named: Any, wrong: str) -> None:
    state = given({"listed": D("2026-07-10")})

    assert wrong in "".join(refusals(state, "introducers", D("2026-07-10"), people=named))


def test_introducers_are_cleared_of_sanctions_by_people() -> None:
    state = given({"listed": D("2026-07-10")})

    said = refusals(state, "introducers", D("2026-07-10"), data={"introducers_cleared": False})

    assert said == ["须先核实介绍人的处分情况"]


@pytest.mark.parametrize(
    ("data", "asks"),
    [({"hours": 23}, True), ({"hours": 24}, False), ({"hours": 0, "days": 2}, True), ({"hours": 0, "days": 3}, False)],
)
def test_training_of_three_days_or_twenty_four_hours(data: dict[str, int], asks: bool) -> None:
    state = given({"listed": D("2026-07-10")})

    found = against(state, "training", D("2026-07-10"), data=data)

    assert [one.refuses for one in found] == ([False] if asks else [])


@pytest.mark.parametrize(("leaves", "asks"), [("2026-10-10", True), ("2026-10-11", False), ("2026-07-09", False)])
def test_who_leaves_within_three_months_is_normally_not_taken_up(leaves: str, asks: bool) -> None:
    state = given({"committee_review": D("2026-07-10")})

    found = against(state, "pre_examination", D("2026-07-10"), data={"leaves_on": leaves})

    assert [one.refuses for one in found] == ([False] if asks else [])


@pytest.mark.parametrize(
    ("born", "on", "may"),
    [("2008-07-10", "2026-07-10", True), ("2008-07-11", "2026-07-10", False), ("2008-02-29", "2026-02-28", True)],
)
def test_applicants_are_eighteen(born: str, on: str, may: bool) -> None:
    from zhibu.procedures.state import EMPTY

    assert (refusals(EMPTY, "application", D(on), Facts(born=D(born))) == []) is may


@pytest.mark.parametrize(("months", "may"), [(5, False), (6, True), (12, True), (13, False)])
def test_probation_is_extended_by_half_a_year_to_a_year(months: int, may: bool) -> None:
    state = given({"confirm_opinions": D("2027-07-10"), "accept_meeting": D("2026-07-10")})

    said = refusals(state, "confirm_meeting", D("2027-07-10"), outcome="extended", data={"months": months})

    assert (said == []) is may


def test_probation_is_extended_once_and_then_ends_so_much_later() -> None:
    begun = {"confirm_approval": D("2027-08-01"), "confirm_meeting": D("2027-07-10"), "accept_meeting": D("2026-07-10")}
    extended = given(
        begun, confirm_meeting={"outcome": "extended", "months": 6}, confirm_approval={"outcome": "extended"}
    )
    for name in ("confirm_application", "confirm_opinions"):
        extended = after(procedure("admission"), extended, Mark(90, EntryKind.DONE, name, D("2028-01-05")))

    early = refusals(extended, "confirm_meeting", D("2028-01-09"))
    again = refusals(extended, "confirm_meeting", D("2028-01-10"), outcome="extended", data={"months": 6})

    assert ["最早 2028-01-10" in one for one in early] == [True]
    assert again == ["预备期只能延长 1 次，已经延长过"]
    assert refusals(extended, "confirm_meeting", D("2028-01-10")) == []


def test_the_oath_is_normally_within_a_month_and_only_in_the_new_edition() -> None:
    new, old = given({"approval": D("2026-08-31")}), given({"approval": D("2025-08-31")})

    assert against(new, "oath", D("2026-09-30")) == []
    assert [one.refuses for one in against(new, "oath", D("2026-10-01"))] == [False]
    assert against(old, "oath", D("2025-12-31")) == []


@pytest.mark.parametrize(("on", "asks"), [("2027-06-14", True), ("2027-06-15", False)])
def test_who_asks_for_confirmation_before_probation_is_over_says_why(on: str, asks: bool) -> None:
    """Some provinces want the application a week before (regulations.md 1.1, step 22), so a reason is enough."""
    state = given({"oath": D("2026-07-01"), "accept_meeting": D("2026-06-15")})

    found = against(state, "confirm_application", D(on))

    assert [(one.refuses, one.rule) for one in found] == ([(False, "dev.confirm_application")] if asks else [])


def test_an_extended_approval_has_six_months() -> None:
    state = given({"approval_talk": D("2026-08-31"), "accept_meeting": D("2026-08-31")})
    longer = after(procedure("admission"), state, Mark(99, EntryKind.EXTENDED, "approval", D("2026-11-20")))

    assert refusals(longer, "approval", D("2027-02-28")) == []
    assert refusals(longer, "approval", D("2027-03-01")) != []


@pytest.mark.parametrize(
    ("on", "wrong"),
    [
        ("2090-01-02", "不能晚于今天"), ("1989-12-31", "早于出生日期"), ("2014-05-27", "自 2014-05-28 起有规定"),
        ("2026-05-31", "早于“递交入党申请书”的日期"),
    ],
)  # fmt: skip
def test_impossible_days(on: str, wrong: str) -> None:
    state = given({"application": D("2026-06-01")})

    assert wrong in "".join(refusals(state, "talk", D(on)))


def test_papers_are_asked_for_by_name() -> None:
    state = given({"application": D("2026-06-01")})

    assert refusals(state, "talk", D("2026-06-02"), held=frozenset()) == ["缺少材料：谈话记录"]


def test_who_is_left_out_of_the_number_is_said() -> None:
    state = given({"application_form": D("2026-07-10"), "pre_examination": D("2026-07-10")})

    assert "没有写明情形" in refusals(state, "accept_meeting", D("2026-07-10"), data={"excluded": 2})[0]


@pytest.mark.parametrize(("on", "asks"), [("2027-09-01", True), ("2016-09-01", False)])
def test_the_archive_asks_for_the_papers_of_its_edition(on: str, asks: bool) -> None:
    """The two registers stand in the edition of 2026 only."""
    day = D(on)
    state = given({"confirm_approval": day, "accept_meeting": day.replace(year=day.year - 1, month=6)})
    filed = FACTS.filed - {"activist_register", "probation_register"}

    assert (refusals(state, "archived", day, Facts(born=FACTS.born, filed=filed)) != []) is asks


def test_without_a_qualified_political_review_there_is_no_admission() -> None:
    state = given({"listed": D("2026-06-01")})
    failed = after(
        procedure("admission"), state, Mark(99, EntryKind.DONE, "political_review", D("2026-06-02"), "unqualified")
    )

    assert any("政治审查" in one for one in refusals(failed, "committee_review", D("2026-06-03")))


def test_every_vote_of_up_to_seven() -> None:
    """Passed if, and only if, more than half of those entitled came and more than half of them were in favour."""
    state = given({"application_form": D("2026-07-10"), "pre_examination": D("2026-07-10")})
    wrong = []
    for entitled in range(1, 8):
        for present in range(entitled + 1):
            for written in range(entitled - present + 1):
                for favour in range(present + written + 1):
                    data = {"entitled": entitled, "present": present, "written": written, "in_favour": favour}
                    may = 2 * present > entitled and 2 * favour > entitled
                    if (refusals(state, "accept_meeting", D("2026-07-10"), data=data) == []) is not may:
                        wrong.append(data)

    assert wrong == []
