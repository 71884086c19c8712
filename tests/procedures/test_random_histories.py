"""Whatever people try, in whatever order: no `must` is ever broken, the entries tell the same story again, and what the
projection promises is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.procedures.states import ADMISSION, FACTS, against, attempt, given, people, refusals
from zhibu.procedures.enums import CaseState, EntryKind
from zhibu.procedures.rules.checks import findings
from zhibu.procedures.rules.projection import Projected, project
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.state import EMPTY, Mark, State, after, fold

START = date(2025, 1, 15)
STEPS = [step.id for step in ADMISSION.steps]
LATER = [0, 0, 1, 7, 20, 30, 31, 90, 182, 183, 365]
KINDS = ["do", "do", "do", "do", "back", "explain"]
VOTE = st.fixed_dictionaries(
    {
        "entitled": st.integers(1, 7), "present": st.integers(0, 7), "in_favour": st.integers(0, 7),
        "against": st.integers(0, 3), "abstained": st.integers(0, 2), "written": st.integers(0, 2),
        "months": st.integers(4, 14),
    }
)  # fmt: skip


ROAD = project(ADMISSION, EMPTY, FACTS, START)


@st.composite
def tries(draw: st.DrawFn) -> list[dict[str, Any]]:
    """How far along the road somebody is, then attempts that lean towards what comes next."""
    head = {"taken": draw(st.integers(0, len(ROAD) - 1))}
    return [head] + [
        {
            "ahead": draw(st.integers(0, 3)), "later": draw(st.sampled_from(LATER)),
            "kind": draw(st.sampled_from(KINDS)),
            "outcome": draw(st.integers(0, 3)), "data": draw(VOTE), "fair": draw(st.booleans()),
            "number": draw(st.integers(1, 3)),
        }
        for _ in range(draw(st.integers(3, 25)))
    ]  # fmt: skip


def played(attempts: list[dict[str, Any]]) -> tuple[State, list[Mark]]:
    """The state and the entries after all attempts that the rules did not refuse."""
    state, marks, day = EMPTY, [], START
    for one in ROAD[: attempts[0]["taken"]]:
        marks.append(_taken(one, len(marks) + 1, state))
        state, day = after(ADMISSION, state, marks[-1]), max(day, one.earliest)
    for one in attempts[1:]:
        if state.status is not CaseState.OPEN:
            break
        day += timedelta(days=one["later"])
        pending = [step for step in STEPS if step not in state.done or ADMISSION[step].is_repeated]
        step = ADMISSION[pending[min(one["ahead"], len(pending) - 1)]]
        mark = _mark(state, step, one, day, len(marks) + 1)
        if mark is not None:
            marks.append(mark)
            state = after(ADMISSION, state, mark)
    return state, marks


def _taken(one: Projected, position: int, state: State) -> Mark:
    data = attempt(one.step.id, one.earliest).data
    if one.step.id == "publicity":
        data = {"posted_on": str(state.on("listing_consent"))}
    return Mark(position, EntryKind.DONE, one.step.id, one.earliest, _first(one.step), data)


def _mark(state: State, step: Any, one: dict[str, Any], day: date, position: int) -> Mark | None:
    if one["kind"] == "explain":
        return Mark(position, EntryKind.EXPLAINED, step.id, day)
    if one["kind"] == "back":
        done = [name for name in state.done if name not in {"application", "activist", "listed"}]
        return Mark(position, EntryKind.RETURNED, done[-1], day) if done else None
    outcome = step.outcomes[min(one["outcome"], len(step.outcomes) - 1)].id if step.outcomes else ""
    data = {} if one["fair"] or step.vote is None else one["data"]
    if step.id == "confirm_meeting":
        data = {"months": one["data"]["months"], **data}
    wanted = attempt(step.id, day, outcome=outcome, data=data, people=people(one["number"]) if step.people else ())
    if any(finding.refuses for finding in findings(ADMISSION, step, state, FACTS, wanted)):
        return None
    content = {**wanted.data, **({"people": [named.pk for named in wanted.people]} if step.people else {})}
    return Mark(position, EntryKind.DONE, step.id, day, outcome, content)


@settings(max_examples=150, deadline=None)
@drawn(tries())
def test_no_sequence_of_actions_breaks_a_must(attempts: list[dict[str, Any]]) -> None:
    _state, marks = played(attempts)

    assert broken(review(ADMISSION, marks)) == []
    done = [mark for mark in marks if mark.kind == EntryKind.DONE]
    assert [mark.on for mark in done] == sorted(mark.on for mark in done)


@settings(max_examples=80, deadline=None)
@drawn(tries())
def test_replaying_the_entries_gives_the_same_state(attempts: list[dict[str, Any]]) -> None:
    state, marks = played(attempts)

    assert fold(ADMISSION, marks) == state


@settings(max_examples=80, deadline=None)
@drawn(tries(), st.integers(0, 400))
def test_what_is_projected_is_allowed_on_that_day_and_not_before(attempts: list[dict[str, Any]], later: int) -> None:
    state, marks = played(attempts)
    today = max([START, *(mark.on for mark in marks)]) + timedelta(days=later)

    taken = state
    for one in project(ADMISSION, state, FACTS, today):
        if one.step.id in taken.done and not one.step.is_repeated:  # a deadline that only an earlier step can mend
            taken = after(ADMISSION, taken, Mark(0, EntryKind.RETURNED, one.step.id, today))
        for name in (one.step.id, *one.step.current):
            if one.is_late or name in {step.id for step in ADMISSION.steps if step.is_repeated}:
                taken = _explained(taken, name)
        posted = (taken.on("listing_consent") or one.earliest) if one.step.id == "publicity" else one.earliest
        data = {"posted_on": max(posted, today).isoformat()} if one.step.id == "publicity" else {}
        assert refusals(taken, one.step.id, one.earliest, data=data, outcome=_outcome(one)) == []
        if one.earliest > max([today, *_before(taken, one.step)]) and not one.step.is_repeated:
            assert against(taken, one.step.id, one.earliest - timedelta(days=1), data=data, outcome=_outcome(one)) != []
        if one.taken is not None:
            assert refusals(taken, one.step.id, one.taken.on, data=data, outcome=_outcome(one)) == []
            taken = after(ADMISSION, taken, replace(one.taken, data=data))


def test_the_calendar_shows_a_span_for_reviews_and_good_time_for_the_confirmation() -> None:
    """A review may be held any day of its half year; the discussion begins with the end of probation, in good time;
    what may be recorded at any time of the probation has the probation's days."""
    half_year = next(one for one in project(ADMISSION, given_activist(), FACTS, date(2026, 6, 25)))
    probationary = given({"oath": date(2026, 7, 1), "accept_meeting": date(2026, 6, 15)})
    road = {one.step.id: one for one in project(ADMISSION, probationary, FACTS, date(2026, 7, 2))}

    assert (half_year.step.id, half_year.earliest, half_year.latest) == (
        "review", date(2026, 6, 25), date(2026, 12, 20)
    )  # fmt: skip
    discussion, recorded = road["confirm_meeting"], road["probation_review"]
    assert (discussion.earliest, discussion.latest, discussion.is_prompt) == (date(2027, 6, 15), None, True)
    assert (recorded.earliest, recorded.latest) == (date(2026, 7, 2), date(2027, 6, 15))
    assert road["confirm_application"].earliest == road["confirm_opinions"].earliest == date(2027, 6, 15)


