"""What waits: reports to write, reports to grade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.reports import queries
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> Iterator[Asked]:
    """For the home page."""
    address = reverse("assessment:reports")

    def to_write(count: int, due: date) -> Waiting:
        late = due < scope.today
        text = f"期限 {due}" + ("，已过" if late else "")
        return Waiting("述职报告待提交", count, f"{address}?mine=write", late=late, help=text)

    def to_grade(count: int, since: datetime) -> Waiting:
        return Waiting("述职报告待评议", count, f"{address}?mine=grade", since=timezone.localdate(since))

    if scope.may(Right.REPORT_WORK):
        yield Asked(queries.to_write(scope), to_write, "call__due_on")
    if scope.may(Right.GRADE):
        yield Asked(queries.to_grade(scope), to_grade, "submitted_at")
