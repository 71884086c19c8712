"""What waits: surveys to be ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.surveys import queries
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> Iterator[Asked]:
    """For the home page."""

    def told(count: int, since: datetime) -> Waiting:
        text = "票已全部收回，或已过截止日期"
        address = f"{reverse('assessment:surveys')}?mine=close"
        return Waiting("匿名测评待结束", count, address, since=timezone.localdate(since), help=text)

    if scope.may(Right.GRADE):
        yield Asked(queries.to_close(scope), told, "opened_at")
