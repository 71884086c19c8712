"""The earliest calendar of what remains: each step on the first day on which the rules would allow it.

Every day is one that the engine later allows, given that the steps before it are taken on theirs (a property test takes
them). Steps that people may decide otherwise are assumed to end favourably.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import CaseState, EntryKind, Late, LimitKind
from zhibu.procedures.rules import checks, limits
from zhibu.procedures.rules.findings import Facts, said
from zhibu.procedures.state import Mark, State, after
from zhibu.regulations.dates import add_years

UNKNOWN = date.max
PROJECTED = -1


@dataclass(frozen=True)
class Projected:
    """A step to come: its first legal day, its last one where there is one, and whether that has passed."""

    step: Step
    earliest: date
    latest: date | None
    is_certain: bool = True

    @property
    def is_late(self) -> bool:
        return self.latest is not None and self.earliest > self.latest


def project(procedure: Procedure, state: State, facts: Facts, today: date) -> list[Projected]:
    """All steps that remain, in the order of the procedure; empty once the case is closed or suspended."""
    if state.status is not CaseState.OPEN:
        return []
    found: list[Projected] = []
    state = _taken_anew(procedure, state, today)
    for step in procedure.steps:
        if step.is_repeated or step.is_optional or step.id in state.done or checks.is_past(procedure, step, state):
            continue
        state, one = _next(procedure, step, state, facts, today, found)
        if one is not None:
            found.append(one)
    return found


def _taken_anew(procedure: Procedure, state: State, today: date) -> State:
    """Where a deadline has passed that only an earlier step can mend, that step is to be taken again."""
    for step in procedure.steps:
        if step.id in state.done:
            continue
        for bound in limits.bounds(procedure, step, state, today):
            late = bound.limit.kind is LimitKind.UNTIL and today > bound.day
            if late and bound.limit.late is Late.REDO and step.id not in state.explained:
                return after(procedure, state, Mark(PROJECTED, EntryKind.RETURNED, bound.limit.redo, today))
    return state


def _next(
    procedure: Procedure, step: Step, state: State, facts: Facts, today: date, found: list[Projected]
) -> tuple[State, Projected | None]:
    day, bounds = _first_day(procedure, step, state, facts, today)
    if step.basis_on(state.law_day(step.id, day)) is None:
        return state, None
    for name in step.current:
        state, day = _kept_up(procedure, procedure[name], state, day, today, found)
    due = limits.first_end(bounds)
    certain = all(bound.is_certain for bound in bounds)
    state = after(procedure, state, assumed(step, day))
    return state, Projected(step, day, due.day if due else None, certain)


def assumed(step: Step, day: date) -> Mark:
    """The step as a projection takes it: on that day, with its first outcome, which is the favourable one."""
    return Mark(PROJECTED, EntryKind.DONE, step.id, day, step.outcomes[0].id if step.outcomes else "")


def first_day(procedure: Procedure, step: Step, state: State, facts: Facts, today: date) -> date:
    """The first day, from today on, that order, limits and conditions allow; in the edition of that very day."""
    return _first_day(procedure, step, state, facts, today)[0]


def _first_day(
    procedure: Procedure, step: Step, state: State, facts: Facts, today: date
) -> tuple[date, list[limits.Bound]]:
    """The day with the limits that hold on it."""
    before = [on for name in step.requires if (on := state.on(name)) is not None]
    day = max([today, *before])
    if not (step.limits or step.checks):
        return day, []
    while True:
        later = day
        bounds = limits.bounds(procedure, step, state, day)
        for bound in bounds:
            if bound.limit.kind is LimitKind.FROM:
                later = max(later, bound.day)
        for name in step.checks:
            if (earliest := EARLIEST.get(name)) is not None:
                later = max(later, earliest(step, state, facts, day, max([today, *before])))
        if later == day:
            return day, bounds
        day = later


def _kept_up(
    procedure: Procedure, repeated: Step, state: State, day: date, today: date, found: list[Projected]
) -> tuple[State, date]:
    """Repeat the step as late as its rule allows until it is up to date on ``day``; an overdue one is taken today."""
    while (due := limits.due(procedure, repeated, state, day)) is not None and due.day < day:
        on = max(due.day, today)
        if on > due.day and repeated.id in state.explained:
            break
        state = after(procedure, state, Mark(PROJECTED, EntryKind.DONE, repeated.id, on))
        found.append(Projected(repeated, on, due.day))
        if on > day:
            day = on
    return state, day


def _adult(step: Step, state: State, facts: Facts, day: date, start: date) -> date:
    found = said("dev.min_age", state.law_day(step.id, day))
    return add_years(facts.born, found.number) if found and facts.born else day


def _rejoin(step: Step, state: State, facts: Facts, day: date, start: date) -> date:
    return facts.barred_until or day


def _publicity(step: Step, state: State, facts: Facts, day: date, start: date) -> date:
    """Posted on the first possible day; complete so many working days later."""
    found = said("dev.publicity", state.law_day(step.id, day))
    return limits.counted(start, found.number, found.unit).day if found else day


Earliest = Callable[[Step, State, Facts, date, date], date]
EARLIEST: dict[str, Earliest] = {"adult": _adult, "may_rejoin": _rejoin, "publicity": _publicity}
