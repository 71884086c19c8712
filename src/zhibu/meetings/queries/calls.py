"""What waits for somebody as a member: a meeting to check in to; and for the recorder what members sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.queries.checkin import check_ins_for, pending_marks
from zhibu.ui.waiting import Asked, Waiting


def calls(scope: Scope) -> Iterator[Asked]:
    """Nothing for accounts without a person. A title leads to the first of several."""
    if scope.person_id is not None:
        yield Asked(check_ins_for(scope), _check_in, "meeting_id")
    if scope.may(Right.RECORD_MEETING):
        yield Asked(pending_marks(scope), _pending, "meeting_id")


def _check_in(count: int, first: Any) -> Waiting:
    return Waiting("正在签到的会议", count, reverse("meetings:check_in", args=[first]))


def _pending(count: int, first: Any) -> Waiting:
    return Waiting("断网签到待确认", count, reverse("meetings:desk", args=[first]), help="请当面核对后确认")
