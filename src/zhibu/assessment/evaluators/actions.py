"""Entering, correcting and taking back what a side gave. The next computation reads it from the lake."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators import rules
from zhibu.assessment.evaluators.enums import SURVEYED
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.evaluators.queries import graded, grading
from zhibu.assessment.evaluators.rules import Entry
from zhibu.audit.actions import record
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal, Refusals


@transaction.atomic
def enter(scope: Scope, organization: int, period: Period, entry: Entry) -> Grading:
    """What a side gave for a quarter. Refuses a side that has given already, numbers outside the scale, surveys with
    too few answers. Audited as ``assessment.grade``."""
    node = graded(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    found = rules.wrong_with(entry, period, scope.today)
    if Grading.objects.filter(
        organization=node, period=str(period), evaluator=entry.evaluator, is_current=True
    ).exists():
        found.append(
            Refusal(
                f"{period.label}的{entry.evaluator.label}已经录入。", field="evaluator",
                remedy="需要改动的，请打开原来的评分更正并写明理由。",
            )
        )  # fmt: skip
    if found:
        raise Refusals(found)
    row = _written(scope, node, period, entry)
    record(scope, "assessment.grade", object=row, organization_path=node.path, changes=_told(row))
    return row


@transaction.atomic
def correct(scope: Scope, pk: int, entry: Entry, *, reason: str) -> Grading:
    """Another number in place of this one, with the reason; both stay. Audited as ``assessment.correct_grade``."""
    old = _current(scope, pk)
    period = Period.parse(old.period)
    found = rules.wrong_with(entry, period, scope.today)
    if not reason.strip():
        found.append(Refusal("更正须写明理由。", field="reason", remedy="例如：汇总表加错，已重新清点。"))
    if found:
        raise Refusals(found)
    old.is_current = False
    old.save(update_fields=["is_current"])
    row = _written(scope, old.organization, period, entry, replaces=old, reason=reason.strip())
    changes: dict[str, Any] = {"replaces": old.pk}
    if row.evaluator not in SURVEYED:
        changes["value"] = [str(old.value), str(row.value)]
    record(
        scope, "assessment.correct_grade", object=row, organization_path=old.organization.path, changes=changes,
        reason=row.reason,
    )  # fmt: skip
    return row


@transaction.atomic
def take_back(scope: Scope, pk: int, *, reason: str) -> Grading:
    """The side has given nothing after all; its share goes to the others. Audited as ``assessment.take_back_grade``."""
    row = _current(scope, pk)
    if not reason.strip():
        raise Refusal("撤销须写明理由。", field="reason", remedy="例如：录错了党组织。")
    row.is_current, row.reason = False, reason.strip()
    row.save(update_fields=["is_current", "reason"])
    record(
        scope, "assessment.take_back_grade", object=row, organization_path=row.organization.path, changes=_told(row),
        reason=row.reason,
    )  # fmt: skip
    return row


def _current(scope: Scope, pk: int) -> Grading:
    found = grading(scope, pk)
    graded(scope, found.organization_id)
    row = Grading.objects.select_for_update().select_related("organization").get(pk=pk)
    if refusal := rules.why_not_standing(row):
        raise refusal
    return row


def _written(scope: Scope, node: Organization, period: Period, entry: Entry, **more: Any) -> Grading:
    return Grading.objects.create(
        organization=node, period=str(period), evaluator=entry.evaluator, value=entry.value, most=entry.most,
        asked=entry.asked, answered=entry.answered, grounds=entry.grounds.strip(), source=entry.source.strip(),
        entered_by_id=scope.user_id, entered_at=timezone.now(), **more,
    )  # fmt: skip


def _told(row: Grading) -> dict[str, str]:
    if row.evaluator in SURVEYED:
        # Means before and after a correction may tell a single answer: they stay with the rows (`queries.gradings`).
        return {"period": row.period, "evaluator": row.evaluator}
    return {"period": row.period, "evaluator": row.evaluator, "value": f"{row.value}/{row.most}"}
