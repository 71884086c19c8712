"""States of a case without a database, for the rules: given days of steps, what may come next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from zhibu.archive.enums import DocumentKind
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.rules.checks import findings
from zhibu.procedures.rules.findings import Attempt, Facts, Finding, Named
from zhibu.procedures.state import Mark, State, fold

ADMISSION = procedure("admission")
FACTS = Facts(born=date(1990, 1, 1), filed=frozenset(DocumentKind.values))
VOTES = {"entitled": 10, "present": 10, "in_favour": 10}
GOOD: dict[str, dict[str, Any]] = {
    "introducers": {"introducers_cleared": True},
    "training": {"hours": 24},
    "application_form": {"form_number": "1"},
    "accept_meeting": VOTES,
    "confirm_meeting": VOTES,
}


def people(number: int, **more: Any) -> tuple[Named, ...]:
    return tuple(Named(pk, f"党{pk}", **{"is_full": True, **more}) for pk in range(1, number + 1))


def given(days: Mapping[str, date], **content: Mapping[str, Any]) -> State:
    """The state after these steps; all steps in between that the rules need stand on the day of the next given one."""
    order = [step.id for step in ADMISSION.steps if not step.is_repeated]
    last = max(order.index(name) for name in days if name in order)
    marks: list[Mark] = []
    day = max(days.values())
    filled: dict[str, date] = {}
    for name in reversed(order[: last + 1]):
        day = days.get(name, day)
        if ADMISSION[name].basis_on(day) is not None:
            filled[name] = day
    for name in order[: last + 1]:
        if name in filled:
            step = ADMISSION[name]
            outcome = step.outcomes[0].id if step.outcomes else ""
            data = {**GOOD.get(name, {}), **content.get(name, {})}
            outcome = data.pop("outcome", outcome)
            marks.append(Mark(len(marks) + 1, EntryKind.DONE, name, filled[name], outcome, data))
    if "review" in days:
        marks.append(Mark(len(marks) + 1, EntryKind.DONE, "review", days["review"]))
    return fold(ADMISSION, marks)


def attempt(step_id: str, on: date, **more: Any) -> Attempt:
    step = ADMISSION[step_id]
    data = {**GOOD.get(step_id, {}), **more.pop("data", {})}
    if step_id == "publicity":
        data.setdefault("posted_on", (on - timedelta(days=30)).isoformat())
    return Attempt(
        **{
            "on": on, "today": date(2090, 1, 1), "outcome": step.outcomes[0].id if step.outcomes else "", "data": data,
            "held": frozenset(step.documents),
            "people": people(2) if step.people else (),
            **more,
        }
    )  # fmt: skip


def against(state: State, step_id: str, on: date, facts: Facts = FACTS, **more: Any) -> list[Finding]:
    """Everything that stands against a step that is otherwise in order."""
    return findings(ADMISSION, ADMISSION[step_id], state, facts, attempt(step_id, on, **more))


def refusals(state: State, step_id: str, on: date, facts: Facts = FACTS, **more: Any) -> list[str]:
    return [finding.message for finding in against(state, step_id, on, facts, **more) if finding.refuses]
