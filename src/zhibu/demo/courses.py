"""The course of a membership: stages in lawful intervals, ties to branches, and ways out.

Intervals are those of 发展党员工作细则: a year at least to candidate, a year of probation, and 18 years of age.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from random import Random

from zhibu.demo.world import Being, Node, Step, Tie, between
from zhibu.people.enums import Entry, Leaving, StageKind, WayOut
from zhibu.regulations.dates import add_months

A, B, C, P, F = (
    StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE, StageKind.PROBATIONARY, StageKind.FULL,
)  # fmt: skip
# Between these days members were admitted without probation.
WITHOUT_PROBATION = (date(1969, 4, 1), date(1977, 8, 11))
# Earliest distance from application to admission that `admitted` needs.
SHORTEST = timedelta(days=30 + 366 + 40)


def eighteen(being: Being) -> date:
    return add_months(being.birth, 18 * 12)


def admission_day(node: Node, wanted: date, earliest: date, latest: date) -> date:
    """The general meeting that took the vote: the first from ``wanted`` on, else the last one before it."""
    days = [day for day in node.general_meetings if earliest <= day <= latest]
    if not days:
        return wanted
    return days[min(bisect_left(days, wanted), len(days) - 1)]


def _chain(being: Being, marks: list[tuple[StageKind, date]], node: Node | None) -> None:
    for index, (kind, start) in enumerate(marks):
        end = marks[index + 1][1] if index + 1 < len(marks) else None
        being.steps.append(Step(kind, start, node, end))


def long_since(being: Being, joined: date, node: Node | None, today: date) -> None:
    """Someone who joined before the years that are told: only probation and full membership are on file."""
    if WITHOUT_PROBATION[0] <= joined <= WITHOUT_PROBATION[1]:
        _chain(being, [(F, joined)], node)
        return
    confirmed = add_months(joined, 12)
    marks = [(P, joined), (F, confirmed)] if confirmed <= today else [(P, joined)]
    _chain(being, marks, node)


def admitted(
    being: Being, node: Node, rng: Random, *, wanted: date, entered: date, today: date, latest: date | None = None
) -> None:
    """Someone who was led to membership here, counted back from the admission; ``entered`` is the first day here."""
    floor = max(entered + timedelta(days=10), eighteen(being) + timedelta(days=3))
    joined = admission_day(node, wanted, floor + SHORTEST, latest or today)
    joined = max(joined, floor + SHORTEST)
    room = (joined - floor - SHORTEST).days
    candidate = joined - timedelta(days=40 + rng.randint(0, min(80, room)))
    room = (candidate - floor).days - 396
    activist = candidate - timedelta(days=366 + rng.randint(0, max(0, min(70, room))))
    room = (activist - floor).days - 30
    applied = activist - timedelta(days=30 + rng.randint(0, max(0, min(150, room))))
    confirmed = add_months(joined, 12)
    marks = [(A, applied), (B, activist), (C, candidate), (P, joined), (F, confirmed)]
    _chain(being, [mark for mark in marks if mark[1] <= today], node)


def cultivated(being: Being, node: Node, rng: Random, *, stage: StageKind, entered: date, today: date) -> None:
    """Someone who has come as far as ``stage``, or less far when the time since ``entered`` was too short."""
    floor = max(entered + timedelta(days=10), eighteen(being) + timedelta(days=3))
    since = (today - floor).days
    applied = floor + timedelta(days=rng.randint(0, max(0, min(60, since - 2))))
    if stage is A and since > 500:
        applied = between(rng, floor, today - timedelta(days=20))
    activist = applied + timedelta(days=rng.randint(60, 160))
    candidate = activist + timedelta(days=rng.randint(366, 430))
    marks = {A: [(A, applied)], B: [(A, applied), (B, activist)], C: [(A, applied), (B, activist), (C, candidate)]}[
        stage
    ]
    if stage is C and candidate < today - timedelta(days=150):
        # Candidates of today became so not long ago.
        late = between(rng, today - timedelta(days=140), today - timedelta(days=10))
        marks[-1] = (C, late)
    _chain(being, [mark for mark in marks if mark[1] <= today] or [(A, min(applied, today))], node)


def settle(
    being: Being, home: Node, entered: date, entry: Entry, *, left: date | None = None, leaving: Leaving | None = None
) -> None:
    """Ties up to ``home``, through the branches of which it was made when ``entered`` lies before that."""
    branch = home.parent if home.kind == "641" and home.parent is not None else home
    ties: list[Tie] = []
    start, kind = entered, entry
    if branch.taken_over:
        before, on = branch.taken_over[being.extra_choice(len(branch.taken_over))]
        if before.established <= entered < on:
            end = min(on, left) if left else on
            ties.append(Tie(being, before, entered, entry, end, leaving if left and left <= on else Leaving.RESHAPED))
            start, kind = on, Entry.RESHAPED
    if start < home.established:
        start, kind = home.established, Entry.COLLECTED
    if left is None or start < left:
        ties.append(Tie(being, home, start, kind, left, leaving))
    for tie in ties:
        tie.node.ties.append(tie)
    being.ties.extend(ties)


def leave(being: Being, on: date, stage: StageKind, way: WayOut) -> None:
    """The last stage: gone on that day. Stages that would have begun later are forgotten."""
    being.steps = [step for step in being.steps if step.start < on]
    node = being.steps[-1].node
    being.steps[-1].end, being.steps[-1].way_out = on, way
    being.steps.append(Step(stage, on, node))


def move(being: Being, target: Node, on: date) -> None:
    """From one branch of the university to another."""
    last = being.ties[-1]
    last.end, last.leaving = on, Leaving.INSIDE
    tie = Tie(being, target, on, Entry.INSIDE)
    target.ties.append(tie)
    being.ties.append(tie)
