"""Meetings, their records, and who may read how much of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Grant, Scope
from zhibu.meetings.content import AttendanceLine, Content, FollowUpLine, LeadsTo, ResolutionLine, TopicLine
from zhibu.meetings.enums import FollowUpResult, Kind, Matter, Outcome, Part, Presence, State
from zhibu.meetings.life.queries import around
from zhibu.meetings.models import Attachment, Attendance, Meeting, Resolution
from zhibu.meetings.rules import leads
from zhibu.organizations.models import Organization


def meetings(scope: Scope) -> QuerySet[Meeting]:
    """Records the reader may know of: those of their subtrees and those they were called to; talks stand in `talks`.

    Drafts are seen only by those who may record there. ``own_presence`` is the reader's own attendance.
    """
    return _seen(scope, _near(scope, scope.grants)).exclude(kind=Kind.TALK)


def talks(scope: Scope) -> QuerySet[Meeting]:
    """Talks (谈心谈话): only the two who spoke and the secretary of their branch know of them."""
    secretary = [grant for grant in scope.grants if grant.role is Role.SECRETARY]
    return _seen(scope, _near(scope, secretary)).filter(kind=Kind.TALK)


def _seen(scope: Scope, near: QuerySet[Any, Any] | None = None) -> QuerySet[Meeting]:
    own = Attendance.objects.filter(meeting=OuterRef("pk"), person=scope.person_id)
    called = Q(Exists(own)) if scope.person_id else Q(pk__in=())
    open_kinds = scope.within(Right.VIEW_MEETING) & ~Q(kind=Kind.TALK)
    allowed = Q(state=State.RECORDED) & (open_kinds | called | _secretaries_talks(scope))
    drafts = Q(state=State.DRAFT) & scope.within(Right.RECORD_MEETING) & ~Q(kind=Kind.TALK)
    found = Meeting.objects.filter(allowed | drafts)
    if near is not None:
        found = found.filter(pk__in=near)
    return found.select_related("organization", "host", "recorder", "lecturer").annotate(
        own_presence=Subquery(own.values("presence")[:1])
    )


def _near(scope: Scope, grants: Iterable[Grant]) -> QuerySet[Any, Any] | None:
    """Where these grants lie, and what the reader was called to; None for whoever sees the whole tree.

    It takes nothing away. The rows allowed to a secretary are few and the newest of all are mostly others'; by the
    alternatives above alone, PostgreSQL would look at every record of the university.
    """
    paths = {grant.path for grant in grants}
    if any(len(path) <= Organization.steplen for path in paths):
        return None
    where = Q(pk__in=())
    for path in paths:
        where |= Q(path__gte=path, path__lt=path[:-1] + chr(ord(path[-1]) + 1))
    inside = Meeting.objects.filter(organization__in=Organization.objects.filter(where).order_by().values("pk"))
    called = Attendance.objects.filter(person=scope.person_id or 0)
    return inside.order_by().values("pk").union(called.order_by().values("meeting"))


def _secretaries_talks(scope: Scope) -> Q:
    """Talks of the branches in which the reader holds the secretary's role; roles above do not open them."""
    found = Q(pk__in=())
    for grant in scope.grants:
        if grant.role is Role.SECRETARY and grant.path:
            found |= Q(kind=Kind.TALK, organization__path__startswith=grant.path)
    return found


def meeting(scope: Scope, pk: int, right: Right = Right.VIEW_MEETING) -> Meeting:
    """One record: 404 for what the reader may not know of, 403 for what they may know but not do."""
    found = _seen(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这条记录，或不在您的查看范围内。")
    if right is not Right.VIEW_MEETING:
        scope.require(right, found.organization.path)
    return found


def may_read_fully(scope: Scope, meeting: Meeting) -> bool:
    """Members know that a meeting was held, its topics and their own attendance; minutes, the others' attendance and
    reasons are for those who keep the records and for the two who ran the meeting."""
    return leads(scope, meeting)


def attachment(scope: Scope, meeting_pk: int, pk: int) -> Attachment:
    """One attachment of a record, for those who may read the record fully."""
    held = meeting(scope, meeting_pk, Right.RECORD_MEETING)
    found = held.attachments.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个附件。")
    return found


def kept_attendance(meeting: Meeting) -> list[AttendanceLine]:
    """The attendance as recorded, members before observers, in the order of the roster."""
    rows = meeting.attendances.select_related("person").order_by("person__pinyin", "person_id")
    lines = [
        AttendanceLine(
            row.person_id,
            Part(row.part),
            Presence(row.presence),
            row.reason,
            row.is_exempt,
            row.is_online,
            row.person.name,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.part is Part.OBSERVER)


def content_of(meeting: Meeting) -> Content:
    """The whole record as the rules read it: five reads however long it is."""
    return Content(
        organization_id=meeting.organization_id,
        kind=Kind(meeting.kind),
        title=meeting.title,
        held_on=meeting.held_on,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        is_online=meeting.is_online,
        host_id=meeting.host_id,
        recorder_id=meeting.recorder_id,
        lecturer_id=meeting.lecturer_id,
        speaker=meeting.speaker,
        guests=meeting.guests,
        with_appraisal=meeting.with_appraisal,
        minutes=meeting.minutes,
        attendance=tuple(kept_attendance(meeting)),
        topics=tuple(TopicLine(row.title, row.points) for row in meeting.topics.order_by("position")),
        resolutions=tuple(
            line_of(row) for row in meeting.resolutions.order_by("position")
        ),
        follow_ups=tuple(
            FollowUpLine(row.task_id, FollowUpResult(row.result), row.note)
            for row in meeting.follow_ups.order_by("task_id")
        ),
        around=around(meeting, timezone.localdate()),
    )  # fmt: skip


def line_of(row: Resolution) -> ResolutionLine:
    """One decision as the rules read it."""
    return ResolutionLine(
        row.text, row.is_vote, Matter(row.matter), row.in_favour, row.against, row.abstained, row.written,
        Outcome(row.outcome) if row.outcome else None, row.responsible, row.due_on, row.owner_id, _leads_to(row),
    )  # fmt: skip


def _leads_to(row: Resolution) -> LeadsTo | None:
    return LeadsTo(row.case_id, row.step, row.corrects_id) if row.case_id or row.corrects_id else None


INCOMPLETE = Q(parts_present__lt=F("parts_required"))