def test_what_the_meeting_decided_is_what_the_calendar_reckons_with() -> None:
    """Cancelled: nothing comes after the approval. Extended: everything from the application on comes once more."""
    met = {"confirm_meeting": date(2027, 6, 20), "accept_meeting": date(2026, 6, 15)}
    cancelled = given(met, confirm_meeting={"outcome": "cancelled"})
    extended = given(met, confirm_meeting={"outcome": "extended", "months": 6})

    def names(state: State) -> list[str]:
        steps = project(ADMISSION, state, FACTS, date(2027, 6, 21))
        return [f"{one.step.number} {one.earliest}" for one in steps if one.taken is not None]

    assert names(cancelled) == ["24 2027-06-21"]
    assert names(extended) == [
        "24 2027-06-21", "22 2027-12-15", "23.1 2027-12-15", "23 2027-12-15", "24 2027-12-15", "25 2027-12-15"
    ]  # fmt: skip


def given_activist() -> State:
    return given({"contacts": date(2026, 6, 20), "activist": date(2026, 6, 20)})


def _outcome(one: Projected) -> str:
    return one.taken.outcome if one.taken is not None else _first(one.step)


def _explained(state: State, name: str) -> State:
    """A delay that lies behind is assumed to have been explained by the superior: the projection shows it as late."""
    return replace(state, explained=state.explained | {name})


def _before(state: State, step: Any) -> list[date]:
    return [on for name in step.requires if (on := state.on(name)) is not None]


def _first(step: Any) -> str:
    return step.outcomes[0].id if step.outcomes else ""
