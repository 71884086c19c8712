"""Voters may write in somebody who does not stand: counted like the rest, elected like the rest; and a tie is voted on
again between those who are level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast, make_person
from tests.procedures.electing import members, poll, take, term, with_candidates
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
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
    """Four stand for three seats."""
    term(cast)
    case = actions.open_election(cast.scope(cast.organizer), cast.branch)
    with_candidates(cast, case, people[:4])
    return case


def standing(case: Case) -> list[str]:
    return [one.name for one in queries.eligible(case, procedure("election")["meeting"], queries.state_of(case))]


@pytest.mark.parametrize(("votes", "may"), [(6, True), (5, False)])
def test_who_was_written_in_is_elected_like_a_candidate(
    cast: Cast, case: Case, people: list[Person], votes: int, may: bool
) -> None:
    five = people[:5]
    data = poll(five, [9, 8, 4, 2, votes], write_ins=1)
    chosen = [five[0].pk, five[1].pk, five[4].pk]

    if may:
        assert take(cast, case, "meeting", people_named=chosen, data=data).data["people"] == chosen
    else:
        assert "当选须超过半数" in said(lambda: take(cast, case, "meeting", people_named=chosen, data=data))


def test_votes_written_in_count_against_the_ballots(cast: Cast, case: Case, people: list[Person]) -> None:
    """Ten ballots for three seats: thirty votes, not thirty-one."""
    five = people[:5]
    chosen = [one.pk for one in five[:3]]

    def vote(extra: int) -> Any:
        data = poll(five, [10, 9, 8, 1, extra], write_ins=1)
        return take(cast, case, "meeting", people_named=chosen, data=data)

    assert "合计 31 票" in said(lambda: vote(3))
    assert vote(2).outcome == "complete"


@pytest.mark.parametrize(
    ("where", "stage", "why"),
    [
        ("sibling", StageKind.FULL, "组织关系不在本党组织，没有被选举权"),
        ("branch", StageKind.PROBATIONARY, "不是正式党员，没有被选举权"),
    ],
)
def test_who_cannot_be_written_in(
    cast: Cast, case: Case, people: list[Person], where: str, stage: StageKind, why: str
) -> None:
    other = make_person("另人", getattr(cast, where), serial=950, stage=stage)
    chosen = [one.pk for one in people[:3]]
    data = poll([*people[:4], other], [9, 8, 7, 3, 1], write_ins=1)

    assert why in said(lambda: take(cast, case, "meeting", people_named=chosen, data=data))


def test_a_vote_for_nobody_known_and_a_candidate_written_in(cast: Cast, case: Case, people: list[Person]) -> None:
    chosen = [one.pk for one in people[:3]]
    outside = poll(people[:5], [9, 8, 7, 3, 1])
    twice = {**poll(people[:4], [9, 8, 7, 3]), "write_ins": [people[3].pk]}

    assert "不在候选人名单上" in said(lambda: take(cast, case, "meeting", people_named=chosen, data=outside))
    assert "是候选人，不是另选人" in said(lambda: take(cast, case, "meeting", people_named=chosen, data=twice))


def test_a_tie_is_voted_on_again_between_those_who_are_level(cast: Cast, case: Case, people: list[Person]) -> None:
    """A candidate and one who was written in, six votes each: the others do not stand any more."""
    five = people[:5]
    level = [five[2], five[4]]
    case.entries.update(on=date(2026, 11, 1))
    first = poll(five, [9, 8, 6, 0, 6], write_ins=1)
    chosen = [five[0].pk, five[1].pk]
    reduced = {**first, "reduced_by": 10}
    assert "须再次投票" in said(
        lambda: take(cast, case, "meeting", people_named=chosen, data=reduced, outcome="reduced")
    )
    take(cast, case, "meeting", people_named=chosen, data=first, outcome="again")

    assert standing(case) == [one.name for one in level]
    third = poll([*level, people[5]], [6, 3, 1], write_ins=1)
    assert "只在票数相等的人之间" in said(lambda: take(cast, case, "meeting", people_named=[level[0].pk], data=third))
    early = {"people_named": [level[1].pk], "data": poll(level, [4, 6]), "on": date(2026, 11, 20)}
    assert "早于上一次投票的日期 2026-11-21" in said(lambda: take(cast, case, "meeting", **early))

    take(cast, case, "meeting", people_named=[level[1].pk], data=poll(level, [4, 6]))
    assert queries.state_of(case).on("meeting") == TODAY


def test_after_a_further_vote_without_a_majority_everybody_may_be_voted_for_again(
    cast: Cast, case: Case, people: list[Person]
) -> None:
    four = people[:4]
    take(
        cast, case, "meeting", people_named=[one.pk for one in four[:2]], data=poll(four, [9, 8, 6, 6]), outcome="again"
    )
    take(cast, case, "meeting", people_named=[], data=poll(four[2:], [5, 5]), outcome="again")

    assert standing(case) == [four[2].name, four[3].name]
    other = poll([*four[2:], people[4]], [2, 1, 7], write_ins=1)
    assert take(cast, case, "meeting", people_named=[people[4].pk], data=other).outcome == "complete"


def test_the_form_takes_names_as_they_are_written(
    cast: Cast, case: Case, people: list[Person], sign_in: Callable[[Any], Any]
) -> None:
    """What cannot be read is said at the place and kept; a name that two bear needs the 学工号."""
    make_person(people[5].name, cast.branch, serial=960)
    case.refresh_from_db()
    client = sign_in(cast.secretary)
    url = reverse("procedures:step", args=[case.pk, "meeting"])
    votes = dict(zip((f"votes_{one.pk}" for one in people[:4]), (9, 8, 4, 2), strict=True))
    posted = {
        "version": case.version, "on": "2026-11-21", "outcome": "complete", "entitled": 11, "present": 10,
        "handed_out": 10, "returned": 10, "place_election_minutes": "档案柜", "place_ballot_result": "档案柜",
        "people": [one.pk for one in people[:2]], **votes,
    }  # fmt: skip

    def send(text: str) -> Any:
        return client.post(url, {**posted, "write_ins": text})

    for text, why in (
        ("选2", "看不出得票"),
        ("无名 3", "没有“无名”"),
        (f"{people[5].name} 3", "不止一个人叫"),
        ("选2 3\n选2 4", "写了两次"),
        ("选2 5 当选", "当选须超过半数"),
    ):
        answer = send(text)
        assert answer.status_code == 422 and why in answer.content.decode()
        assert text.splitlines()[0] in answer.content.decode()
    assert send("选2　６票，当选").status_code == 302
    shown = client.get(reverse("procedures:case", args=[case.pk])).content.decode()
    assert "选2（另选人） 6 票" in shown
