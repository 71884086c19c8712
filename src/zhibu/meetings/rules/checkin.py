"""When a meeting may be checked in to, by whom it is run, and from when on somebody is late.

No regulation speaks of check-in; the minutes here are the school's own and stand in the rules as parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Presence, State
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

# With two codes good at a time, five tries find one with a chance of one in a hundred thousand; after them the recorder
# marks by hand. The many of a whole meeting close only the digits: a ticket cannot be guessed.
WRONG_PER_PERSON = 5
WRONG_PER_MEETING = 60


def _minutes(rule: str, on: date) -> timedelta:
    return timedelta(minutes=value(rule, on).number)


def offline_minutes(on: date) -> timedelta:
    """How long after it was made a scan may arrive and still be put before the recorder."""
    return _minutes("life.checkin_offline", on)


@dataclass(frozen=True)
class Window:
    """When members may check in, and from when on they are late."""

    opens: datetime
    late: datetime
    ends: datetime


def window_of(held_on: date, starts_at: time | None, ends_at: time | None) -> Window | None:
    """None while the times of the meeting are not known."""
    if starts_at is None or ends_at is None:
        return None
    zone = timezone.get_default_timezone()
    start, end = (datetime.combine(held_on, at, tzinfo=zone) for at in (starts_at, ends_at))
    return Window(start - _minutes("life.checkin_opens", held_on), start + _minutes("life.checkin_late", held_on), end)


def refusal_of_opening(meeting: Any, at: datetime) -> Refusal | None:
    """Why members cannot check in to this meeting now; None if they can."""
    if meeting.state == State.RECORDED:
        return Refusal("这份记录已经登记，不能再签到。", remedy="出席情况有误的，请用“更正记录”。")
    window = window_of(meeting.held_on, meeting.starts_at, meeting.ends_at)
    if window is None:
        return Refusal("会议的开始和结束时间还没有填写，不能开放签到。", remedy="请先在草稿中填写起止时间。")
    if at < window.opens:
        opens = timezone.localtime(window.opens)
        return Refusal(
            f"签到从 {opens:%Y-%m-%d %H:%M} 起开放，现在还早。",
            rule="life.checkin_opens",
            on=meeting.held_on,
            remedy="请到时再开放；会议时间有变的，请先改草稿中的时间。",
        )
    if at > window.ends:
        return Refusal("会议已经结束，不能再签到。", remedy="请由记录人登记；会议延长的，请先改草稿中的结束时间。")
    return None


def presence_at(meeting: Any, at: datetime) -> Presence:
    """What somebody who arrives at that moment is."""
    window = window_of(meeting.held_on, meeting.starts_at, meeting.ends_at)
    return Presence.LATE if window is not None and at > window.late else Presence.PRESENT


def leads(scope: Scope, meeting: Any) -> bool:
    """Whoever keeps the branch's records, and the two who run this very meeting."""
    if scope.may(Right.RECORD_MEETING, meeting.organization.path):
        return True
    return scope.person_id is not None and scope.person_id in {meeting.host_id, meeting.recorder_id}
