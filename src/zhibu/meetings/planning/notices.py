"""Telling those who should come, their answers, and the decision about leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.records import repeat, write_attendance
from zhibu.meetings.enums import Part, Presence, State
from zhibu.meetings.models import Invitation, Meeting, PlannedMeeting, Topic
from zhibu.meetings.planning.actions import locked
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.meetings.planning.queries import invitation, one
from zhibu.meetings.queries import content_of
from zhibu.regulations.refusal import Refusal


@dataclass(frozen=True)
class Notice:
    """What the form of a notice is opened with, and the version by which another's change is noticed."""

    agenda: str
    text: str
    answer_by: date | None
    version: str


class NoticeConflict(Refusal):
    """Somebody else changed the notice or the agenda since this form was opened: ``current`` is what they left."""

    def __init__(self, current: Notice) -> None:
        super().__init__(
            "这份通知在您打开之后已被另一处修改，您的内容还没有保存。",
            remedy="两份内容的差别列在下面，请核对后再发；再次发出以您填写的为准。",
        )
        self.current = current


def notice_of(row: PlannedMeeting) -> Notice:
    """The notice as it stands: of the plan the times and the words, of the draft prepared from it the agenda."""
    titles = row.meeting.topics.order_by("position").values_list("title", flat=True) if row.meeting else ()
    version = f"{row.sequence}.{row.meeting.version if row.meeting else 0}"
    return Notice("\n".join(titles), row.notice, row.answer_by, version)


@transaction.atomic
def notify(
    scope: Scope, pk: int, *, agenda: list[str], text: str = "", answer_by: date | None = None,
    version: str | None = None,
) -> PlannedMeeting:  # fmt: skip
    """Tell everybody on the list of the prepared meeting. Again: tells those who were added, shows all the new words
    and the files added since; answers stay.

    ``version`` is what the reader saw: raises `NoticeConflict` if somebody else was quicker. Refuses before it is
    prepared, after its day, without an agenda. Audited as ``meetings.notify``.
    """
    row = locked(scope, pk)
    topics = [title.strip()[:200] for title in agenda if title.strip()]
    if row.meeting is None:
        raise Refusal("还没有开始筹备，没有应到名单。", remedy="请先点“开始筹备”。")
    if row.held_on < scope.today:
        raise Refusal("会议日期已经过去，不再发通知。", field="held_on", remedy="请登记组织生活，或改期。")
    if not topics:
        raise Refusal("没有写议程。", field="agenda", remedy="请写明议程，一项一行。")
    if answer_by and not scope.today <= answer_by <= row.held_on:
        raise Refusal("答复截止应在今天和会议当天之间。", field="answer_by", remedy="请改日期，或不填。")
    meeting = row.meeting = _held(row)
    current = notice_of(row)
    if version is not None and version != current.version:
        raise NoticeConflict(current)
    _write_agenda(meeting, topics)
    listed = dict(meeting.attendances.values_list("person_id", "part"))
    row.invitations.exclude(person__in=listed).delete()
    known = set(row.invitations.values_list("person_id", flat=True))
    Invitation.objects.bulk_create(
        Invitation(planned=row, person_id=person, part=part) for person, part in listed.items() if person not in known
    )
    row.notice, row.answer_by, row.notified_at = text.strip(), answer_by, timezone.now()
    row.sequence += 1
    row.save()
    changes = {"told": len(listed), "new": len(listed.keys() - known), "answer_by": answer_by}
    audit.record(scope, "meetings.notify", object=row, organization_path=row.organization.path, changes=changes)
    return row


@transaction.atomic
def answer(scope: Scope, pk: int, choice: Answer, *, reason: str = "") -> Invitation:
    """The reader's own answer to a notice. A leave needs a reason and waits for the branch's decision.

    Refuses after the day by which one should have answered, and once the meeting is held or called off.
    Audited as ``meetings.answer``, without the reason.
    """
    invitation(scope, pk)
    row = _invited(pk)
    planned = row.planned
    if planned.cancelled_at or (planned.meeting and planned.meeting.state == State.RECORDED):
        raise Refusal("这次会议已经取消或已经召开，不再答复。", remedy="有疑问请联系党支部书记。")
    if scope.today > (planned.answer_by or planned.held_on):
        raise Refusal("已过答复截止日期。", field="answer", remedy="请直接联系党支部书记。")
    if choice is Answer.LEAVE and not reason.strip():
        raise Refusal("请假须写明原因。", field="reason", remedy="例如：病假，在外实习。")
    if choice is Answer.NONE:
        raise Refusal("请选择参加或请假。", field="answer")
    before = row.answer
    if row.leave == Leave.GRANTED:
        _mark(planned, row.person_id, Presence.EXPECTED, "")
    row.answer, row.answered_at = choice, timezone.now()
    row.reason = reason.strip()[:200] if choice is Answer.LEAVE else ""
    row.leave = Leave.ASKED if choice is Answer.LEAVE else Leave.NONE
    row.decided_at, row.remark = None, ""
    row.save()
    path = planned.organization.path
    audit.record(scope, "meetings.answer", object=row, organization_path=path, changes={"answer": [before, choice]})
    return row


