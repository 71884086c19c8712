"""Talks (谈心谈话): only the fact that they took place."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.content import AttendanceLine, Content
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.meetings.queries import attendance_on
from zhibu.meetings.rules import present_parts, required_parts
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization
from zhibu.people.queries import people
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before

DEFAULT_TITLE = "谈心谈话"


@transaction.atomic
def record_talk(
    scope: Scope, organization_id: int, *, first: int, second: int, held_on: date, topic: str = "", submission: UUID
) -> Meeting:
    """Record that two persons talked on a day. What was said is not stored anywhere.

    Refuses a day to come, one person twice, and two persons of whom neither belongs to the branch on that day.
    Audited as ``meetings.talk`` without names and topic.
    """
    node = organization(scope, organization_id, Right.RECORD_MEETING)
    if found := sent_before(Meeting.objects.all(), submission, organization=node, kind=Kind.TALK):
        return found
    _refuse(scope, node, first, second, held_on)
    title = topic.strip() or DEFAULT_TITLE
    lines = tuple(AttendanceLine(pk, Part.MEMBER, Presence.PRESENT) for pk in (first, second))
    content = Content(node.pk, Kind.TALK, title, held_on, attendance=lines)
    talk = Meeting(
        organization=node, kind=Kind.TALK, title=title, held_on=held_on, state=State.RECORDED, submission=submission,
        recorded_at=timezone.now(), expected=2, present=2, parts_required=len(required_parts(Kind.TALK)),
        parts_present=len(present_parts(content)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            talk.save()
    except IntegrityError:
        return Meeting.objects.get(submission=submission, organization=node)
    Attendance.objects.bulk_create(
        Attendance(meeting=talk, person_id=line.person_id, part=line.part, presence=line.presence) for line in lines
    )
    audit.record(scope, "meetings.talk", object=talk, organization_path=node.path, changes={"held_on": held_on})
    return talk


def _refuse(scope: Scope, node: Organization, first: int, second: int, held_on: date) -> None:
    if node.kind not in BRANCH_KINDS:
        raise Refusal("谈心谈话登记在党支部名下。", field="organization", remedy="请选择党支部。")
    if first == second:
        raise Refusal("谈话双方不能是同一个人。", field="second", remedy="请选择另一方。")
    if held_on > scope.today:
        raise Refusal("谈话日期还没有到。", field="held_on", remedy="请在谈话后登记。")
    if held_on < node.established_on or (node.dissolved_on and held_on >= node.dissolved_on):
        raise Refusal(f"{held_on} 这一天{node}不存在。", field="held_on", remedy="请核对日期或党支部。")
    members = {line.person_id for line in attendance_on(node, Kind.GENERAL, held_on)}
    if not members & {first, second}:
        raise Refusal("谈话双方在当天都不是这个支部的党员。", field="first", remedy="请核对人员或日期。")
    strangers = {first, second} - members
    if strangers and people(scope).filter(pk__in=strangers).count() != len(strangers):
        raise Refusal("有一方不在您能查看的名册中。", field="second", remedy="请由对方所在支部登记。")
