"""What waits for members: a meeting to check in to, minutes to sign; and for the recorder what members sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from django.urls import reverse

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.meetings.queries.checkin import check_ins_for, pending_marks
from zhibu.meetings.queries.minutes import to_sign
from zhibu.meetings.queries.tasks import open_tasks, own_open_tasks
from zhibu.ui.waiting import Asked, Waiting


def calls(scope: Scope) -> Iterator[Asked]:
    """Nothing for accounts without a person. A title leads to the first of several."""
    if scope.person_id is not None:
        yield Asked(check_ins_for(scope), _check_in, "meeting_id")
        yield Asked(to_sign(scope), _sign, "pk")
        yield Asked(own_open_tasks(scope), partial(_tasks, scope, "本人的决议任务", "mine=yes"), "due_on")
    if scope.role is Role.SECRETARY:
        yield Asked(open_tasks(scope), partial(_tasks, scope, "支部待落实的决议", ""), "due_on")
    if scope.may(Right.RECORD_MEETING):
        yield Asked(pending_marks(scope), _pending, "meeting_id")


def _check_in(count: int, first: Any) -> Waiting:
    return Waiting("正在签到的会议", count, reverse("meetings:check_in", args=[first]))


def _sign(count: int, first: Any) -> Waiting:
    return Waiting("待签名的会议记录", count, reverse("meetings:sign", args=[first]))


def _tasks(scope: Scope, title: str, narrowed: str, count: int, due: date) -> Waiting:
    address = f"{reverse('meetings:tasks')}?state=open{'&' + narrowed if narrowed else ''}"
    return Waiting(title, count, address, by=due, late=due < scope.today)


def _pending(count: int, first: Any) -> Waiting:
    return Waiting("断网签到待确认", count, reverse("meetings:desk", args=[first]), help="请当面核对后确认")
