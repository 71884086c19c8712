"""Votes that fit those who came: most in favour, the outcome judged by the rules of `zhibu.meetings`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from zhibu.demo.texts import Agenda
from zhibu.meetings.content import AttendanceLine, Counts, ResolutionLine
from zhibu.meetings.enums import CAME, Kind, Matter, Outcome, Part, Presence
from zhibu.meetings.rules import judged, majority_rule, quorum

UNREACHABLE = "联系不上"


def decisions(agenda: Agenda, kind: Kind, on: date, count: Counts, host: str, rng: Random) -> list[ResolutionLine]:
    """The decisions of the agenda, each with its vote or with who sees to it until when."""
    return [
        _voted(text, kind, matter, count, on, rng) if is_vote
        else ResolutionLine(text, responsible=host, due_on=on + timedelta(days=rng.choice((14, 21, 30, 60))))
        for text, matter, is_vote in agenda.decisions
    ]  # fmt: skip


def quorate(lines: list[AttendanceLine], agenda: Agenda) -> list[AttendanceLine]:
    """The attendance of a meeting that admits, confirms or elects: as many voters as it needs were asked to come.

    With the fifth to spare that an election needs, one vote against does not upset an admission either.
    """
    if all(matter is Matter.ORDINARY for _, matter, _ in agenda.decisions):
        return lines
    voters = [line for line in lines if line.part is Part.VOTER]
    lacking = -(-len(voters) * 4 // 5) - sum(line.presence in CAME for line in voters)
    asked = {line.person_id for line in voters if line.presence not in CAME and line.reason != UNREACHABLE}
    found = []
    for line in lines:
        if lacking > 0 and line.person_id in asked:
            line = replace(line, presence=Presence.PRESENT, reason="")
            lacking -= 1
        found.append(line)
    return found


def _voted(text: str, kind: Kind, matter: Matter, count: Counts, on: date, rng: Random) -> ResolutionLine:
    against = 1 if count.voters_present > 9 and rng.random() < 0.04 else 0
    abstained = 1 if count.voters_present > 9 and rng.random() < 0.08 else 0
    in_favour = max(0, count.voters_present - against - abstained)
    enough = quorum(kind, matter, count, on)
    majority = judged(majority_rule(kind, matter), in_favour, count.voters_expected, on)
    if enough is not None and not enough.met:
        outcome = Outcome.VOID
    elif majority is None or majority.met:
        outcome = Outcome.PASSED
    else:
        outcome = Outcome.REJECTED
    return ResolutionLine(
        text, True, matter, in_favour=in_favour, against=against, abstained=abstained, outcome=outcome
    )
