"""What waits: actions to send in or to mend, to open, to score, to settle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen import queries
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> Iterator[Asked]:
    """For the home page."""
    if scope.may(Right.REPORT_WORK):
        yield Asked(queries.to_submit(scope), _told("自选动作已到完成日期，待报送评审", "state=proposed"), "ends_on")
        yield Asked(queries.returned(scope), _told("自选动作退回修改", "state=returned"), "proposed_at")
    if scope.may(Right.GRADE):
        yield Asked(queries.to_open(scope), _told("自选动作待开始评审", "mine=open"), "submitted_at")
        yield Asked(queries.to_score(scope), _told("自选动作待我评审", "mine=score"), "submitted_at")
        yield Asked(queries.to_decide(scope), _told("自选动作评审分歧待裁定", "mine=decide"), "submitted_at")


def _told(title: str, query: str) -> Callable[[int, date | datetime], Waiting]:
    address = f"{reverse('assessment:actions')}?{query}"

    def told(count: int, least: date | datetime) -> Waiting:
        since = timezone.localdate(least) if isinstance(least, datetime) else least
        return Waiting(title, count, address, since=since)

    return told
