"""The earliest calendar of what remains: each step on the first day on which the rules would allow it.

Every day is one that the engine later allows, given that the steps before it are taken on theirs (a property test takes
them). Steps that people may decide otherwise are assumed to end favourably.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import CaseState, EntryKind, Late, LimitKind
from zhibu.procedures.rules import checks, limits
from zhibu.procedures.rules.findings import Facts, said
from zhibu.procedures.rules.transit import last_reissue
from zhibu.procedures.state import Mark, State, after
from zhibu.regulations.dates import add_years

UNKNOWN = date.max
PROJECTED = -1


@dataclass(frozen=True)
class Projected:
    """A step to come: its first legal day, its last one where there is one, and whether that has passed.

    ``taken``: the entry that the rest of the calendar assumes; None for what nobody has to do. ``is_prompt``: it is to
    be done in good time (及时) from its first day on, and no article says until when.
    """

    step: Step
    earliest: date
    latest: date | None
    is_certain: bool = True
    taken: Mark | None = None
    is_prompt: bool = False

    @property
    def is_late(self) -> bool:
        return self.latest is not None and self.earliest > self.latest


def project(procedure: Procedure, state: State, facts: Facts, today: date) -> list[Projected]:
    """All steps that remain, in the order of the procedure; empty once the case is closed or suspended."""
    if state.status is not CaseState.OPEN:
        return []
    found: list[Projected] = []
    state = _taken_anew(procedure, state, today)
    again = True
    while again:  # an outcome that is decided already, as an extension of probation, may open earlier steps anew
        again = False
        for step in procedure.steps:
            if state.status is not CaseState.OPEN:
                break
            if (step.id in state.done and not step.is_repeated) or checks.is_past(procedure, step, state):
                continue
            if step.is_optional or step.is_repeated:
                found += _whenever(procedure, step, state, facts, today)
                continue
            if _is_over(step, state, today):
                return found  # neither this step nor what rests on it has a day any more
            state, one = _next(procedure, step, state, facts, today, found)
            if one is not None:
                found.append(one)
                if one.taken is not None and _reopens(step, one.taken):
                    again = True
                    break
    return _until_closed(procedure, found)


def _reopens(step: Step, taken: Mark) -> bool:
    """Only an outcome that was decided before does; the one that is assumed leads on."""
    if not step.outcomes or taken.outcome == step.outcomes[0].id:
        return False
    outcome = step.outcome(taken.outcome)
    return outcome is not None and bool(outcome.reopens)


def _is_over(step: Step, state: State, today: date) -> bool:
    """Whether the last day of a letter's being given anew has passed: then only another request helps."""
    last = last_reissue(state, state.law_day(step.id, today)) if "reissue" in step.checks else None
    return last is not None and today > last


def _whenever(procedure: Procedure, step: Step, state: State, facts: Facts, today: date) -> list[Projected]:
    """What may be done any number of times and that nobody has to do: from when on it may."""
    if not step.is_optional:
        return []  # `_kept_up` takes it as often as its rule demands
    before = [on for name in (*step.requires, step.id) if (on := state.on(name)) is not None]
    day = max([today, *before])
    if any(name not in state.done for name in step.requires) or step.basis_on(state.law_day(step.id, day)) is None:
        return []
    return [Projected(step, day, None)]


def _until_closed(procedure: Procedure, found: list[Projected]) -> list[Projected]:
    """What may be done any number of times ends with the step that looks back on it."""
    for place, one in enumerate(found):
        if one.taken is None:
            closing = next((later.earliest for later in found if one.step.id in later.step.current), None)
            found[place] = replace(one, latest=closing)
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
    prompt = due is not None and due.limit.kind is LimitKind.DUE and due.day == day and _begins_on(bounds, day)
    certain = all(bound.is_certain for bound in bounds)
    mark = assumed(step, state, day)
    return after(procedure, state, mark), Projected(
        step, day, due.day if due and not prompt else None, certain, mark, prompt
    )


def _begins_on(bounds: Iterable[limits.Bound], day: date) -> bool:
    return any(one.limit.kind is LimitKind.FROM and one.day == day for one in bounds)


def assumed(step: Step, state: State, day: date) -> Mark:
    """The step as a projection takes it: on that day, with its first outcome, which is the favourable one; where an
    earlier meeting has decided the outcome, with that."""
    outcome = step.outcomes[0].id if step.outcomes else ""
    if "as_the_meeting_decided" in step.checks and (meeting := state.mark("confirm_meeting")) is not None:
        outcome = meeting.outcome
    return Mark(PROJECTED, EntryKind.DONE, step.id, day, outcome)


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
        last = max((before for name in (*repeated.requires, repeated.id) if (before := state.on(name))), default=on)
        mark = Mark(PROJECTED, EntryKind.DONE, repeated.id, on)
        state = after(procedure, state, mark)
        found.append(Projected(repeated, max(last, today), due.day, taken=mark))
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
