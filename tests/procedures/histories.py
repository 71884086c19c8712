"""Playing a procedure at random: whatever somebody may try comes to the rules, and what they let pass is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import OF_PAPER, CaseState, EntryKind
from zhibu.procedures.rules.checks import findings
from zhibu.procedures.rules.findings import Attempt, Facts
from zhibu.procedures.rules.projection import project
from zhibu.procedures.rules.transit import lapsed, standing
from zhibu.procedures.state import EMPTY, Mark, State, after

LATER = (0, 0, 1, 7, 29, 30, 31, 90, 91, 182, 366)
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Play:
    """How a procedure is played: what is known of its subject in a state, and how somebody fills a step in, honestly
    (without ``draw``: what follows from the state) or with anything they like."""

    shape: Procedure
    facts: Callable[[State], Facts]
    fill: Callable[[Step, State, date, Draw | None], dict[str, Any]]
    start: date
    opening: tuple[Mark, ...] = ()

    def refusals(self, state: State, step: Step, on: date, attempt: Attempt) -> list[str]:
        """What stands against it; what a rule only says "normally" does so where no reason is given."""
        facts = self.facts(state)
        found = findings(self.shape, step.within(facts.circumstances), state, facts, attempt)
        return [one.message for one in found if one.refuses or not attempt.reason]

    def attempt(self, state: State, step: Step, on: date, draw: Draw | None = None) -> Attempt:
        given = {"outcome": step.outcomes[0].id if step.outcomes else "", "reason": "确有原因"}
        given |= self.fill(step, state, on, draw)
        held = frozenset(step.documents) if draw is None or draw(st.integers(0, 19)) else frozenset()
        return Attempt(on=on, today=date(2090, 1, 1), held=held, **given)

    def begun(self) -> State:
        state = EMPTY
        for mark in self.opening:
            state = after(self.shape, state, mark)
        return state


@dataclass
class History:
    """What was entered, what it comes to, and the day it is."""

    state: State
    marks: list[Mark]
    today: date
    refused: int = field(default=0)


def taken(step: Step, attempt: Attempt, position: int) -> Mark:
    """The entry of a step that was let pass, as `actions.take` writes it."""
    people = {"people": [one.pk for one in attempt.people]} if step.people else {}
    return Mark(position, EntryKind.DONE, step.id, attempt.on, attempt.outcome, {**attempt.data, **people})


def is_undone(step: Step, state: State) -> bool:
    """Whether a step can be sent back: `actions.send_back` leaves what has changed a person or an organization."""
    mark = state.mark(step.id)
    outcome = step.outcome(mark.outcome) if mark else None
    effect = outcome.effect if outcome and outcome.effect else step.effect
    return effect is None or effect.does in OF_PAPER


@st.composite
def histories(draw: Draw, play: Play, *, most: int = 16) -> History:
    """Up to so many attempts, honest ones more often than not, that lean towards what comes next."""
    found = History(play.begun(), list(play.opening), play.start)
    go_on(play, found, draw(st.integers(0, len(play.shape.steps))))
    for _ in range(draw(st.integers(2, most))):
        if found.state.status is not CaseState.OPEN:
            break
        found.today += timedelta(days=draw(st.sampled_from(LATER)))
        _fall_back(play, found)
        kind = draw(st.sampled_from(("do", "do", "do", "do", "honest", "honest", "back", "explain")))
        pending = [one for one in play.shape.steps if one.id not in found.state.done]
        step = pending[min(draw(st.sampled_from((0, 0, 0, 1, 2))), len(pending) - 1)]
        if kind in {"do", "honest"}:
            _try(play, found, step, draw if kind == "do" else None)
        elif kind == "explain":
            _enter(play, found, Mark(len(found.marks) + 1, EntryKind.EXPLAINED, step.id, found.today))
        else:
            _send_back(play, found, draw)
    return found


def go_on(play: Play, found: History, number: int) -> None:
    """Take so many steps honestly, one after the other."""
    for step in play.shape.steps[:number]:
        if step.id not in found.state.done and found.state.status is CaseState.OPEN:
            _try(play, found, step, None)


def _try(play: Play, found: History, step: Step, draw: Draw | None) -> None:
    on = found.today - timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 30))) if draw else 0)
    attempt = play.attempt(found.state, step, on, draw)
    if play.refusals(found.state, step, on, attempt):
        found.refused += 1
    else:
        _enter(play, found, taken(step, attempt, len(found.marks) + 1))


def _send_back(play: Play, found: History, draw: Draw) -> None:
    names = [name for name in found.state.done if name not in {mark.step for mark in play.opening}]
    if names:
        name = draw(st.sampled_from(names))
        gone = [play.shape[one] for one in (name, *play.shape.followers(name)) if one in found.state.done]
        if all(is_undone(step, found.state) for step in gone):
            _enter(play, found, Mark(len(found.marks) + 1, EntryKind.RETURNED, name, found.today))


def _fall_back(play: Play, found: History) -> None:
    """What `actions.common.write_return` writes before anybody may act."""
    mark = lapsed(found.state, found.today)
    if mark is not None:
        _enter(play, found, replace(mark, position=len(found.marks) + 1))


def _enter(play: Play, found: History, mark: Mark) -> None:
    found.marks.append(mark)
    found.state = after(play.shape, found.state, mark)


def promised(play: Play, state: State, today: date) -> list[str]:
    """Where the projected calendar and what the rules say on its days disagree."""
    wrong = []
    state = standing(play.shape, state, today)
    for one in project(play.shape, state, play.facts(state), today):
        step = one.step
        if one.is_late:  # a delay that lies behind is assumed to have been explained: it is shown as late
            state = replace(state, explained=state.explained | {step.id})
        said = play.refusals(state, step, one.earliest, play.attempt(state, step, one.earliest))
        if said:
            wrong.append(f"{step.id} {one.earliest}: {said}")
        before = [on for name in step.requires if (on := state.on(name)) is not None]
        eve = one.earliest - timedelta(days=1)
        if one.earliest > max([today, *before]) and not play.refusals(state, step, eve, play.attempt(state, step, eve)):
            wrong.append(f"{step.id} already on {eve}")
        if one.taken is not None:
            honest = play.attempt(state, step, one.taken.on)
            state = after(play.shape, state, taken(step, replace(honest, outcome=one.taken.outcome), 0))
    return wrong
