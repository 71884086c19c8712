"""Where a case stands: folded from its entries, and from nothing else. Whoever replays them gets the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from zhibu.procedures.definition import Procedure
from zhibu.procedures.enums import CaseState, EntryKind


@dataclass(frozen=True)
class Mark:
    """One entry as the rules read it. ``corrects`` is the position of the entry whose content it replaces."""

    position: int
    kind: str
    step: str
    on: date
    outcome: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    corrects: int | None = None

    @property
    def is_backfilled(self) -> bool:
        return self.kind == EntryKind.BACKFILLED


@dataclass(frozen=True)
class State:
    """What counts at present. ``done`` holds, for each step that stands, its marks (more than one for a repeated step);
    ``history`` also what was returned or opened anew."""

    done: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    status: CaseState = CaseState.OPEN
    explained: frozenset[str] = frozenset()
    extended: frozenset[str] = frozenset()
    editions: Mapping[str, date] = field(default_factory=dict)
    history: tuple[Mark, ...] = ()

    def mark(self, step_id: str) -> Mark | None:
        """The latest mark of a step that stands."""
        marks = self.done.get(step_id)
        return marks[-1] if marks else None

    def on(self, step_id: str) -> date | None:
        mark = self.mark(step_id)
        return mark.on if mark else None

    @property
    def has_fallen_back(self) -> bool:
        """Whether the last thing that happened to what was sent is that it came back."""
        last = next((mark for mark in reversed(self.history) if mark.step == "sent"), None)
        return last is not None and last.kind == EntryKind.RETURNED

    def law_day(self, step_id: str, on: date) -> date:
        """The day whose edition holds for a step taken on ``on``: that day itself, unless people ruled otherwise."""
        return self.editions.get(step_id, on)


EMPTY = State()
TAKEN = frozenset({EntryKind.DONE.value, EntryKind.BACKFILLED.value})


def fold(procedure: Procedure, marks: Iterable[Mark]) -> State:
    """The state after all entries, in their order."""
    state = EMPTY
    for mark in corrected(marks):
        state = after(procedure, state, mark)
    return state


def corrected(marks: Iterable[Mark]) -> list[Mark]:
    """The entries with what later ones put right; of several corrections of one entry the last counts."""
    listed = list(marks)
    newer = {mark.corrects: mark for mark in listed if mark.kind == EntryKind.CORRECTED}
    found = []
    for mark in listed:
        right = newer.get(mark.position)
        found.append(replace(mark, on=right.on, data=right.data) if right is not None else mark)
    return found


def after(procedure: Procedure, state: State, mark: Mark) -> State:
    """The state after one more entry."""
    if mark.kind in TAKEN:
        return _done(procedure, state, mark)
    if mark.kind == EntryKind.RETURNED:
        return _opened_anew(replace(state, history=(*state.history, mark)), _with_followers(procedure, mark.step))
    if mark.kind == EntryKind.EXPLAINED:
        return replace(state, explained=state.explained | {mark.step})
    if mark.kind == EntryKind.EXTENDED:
        return replace(state, extended=state.extended | {mark.step}, history=(*state.history, mark))
    if mark.kind == EntryKind.RULED:
        return replace(state, editions={**state.editions, mark.step: date.fromisoformat(mark.data["edition_on"])})
    status = {
        EntryKind.SUSPENDED: CaseState.SUSPENDED,
        EntryKind.RESUMED: CaseState.OPEN,
        EntryKind.WITHDRAWN: CaseState.ENDED,
    }.get(EntryKind(mark.kind))
    return replace(state, status=status) if status else state


def _done(procedure: Procedure, state: State, mark: Mark) -> State:
    step = procedure[mark.step]
    outcome = step.outcome(mark.outcome)
    history = (*state.history, mark)
    if outcome is not None and step.id in outcome.reopens:
        return _opened_anew(replace(state, history=history), outcome.reopens)
    kept = state.done.get(step.id, ()) if step.is_repeated else ()
    status = CaseState.DONE if step.id == procedure.last else state.status
    if outcome is not None and outcome.ends:
        status = CaseState.ENDED
    # Not by `replace`, which takes three times as long: thousands of cases are folded and projected at once.
    found = State(
        {**state.done, step.id: (*kept, mark)}, status, state.explained, state.extended, state.editions, history
    )
    return _opened_anew(found, outcome.reopens) if outcome is not None and outcome.reopens else found


def _with_followers(procedure: Procedure, step_id: str) -> tuple[str, ...]:
    return (step_id, *procedure.followers(step_id))


def _opened_anew(state: State, step_ids: Iterable[str]) -> State:
    gone = frozenset(step_ids)
    return replace(
        state,
        done={key: marks for key, marks in state.done.items() if key not in gone},
        explained=state.explained - gone,
        extended=state.extended - gone,
    )
