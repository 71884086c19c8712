"""Creating, changing, correcting and discarding a record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings import rules
from zhibu.meetings.actions.signing import refuse_if_signed, void_signatures
from zhibu.meetings.actions.tasks import keep_follow_ups, keep_tasks, refusal_of_follow_ups
from zhibu.meetings.content import PLAIN_FIELDS, AttendanceLine, Content, counts
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.life.queries import around
from zhibu.meetings.models import Attendance, Meeting, Resolution, Topic
from zhibu.meetings.quality.comparing import measure
from zhibu.meetings.queries import attendance_on, chairs, content_of, kept_attendance, offers
from zhibu.meetings.queries import meeting as visible_meeting
from zhibu.meetings.signals import recorded
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization
from zhibu.people.queries import people
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.submissions import sent_before


class Conflict(Refusal):
    """Somebody else saved the record since this form was opened: ``current`` is what they left."""

    def __init__(self, current: Content, version: int) -> None:
        super().__init__(
            "这份记录在您打开之后已被另一处修改，您的内容还没有保存。",
            remedy="两份内容的差别列在下面，请核对后再保存；再次保存以您填写的为准。",
        )
        self.current = current
        self.version = version


@transaction.atomic
def create(scope: Scope, content: Content, *, submission: UUID, state: State = State.DRAFT) -> Meeting:
    """Record a meeting or begin a draft of it. The same submission sent twice gives the same meeting once.

    Refuses a kind that the organization does not hold, a day before it existed, persons whom the reader may not name
    and, for a finished record, a day to come, nobody present, and votes that cannot stand. Audited as
    ``meetings.record`` or ``meetings.draft``.
    """
    node = organization(scope, content.organization_id, Right.RECORD_MEETING)
    if found := sent_before(Meeting.objects.all(), submission, organization=node):
        return found
    meeting = Meeting(organization=node, submission=submission, state=state)
    _refuse([*refusals(scope, node, content, state), *_refusals_of_follow_ups(meeting, content)])
    try:
        with transaction.atomic():
            _write(scope, meeting, content)
    except IntegrityError:
        # The other connection of a double click was first; its row is visible now.
        if found := sent_before(Meeting.objects.all(), submission, organization=node):
            return found
        raise
    _tell(meeting)
    _audit(scope, "meetings.record" if state is State.RECORDED else "meetings.draft", meeting, {"kind": content.kind})
    return meeting


@transaction.atomic
def update(scope: Scope, pk: int, content: Content, *, version: int, state: State = State.DRAFT) -> Meeting:
    """Change a draft; with ``state`` recorded, finish it. Raises `Conflict` if somebody else was quicker."""
    meeting = locked(scope, pk)
    if meeting.state == State.RECORDED:
        raise Refusal("这份记录已经登记，不能当作草稿修改。", remedy="请用“更正记录”，并写明理由。")
    _rewrite(scope, meeting, content, version, state)
    _tell(meeting)
    _audit(scope, "meetings.record" if state is State.RECORDED else "meetings.draft", meeting, {"kind": content.kind})
    return meeting


@transaction.atomic
def correct(scope: Scope, pk: int, content: Content, *, version: int, reason: str) -> Meeting:
    """Change a finished record. The reason and what changed are audited (``meetings.correct``).

    A signature given before is void; once both have signed it is refused.
    """
    meeting = locked(scope, pk)
    if meeting.state != State.RECORDED:
        raise Refusal("这份记录还是草稿，直接修改即可。", remedy="请打开草稿继续填写。")
    if not reason.strip():
        raise Refusal("更正已登记的记录须写明理由。", field="reason", remedy="例如：补记请假原因。")
    refuse_if_signed(meeting)
    before = content_of(meeting)
    _rewrite(scope, meeting, content, version, State.RECORDED)
    void_signatures(scope, meeting, timezone.now())
    audit.record(
        scope, "meetings.correct", object=meeting, organization_path=meeting.organization.path,
        changes=differences(before, content), reason=reason.strip(),
    )  # fmt: skip
    return meeting


@transaction.atomic
def delete_draft(scope: Scope, pk: int) -> None:
    """Discard a draft with its attachments. A finished record is corrected, never deleted."""
    meeting = locked(scope, pk)
    if meeting.state == State.RECORDED:
        raise Refusal("已登记的记录不能删除。", remedy="记录有误的，请用“更正记录”。")
    files = [row.file for row in meeting.attachments.all()]
    _audit(scope, "meetings.discard", meeting, {"kind": meeting.kind, "held_on": meeting.held_on})
    meeting.delete()
    for file in files:
        transaction.on_commit(lambda file=file: file.storage.delete(file.name))  # type: ignore[misc]


def locked(scope: Scope, pk: int) -> Meeting:
    """The meeting, held until the end of the transaction, by whoever may record there."""
    found = visible_meeting(scope, pk, Right.RECORD_MEETING)
    if found.kind == Kind.TALK:
        raise Refusal("谈心谈话只登记双方和日期，不保存记录内容。", remedy="登记有误的，请重新登记。")
    held = Meeting.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=pk).first()
    if held is None:
        raise Http404("这份草稿刚刚被删除。")
    return held


def _rewrite(scope: Scope, meeting: Meeting, content: Content, version: int, state: State) -> None:
    if meeting.version != version:
        raise Conflict(content_of(meeting), meeting.version)
    if content.organization_id != meeting.organization_id:
        raise Refusal("登记后不能改到另一个党组织名下。", field="organization", remedy="请删除草稿后重新登记。")
    known = set(meeting.attendances.values_list("person_id", flat=True))
    known.update(pk for pk in (meeting.host_id, meeting.recorder_id, meeting.lecturer_id) if pk is not None)
    known.update(meeting.resolutions.exclude(owner=None).values_list("owner_id", flat=True))
    content = _with_arrivals(meeting, content)
    found = refusals(scope, meeting.organization, content, state, frozenset(known), content_of(meeting))
    _refuse([*found, *_refusals_of_follow_ups(meeting, content)])
    meeting.state = state
    meeting.version += 1
    _write(scope, meeting, content)


def _with_arrivals(meeting: Meeting, content: Content) -> Content:
    """Who checked in while the page was open stays checked in: a line left blank in the form says nothing."""
    arrived = {line.person_id: line for line in kept_attendance(meeting) if line.presence is not Presence.EXPECTED}
    lines = tuple(
        replace(line, presence=arrived[line.person_id].presence, is_online=arrived[line.person_id].is_online)
        if line.presence is Presence.EXPECTED and line.person_id in arrived
        else line
        for line in content.attendance
    )
    return replace(content, attendance=lines)


def refusals(
    scope: Scope,
    node: Organization,
    content: Content,
    state: State,
    known: frozenset[int] = frozenset(),
    stored: Content | None = None,
) -> list[Refusal]:
    """Everything that speaks against this record, at once. ``known``: persons whom the record named before;
    ``stored``: what it said before."""
    found: list[Refusal] = []
    if content.kind not in rules.kinds_for(node.kind):
        found.append(
            Refusal(f"{node.get_kind_display()}不登记“{content.kind.label}”。", field="kind", remedy="请改选类别。")
        )
    if content.held_on < node.established_on or (node.dissolved_on and content.held_on >= node.dissolved_on):
        found.append(
            Refusal(
                f"{content.held_on} 这一天{node}不存在：{node.established_on} 建立，{node.dissolved_on or '未'}撤销。",
                field="held_on",
                remedy="请核对日期或党组织。",
            )
        )
    if content.starts_at and content.ends_at and content.ends_at <= content.starts_at:
        found.append(Refusal("结束时间应晚于开始时间。", field="ends_at", remedy="请核对起止时间。"))
    listed = [line.person_id for line in content.attendance]
    if len(listed) != len(set(listed)):
        found.append(Refusal("出席名单里有人出现了两次。", remedy="请删去重复的一行。"))
    found.extend(_refusals_of_persons(scope, node, content, known))
    found.extend(_refusals_of_leads(scope, node, content, stored))
    if state is State.RECORDED:
        found.extend(_refusals_of_finishing(scope, content))
    return found


def _refusals_of_persons(
    scope: Scope, node: Organization, content: Content, known: frozenset[int]
) -> Iterator[Refusal]:
    """Names may be entered only of those who belong to the meeting or stand in the recorder's own roster."""
    expected = {line.person_id: line for line in attendance_on(node, content.kind, content.held_on)}
    owners = (line.owner_id for line in content.resolutions)
    chosen = {pk for pk in (content.host_id, content.recorder_id, content.lecturer_id, *owners) if pk is not None}
    named = {line.person_id for line in content.attendance} | chosen
    strangers = named - expected.keys() - known
    if strangers:
        strangers -= {person.pk for person in chairs(scope, node, content.held_on)}
    if strangers:
        strangers -= set(people(scope).filter(pk__in=strangers).values_list("pk", flat=True))
    if strangers:
        yield Refusal(
            f"有 {len(strangers)} 人既不在应到名单中，也不在您能查看的名册中。",
            remedy="请更新名单；不在名册中的列席人员写在“其他列席人员”。",
        )
    for line in content.attendance:
        if line.part is Part.VOTER and line.person_id not in known:
            entitled = expected.get(line.person_id)
            if entitled is None or entitled.part is not Part.VOTER:
                yield Refusal(
                    f"{line.name or '名单中有人'}在 {content.held_on} 没有表决权，不能登记为有表决权。",
                    remedy="预备党员和列席人员没有表决权。",
                )


