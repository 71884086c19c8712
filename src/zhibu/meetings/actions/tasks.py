"""Resolutions become tasks when their record is finished; later meetings say what became of them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.content import Content
from zhibu.meetings.enums import FollowUpResult, State, TaskState
from zhibu.meetings.models import FollowUp, Meeting, Task
from zhibu.meetings.queries import task, to_follow_up
from zhibu.regulations.refusal import Refusal


def keep_tasks(meeting: Meeting, content: Content) -> None:
    """The tasks of a finished record are its resolutions that name a person of the roster and a day.

    A task goes with the words of its resolution: put elsewhere it stays the same, worded anew it is another one. One
    that no longer stands in the record is dropped where it was followed up already, else forgotten.
    """
    if meeting.state != State.RECORDED:
        return
    known = {one.text: one for one in meeting.tasks.select_for_update().order_by("pk")}
    for line in content.resolutions:
        if line.owner_id is None or line.due_on is None:
            continue
        found = known.pop(line.text, None) or Task(meeting=meeting, organization=meeting.organization, text=line.text)
        found.owner_id, found.due_on = line.owner_id, line.due_on
        if found.state == TaskState.DROPPED:
            found.state = TaskState.OPEN
        found.save()
    for gone in known.values():
        if gone.follow_ups.exists():
            gone.state = TaskState.DROPPED
            gone.save(update_fields=["state"])
        else:
            gone.delete()


def refusal_of_follow_ups(meeting: Meeting, content: Content) -> Refusal | None:
    """A meeting speaks of the open tasks of its own organization."""
    asked = {one.pk for one in to_follow_up(meeting.organization, content.held_on, meeting)}
    if {line.task_id for line in content.follow_ups} - asked:
        return Refusal("有的任务不属于这个党组织，或已经办结。", remedy="请刷新页面后重新填写。")
    return None


def keep_follow_ups(scope: Scope, meeting: Meeting, content: Content) -> None:
    """What the meeting said about earlier tasks; a draft says it for itself only, a record settles them."""
    before = set(meeting.follow_ups.values_list("task_id", flat=True))
    said = {line.task_id: line for line in content.follow_ups}
    meeting.follow_ups.exclude(task__in=said).delete()
    now = timezone.now()
    for pk, line in said.items():
        given = {"result": line.result, "note": line.note, "said_at": now, "by_id": scope.user_id}
        FollowUp.objects.update_or_create(task_id=pk, meeting=meeting, defaults=given)
    for one in Task.objects.select_for_update().filter(pk__in=before | set(said)).order_by("pk"):
        _settle(one)


def _settle(one: Task) -> None:
    if one.state == TaskState.DROPPED:
        return
    done = one.follow_ups.filter(result=FollowUpResult.DONE, meeting__state=State.RECORDED)
    day = done.order_by("meeting__held_on").values_list("meeting__held_on", flat=True).first()
    one.state, one.done_on = (TaskState.DONE, day) if day else (TaskState.OPEN, None)
    one.save(update_fields=["state", "done_on"])


@transaction.atomic
def report_task(scope: Scope, pk: int, *, result: FollowUpResult, note: str, at: datetime) -> FollowUp:
    """The owner says how far the task is; the next meeting reads it and settles the task itself.

    Refuses anybody else and tasks that are settled; the same words twice are kept once. Audited as
    ``meetings.report_task`` without the words.
    """
    found = task(scope, pk)
    held = Task.objects.select_for_update().get(pk=found.pk)
    if scope.person_id is None or held.owner_id != scope.person_id:
        raise PermissionDenied("进展由责任人本人报告；完成情况由支部在下次会议上登记。")
    if held.state != TaskState.OPEN:
        raise Refusal("这项任务已经办结或撤销。", remedy="请刷新页面。")
    if not note.strip():
        raise Refusal("请写一句进展。", field="note", remedy="例如：已联系三家共建单位。")
    last = held.follow_ups.filter(meeting=None).order_by("-said_at", "-pk").first()
    if last is not None and (last.result, last.note) == (result, note.strip()):
        return last
    report = FollowUp.objects.create(task=held, result=result, note=note.strip(), said_at=at, by_id=scope.user_id)
    audit.record(
        scope, "meetings.report_task", object=held, organization_path=found.organization.path,
        changes={"result": result.value},
    )  # fmt: skip
    return report