@transaction.atomic
def decide_leave(scope: Scope, pk: int, person: int, *, granted: bool, remark: str = "") -> Invitation:
    """Grant or refuse a leave. A granted one stands on the attendance list with its reason; a refusal needs one too.

    Nobody decides about their own leave; a secretary's is decided above. Audited as
    ``meetings.decide_leave``, without the reason.
    """
    planned = one(scope, pk, Right.RECORD_MEETING)
    found = planned.invitations.filter(person=person).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal("通知名单中没有这个人。", remedy="请刷新页面。")
    row = _invited(found)
    if row.planned.meeting is None or row.planned.meeting.state == State.RECORDED:
        raise Refusal("这次会议已经取消或已经登记，不再审批请假。", remedy="出席情况以记录为准。")
    if row.answer != Answer.LEAVE:
        raise Refusal("这个人没有请假。", remedy="请刷新页面。")
    if not granted and not remark.strip():
        raise Refusal("不同意请假须写明理由。", field="remark", remedy="例如：本次须到会表决。")
    if person == scope.person_id:
        raise Refusal("不能审批本人的请假。", remedy="请由上级党组织审批。")
    before = row.leave
    row.leave = Leave.GRANTED if granted else Leave.REFUSED
    row.decided_at, row.remark = timezone.now(), remark.strip()[:200]
    row.save()
    _mark(row.planned, person, *((Presence.LEAVE, row.reason) if granted else (Presence.EXPECTED, "")))
    audit.record(
        scope, "meetings.decide_leave", object=row, organization_path=planned.organization.path,
        changes={"leave": [before, row.leave]},
    )  # fmt: skip
    return row


def _invited(pk: int) -> Invitation:
    """The invitation, held; the plan before it, as everywhere."""
    of = Invitation.objects.values_list("planned_id", flat=True).get(pk=pk)
    planned = (
        PlannedMeeting.objects.select_for_update(of=("self",)).select_related("organization", "meeting").get(pk=of)
    )
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=pk)
    row.planned = planned
    return row


def _held(row: PlannedMeeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).get(pk=row.meeting_id or 0)


def _write_agenda(meeting: Meeting, titles: list[str]) -> None:
    """The topics in the order of the agenda; points already written under a title stay with it."""
    points = dict(meeting.topics.values_list("title", "points"))
    if list(meeting.topics.order_by("position").values_list("title", flat=True)) == titles:
        return
    if lost := [title for title, said in points.items() if said and title not in titles]:
        raise Refusal(
            f"议题“{lost[0]}”下已写了发言要点，不能从议程中去掉。", field="agenda",
            remedy="请保留这一项；确要去掉或改名的，请先在记录草稿中修改。",
        )  # fmt: skip
    meeting.topics.all().delete()
    Topic.objects.bulk_create(
        Topic(meeting=meeting, position=number, title=title, points=points.get(title, ""))
        for number, title in enumerate(titles, start=1)
    )
    repeat(meeting, content_of(meeting))
    meeting.version += 1
    meeting.save()


def _mark(planned: PlannedMeeting, person: int, presence: Presence, reason: str) -> None:
    """The attendance of the prepared meeting follows the decision; what the recorder marked otherwise stays."""
    if planned.meeting_id is None:  # the draft was discarded; a new one takes the leave over
        return
    meeting = _held(planned)
    content = content_of(meeting)
    open_marks = {Presence.EXPECTED, Presence.LEAVE}
    lines = tuple(
        replace(line, presence=presence, reason=reason)
        if line.person_id == person and line.presence in open_marks and line.part is not Part.OBSERVER
        else line
        for line in content.attendance
    )
    if lines == content.attendance:
        return
    after = replace(content, attendance=lines)
    write_attendance(meeting, after)
    repeat(meeting, after)
    meeting.version += 1
    meeting.save()