def _refusals_of_finishing(scope: Scope, content: Content) -> list[Refusal]:
    found: list[Refusal] = []
    if not content.title.strip():
        found.append(Refusal("没有填写名称或主题。", field="title", remedy="请填写，例如“十一月主题党日”。"))
    if content.held_on > scope.today:
        found.append(Refusal("日期还没有到，不能登记为已召开。", field="held_on", remedy="请先保存草稿，会后再登记。"))
    if not counts(content.attendance).present:
        found.append(Refusal("还没有登记任何人出席。", remedy="请先点“全部出席”，再标出请假和缺席的人。"))
    return found + rules.refusals_of_votes(content)


def _refusals_of_leads(scope: Scope, node: Organization, content: Content, stored: Content | None) -> Iterator[Refusal]:
    """A decision leads only to what this meeting could decide on its day, and to each thing once."""
    named = [(number, line.leads_to) for number, line in enumerate(content.resolutions) if line.leads_to]
    if not named:
        return
    offered = {one.key for one in offers(scope, node, content.kind, content.held_on, stored)}
    seen: set[str] = set()
    for number, to in named:
        field = f"resolutions-{number}-leads_to"
        if to.key not in offered:
            text = f"第 {number + 1} 项决议：所选的办理事项不能由这一天的这次会议决定。"
            yield Refusal(text, field=field, remedy="请重新选择，或者先不选。")
        elif to.key in seen:
            text = f"第 {number + 1} 项决议：同一个办理事项已选在前面的决议中。"
            yield Refusal(text, field=field, remedy="一个事项只选在一项决议中；两人以上的逐个讨论、逐个表决。")
        seen.add(to.key)


