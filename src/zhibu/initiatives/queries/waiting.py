"""What waits: late milestones, projects to review, hours and deeds to confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.initiatives.queries.projects import late_milestones, returned, to_review
from zhibu.initiatives.queries.service import late_deeds, reported_deeds, unconfirmed
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """For the home page. Nothing for those who only read."""
    return list(_asked(scope))


def _asked(scope: Scope) -> Iterator[Asked]:
    if scope.may(Right.RECORD_INITIATIVE):
        found = _told("书记项目节点逾期", "projects", "late=yes", late=True, help="请登记结果，或写明理由调整期限")
        yield Asked(late_milestones(scope), found, "due_on")
        yield Asked(returned(scope), _told("书记项目退回修改", "projects", "state=returned"), "declared_at")
        found = _told("志愿服务时长待确认", "activities", "unconfirmed=yes", help="人次；未确认的不计入")
        yield Asked(unconfirmed(scope), found, "activity__on")
        yield Asked(reported_deeds(scope), _told("为民办实事待服务对象确认", "deeds", "state=reported"), "finished_on")
    if scope.may(Right.REVIEW_INITIATIVE):
        yield Asked(to_review(scope), _told("书记项目待审核", "projects", "review=yes"), "declared_at")
    if scope.may(Right.VIEW_INITIATIVE):
        yield Asked(late_deeds(scope), _told("为民办实事逾期未办", "deeds", "late=yes", late=True), "due_on")


def _told(title: str, page: str, query: str, **more: Any) -> Callable[[int, date | datetime], Waiting]:
    address = f"{reverse(f'initiatives:{page}')}?{query}"

    def told(count: int, least: date | datetime) -> Waiting:
        since = timezone.localdate(least) if isinstance(least, datetime) else least
        return Waiting(title, count, address, since=since, **more)

    return told
