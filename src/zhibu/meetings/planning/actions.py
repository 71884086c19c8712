"""What can be done with a plan: save, change, cancel, prepare. What concerns the notice stands in `notices`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings import rules
from zhibu.meetings.actions import records
from zhibu.meetings.content import AttendanceLine, Content
from zhibu.meetings.enums import Kind, Presence, State
from zhibu.meetings.models import Attendance, Invitation, Meeting, PlannedMeeting
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.meetings.planning.queries import one
from zhibu.meetings.planning.rules import Line
from zhibu.meetings.queries import attendance_on, chairs, content_of
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization
from zhibu.regulations.refusal import Refusal, Refusals

FULFILS_WITHIN = 31  # days between the planned and the real day
FIELDS = (
    "kind", "title", "held_on", "starts_at", "ends_at", "place", "host_id", "recorder_id", "with_appraisal",
)  # fmt: skip
TIMES = ("held_on", "starts_at", "ends_at")


@dataclass(frozen=True)
class Plan:
    """What a plan says of one meeting."""

    kind: Kind
    title: str
    held_on: date
    starts_at: time
    ends_at: time
    place: str = ""
    host_id: int | None = None
    recorder_id: int | None = None
    with_appraisal: bool = False


def plan_of(line: Line, host: int | None = None, recorder: int | None = None) -> Plan:
    return Plan(
        line.kind, line.title, line.held_on, line.starts_at, line.ends_at, line.place, host, recorder,
        line.with_appraisal,
    )  # fmt: skip


@transaction.atomic
def save(scope: Scope, organization_id: int, plans: Sequence[Plan], *, submission: UUID) -> list[PlannedMeeting]:
    """Plan these meetings. The same form sent twice plans once.

    Refuses kinds the organization does not hold, days that have passed or on which it does not exist, ends before
    starts, and what is planned already. Audited as ``meetings.plan``.
    """
    node = organization(scope, organization_id, Right.RECORD_MEETING)
    Organization.objects.select_for_update(of=("self",)).get(pk=node.pk)
    if found := list(PlannedMeeting.objects.filter(organization=node, submission=submission)):
        return found
    if not plans:
        raise Refusal("没有选中任何一项计划。", remedy="请勾选要保存的会议。")
    _refuse([refusal for number, plan in enumerate(plans) for refusal in _wrong(scope, node, plan, plans[:number])])
    rows = [
        PlannedMeeting(organization=node, submission=submission, **{name: getattr(plan, name) for name in FIELDS})
        for plan in plans
    ]
    PlannedMeeting.objects.bulk_create(rows)
    audit.record(
        scope, "meetings.plan", object=node, organization_path=node.path,
        changes={"planned": [f"{plan.held_on} {plan.kind.value}" for plan in plans]},
    )  # fmt: skip
    return rows


@transaction.atomic
def change(scope: Scope, pk: int, plan: Plan, *, sequence: int) -> PlannedMeeting:
    """Change one planned meeting and the draft prepared from it. Whoever was told and has another time now is asked
    again; a leave that was granted held for the old time. Audited as ``meetings.replan``."""
    row = locked(scope, pk)
    if row.sequence != sequence:
        raise Refusal("这项计划在您打开之后已被另一处修改，您的内容还没有保存。", remedy="请重新打开后再改。")
    if row.meeting and plan.kind != row.kind:
        raise Refusal("已开始筹备的会议不能改类别。", field="kind", remedy="请取消后另列一项。")
    _refuse(list(_wrong(scope, row.organization, plan, (), but=row.pk)))
    moved = any(getattr(row, name) != getattr(plan, name) for name in TIMES)
    changes = {
        name: [getattr(row, name), getattr(plan, name)] for name in FIELDS if getattr(row, name) != getattr(plan, name)
    }
    if not changes:
        return row
    for name in FIELDS:
        setattr(row, name, getattr(plan, name))
    row.sequence += 1
    row.save()
    if row.meeting:
        _carry(scope, row, plan)
    if moved and row.notified_at:
        _ask_again(row)
    audit.record(scope, "meetings.replan", object=row, organization_path=row.organization.path, changes=changes)
    return row


@transaction.atomic
def cancel(scope: Scope, pk: int, *, reason: str) -> PlannedMeeting:
    """Call a planned meeting off; the draft prepared from it goes with it. Those who were told see it in their notices
    and calendars. Audited as ``meetings.call_off``."""
    row = locked(scope, pk)
    if not reason.strip():
        raise Refusal("取消须写明原因。", field="reason", remedy="例如：与学校会议冲突。")
    draft, row.meeting = row.meeting, None
    row.cancelled_at, row.cancel_reason = timezone.now(), reason.strip()[:200]
    row.sequence += 1
    row.save()
    if draft is not None:
        records.delete_draft(scope, draft.pk)
    audit.record(
        scope, "meetings.call_off", object=row, organization_path=row.organization.path,
        changes={"held_on": row.held_on, "kind": row.kind}, reason=row.cancel_reason,
    )  # fmt: skip
    return row


@transaction.atomic
def prepare(scope: Scope, pk: int) -> Meeting:
    """Make the draft of the record, with everybody listed who should come on that day. Twice gives the same draft.

    Audited as ``meetings.draft`` and ``meetings.prepare``.
    """
    row = locked(scope, pk)
    if row.meeting is not None:
        return row.meeting
    content = Content(
        row.organization_id, Kind(row.kind), row.title, row.held_on, row.starts_at, row.ends_at, row.place,
        host_id=row.host_id, recorder_id=row.recorder_id, with_appraisal=row.with_appraisal,
        attendance=tuple(_expected(row)),
    )  # fmt: skip
    row.meeting = records.create(scope, content, submission=row.uid)
    row.save(update_fields=["meeting", "updated_at"])
    audit.record(scope, "meetings.prepare", object=row, organization_path=row.organization.path)
    return row.meeting


def _expected(row: PlannedMeeting) -> Iterable[AttendanceLine]:
    """Who should come; a leave granted for an earlier draft of the same meeting still holds."""
    leave = dict(row.invitations.filter(leave=Leave.GRANTED).values_list("person_id", "reason"))
    for line in attendance_on(row.organization, Kind(row.kind), row.held_on):
        if line.person_id in leave:
            yield replace(line, presence=Presence.LEAVE, reason=leave[line.person_id])
        else:
            yield line


def on_recorded(sender: type[Meeting], meeting: Meeting, **_rest: Any) -> None:
    fulfil(meeting)


def fulfil(meeting: Meeting) -> PlannedMeeting | None:
    """Called when a record is finished: the nearest open plan of its kind within a month is thereby fulfilled."""
    if PlannedMeeting.objects.filter(meeting=meeting).exists():
        return None
    rows = PlannedMeeting.objects.select_for_update().filter(
        organization=meeting.organization_id, kind=meeting.kind, meeting__isnull=True, cancelled_at__isnull=True
    )
    near = [row for row in rows if abs((row.held_on - meeting.held_on).days) <= FULFILS_WITHIN]
    if not near:
        return None
    row = min(near, key=lambda row: (abs((row.held_on - meeting.held_on).days), row.pk))
    row.meeting = meeting
    row.save(update_fields=["meeting", "updated_at"])
    return row


def locked(scope: Scope, pk: int) -> PlannedMeeting:
    """The planned meeting, held until the end of the transaction: neither cancelled nor held already."""
    one(scope, pk, Right.RECORD_MEETING)
    row = PlannedMeeting.objects.select_for_update(of=("self",)).select_related("organization", "meeting").get(pk=pk)
    if row.cancelled_at is not None:
        raise Refusal("这项计划已经取消。", remedy="仍要召开的，请另列一项。")
    if row.meeting is not None and row.meeting.state == State.RECORDED:
        raise Refusal("这次会议已经登记，计划不再改动。", remedy="记录有误的，请用“更正记录”。")
    return row


def _wrong(scope: Scope, node: Organization, plan: Plan, before: Iterable[Plan], but: int = 0) -> Iterable[Refusal]:
    what = f"{plan.held_on} {plan.kind.label}"
    if plan.kind not in rules.kinds_for(node.kind):
        yield Refusal(f"{node.get_kind_display()}不开展“{plan.kind.label}”。", field="kind", remedy="请改选类别。")
    if not plan.title.strip():
        yield Refusal(f"{what}没有填写名称。", field="title", remedy="请填写，例如“12 月主题党日”。")
    if plan.held_on < scope.today:
        yield Refusal(f"{what}：日期已经过去。", field="held_on", remedy="已经开过的，请直接登记组织生活。")
    if plan.held_on < node.established_on or (node.dissolved_on and plan.held_on >= node.dissolved_on):
        yield Refusal(f"{what}：这一天{node}不存在。", field="held_on", remedy="请核对日期或党组织。")
    if plan.ends_at <= plan.starts_at:
        yield Refusal(f"{what}：结束时间应晚于开始时间。", field="ends_at", remedy="请核对起止时间。")
    if plan.with_appraisal and plan.kind is not Kind.LIFE:
        yield Refusal(f"{what}：民主评议党员只与组织生活会合并。", field="with_appraisal", remedy="请取消勾选。")
    same = (plan.kind, plan.held_on, plan.starts_at)
    known = PlannedMeeting.objects.filter(
        organization=node, kind=plan.kind, held_on=plan.held_on, starts_at=plan.starts_at, cancelled_at__isnull=True
    )
    if any((one.kind, one.held_on, one.starts_at) == same for one in before) or known.exclude(pk=but).exists():
        yield Refusal(f"{what}：同一时间已有一项同类计划。", field="held_on", remedy="请改时间，或去掉重复的一项。")
    chosen = {pk for pk in (plan.host_id, plan.recorder_id) if pk is not None}
    if chosen and chosen - {person.pk for person in chairs(scope, node, scope.today)}:
        yield Refusal("主持人或记录人不在可选名单中。", field="host", remedy="请从名单中选择。")


def _refuse(found: list[Refusal]) -> None:
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def _carry(scope: Scope, row: PlannedMeeting, plan: Plan) -> None:
    """What the plan says goes into the draft; what the draft holds beyond it stays."""
    assert row.meeting is not None
    content = content_of(row.meeting)
    values: dict[str, Any] = {name: getattr(plan, name) for name in FIELDS if name != "kind"}
    records.update(scope, row.meeting.pk, replace(content, **values), version=row.meeting.version)


def _ask_again(row: PlannedMeeting) -> None:
    granted = row.invitations.filter(leave=Leave.GRANTED).values("person")
    Attendance.objects.filter(meeting=row.meeting_id, person__in=granted, presence=Presence.LEAVE).update(
        presence=Presence.EXPECTED, reason=""
    )
    Invitation.objects.filter(planned=row).update(
        answer=Answer.NONE, reason="", answered_at=None, leave=Leave.NONE, decided_at=None, remark=""
    )
