"""Walking a branch along its election, as its secretary and the organizer above it would: one step a call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.cast import TODAY, Cast, make_person
from zhibu.organizations.models import Term
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.actions import Paper
from zhibu.procedures.enums import UPPER_ACTORS
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry

DUE = date(2026, 12, 31)


def members(cast: Cast, number: int = 10) -> list[Person]:
    """So many full members of the branch, the known two among them."""
    known = [cast.member, cast.secretary]
    return known + [make_person(f"选{index}", cast.branch, serial=900 + index) for index in range(number - 2)]


def term(cast: Cast, due: date = DUE, seats: int = 3) -> Term:
    started = due.replace(year=due.year - 3)
    return Term.objects.create(organization=cast.branch, number=4, started_on=started, due_on=due, seats=seats)


def take(cast: Cast, case: Case, step_id: str, **more: Any) -> Entry:
    """Take a step with its papers and its first outcome; ``more`` puts other values in their place."""
    step = procedure(case.procedure)[step_id]
    case.refresh_from_db()
    who = more.pop("who", None) or (cast.organizer if step.actor in UPPER_ACTORS else cast.secretary)
    options: dict[str, Any] = {
        "version": case.version,
        "on": TODAY,
        "outcome": step.outcomes[0].id if step.outcomes else "",
        "papers": [Paper(kind, place="党支部档案柜", number="虚院党〔2026〕9 号") for kind in step.documents],
        "reason": "",
        **more,
    }
    return actions.take(replace(cast.scope(who), today=TODAY), case.pk, step_id, **options)


def with_candidates(cast: Cast, case: Case, people: list[Person], seats: int = 3) -> None:
    """Up to the day of the vote."""
    take(cast, case, "request", data={"seats": seats})
    take(cast, case, "reply")
    take(cast, case, "candidates", people_named=[one.pk for one in people], data={"candidates_cleared": True})
    take(cast, case, "candidates_reply")


def poll(
    people: list[Person], votes: list[int], *, entitled: int = 10, present: int = 10, write_ins: int = 0
) -> dict[str, Any]:
    """The numbers of a round; the last ``write_ins`` of the people did not stand."""
    return {
        "write_ins": [one.pk for one in people[len(people) - write_ins :]],
        "entitled": entitled, "present": present, "handed_out": present, "returned": present,
        "votes": {str(one.pk): count for one, count in zip(people, votes, strict=True)},
    }  # fmt: skip


def session(given: dict[int, str], *, entitled: int = 0, present: int = 0, ayes: int | None = None) -> dict[str, Any]:
    """The first session of a committee: who gets which post, everybody there and in favour unless said otherwise."""
    whole = entitled or len(given)
    here = present or whole
    voted = {pk for pk, post in given.items() if post in ("secretary", "deputy_secretary")}
    return {
        "committee_entitled": whole, "committee_present": here,
        "posts": {str(pk): post for pk, post in given.items()},
        "ayes": {str(pk): here if ayes is None else ayes for pk in voted},
    }  # fmt: skip
