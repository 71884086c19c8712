"""One record as the ledger holds it: everything said of it, in the order in which it happened, as labelled lines.

The page, the PDF and the Word document show the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from zhibu.meetings.enums import FollowUpResult, Matter, Part, Presence, State, TaskState
from zhibu.meetings.models import (
    Attachment,
    Attendance,
    Correction,
    FollowUp,
    Invitation,
    Meeting,
    Resolution,
    Signature,
    Task,
    Topic,
)
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.ui.shown import shown

Line = tuple[str, str]


@dataclass(frozen=True)
class Sheet:
    """One record, ready to be printed: who ``came``, what was ``said`` and decided, and what stands ``around`` it:
    notice, tasks, signatures, corrections, attachments."""

    meeting: Meeting
    came: list[Line]
    said: list[Line]
    around: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.came, *self.said, *self.around]


def in_full(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """With everything that belongs to them, in a fixed number of reads however many they are."""
    lines = Attendance.objects.select_related("person").order_by("person__pinyin", "person_id")
    # What a draft says of a task it says for itself only.
    valid = FollowUp.objects.exclude(meeting__state=State.DRAFT)
    follow_ups = valid.select_related("meeting").order_by("said_at", "pk")
    return rows.select_related("planned").prefetch_related(
        Prefetch("attendances", lines),
        Prefetch("topics", Topic.objects.order_by("position")),
        Prefetch("resolutions", Resolution.objects.order_by("position")),
        Prefetch("attachments", Attachment.objects.order_by("pk")),
        Prefetch("signatures", Signature.objects.filter(voided_at=None).select_related("person").order_by("quality")),
        Prefetch("corrections", Correction.objects.order_by("made_at", "pk")),
        Prefetch("tasks", Task.objects.select_related("owner").order_by("due_on", "pk")),
        Prefetch("tasks__follow_ups", follow_ups),
        Prefetch("follow_ups", FollowUp.objects.select_related("task__owner").order_by("pk")),
        Prefetch("planned__invitations", Invitation.objects.order_by("pk")),
    )


def sheet(meeting: Meeting) -> Sheet:
    around = [*_called(meeting), *_followed(meeting), *_kept(meeting)]
    return Sheet(meeting, list(_came(meeting)), list(_said(meeting)), around)


def _came(meeting: Meeting) -> Iterator[Line]:
    """The names under what was marked."""
    lines = list(meeting.attendances.all())
    for one in Presence:
        yield from _named(one.label, (row for row in lines if row.part != Part.OBSERVER and row.presence == one))
    yield from _named(Part.OBSERVER.label, (row for row in lines if row.part == Part.OBSERVER))
    if meeting.guests:
        yield "其他列席", meeting.guests


def _named(label: str, rows: Iterable[Attendance]) -> Iterator[Line]:
    names = []
    for row in rows:
        notes = [note for note in ("线上" if row.is_online else "", row.reason) if note]
        names.append(f"{row.person.name}（{'，'.join(notes)}）" if notes else row.person.name)
    if names:
        yield label, "、".join(names)


def _said(meeting: Meeting) -> Iterator[Line]:
    for number, topic in enumerate(meeting.topics.all(), start=1):
        yield f"议题 {number}", f"{topic.title}\n{topic.points}".strip()
    if meeting.minutes:
        yield "会议记录", meeting.minutes
    for number, found in enumerate(meeting.resolutions.all(), start=1):
        yield f"决议 {number}", _resolved(found)


def _resolved(found: Resolution) -> str:
    said = found.text
    if found.responsible or found.due_on:
        said += f"\n责任人：{shown(found.responsible)}，完成期限：{shown(found.due_on)}"
    if found.is_vote:
        votes = f"赞成 {shown(found.in_favour)}，反对 {shown(found.against)}，弃权 {shown(found.abstained)}"
        written = f"（其中书面意见 {found.written}）" if found.written else ""
        said += f"\n{Matter(found.matter).label}表决：{votes}{written}。{found.get_outcome_display()}"
    return said


def _called(meeting: Meeting) -> Iterator[Line]:
    planned = getattr(meeting, "planned", None)
    if planned is None or planned.notified_at is None:
        return
    rows = list(planned.invitations.all())
    coming = sum(row.answer == Answer.COMING for row in rows)
    leave = sum(row.leave == Leave.GRANTED for row in rows)
    said = f"{shown(planned.notified_at)} 通知 {len(rows)} 人；答复参加 {coming} 人，同意请假 {leave} 人"
    yield "会议通知", f"{said}\n{planned.notice}".strip()


def _followed(meeting: Meeting) -> Iterator[Line]:
    """What the meeting said of earlier tasks, and what became of those it gave."""
    if rows := list(meeting.follow_ups.all()):
        yield "以往决议的落实", "\n".join(f"{row.task.text}（{row.task.owner.name}）：{_result(row)}" for row in rows)
    for number, task in enumerate(meeting.tasks.all(), start=1):
        state = TaskState(task.state).label + (f"（{shown(task.done_on)}）" if task.done_on else "")
        said = [task.text, f"责任人：{task.owner.name}，完成期限：{shown(task.due_on)}，{state}"]
        for row in task.follow_ups.all():
            heard = row.meeting
            by = f"{heard.held_on} {heard.title}" if heard else f"{timezone.localtime(row.said_at):%Y-%m-%d} 本人报告"
            said.append(f"{by}：{_result(row)}")
        yield f"任务 {number}", "\n".join(said)


def _result(row: FollowUp) -> str:
    return FollowUpResult(row.result).label + (f"，{row.note}" if row.note else "")


def _kept(meeting: Meeting) -> Iterator[Line]:
    signed = [
        f"{row.get_quality_display()} {row.person.name}，{shown(row.signed_at)}，第 {row.version} 版"
        for row in meeting.signatures.all()
    ]
    yield "签名", "\n".join(signed) or "还没有签名"
    for number, row in enumerate(meeting.corrections.all(), start=1):
        yield (
            f"更正 {number}",
            f"{row.subject}\n原记录：{row.was}\n更正为：{row.becomes}\n"
            f"理由：{row.reason}。{row.made_by_name}，{shown(row.made_at)}",
        )
    if files := [f"{row.name}（{filesizeformat(row.size)}）" for row in meeting.attachments.all()]:
        yield "附件", "\n".join(files)
