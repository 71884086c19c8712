"""Elections, by-elections and extensions of a term, tried at random: what comes out was elected by the votes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.procedures.histories import Draw, History, Play, go_on, histories, promised
from zhibu.organizations.enums import PostKind
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import CaseState, Circumstance, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.rules.ballot import elected, places_left, seats_of, standing
from zhibu.procedures.rules.findings import Facts, Named
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.state import Mark, State, fold

DUE = date(2026, 12, 31)
VOTERS = 10
ELECTED_BY_IT = {PostKind.SECRETARY.value, PostKind.DEPUTY_SECRETARY.value}
POSTS = [PostKind.SECRETARY, PostKind.ORGANIZATION_MEMBER, PostKind.PUBLICITY_MEMBER, PostKind.DISCIPLINE_MEMBER]


VOIDS = {"request", "reply", "candidates", "candidates_reply", "meeting"}  # sent back: what was voted counts no more


def names(pks: Any, *, under: frozenset[int] = frozenset()) -> tuple[Named, ...]:
    return tuple(Named(pk, f"选{pk}", True, sanction="4" if pk in under else "") for pk in pks)


def facts(state: State) -> Facts:
    """A branch of ten full members; of three seats on, it has a committee."""
    seats, chosen = seats_of(state), elected(state)
    held = frozenset({Circumstance.COMMITTEE} if seats >= 3 else ())
    return Facts(
        is_branch=True, circumstances=held, full_members=VOTERS, members=VOTERS, term_due=DUE,
        elected=names(chosen), committee=len(chosen) if held else 0,
    )  # fmt: skip


def fill(step: Step, state: State, on: date, draw: Draw | None) -> dict[str, Any]:
    if step.id == "request" and "extend_to" in step.inputs:
        days = draw(st.sampled_from((-1, 0, 1, 364, 365, 366, 800))) if draw else 365
        return {"data": {"extend_to": str(DUE + timedelta(days=days))}} | _reason(draw)
    if step.id == "request":
        return {"data": {"seats": draw(st.integers(0, 6)) if draw else 3}} | _reason(draw)
    if step.id == "candidates":
        number = draw(st.integers(0, 7)) if draw else seats_of(state) + 2
        under = draw(st.frozensets(st.integers(1, 12), max_size=1)) if draw else frozenset()
        people = names(range(1, number + 1), under=under)
        return {"people": people, "data": {"candidates_cleared": draw(st.booleans()) if draw else True}} | _reason(draw)
    if step.id == "meeting":
        return _poll(state, draw)
    if step.id == "first_meeting":
        return _posts(state, draw)
    if draw and step.outcomes:
        return {"outcome": draw(st.sampled_from([one.id for one in step.outcomes]))}
    return {}


def _reason(draw: Draw | None) -> dict[str, str]:
    return {"reason": draw(st.sampled_from(("", "确有原因")))} if draw else {}


def _poll(state: State, draw: Draw | None) -> dict[str, Any]:
    """Honest: as many as there are places get all the votes, the others none."""
    stand, places = standing(state), places_left(state)
    if draw is None:
        votes = {pk: VOTERS if index < places else 0 for index, pk in enumerate(stand)}
        here = {"entitled": VOTERS, "present": VOTERS, "handed_out": VOTERS, "returned": VOTERS}
        return {"people": names(stand[:places]), "data": {**here, "votes": votes}, "outcome": "complete"}
    entitled = draw(st.integers(4, VOTERS))
    present = draw(st.sampled_from((entitled, entitled, entitled - 1, entitled - 2, entitled // 2, entitled + 1)))
    votes = {pk: draw(st.integers(0, present)) for pk in stand}
    ranked = sorted(stand, key=lambda pk: -votes[pk])
    chosen = [pk for pk in ranked if votes[pk] * 2 > entitled][:places]
    if not draw(st.integers(0, 3)):
        chosen = ranked[: draw(st.integers(0, len(ranked)))]
    data = {
        "entitled": entitled, "excluded": VOTERS - entitled, "present": present, "handed_out": present,
        "returned": present, "votes": votes, "reduced_by": draw(st.integers(0, present)),
    }  # fmt: skip
    outcome = draw(st.sampled_from(("complete", "complete", "again", "reduced")))
    return {"people": names(chosen), "data": data, "outcome": outcome} | _reason(draw)


def _posts(state: State, draw: Draw | None) -> dict[str, Any]:
    chosen = elected(state)
    posts = {str(pk): POSTS[min(index, len(POSTS) - 1)].value for index, pk in enumerate(chosen)}
    here = len(chosen)
    if len(chosen) == 2 and seats_of(state) < 3:
        posts[str(chosen[1])] = PostKind.DEPUTY_SECRETARY.value
    if draw:
        here = draw(st.integers(0, here))
        posts |= {pk: draw(st.sampled_from(POSTS)).value for pk in posts if not draw(st.integers(0, 3))}
    ayes = {pk: draw(st.integers(0, here)) if draw else here for pk, post in posts.items() if post in ELECTED_BY_IT}
    return {
        "data": {"posts": posts, "committee_entitled": len(chosen), "committee_present": here, "ayes": ayes}
    } | _reason(draw)


def reminded(rule: str) -> Mark:
    return Mark(1, EntryKind.DONE, "remind", date(2026, 7, 1), "reminded", {"term_rule": rule, "term_due": str(DUE)})


PLAYS = {
    "election": Play(procedure("election"), facts, fill, date(2026, 7, 1), (reminded("org.term_branch"),)),
    "university": Play(procedure("election"), facts, fill, date(2026, 7, 1), (reminded("org.term_university"),)),
    "by_election": Play(procedure("by_election"), facts, fill, date(2026, 7, 1)),
    "term_extension": Play(procedure("term_extension"), facts, fill, date(2026, 7, 1)),
}
EVERY = pytest.mark.parametrize("name", list(PLAYS))


def unlawful(history: History, name: str) -> list[str]:
    """Told without the rules: what the regulation says of everything that was let pass."""
    wrong, seats, before, stood = [], 0, 0, frozenset[int]()
    for mark in history.marks:
        if mark.kind == EntryKind.RETURNED and mark.step in VOIDS:
            before = 0
        if mark.kind != EntryKind.DONE:
            continue
        data = mark.data
        if mark.step == "request" and "seats" in data:
            seats, before = data["seats"], 0
        elif mark.step == "request":
            wrong += ["no later than the term"] if date.fromisoformat(data["extend_to"]) <= DUE else []
        elif mark.step == "candidates":
            stood, before = frozenset(data["people"]), 0
            must = name != "by_election" and seats >= 3
            wrong += ["too few candidates"] if must and (len(stood) - seats) * 5 < seats else []
            wrong += ["nobody has looked"] if not data["candidates_cleared"] else []
        elif mark.step == "meeting":
            chosen = data["people"]
            wrong += ["fewer than four fifths"] if data["present"] * 5 < data["entitled"] * 4 else []
            wrong += ["not half"] if any(data["votes"][pk] * 2 <= data["entitled"] for pk in chosen) else []
            wrong += ["did not stand"] if set(chosen) - stood else []
            before += len(chosen)
            wrong += ["more than seats"] if before > seats else []
            wrong += ["not all seats"] if mark.outcome == "complete" and before != seats else []
            given_up = mark.outcome == "reduced"
            wrong += ["given up"] if given_up and (not before or data["reduced_by"] * 2 < data["present"]) else []
    return wrong


@EVERY
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_nothing_comes_out_that_the_regulation_forbids_and_the_entries_tell_it_again(name: str, data: Any) -> None:
    play = PLAYS[name]
    history = data.draw(histories(play))

    assert broken(review(play.shape, history.marks)) == []
    assert unlawful(history, name) == []
    assert fold(play.shape, history.marks) == history.state


@EVERY
@settings(max_examples=80, deadline=None)
@given(data=st.data(), later=st.integers(0, 400))
def test_what_is_projected_is_allowed_on_that_day_and_not_before(name: str, data: Any, later: int) -> None:
    play = PLAYS[name]
    history = data.draw(histories(play))

    assert promised(play, history.state, history.today + timedelta(days=later)) == []


@EVERY
def test_the_honest_way_leads_to_the_end(name: str) -> None:
    """Otherwise the attempts above would prove nothing."""
    play = PLAYS[name]
    history = History(play.begun(), list(play.opening), play.start)

    go_on(play, history, len(play.shape.steps))

    assert (history.state.status, history.refused) == (CaseState.DONE, 0)
