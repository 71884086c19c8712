"""The tables of regulations.md 1.1, 1.2 and 10, typed in by hand: which test stands on the boundary of each row and
beside it. Rows that nothing else tries at their boundary are tried here, through what applies them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.procedures.states import FACTS, against, given, refusals
from zhibu.meetings.cadence import DUTIES, Due, Standing, span_of
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.rules import checks, limits
from zhibu.procedures.rules.findings import Finding
from zhibu.procedures.state import EMPTY, Mark, State, after, fold
from zhibu.regulations.queries import value

D = date.fromisoformat
TESTS = Path(__file__).parents[1]
BOUNDS, LETTERS, ELECTIONS = "procedures/test_boundaries", "procedures/test_letters", "procedures/test_elections"
TERMS, AWAY, POSTS = "procedures/test_terms", "people/test_away", "organizations/test_posts"
HERE = "regulations/test_section_10"

# regulations.md 10
TRIED: dict[str, str] = {
    "dev.min_age": f"{BOUNDS}::test_applicants_are_eighteen",
    "dev.talk": f"{BOUNDS}::test_intervals",
    "dev.contact": f"{BOUNDS}::test_how_many_contacts_and_introducers",
    "dev.review": f"{BOUNDS}::test_intervals",
    "dev.cultivate_min": f"{BOUNDS}::test_intervals",
    "dev.publicity": f"{BOUNDS}::test_publicity_counts_the_state_councils_working_days",
    "dev.introducers": f"{BOUNDS}::test_how_many_contacts_and_introducers",
    "dev.training": f"{BOUNDS}::test_training_of_three_days_or_twenty_four_hours",
    "dev.training_days": f"{BOUNDS}::test_training_of_three_days_or_twenty_four_hours",
    "dev.leave_soon": f"{BOUNDS}::test_who_leaves_within_three_months_is_normally_not_taken_up",
    "dev.to_meeting": f"{BOUNDS}::test_intervals",
    "dev.quorum": f"{BOUNDS}::test_votes",
    "dev.pass": f"{BOUNDS}::test_every_vote_of_up_to_seven",
    "dev.approve": f"{BOUNDS}::test_intervals",
    "dev.approve_limit": f"{BOUNDS}::test_an_extended_approval_has_six_months",
    "dev.oath": f"{BOUNDS}::test_the_oath_is_normally_within_a_month_and_only_in_the_new_edition",
    "dev.probation": f"{BOUNDS}::test_intervals",
    "dev.extend": f"{BOUNDS}::test_probation_is_extended_by_half_a_year_to_a_year",
    "dev.extend_times": f"{BOUNDS}::test_probation_is_extended_once_and_then_ends_so_much_later",
    "dev.defer_transfer": f"{HERE}::test_who_was_transferred_in_is_discussed_within_six_months",
    "dev.confirm_approve": f"{BOUNDS}::test_intervals",
    "org.branch_min": f"{POSTS}::test_the_size_of_a_branch_is_noted_with_its_article",
    "org.branch_max": f"{POSTS}::test_the_size_of_a_branch_is_noted_with_its_article",
    "org.committee_min": f"{TERMS}::test_with_seven_full_members_there_is_a_committee",
    "org.term_branch": f"{HERE}::test_the_election_is_held_by_the_last_day_of_the_term",
    "org.term_faculty": f"{HERE}::test_the_election_is_held_by_the_last_day_of_the_term",
    "org.term_university": f"{HERE}::test_the_election_is_held_by_the_last_day_of_the_term",
    "org.remind": f"{TERMS}::test_six_months_before_its_end_a_term_waits",
    "org.extend_term": f"{TERMS}::test_a_term_is_extended_by_a_year_at_most",
    "elect.quorum": f"{ELECTIONS}::test_four_fifths_of_those_entitled_are_present",
    "elect.pass": f"{ELECTIONS}::test_elected_is_who_has_more_than_half_of_those_entitled",
    "elect.diff": f"{ELECTIONS}::test_there_are_a_fifth_more_candidates_than_seats",
    "life.meeting": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "life.committee": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "life.group": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "life.theme_day": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "life.org_life": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "life.review": f"{HERE}::test_what_is_not_held_is_late_the_day_after_its_period",
    "dues.student": "dues/test_rules::test_students_pay_the_fixed_amount_whatever_the_rounding",
    "dues.late": "dues/test_collecting::test_what_is_older_than_six_months_is_paid_with_a_reason",
    "dues.lapse": "dues/test_rules::test_arrears_have_steps_at_one_three_five_and_six_months",
    "move.receipt": f"{LETTERS}::test_the_receipt_goes_out_within_a_month",
    "move.letter": f"{LETTERS}::test_the_sender_says_for_how_long_up_to_ninety_days",
    "move.stay": "procedures/test_graduation::test_who_stays_does_so_for_two_years_abroad_for_five",
    "move.stay_extension": "procedures/test_graduation::test_one_year_more_with_consent_and_no_further",
    "lost.stop": f"{AWAY}::test_after_six_months_the_membership_may_be_stopped",
    "lost.remove": f"{AWAY}::test_two_years_later_who_is_still_lost_may_be_removed",
    "disp.correct": "people/test_corrections::test_usually_six_months_and_at_the_longest_twelve",
    "disp.correct_limit": "people/test_corrections::test_usually_six_months_and_at_the_longest_twelve",
}
# Rows that no page applies yet: the number stands in the library, and its own sense is tried here.
ONLY_SAID = {"life.excellent_cap", "edu.hours", "edu.leader_hours"}

# regulations.md 1.1: the steps with a limit or threshold of their own; and 1.2
STEPS = {
    "1": f"{BOUNDS}::test_applicants_are_eighteen",
    "2": f"{BOUNDS}::test_intervals",
    "5": f"{BOUNDS}::test_how_many_contacts_and_introducers",
    "6": f"{BOUNDS}::test_intervals",
    "7": f"{BOUNDS}::test_intervals",
    "8": f"{BOUNDS}::test_publicity_is_asked_for_from_the_day_of_the_new_edition",
    "9": f"{BOUNDS}::test_who_cannot_be_introducer",
    "10": f"{BOUNDS}::test_without_a_qualified_political_review_there_is_no_admission",
    "11": f"{BOUNDS}::test_training_of_three_days_or_twenty_four_hours",
    "13": f"{BOUNDS}::test_who_leaves_within_three_months_is_normally_not_taken_up",
    "15": f"{BOUNDS}::test_intervals",
    "17": f"{BOUNDS}::test_an_extended_approval_has_six_months",
    "20": f"{BOUNDS}::test_the_oath_is_normally_within_a_month_and_only_in_the_new_edition",
    "22": f"{BOUNDS}::test_who_asks_for_confirmation_before_probation_is_over_says_why",
    "23": f"{BOUNDS}::test_probation_is_extended_by_half_a_year_to_a_year",
    "24": f"{BOUNDS}::test_intervals",
    "25": f"{BOUNDS}::test_the_archive_asks_for_the_papers_of_its_edition",
}
# Steps that regulations.md 1.1 gives no number, only an order and papers.
ORDER_ONLY = {"3", "4", "12", "14", "16", "18", "19", "21"}
VOTES = {
    "会议有效": f"{BOUNDS}::test_every_vote_of_up_to_seven",
    "通过": f"{BOUNDS}::test_every_vote_of_up_to_seven",
    "缺席票": f"{BOUNDS}::test_votes",
    "无表决权": "procedures/test_sanctions::test_under_observation_there_is_no_vote_until_the_rights_are_restored",
    "N 的扣减": f"{BOUNDS}::test_who_is_left_out_of_the_number_is_said",
}


@pytest.mark.parametrize("where", sorted({*TRIED.values(), *STEPS.values(), *VOTES.values()}))
def test_the_test_that_is_named_is_there(where: str) -> None:
    file, name = where.split("::")

    assert re.search(rf"^def {name}\(", (TESTS / f"{file}.py").read_text(), re.M)


def test_every_row_of_the_tables_has_its_test() -> None:
    from tests.regulations.test_values import SECTION_10

    assert {*TRIED, *ONLY_SAID} == {row[0] for row in SECTION_10}
    numbers = {step.number.split(".")[0] for step in procedure("admission").steps}
    assert {*STEPS, *ORDER_ONLY} == numbers == {str(number) for number in range(1, 26)}


def deferred(*, extended: bool) -> State:
    """Probation ended on 2027-06-15; the discussion of whoever was transferred in has been put off."""
    state = given({"confirm_opinions": D("2027-06-15"), "accept_meeting": D("2026-06-15")})
    put_off = Mark(90, EntryKind.EXTENDED, "confirm_meeting", D("2027-06-15"), reason="预备期内转入")
    return after(procedure("admission"), state, put_off) if extended else state


@pytest.mark.parametrize(
    ("extended", "on", "may"),
    [(True, "2027-12-15", True), (True, "2027-12-16", False), (False, "2027-06-16", True), (False, "2028-01-01", True)],
)
def test_who_was_transferred_in_is_discussed_within_six_months(extended: bool, on: str, may: bool) -> None:
    """Put off, it has a last day; in good time (及时) has none."""
    found = against(deferred(extended=extended), "confirm_meeting", D(on))

    assert [one.rule for one in found if one.refuses] == ([] if may else ["dev.defer_transfer"])
    explained = after(
        procedure("admission"), deferred(extended=extended), Mark(91, EntryKind.EXPLAINED, "confirm_meeting", D(on))
    )
    assert refusals(explained, "confirm_meeting", D(on)) == []


def election_of(rule: str, due: date) -> list[Mark]:
    data = {"term_rule": rule, "term_due": due.isoformat()}
    return [Mark(1, EntryKind.DONE, "remind", due - timedelta(days=180), "reminded", data)]


@pytest.mark.parametrize(
    ("rule", "binding"),
    [("org.term_branch", "normally"), ("org.term_faculty", "normally"), ("org.term_university", "must")],
)
def test_the_election_is_held_by_the_last_day_of_the_term(rule: str, binding: str) -> None:
    shape, due = procedure("election"), D("2026-02-28")
    state = fold(shape, election_of(rule, due))

    def said(on: date) -> list[Finding]:
        return limits.findings(shape, shape["meeting"], state, on)

    assert said(due) == []
    assert [(one.rule, one.binding) for one in said(due + timedelta(days=1))] == [(rule, binding)]


@pytest.mark.parametrize("duty", [one for one in DUTIES if one.rule in TRIED], ids=lambda one: str(one.rule))
@pytest.mark.parametrize("day", ["2026-02-15", "2028-02-29", "2026-12-31"])
def test_what_is_not_held_is_late_the_day_after_its_period(duty: object, day: str) -> None:
    span = span_of(duty.unit, D(day))  # type: ignore[attr-defined]
    often = value(duty.rule, D(day)).number  # type: ignore[attr-defined]
    short, enough = (Due(1, duty, span, often, held) for held in (often - 1, often))  # type: ignore[arg-type]

    assert short.standing(span.end) is Standing.OPEN
    assert short.standing(span.end + timedelta(days=1)) is Standing.LATE
    assert enough.standing(span.end + timedelta(days=1)) is Standing.HELD


def test_rows_that_are_only_said_so_far() -> None:
    cap = value("life.excellent_cap", D("2026-11-21")).share

    assert (cap.met(4, 12), cap.met(5, 12), cap.met(4, 11)) == (True, False, False)
    assert [value(name, D("2026-11-21")).number for name in ("edu.hours", "edu.leader_hours")] == [32, 56]


def test_the_first_step_needs_nobody_s_before_it() -> None:
    """The order of 1.1: every step that carries no number still rests on the ones before it."""
    shape = procedure("admission")
    resting = [one for one in shape.steps if one.number in ORDER_ONLY and not one.is_optional]

    assert all(checks.missing_steps(shape, one, EMPTY, D("2026-11-21")) for one in resting)
    assert FACTS.born is not None and refusals(EMPTY, "application", D("2026-11-21")) == []
