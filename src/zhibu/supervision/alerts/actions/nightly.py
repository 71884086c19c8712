"""What the night does with alerts: raises those whose condition holds, keeps them, closes those whose fact is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.supervision.alerts.actions.common import entry
from zhibu.supervision.alerts.definition import AlertRule, alert_rules
from zhibu.supervision.alerts.enums import AlertEntryKind, AlertState
from zhibu.supervision.alerts.looking import Looked, look
from zhibu.supervision.alerts.models import Alert, AlertEntry
from zhibu.supervision.alerts.rules import Verdict, is_quiet

LOCK = 0x5A414C52  # "ZALR"
A_BATCH = 1000


@dataclass(frozen=True)
class AlertNight:
    """How many alerts a night raised, closed, changed the values of, and woke."""

    raised: int = 0
    closed: int = 0
    changed: int = 0
    woken: int = 0


@transaction.atomic
def watch_alerts(scope: Scope, rules: Iterable[AlertRule] | None = None) -> AlertNight:
    """Bring the alerts up to the facts of today. Running it again changes nothing.

    Refuses whoever does not supervise the whole university: half a look would close what it did not see.
    Audited as ``supervision.alert_watch``, with numbers only.
    """
    scope.require(Right.SUPERVISE, "")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    given = {one.id: one for one in (alert_rules().values() if rules is None else rules)}
    found, asked = look(scope, given.values())
    living = {
        (one.rule, one.organization_id): one
        for one in Alert.objects.select_for_update().filter(closed_on__isnull=True).order_by("pk")
    }
    closed = _close(scope, living, found, given, asked)
    changed = _keep(scope, living, found)
    woken = _wake(scope, [one for one in living.values() if one.closed_on is None])
    night = AlertNight(_raise(scope, living, found, given), closed, changed, woken)
    if any(vars(night).values()):
        audit.record(scope, "supervision.alert_watch", changes=vars(night))
    return night


Living = dict[tuple[str, int], Alert]


def _close(scope: Scope, living: Living, found: Looked, rules: dict[str, AlertRule], asked: set[str]) -> int:
    rows: list[tuple[Alert, str]] = []
    for key, row in living.items():
        if row.rule in rules and row.rule not in asked:
            continue  # nothing has been scored: the fact is not known to be over
        verdict = found.get(key)
        if verdict is None or not verdict.holds:
            rows.append((row, _why_closed(rules.get(row.rule), verdict)))
    for row, _ in rows:
        row.state, row.closed_on, row.snoozed_until = AlertState.CLOSED, scope.today, None
    Alert.objects.bulk_update([row for row, _ in rows], ["state", "closed_on", "snoozed_until"], A_BATCH)
    _add(entry(scope, row, AlertEntryKind.CLOSED, why) for row, why in rows)
    return len(rows)


def _why_closed(rule: AlertRule | None, verdict: Verdict | None) -> str:
    if rule is None:
        return "这条预警规则已停用。"
    if verdict is None or not verdict.readings:
        return "这一考核期没有应做的事、应做的太少，或者党组织已撤销、类别已变更，不再预警。"
    return f"事实已改变：{rule.measure_title}现为 {verdict.readings[-1].shown}。"


def _keep(scope: Scope, living: Living, found: Looked) -> int:
    """The values of those that stay, where they have changed."""
    rows = []
    for key, row in living.items():
        verdict = found.get(key)
        if row.closed_on is not None or verdict is None or verdict.since is None:
            continue
        readings = [one.stored() for one in verdict.readings]
        if (row.readings, row.since) != (readings, verdict.since):
            row.readings, row.since = readings, verdict.since
            rows.append((row, verdict.readings[-1].shown))
    Alert.objects.bulk_update([row for row, _ in rows], ["readings", "since"], A_BATCH)
    _add(entry(scope, row, AlertEntryKind.CHANGED, f"现为 {shown}。") for row, shown in rows)
    return len(rows)


def _wake(scope: Scope, rows: list[Alert]) -> int:
    due = [row for row in rows if row.snoozed_until is not None and row.snoozed_until <= scope.today]
    for row in due:
        row.state, row.snoozed_until = AlertState.RAISED, None
    Alert.objects.bulk_update(due, ["state", "snoozed_until"], A_BATCH)
    _add(entry(scope, row, AlertEntryKind.WOKEN) for row in due)
    return len(due)


def _raise(scope: Scope, living: Living, found: Looked, rules: dict[str, AlertRule]) -> int:
    last: dict[tuple[str, int], date] = {
        (rule, node): day
        for rule, node, day in Alert.objects.filter(closed_on__isnull=False)
        .order_by()
        .values_list("rule", "organization")
        .annotate(Max("closed_on"))
    }
    new = {
        key: (verdict, verdict.since)
        for key, verdict in found.items()
        if verdict.since is not None and key not in living and not is_quiet(rules[key[0]], last.get(key), scope.today)
    }
    rows = Alert.objects.bulk_create(
        (
            Alert(
                rule=rule, organization_id=node, since=since, raised_on=scope.today,
                readings=[one.stored() for one in verdict.readings],
            )
            for (rule, node), (verdict, since) in new.items()
        ),
        batch_size=A_BATCH,
    )  # fmt: skip
    _add(
        entry(scope, row, AlertEntryKind.RAISED, f"{rules[row.rule].condition}；现为 {verdict.readings[-1].shown}。")
        for row, (verdict, _) in zip(rows, new.values(), strict=True)
    )
    return len(rows)


def _add(rows: Iterable[AlertEntry]) -> None:
    AlertEntry.objects.bulk_create(rows, batch_size=A_BATCH)
