"""The rectification list: drawn up after the meeting, told to the rooms above, struck off line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.life import queries
from zhibu.meetings.life.actions.preparing import locked, refresh, refuse_unless_held
from zhibu.meetings.life.enums import LineState
from zhibu.meetings.life.models import LifeMeeting, Rectification, RectificationVersion
from zhibu.meetings.signals import problem_changed, problem_found
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before

SOURCE = "life_meeting"
# What the rooms above are told of one person's line: that there is one and until when. What a member owned up to
# before the branch is read by the branch (regulations.md 3.2).
PERSONAL, PERSONALLY = "组织生活会查摆的个人问题一项，内容见支部的整改清单", "由本人按支部整改清单落实"


@dataclass(frozen=True)
class Line:
    problem: str
    measure: str
    owner: int
    due_on: date
    about: int | None = None


@transaction.atomic
def add_line(scope: Scope, pk: int, line: Line, *, submission: UUID) -> Rectification:
    """Put a problem on the list and tell the rooms above (`zhibu.meetings.signals.problem_found`).

    Refuses before the meeting was recorded, a day before it, and persons who do not belong to it. Audited as
    ``meetings.add_rectification``.
    """
    life = locked(scope, pk)
    meeting = refuse_unless_held(life)
    if not line.problem.strip() or not line.measure.strip():
        raise Refusal("问题和措施都要写。", field="problem", remedy="问题写具体的事，措施写做什么。")
    if line.due_on < meeting.held_on:
        raise Refusal("整改时限早于会议日期。", field="due_on", remedy="请核对时限。")
    known = owners(life, scope.today)
    if line.owner not in known:
        raise Refusal("责任人不在参加会议的人和委员会里。", field="owner", remedy="请在列出的人中选择。")
    if line.about is not None and line.about not in known:
        raise Refusal("这个人不在参加会议的人里。", field="about", remedy="请在列出的人中选择。")
    if same := sent_before(Rectification.objects.all(), submission, life=life):
        return same
    row = Rectification.objects.create(
        life=life, about_id=line.about, problem=line.problem.strip(), measure=line.measure.strip(),
        owner_id=line.owner, due_on=line.due_on, submission=submission,
    )  # fmt: skip
    refresh(life)
    problem_found.send(
        Rectification, organization=life.organization, source=SOURCE, key=str(row.pk), **_told(row), due_on=row.due_on,
        responsible=row.owner, address=reverse("meetings:rectification", args=[row.pk]), scope=scope,
    )  # fmt: skip
    _audit(scope, "meetings.add_rectification", row)
    return row


@transaction.atomic
def change_line(scope: Scope, pk: int, line: Line, *, reason: str) -> Rectification:
    """Put right an open line; what it said before and the reason stay beside it, and the rooms above are told.

    Refuses without a reason, strangers as owners, and a later day: since the list was handed over, more time is the
    superior's to give. Audited as ``meetings.change_rectification``.
    """
    row = _locked(scope, pk)
    scope.require(Right.RECORD_MEETING, row.life.organization.path)
    _refuse_if_done(row)
    _refuse_change(scope, row, line, reason)
    before = (row.problem, row.measure, row.owner_id, row.due_on)
    after = (line.problem.strip(), line.measure.strip(), line.owner, line.due_on)
    if after == before:
        return row
    _keep(scope, row, reason)
    row.problem, row.measure, row.owner_id, row.due_on = after
    row.save(update_fields=["problem", "measure", "owner", "due_on"])
    problem_changed.send(
        Rectification, source=SOURCE, key=str(row.pk), **_told(row), due_on=row.due_on, scope=scope,
        responsible=Person.objects.get(pk=line.owner), reason=reason.strip() if row.about_id is None else "",
    )  # fmt: skip
    _audit(scope, "meetings.change_rectification", row)
    return row


def _refuse_change(scope: Scope, row: Rectification, line: Line, reason: str) -> None:
    if not reason.strip():
        raise Refusal("没有写更正的理由。", field="reason", remedy="例如：责任人已转出，由组织委员接办。")
    if not line.problem.strip() or not line.measure.strip():
        raise Refusal("问题和措施都要写。", field="problem", remedy="问题写具体的事，措施写做什么。")
    if line.owner != row.owner_id and line.owner not in owners(row.life, scope.today):
        raise Refusal("责任人不在参加会议的人和委员会里。", field="owner", remedy="请在列出的人中选择。")
    if line.due_on > row.due_on:
        raise Refusal(
            f"整改时限（{row.due_on}）已报到问题台账，不能自行延长。", field="due_on",
            remedy="确需延长的，请上级在问题台账中延长期限，这里随之改动。",
        )  # fmt: skip
    meeting = row.life.meeting
    if meeting is not None and line.due_on < meeting.held_on:
        raise Refusal("整改时限早于会议日期。", field="due_on", remedy="请核对时限。")


def give_time(scope: Scope, key: str, due_on: date, *, reason: str) -> None:
    """The superior has given more time for what this line told; the line follows. Audited there."""
    row = Rectification.objects.select_for_update().filter(pk=int(key), state=LineState.OPEN).first()
    if row is not None and due_on > row.due_on:
        _keep(scope, row, f"上级延长期限：{reason}")
        row.due_on = due_on
        row.save(update_fields=["due_on"])


def _keep(scope: Scope, row: Rectification, reason: str) -> None:
    RectificationVersion.objects.create(
        line=row, problem=row.problem, measure=row.measure, owner_id=row.owner_id, due_on=row.due_on,
        replaced_on=scope.today, reason=reason.strip()[:300],
    )  # fmt: skip


def _told(row: Rectification) -> dict[str, str]:
    """What the rooms above may read of it."""
    if row.about_id is None:
        return {"text": row.problem, "measure": row.measure}
    return {"text": PERSONAL, "measure": PERSONALLY}


def owners(life: LifeMeeting, on: date) -> dict[int, Person]:
    """Who was there or should have been, and the committee."""
    listed = life.checks.filter(person__isnull=False).values_list("person_id", flat=True)
    known = {*listed, *queries.came(life), *(one.pk for one in queries.committee(life.organization, on))}
    return {one.pk: one for one in Person.objects.filter(pk__in=known).order_by("pinyin", "pk")}


@transaction.atomic
def report_line(scope: Scope, pk: int, *, text: str) -> Rectification:
    """What its owner did. It is struck off by whoever keeps the list. Audited as ``meetings.report_rectification``."""
    row = _locked(scope, pk)
    if row.owner_id != scope.person_id:
        raise PermissionDenied("由责任人报告完成情况。")
    _refuse_if_done(row)
    if not text.strip():
        raise Refusal("没有写完成情况。", field="text", remedy="请写做了什么、结果怎样。")
    row.reported, row.reported_on = text.strip(), scope.today
    row.save(update_fields=["reported", "reported_on"])
    _audit(scope, "meetings.report_rectification", row)
    return row


@transaction.atomic
def close_line(scope: Scope, pk: int, *, evidence: str, on: date) -> Rectification:
    """Strike it off, with what shows that it is done. Refuses without evidence, a day before the meeting and one to
    come. Audited as ``meetings.close_rectification``."""
    row = _locked(scope, pk)
    scope.require(Right.RECORD_MEETING, row.life.organization.path)
    _refuse_if_done(row)
    if not evidence.strip():
        raise Refusal("没有写销号依据。", field="evidence", remedy="请写能查证的结果，例如哪天做了什么、哪份材料。")
    held = row.life.meeting.held_on if row.life.meeting else row.life.planned_on
    if not held <= on <= scope.today:
        raise Refusal("销号日期应在会议之后、今天以前。", field="on", remedy="请核对日期。")
    row.state, row.evidence, row.done_on, row.closed_by_id = LineState.DONE, evidence.strip(), on, scope.user_id
    row.save(update_fields=["state", "evidence", "done_on", "closed_by"])
    _audit(scope, "meetings.close_rectification", row)
    return row


def _locked(scope: Scope, pk: int) -> Rectification:
    queries.line(scope, pk)
    found = Rectification.objects.select_for_update(of=("self",)).select_related(
        "life__organization", "life__meeting", "owner"
    )
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404("没有这一项整改。")
    return row


def _refuse_if_done(row: Rectification) -> None:
    if row.state == LineState.DONE:
        raise Refusal("这一项已经销号。", remedy="请刷新页面查看。")


def _audit(scope: Scope, verb: str, row: Rectification) -> None:
    audit.record(
        scope, verb, object=row, organization_path=row.life.organization.path,
        changes={"due_on": row.due_on, "state": row.state},
    )  # fmt: skip
