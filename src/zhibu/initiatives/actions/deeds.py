"""Practical deeds: a need is taken up, dealt with, and confirmed by those who had it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives import rules
from zhibu.initiatives.enums import DeedState, Through
from zhibu.initiatives.models import Confirmation, Postponement, PracticalDeed
from zhibu.initiatives.queries import deed, recording_organization, roster_of
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before

FIELDS = ("title", "need", "heard_from", "measure", "heard_on", "due_on")


def held(scope: Scope, pk: int, right: Right) -> PracticalDeed:
    """The deed, locked; rights are looked at first."""
    found = deed(scope, pk, right)
    locked = PracticalDeed.objects.select_for_update().get(pk=pk)
    locked.organization = found.organization
    return locked


def _refuse(scope: Scope, node: Organization, responsible: int, given: dict[str, object]) -> None:
    if not roster_of(scope, node).filter(pk=responsible).exists():
        raise Refusal("责任人不在这个党组织的名册里。", field="responsible", remedy="请刷新页面后重新选择。")
    for name in ("need", "heard_from", "measure"):
        rules.refuse_numbers(str(given[name]), name)
    heard, due = given["heard_on"], given["due_on"]
    assert isinstance(heard, date) and isinstance(due, date)
    rules.refuse_future(heard, scope.today, "heard_on", "提出日期")
    if due < heard:
        raise Refusal("期限早于提出日期。", field="due_on", remedy="请核对两个日期。")


@transaction.atomic
def take_up(scope: Scope, organization: int, *, responsible: int, submission: UUID, **given: object) -> PracticalDeed:
    """A need is taken up with a measure, somebody responsible and a day. The same form sent twice gives it once.

    Audited as ``initiatives.take_up_deed``.
    """
    node = recording_organization(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(PracticalDeed.objects.all(), submission, organization=node):
        return same
    _refuse(scope, node, responsible, given)
    row = PracticalDeed(
        organization=node, responsible_id=responsible, submission=submission, entered_at=timezone.now(),
        **{name: given[name] for name in FIELDS},
    )  # fmt: skip
    row.save()
    audit.record(
        scope, "initiatives.take_up_deed", object=row, organization_path=node.path, changes={"due_on": row.due_on}
    )
    return row


@transaction.atomic
def put_off(scope: Scope, pk: int, *, due_on: date, reason: str) -> PracticalDeed:
    """Another day for an open deed, with the reason, which stands on its page. Audited as
    ``initiatives.put_off_deed``."""
    row = held(scope, pk, Right.RECORD_INITIATIVE)
    if row.state != DeedState.OPEN:
        raise Refusal("这件实事不在办理中。", remedy="请刷新页面。")
    if due_on <= row.due_on:
        raise Refusal("新的期限应晚于原期限。", field="due_on", remedy="请核对日期。")
    if not reason.strip():
        raise Refusal("没有写延期的理由。", field="reason", remedy="例如：配件缺货，预计下月到货。")
    rules.refuse_numbers(reason, "reason")
    before, row.due_on = row.due_on, due_on
    row.save(update_fields=["due_on"])
    Postponement.objects.create(deed=row, on=scope.today, was=before, becomes=due_on, reason=reason.strip())
    audit.record(
        scope, "initiatives.put_off_deed", object=row, organization_path=row.organization.path,
        changes={"due_on": [before, due_on]}, reason=reason,
    )  # fmt: skip
    return row


@transaction.atomic
def report(scope: Scope, pk: int, *, on: date, result: str) -> PracticalDeed:
    """What was done about the need; it then waits for those who had it. By whoever keeps it or is responsible.

    Audited as ``initiatives.report_deed``.
    """
    row = held(scope, pk, Right.VIEW_INITIATIVE)
    if row.responsible_id != scope.person_id and not scope.may(Right.RECORD_INITIATIVE, row.organization.path):
        raise PermissionDenied("办理结果由责任人或支部登记。")
    if row.state != DeedState.OPEN:
        raise Refusal("这件实事不在办理中。", remedy="请刷新页面。")
    rules.refuse_future(on, scope.today, "on", "办理日期")
    rules.refuse_numbers(result, "result")
    if on < row.heard_on:
        raise Refusal("办理日期早于提出日期。", field="on", remedy="请核对日期。")
    row.state, row.finished_on, row.result = DeedState.REPORTED, on, result.strip()
    row.save()
    audit.record(
        scope, "initiatives.report_deed", object=row, organization_path=row.organization.path, changes={"on": on}
    )
    return row


@transaction.atomic
def answer(scope: Scope, pk: int, *, is_satisfied: bool, words: str) -> PracticalDeed:
    """The organizer enters what the beneficiary said (on paper, in person). Never whoever is responsible himself.

    Audited as ``initiatives.confirm_deed``.
    """
    row = held(scope, pk, Right.RECORD_INITIATIVE)
    if scope.person_id is not None and row.responsible_id == scope.person_id:
        raise PermissionDenied("本人负责的实事由他人登记服务对象的意见，或发确认链接给服务对象。")
    settle(scope, row, Through.ORGANIZER, is_satisfied=is_satisfied, words=words)
    return row


def settle(scope: Scope, row: PracticalDeed, through: Through, *, is_satisfied: bool, words: str) -> None:
    """Satisfied: it is settled. Not: it is open again, and what was said stays. Called with the deed locked."""
    if row.state != DeedState.REPORTED:
        raise Refusal("这件实事不在待确认状态。", remedy="请刷新页面。")
    words = words.strip()
    rules.refuse_numbers(words, "words")
    if not is_satisfied and not words:
        raise Refusal("不满意的，请写一句哪里还没有解决。", field="words", remedy="只写事情，不写人。")
    Confirmation.objects.create(
        deed=row, through=through, outcome=row.result, is_satisfied=is_satisfied, words=words, at=timezone.now(),
        by_id=scope.user_id,
    )  # fmt: skip
    row.is_satisfied = is_satisfied
    row.state = DeedState.SETTLED if is_satisfied else DeedState.OPEN
    row.save()
    audit.record(
        scope, "initiatives.confirm_deed", object=row, organization_path=row.organization.path,
        changes={"through": through.value, "is_satisfied": is_satisfied},
    )  # fmt: skip