def _refusals_of_follow_ups(meeting: Meeting, content: Content) -> Iterator[Refusal]:
    if content.follow_ups and (refusal := refusal_of_follow_ups(meeting, content)):
        yield refusal


def _refuse(found: list[Refusal]) -> None:
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def _write(scope: Scope, meeting: Meeting, content: Content) -> None:
    for name in PLAIN_FIELDS:
        setattr(meeting, name, getattr(content, name))
    if meeting.state == State.RECORDED and meeting.recorded_at is None:
        meeting.recorded_at = timezone.now()
    repeat(meeting, content)
    meeting.save()
    write_attendance(meeting, content)
    meeting.topics.all().delete()
    Topic.objects.bulk_create(
        Topic(meeting=meeting, position=number, title=line.title, points=line.points)
        for number, line in enumerate(content.topics, start=1)
    )
    meeting.resolutions.all().delete()
    Resolution.objects.bulk_create(
        Resolution(
            meeting=meeting, position=number, text=line.text, is_vote=line.is_vote, matter=line.matter,
            in_favour=line.in_favour, against=line.against, abstained=line.abstained, written=line.written,
            outcome=line.outcome or "", responsible=line.responsible, due_on=line.due_on, owner_id=line.owner_id,
            case_id=line.leads_to.case_id if line.leads_to else None, step=line.leads_to.step if line.leads_to else "",
            corrects_id=line.leads_to.corrects_id if line.leads_to else None,
        )
        for number, line in enumerate(content.resolutions, start=1)
    )  # fmt: skip
    keep_tasks(meeting, content)
    keep_follow_ups(scope, meeting, content)
    if meeting.state == State.RECORDED:
        measure(meeting, content)
        # Only the worker holds the index of all records; the job is part of this transaction.
        app.configure_task("zhibu.meetings.compare", queue="meetings").defer(meeting_id=meeting.pk)


