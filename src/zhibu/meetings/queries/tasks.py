"""Tasks from resolutions: whose, until when, and which of them a meeting has to follow up."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import TaskState
from zhibu.meetings.models import Meeting, Task
from zhibu.organizations.models import Organization


def tasks(scope: Scope) -> QuerySet[Task]:
    """Those of the organizations whose records the reader keeps, and the reader's own."""
    allowed = scope.within(Right.RECORD_MEETING) | Q(owner=scope.person_id or 0)
    return Task.objects.filter(allowed).select_related("organization", "owner", "meeting")


def task(scope: Scope, pk: int) -> Task:
    """One of them; others are as if they did not exist."""
    found = tasks(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项任务，或不在您的查看范围内。")
    return found


def to_follow_up(organization: Organization, on: date, meeting: Meeting | None = None) -> list[Task]:
    """What a meeting of that day has to ask about: open tasks of earlier meetings, and those it has spoken of."""
    asked = Q(state=TaskState.OPEN, meeting__held_on__lte=on)
    kept = meeting is not None and meeting.pk is not None
    if kept:
        asked |= Q(follow_ups__meeting=meeting)
    found = Task.objects.filter(asked, organization=organization).select_related("owner", "meeting").distinct()
    if kept:
        found = found.exclude(meeting=meeting)
    return list(found.order_by("due_on", "pk"))


def own_open_tasks(scope: Scope) -> QuerySet[Task]:
    return Task.objects.filter(owner=scope.person_id or 0, state=TaskState.OPEN)


def open_tasks(scope: Scope) -> QuerySet[Task]:
    """Of the organizations whose records the reader keeps."""
    return scope.visible(Task.objects.filter(state=TaskState.OPEN), Right.RECORD_MEETING)
