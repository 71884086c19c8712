"""A branch elects its committee: request, candidates, vote, posts. What does not follow from the votes is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import TODAY, Cast, make_person
from tests.procedures.electing import DUE, members, poll, session, take, term, with_candidates
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Tenure, Term
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.rules.ballot import outcome_of
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def said(call: Callable[[], Any]) -> str:
    with pytest.raises((Refusal, Refusals)) as refusal:
        call()
    return str(refusal.value)


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    return members(cast)


@pytest.fixture
def case(cast: Cast, people: list[Person]) -> Case:
    term(cast)
    return actions.open_election(cast.scope(cast.organizer), cast.branch)


def in_office(cast: Cast) -> dict[str, str]:
    held = Tenure.objects.filter(organization=cast.branch, ended_on__isnull=True).select_related("person")
    return {one.person.name: one.post for one in held}


def test_the_reminder_is_on_record_and_the_request_waits_for_the_branch(cast: Cast, case: Case) -> None:
    entry, row = case.entries.get(), OpenStep.objects.get(case=case)

    assert (entry.step, entry.outcome, entry.data["term_due"]) == ("remind", "reminded", "2026-12-31")
    assert (row.step, row.organization, row.due) == ("request", cast.branch, DUE)


def test_a_case_about_an_organization_is_found_by_its_name(cast: Cast, case: Case) -> None:
    rows = queries.cases(cast.scope(cast.office))

    assert list(queries.of_case(rows, "第一党支部", "")) == [case]
    assert list(queries.of_case(rows, "教师", "")) == []


def test_from_the_request_to_new_posts(cast: Cast, case: Case, people: list[Person]) -> None:
    """Three of four are elected; the secretary stays without a gap, the one before in another post leaves it."""
    old = Tenure.objects.create(
        organization=cast.branch, person=people[9], post=PostKind.PUBLICITY_MEMBER, started_on=date(2024, 1, 1)
    )
    running = cast.secretary.tenures.get()
    four = [cast.secretary, people[2], people[3], people[4]]
    with_candidates(cast, case, four)
    three = [one.pk for one in four[:3]]
    take(cast, case, "meeting", people_named=three, data=poll(four, [10, 9, 8, 3]))
    posts = {three[0]: "secretary", three[1]: "organization_member", three[2]: "publicity_member"}
    take(cast, case, "first_meeting", data=session(posts))
    take(cast, case, "report")
    take(cast, case, "approval")
    take(cast, case, "announced")

    case.refresh_from_db()
    running.refresh_from_db()
    old.refresh_from_db()
    new = Term.objects.get(organization=cast.branch, ended_on__isnull=True)
    assert case.state == "done"
    assert in_office(cast) == {"舒记": "secretary", "选0": "organization_member", "选1": "publicity_member"}
    assert (running.ended_on, old.ended_on, old.end_reason) == (None, TODAY, "换届")
    assert (new.number, new.started_on, new.due_on, new.seats) == (5, TODAY, date(2029, 11, 21), 3)
    assert Tenure.objects.get(person=people[2]).document == "虚院党〔2026〕9 号"


@pytest.mark.parametrize(("seats", "named", "may"), [(3, 3, False), (3, 4, True), (5, 5, False), (5, 6, True)])
def test_there_are_a_fifth_more_candidates_than_seats(
    cast: Cast, case: Case, people: list[Person], seats: int, named: int, may: bool
) -> None:
    take(cast, case, "request", data={"seats": seats})
    take(cast, case, "reply")

    def name_them() -> Any:
        chosen = [one.pk for one in people[:named]]
        return take(cast, case, "candidates", people_named=chosen, data={"candidates_cleared": True})

    if may:
        assert name_them().data["people"] == [one.pk for one in people[:named]]
    else:
        assert f"候选人至少 {seats + 1} 人" in said(name_them)


def test_seven_seats_need_nine_candidates() -> None:
    share = value("elect.diff", TODAY).share

    assert [count for count in range(7, 10) if share.met(count - 7, 7)] == [9]


@pytest.mark.parametrize(
    ("stage", "where", "why"),
    [(StageKind.PROBATIONARY, "branch", "不是正式党员"), (StageKind.FULL, "sibling", "组织关系不在本党组织")],
)
def test_who_may_not_be_elected_here(
    cast: Cast, case: Case, people: list[Person], stage: StageKind, where: str, why: str
) -> None:
    other = make_person("另人", getattr(cast, where), serial=950, stage=stage)
    take(cast, case, "request", data={"seats": 3})
    take(cast, case, "reply")
    named = [one.pk for one in [*people[:3], other]]

    answer = said(lambda: take(cast, case, "candidates", people_named=named, data={"candidates_cleared": True}))

    assert f"“另人”{'的' if where == 'sibling' else ''}{why}" in answer


def test_voting_rights_are_vouched_for(cast: Cast, case: Case, people: list[Person]) -> None:
    take(cast, case, "request", data={"seats": 3})
    take(cast, case, "reply")

    answer = said(lambda: take(cast, case, "candidates", people_named=[one.pk for one in people[:4]]))

    assert "选举权" in answer and "第五条" in answer


@pytest.mark.parametrize(("present", "may"), [(7, False), (8, True)])
def test_four_fifths_of_those_entitled_are_present(
    cast: Cast, case: Case, people: list[Person], present: int, may: bool
) -> None:
    four = people[:4]
    with_candidates(cast, case, four)

    def vote() -> Any:
        data = poll(four, [present, present, present, 0], present=present)
        return take(cast, case, "meeting", people_named=[one.pk for one in four[:3]], data=data)

    if may:
        assert vote().outcome == "complete"
    else:
        assert "不少于 4/5" in said(vote)


def test_79_of_100_are_too_few_80_are_enough() -> None:
    quorum = value("elect.quorum", TODAY).share

    assert [quorum.met(present, 100) for present in (79, 80)] == [False, True]


@pytest.mark.parametrize(("votes", "may"), [(5, False), (6, True)])
def test_elected_is_who_has_more_than_half_of_those_entitled(
    cast: Cast, case: Case, people: list[Person], votes: int, may: bool
) -> None:
    """Of ten entitled with eight present five votes are not enough, though more than half of those present."""
    four = people[:4]
    with_candidates(cast, case, four)

    def vote() -> Any:
        data = poll(four, [8, 8, votes, 0], present=8)
        return take(cast, case, "meeting", people_named=[one.pk for one in four[:3]], data=data)

    if may:
        assert vote().data["people"] == [one.pk for one in four[:3]]
    else:
        assert "当选须超过半数（应到会有选举权 10 人）" in said(vote)


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        ({"returned": 11, "handed_out": 10}, "选举无效"),
        ({"handed_out": 11}, "多于实到"),
        ({"present": 11}, "多于应到会"),
        ({"invalid": 2}, "多于有效票"),
        ({"returned": 9, "invalid": 0}, "多于有效票"),
    ],
)
def test_impossible_numbers(cast: Cast, case: Case, people: list[Person], numbers: dict[str, int], why: str) -> None:
    four = people[:4]
    with_candidates(cast, case, four)
    data = {**poll(four, [10, 9, 8, 3]), **numbers}

    assert why in said(lambda: take(cast, case, "meeting", people_named=[one.pk for one in four[:3]], data=data))


def test_more_votes_than_the_ballots_have_seats_for(cast: Cast, case: Case, people: list[Person]) -> None:
    four = people[:4]
    with_candidates(cast, case, four)
    data = poll(four, [10, 10, 10, 1])

    answer = said(lambda: take(cast, case, "meeting", people_named=[one.pk for one in four[:3]], data=data))

    assert "合计 31 票" in answer


def test_nobody_is_elected_by_a_tie_and_the_further_vote_is_another_entry(
    cast: Cast, case: Case, people: list[Person]
) -> None:
    four = people[:4]
    with_candidates(cast, case, four)
    tied = poll(four, [9, 8, 6, 6])

    answer = said(lambda: take(cast, case, "meeting", people_named=[one.pk for one in four[:3]], data=tied))
    take(cast, case, "meeting", outcome="again", people_named=[one.pk for one in four[:2]], data=tied)
    standing = [one.name for one in queries.eligible(case, procedure("election")["meeting"], queries.state_of(case))]
    decided = poll(four[2:], [4, 6])
    take(cast, case, "meeting", people_named=[four[3].pk], data=decided)
    posts = {four[0].pk: "secretary", four[1].pk: "member", four[3].pk: "member"}
    take(cast, case, "first_meeting", data=session(posts))

    assert "票数相等" in answer
    assert standing == [four[2].name, four[3].name]


def test_fewer_are_elected_than_there_are_seats(cast: Cast, case: Case, people: list[Person]) -> None:
    four = people[:4]
    with_candidates(cast, case, four)
    data = poll(four, [9, 8, 5, 5])
    two = [one.pk for one in four[:2]]

    assert "没有选足" in said(lambda: take(cast, case, "meeting", people_named=two, data=data))

    def reduce(agreed: int) -> Any:
        return take(
            cast, case, "meeting", people_named=two, data={**data, "reduced_by": agreed}, outcome="reduced",
            reason="应选三名，已选出两名",
        )  # fmt: skip

    assert "应不少于半数" in said(lambda: reduce(4))
    assert "多于实到" in said(lambda: reduce(11))
    reduce(5)
    assert queries.state_of(case).on("meeting") == TODAY


@pytest.mark.parametrize(
    ("votes", "seats", "elected", "tied"),
    [
        ([6, 6, 6, 6], 4, {0, 1, 2, 3}, set()),
        ([6, 6, 6, 5], 3, {0, 1, 2}, set()),
        ([7, 6, 6, 6], 3, {0}, {1, 2, 3}),
        ([9, 8, 7, 6], 3, {0, 1, 2}, set()),
        ([5, 5, 5, 5], 3, set(), set()),
    ],
)
def test_the_table_of_results(votes: list[int], seats: int, elected: set[int], tied: set[int]) -> None:
    found = outcome_of(dict(enumerate(votes)), 10, seats, value("elect.pass", TODAY).share)

    assert (set(found.elected), set(found.tied)) == (elected, tied)