def write_attendance(meeting: Meeting, content: Content) -> None:
    listed = [line.person_id for line in content.attendance]
    meeting.attendances.exclude(person__in=listed).delete()
    before = {row.person_id: row for row in meeting.attendances.all()}
    now = timezone.now()

    def marked_at(line: AttendanceLine) -> datetime | None:
        row = before.get(line.person_id)
        if row is None:
            return None if line.presence is Presence.EXPECTED else now
        return row.marked_at if row.presence == line.presence else now

    Attendance.objects.bulk_create(
        (
            Attendance(
                meeting=meeting, person_id=line.person_id, part=line.part, presence=line.presence, reason=line.reason,
                is_exempt=line.is_exempt, is_online=line.is_online, marked_at=marked_at(line),
            )
            for line in content.attendance
        ),
        update_conflicts=True,
        unique_fields=("meeting", "person"),
        update_fields=("part", "presence", "reason", "is_exempt", "is_online", "marked_at"),
    )  # fmt: skip


def repeat(meeting: Meeting, content: Content) -> None:
    """Set the counts kept in the row from what it repeats."""
    count = counts(content.attendance)
    meeting.expected, meeting.present = count.expected, count.present
    meeting.voters_expected, meeting.voters_present = count.voters_expected, count.voters_present
    content = replace(content, around=around(meeting, timezone.localdate()))
    meeting.parts_required = len(rules.required_of(content))
    meeting.parts_present = len(rules.present_parts(content))


def differences(before: Content, after: Content) -> dict[str, Any]:
    """Old and new for the audit. Texts about persons become marks there; persons stand by number, not by name."""
    found: dict[str, Any] = {}
    for name in PLAIN_FIELDS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and name != "minutes":
            found[name] = [old, new]
    old_text, new_text = _text(before), _text(after)
    if old_text != new_text:
        found["minutes"] = [old_text, new_text]
    old_lines = {line.person_id: line for line in before.attendance}
    new_lines = {line.person_id: line for line in after.attendance}
    for pk in sorted(old_lines.keys() | new_lines.keys()):
        one, other = old_lines.get(pk), new_lines.get(pk)
        if one != other:
            found[f"attendance.{pk}"] = [_mark(one), _mark(other)]
            if (one and one.reason) != (other and other.reason):
                found.setdefault("reason_detail", []).append([one.reason if one else "", other.reason if other else ""])
    return found


def _mark(line: Any) -> str | None:
    return f"{line.part.value} {line.presence.value}" if line else None


def _text(content: Content) -> str:
    return repr((content.minutes, content.topics, content.resolutions, content.follow_ups))


def _tell(meeting: Meeting) -> None:
    if meeting.state == State.RECORDED:
        recorded.send(Meeting, meeting=meeting)


def _audit(scope: Scope, verb: str, meeting: Meeting, changes: dict[str, Any]) -> None:
    audit.record(scope, verb, object=meeting, organization_path=meeting.organization.path, changes=changes)
