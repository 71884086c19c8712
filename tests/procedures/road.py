"""Walking a person along the road of admission, as the secretary and the organizer would: one step a call."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cast import Cast, make_person
from zhibu.accounts.scope import Scope
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions
from zhibu.procedures.actions import Paper
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import UPPER_ACTORS
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.queries import state_of
from zhibu.procedures.state import State

ADMISSION = procedure("admission")
# A road on which every step is taken as early as the edition of 2026 allows, begun in its time.
DAYS = {
    "application": date(2026, 6, 1), "talk": date(2026, 6, 10), "activist": date(2026, 6, 20),
}  # fmt: skip
CONTENT: dict[str, dict[str, Any]] = {
    "publicity": {"both_places": True},
    "introducers": {"introducers_cleared": True},
    "training": {"days": 3},
    "application_form": {"form_number": "2026-0001"},
    "accept_meeting": {"entitled": 5, "present": 5, "in_favour": 5},
    "confirm_meeting": {"entitled": 5, "present": 5, "in_favour": 5},
}


def applicant(cast: Cast, name: str = "新申", *, serial: int = 700, on: date = date(2026, 6, 1)) -> Person:
    return make_person(name, cast.branch, serial=serial, stage=StageKind.APPLICANT, since=on)


def voters(cast: Cast, number: int = 5) -> list[Person]:
    """Full members of the branch, the known two among them."""
    known = [cast.member, cast.secretary]
    return known + [make_person(f"党{index}", cast.branch, serial=800 + index) for index in range(number - 2)]


def scope_for(cast: Cast, step: Step) -> Scope:
    return cast.scope(cast.organizer if step.actor in UPPER_ACTORS else cast.secretary)


def take(cast: Cast, case: Case, step_id: str, on: date, **more: Any) -> Entry:
    """Take a step with everything it needs; ``more`` puts other values in their place."""
    step = ADMISSION[step_id]
    case.refresh_from_db()
    content = {**CONTENT.get(step_id, {}), **more.pop("data", {})}
    if step_id == "publicity" and "posted_on" not in content:
        content["posted_on"] = more.pop("posted_on", on).isoformat()
    options: dict[str, Any] = {
        "version": case.version,
        "on": on,
        "outcome": step.outcomes[0].id if step.outcomes else "",
        "data": content,
        "papers": [Paper(kind, place="党支部档案柜") for kind in step.documents],
        "people_named": [],
        "reason": "",
        **more,
    }
    if step.people and not options["people_named"]:
        options["people_named"] = [cast.member.pk, cast.secretary.pk]
    return actions.take(scope_for(cast, step), case.pk, step_id, **options)


def state(case: Case) -> State:
    return state_of(Case.objects.get(pk=case.pk))
