"""What the tests of this room have in common: a whole record in one call."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import uuid4

from tests.cast import Cast
from zhibu.meetings import actions, queries
from zhibu.meetings.content import AttendanceLine, Content, ResolutionLine, TopicLine
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Meeting

HELD = date(2026, 11, 12)


def people(present: int, away: int = 0, *, part: Part = Part.VOTER, start: int = 1) -> tuple[AttendanceLine, ...]:
    """So many who came and so many on leave, numbered from ``start``."""
    came = [AttendanceLine(start + n, part, Presence.PRESENT) for n in range(present)]
    left = [AttendanceLine(start + present + n, part, Presence.LEAVE, "病假") for n in range(away)]
    return (*came, *left)


def vote(in_favour: int, **other: Any) -> ResolutionLine:
    values: dict[str, Any] = {"against": 0, "abstained": 0, "is_vote": True, **other}
    return ResolutionLine("同意工作计划", in_favour=in_favour, **values)


def bare(**changes: Any) -> Content:
    """A record without a database behind it."""
    return replace(Content(1, Kind.GENERAL, "十一月支部党员大会", HELD), **changes)


def whole(cast: Cast, **changes: Any) -> Content:
    """A complete record of the branch's general meeting: everybody came."""
    kind, held_on = changes.get("kind", Kind.GENERAL), changes.get("held_on", HELD)
    node = changes.pop("node", cast.branch)
    lines = queries.attendance_on(node, kind, held_on)
    content = Content(
        node.pk, kind, "十一月支部党员大会", held_on, time(14, 0), time(15, 30), "第一会议室",
        host_id=cast.secretary.pk, recorder_id=cast.secretary.pk, minutes="先学习，后讨论。",
        attendance=tuple(replace(line, presence=Presence.PRESENT) for line in lines),
        topics=(TopicLine("讨论工作计划", "孟员：同意。"),),
        resolutions=(ResolutionLine("通过工作计划", responsible="舒记", due_on=date(2026, 12, 31)),),
    )  # fmt: skip
    return replace(content, **changes)


def held(cast: Cast, state: State = State.RECORDED, **changes: Any) -> Meeting:
    """A meeting recorded by the secretary of its branch (by the office elsewhere)."""
    who = changes.pop("by", cast.secretary)
    return actions.create(cast.scope(who), whole(cast, **changes), submission=uuid4(), state=state)
