"""Beginning a life meeting, its study, and the record it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.life import queries
from zhibu.meetings.life.models import LifeMeeting, SelfCheck
from zhibu.meetings.life.rules import QUARTER, is_usual
from zhibu.meetings.models import Meeting
from zhibu.meetings.queries import content_of
from zhibu.meetings.rules import kinds_for, present_parts, required_of
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import seal, sent_before


@dataclass(frozen=True)
class Plan:
    """What is known of a life meeting when its preparation begins."""

    title: str
    planned_on: date
    year: int
    off_season: str = ""


def kind_of(node: Organization) -> Kind:
    """Branches hold organization life meetings, committees above them democratic life meetings."""
    held = kinds_for(node.kind)
    found = next((kind for kind in (Kind.LIFE, Kind.DEMOCRATIC_LIFE) if kind in held), None)
    if found is None:
        raise Refusal(f"{node.get_kind_display()}不召开组织生活会或民主生活会。", remedy="请选择党支部或党委、党总支。")
    return found


@transaction.atomic
def begin_life(scope: Scope, organization_id: int, plan: Plan, *, submission: UUID) -> LifeMeeting:
    """Begin the preparation: everybody who should attend, and the committee, gets a self-check list to write.

    Refuses an organization without such meetings, the same theme twice in a year, and another quarter than the usual
    one without saying why. Audited as ``meetings.begin_life``.
    """
    node = organization(scope, organization_id, Right.RECORD_MEETING)
    kind = kind_of(node)
    if same := sent_before(LifeMeeting.objects.all(), submission, organization=node):
        return same
    _refuse(scope, kind, plan)
    try:
        with transaction.atomic():
            life = LifeMeeting.objects.create(
                organization=node, kind=kind, year=plan.year, title=plan.title.strip(), planned_on=plan.planned_on,
                off_season=plan.off_season.strip(), begun_by_id=scope.user_id, begun_at=timezone.now(),
                submission=submission,
            )  # fmt: skip
    except IntegrityError:
        if same := sent_before(LifeMeeting.objects.all(), submission, organization=node):
            return same
        raise Refusal(
            f"{plan.year} 年已经有同名的{kind.label}。", field="title", remedy="请打开已有的一次，或改写主题。"
        ) from None
    # A branch too small for a committee has only its secretary, who writes his own list.
    body = [None] if len(queries.committee(node, scope.today)) > 1 else []
    persons = queries.who_attends(node, kind, scope.today)
    SelfCheck.objects.bulk_create(SelfCheck(life=life, person_id=pk) for pk in (*body, *persons))
    note(scope, "meetings.begin_life", life, {"year": plan.year, "planned_on": plan.planned_on})
    return life


def _refuse(scope: Scope, kind: Kind, plan: Plan) -> None:
    if not plan.title.strip():
        raise Refusal("没有填写主题。", field="title", remedy="例如：2026 年度组织生活会。")
    if not plan.year <= plan.planned_on.year <= plan.year + 1:
        raise Refusal("计划日期不在这一年度，也不在次年。", field="planned_on", remedy="请核对年度和日期。")
    if not is_usual(kind, plan.planned_on, scope.today) and not plan.off_season.strip():
        raise Refusal(
            f"{kind.label}一般安排在第四季度。", field="off_season", rule=QUARTER[kind], on=scope.today,
            remedy="按通知另行安排的，请写明依据，例如上级通知的名称。",
        )  # fmt: skip


PLANNED = ("title", "planned_on", "year", "off_season")


@transaction.atomic
def change_life(scope: Scope, pk: int, plan: Plan, *, seen: str) -> LifeMeeting:
    """Another theme or day, before the meeting was held; the day stays after the end of the box. ``seen`` is the
    `seal` of what the reader saw: what another changed since is not written over. Audited as
    ``meetings.change_life``."""
    life = locked(scope, pk)
    refuse_if_held(life)
    if seen != seal(life, PLANNED):
        raise Refusal("这次安排刚被他人改动。", remedy="您填写的内容还在本页；请在另一窗口核对后，再保存一次。")
    _refuse(scope, Kind(life.kind), plan)
    if life.box_until is not None and plan.planned_on <= life.box_until:
        raise Refusal(
            f"意见箱 {life.box_until} 才截止。", field="planned_on",
            remedy="请改到截止之后，或先提前意见箱的截止日期。",
        )  # fmt: skip
    same = LifeMeeting.objects.filter(
        organization=life.organization_id, kind=life.kind, year=plan.year, title=plan.title.strip()
    )
    if same.exclude(pk=pk).exists():
        raise Refusal(f"{plan.year} 年已经有同名的一次。", field="title", remedy="请改写主题。")
    before = life.planned_on
    life.title, life.planned_on, life.year = plan.title.strip(), plan.planned_on, plan.year
    life.off_season = plan.off_season.strip()
    life.save(update_fields=PLANNED)
    note(scope, "meetings.change_life", life, {"planned_on": [before, plan.planned_on]})
    return life


@transaction.atomic
def note_study(scope: Scope, pk: int, *, on: date, what: str) -> LifeMeeting:
    """That the members studied before the meeting, and what. Audited as ``meetings.note_study``."""
    life = locked(scope, pk)
    if on > scope.today:
        raise Refusal("学习日期还没有到。", field="on", remedy="请在学习后登记。")
    if life.meeting is not None and life.meeting.state == State.RECORDED and on > life.meeting.held_on:
        raise Refusal("学习应在会前，这一天在会后。", field="on", remedy="请核对日期。")
    life.studied_on, life.studied = on, what.strip()
    life.save(update_fields=["studied_on", "studied"])
    note(scope, "meetings.note_study", life, {"studied_on": on})
    return life


@transaction.atomic
def link_meeting(scope: Scope, pk: int, meeting_pk: int) -> LifeMeeting:
    """Say which record is that of the meeting. Refuses another organization's, another kind's, one that is taken, and
    another once points of the meeting were entered. Audited as ``meetings.link_life``."""
    life = locked(scope, pk)
    if life.meeting_id == meeting_pk:
        return life
    if life.criticisms.exists() or life.lines.exists():
        raise Refusal("已经登记了会上的批评或整改清单，不能改连另一份记录。", field="meeting", remedy="请核对后再办。")
    held = Meeting.objects.select_for_update(of=("self",)).filter(pk=meeting_pk).first()
    if held is None or not queries.candidates(life).filter(pk=meeting_pk).exists():
        raise Refusal("没有这份记录，或不能连到这里。", field="meeting", remedy="请在列出的记录中选择。")
    life.meeting = held
    life.save(update_fields=["meeting"])
    refresh(life)
    note(scope, "meetings.link_life", life, {"meeting": meeting_pk})
    return life


def locked(scope: Scope, pk: int) -> LifeMeeting:
    """Held until the end of the transaction, by whoever keeps the records there."""
    queries.one(scope, pk, Right.RECORD_MEETING)
    return hold(pk)


def hold(pk: int) -> LifeMeeting:
    found = LifeMeeting.objects.select_for_update(of=("self",)).select_related("organization", "meeting")
    life = found.filter(pk=pk).first()
    if life is None:
        raise Http404("没有这次组织生活会。")
    return life


def is_held(life: LifeMeeting) -> bool:
    return life.meeting is not None and life.meeting.state == State.RECORDED


def refuse_if_held(life: LifeMeeting) -> None:
    if is_held(life):
        raise Refusal("会议已经召开，会前的事项不再改动。", remedy="会后的事项写进整改清单。")


def refuse_unless_held(life: LifeMeeting) -> Meeting:
    if life.meeting is None or not is_held(life):
        raise Refusal("还没有连到已登记的会议记录。", remedy="请先登记会议记录，在本页连上。")
    return life.meeting


def refresh(life: LifeMeeting) -> None:
    """The record's parts are counted in its row: what was done around it is among them."""
    if life.meeting_id is None:
        return
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=life.meeting_id)
    content = content_of(meeting)
    meeting.parts_required, meeting.parts_present = len(required_of(content)), len(present_parts(content))
    meeting.save(update_fields=["parts_required", "parts_present", "updated_at"])


def note(scope: Scope, verb: str, life: LifeMeeting, changes: dict[str, Any]) -> None:
    audit.record(scope, verb, object=life, organization_path=life.organization.path, changes=changes)
