"""What people do with an alert: confirm it, put it off with a reason, find it false, make a problem of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions import raise_problem
from zhibu.supervision.alerts.actions.common import entry
from zhibu.supervision.alerts.definition import alert_rules
from zhibu.supervision.alerts.enums import AlertEntryKind, AlertState
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.alerts.queries import alerts
from zhibu.supervision.alerts.rules import AlertAct, longest_snooze, restored, why_not
from zhibu.supervision.enums import Source
from zhibu.supervision.rules import is_above

CHANGED = ("state", "snoozed_until", "acknowledged_on", "is_false", "problem")


def _locked(scope: Scope, pk: int, act: AlertAct) -> Alert:
    """One alert, held until the end of the transaction: 404 outside the subtrees, 403 inside them without the right;
    refuses what is not its turn."""
    found = alerts(scope).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这条预警，或不在您的管理范围内。")
    scope.require(Right.HANDLE_PROBLEM, found.organization.path)
    if refusal := why_not(scope, act, found):
        raise refusal
    return found


def _reason(text: str, example: str) -> str:
    found = text.strip()
    if not found:
        raise Refusal("请写明理由，不能空着。", field="reason", remedy=f"例如：{example}")
    return found


def _enter(scope: Scope, found: Alert, kind: AlertEntryKind, verb: str, text: str = "", **data: Any) -> Alert:
    """Save the alert, add the entry, audit it. The words stay out of the audit log."""
    found.save(update_fields=CHANGED)
    entry(scope, found, kind, text, **data).save()
    changes = {"state": found.state, "rule": found.rule, **data}
    audit.record(scope, verb, object=found, organization_path=found.organization.path, changes=changes)
    return found


@transaction.atomic
def acknowledge(scope: Scope, pk: int) -> Alert:
    """Say that the alert has been seen and is right; the superior also takes back so what it had found false.

    Audited as ``supervision.alert_acknowledge``.
    """
    found = _locked(scope, pk, AlertAct.ACKNOWLEDGE)
    found.state, found.snoozed_until, found.is_false = AlertState.ACKNOWLEDGED, None, False
    found.acknowledged_on = scope.today
    return _enter(scope, found, AlertEntryKind.ACKNOWLEDGED, "supervision.alert_acknowledge")


@transaction.atomic
def snooze(scope: Scope, pk: int, *, until: date, reason: str) -> Alert:
    """Put the alert off until a day, on which it asks again. Refuses a day that is not to come, one further away than
    the university's own setting (``supervise.snooze``), and an empty reason.

    Audited as ``supervision.alert_snooze``.
    """
    found = _locked(scope, pk, AlertAct.SNOOZE)
    most = longest_snooze(scope.today)
    if not scope.today < until <= scope.today + timedelta(days=most):
        raise Refusal(
            f"暂缓的日期应在明天和 {scope.today + timedelta(days=most)} 之间。", field="until",
            rule="supervise.snooze", on=scope.today, remedy=f"一次最多暂缓 {most} 天；到期仍有理由的，可以再次暂缓。",
        )  # fmt: skip
    said = _reason(reason, "12 月 5 日补开党员大会，会后重新计算。")
    found.state, found.snoozed_until = AlertState.SNOOZED, until
    return _enter(scope, found, AlertEntryKind.SNOOZED, "supervision.alert_snooze", said, until=str(until))


@transaction.atomic
def mark_false(scope: Scope, pk: int, *, reason: str) -> Alert:
    """Say that the alert was no reason to act. It keeps quiet until its fact is over, and counts against its rule.

    Refuses an empty reason. Audited as ``supervision.alert_false``.
    """
    found = _locked(scope, pk, AlertAct.FALSE)
    said = _reason(reason, "寒假期间没有应开展的主题党日，数据没有扣除。")
    found.state, found.snoozed_until, found.is_false = AlertState.FALSE, None, True
    return _enter(scope, found, AlertEntryKind.FALSE, "supervision.alert_false", said)


@transaction.atomic
def turn_into_problem(scope: Scope, pk: int) -> Alert:
    """Put what the alert found onto the list of problems, and confirm the alert by that: from the superior as found by
    assessment, from the organization itself as its own finding.

    Audited as ``supervision.alert_problem``, and the problem as ``supervision.raise``.
    """
    found = _locked(scope, pk, AlertAct.PROBLEM)
    source = Source.ASSESSMENT if is_above(scope, found.organization.path) else Source.OWN
    rule = alert_rules().get(found.rule)
    values = "；".join(restored(one).shown for one in found.readings[-1:])
    if rule is None:
        raise Refusal("这条预警的规则已停用。", remedy="确有问题的，请在问题清单提出。")
    text = f"预警“{rule.title}”（{found.number}）：{rule.condition}，自 {found.since} 起，现为 {values}。"
    found.problem = raise_problem(scope, found.organization_id, source=source, text=text)
    found.state, found.snoozed_until = AlertState.ACKNOWLEDGED, None
    found.acknowledged_on = found.acknowledged_on or scope.today
    return _enter(
        scope, found, AlertEntryKind.PROBLEM, "supervision.alert_problem", f"问题编号 {found.problem.number}。",
        problem=found.problem.pk,
    )  # fmt: skip
