"""Whoever is under 留党察看 cannot be elected, on whatever list the name stands."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cast import Cast
from tests.procedures.electing import members, poll, take, term, with_candidates
from zhibu.people.actions import record_sanction
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.models import Case
from zhibu.regulations.refusal import Refusals

pytestmark = pytest.mark.django_db
NO_RIGHT = "在留党察看期内，没有被选举权"


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    return members(cast)


@pytest.fixture
def case(cast: Cast, people: list[Person]) -> Case:
    term(cast)
    return actions.open_election(cast.scope(cast.organizer), cast.branch)


def sanction(cast: Cast, who: Person, kind: str = "4") -> None:
    given = {"since": date(2026, 3, 1), "until": date(2027, 3, 1), "document": "纪〔2026〕3 号"}
    record_sanction(cast.scope(cast.organizer), who, kind=kind, **given)  # type: ignore[arg-type]


def test_not_as_a_candidate_even_if_somebody_says_the_candidates_are_cleared(
    cast: Cast, case: Case, people: list[Person]
) -> None:
    sanction(cast, people[5])

    with pytest.raises(Refusals, match=NO_RIGHT):
        with_candidates(cast, case, [*people[:3], people[5]])


def test_a_warning_takes_no_right(cast: Cast, case: Case, people: list[Person]) -> None:
    sanction(cast, people[5], kind="1")

    with_candidates(cast, case, [*people[:3], people[5]])
    assert case.entries.filter(step="candidates_reply").exists()


@pytest.mark.parametrize("written", [True, False])
def test_neither_written_in_nor_as_a_candidate_sanctioned_since(
    cast: Cast, case: Case, people: list[Person], written: bool
) -> None:
    four, other = people[:4], people[5]
    with_candidates(cast, case, four)
    sanction(cast, other if written else four[2])
    data = poll([*four, other], [9, 8, 1, 1, 8], entitled=9, present=9, write_ins=1)
    if not written:
        data = poll(four, [9, 8, 7, 1], entitled=9, present=9)
    third = other if written else four[2]

    with pytest.raises(Refusals, match=NO_RIGHT):
        take(cast, case, "meeting", people_named=[four[0].pk, four[1].pk, third.pk], data=data)
    assert not case.entries.filter(step="meeting").exists()
