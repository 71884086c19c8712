"""One look at all organizations: what each rule's measure says of each today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Min

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.queries import recent_lines, run_of
from zhibu.organizations.models import Organization
from zhibu.supervision.alerts.definition import COUNTS, LONGEST, AlertRule
from zhibu.supervision.alerts.rules import Reading, Verdict, judge, judge_count
from zhibu.supervision.enums import OPEN
from zhibu.supervision.models import Problem
from zhibu.supervision.queries.base import overdue

Looked = dict[tuple[str, int], Verdict]


def look(scope: Scope, rules: Iterable[AlertRule]) -> tuple[Looked, set[str]]:
    """What each rule found: (rule, organization) → verdict; and the rules that could be asked. An indicator cannot as
    long as nothing has been scored."""
    given = list(rules)
    kinds = dict(
        Organization.objects.filter(scope.within(Right.VIEW_PROBLEM, "path"), dissolved_on__isnull=True).values_list(
            "pk", "kind"
        )
    )
    counted = {one.id: one for one in given if one.measure in COUNTS}
    found: Looked = {}
    for one in counted.values():
        found |= _counts(scope, one, kinds)
    run, keys = run_of(), {one.measure for one in given if one.measure not in COUNTS}
    if run is None:
        return found, set(counted)
    lines: dict[tuple[str, int], list[Reading]] = defaultdict(list)
    # A trend over the most periods begins one before the first of them.
    for node, key, period, numerator, denominator in recent_lines(scope, run, keys, LONGEST + 1):
        lines[key, node].append(Reading(period, numerator, denominator))
    for one in given:
        if one.measure in COUNTS:
            continue
        for (key, node), readings in lines.items():
            if key == one.measure and kinds.get(node) in one.organizations:
                found[one.id, node] = judge(one, readings, run.span)
    return found, {one.id for one in given}


def _counts(scope: Scope, rule: AlertRule, kinds: dict[int, str]) -> Looked:
    """Problems of the organization itself, not of those below."""
    rows = scope.visible(Problem.objects.all(), Right.VIEW_PROBLEM)
    if rule.measure == "problems_late":
        rows, column, more = rows.filter(overdue(scope.today)), F("due_on"), 1
    else:
        rows, column, more = rows.filter(state__in=OPEN), F("raised_on"), 0
    found = rows.order_by().values_list("organization").annotate(many=Count("pk"), oldest=Min(column))
    counts = {node: (many, oldest + timedelta(days=more)) for node, many, oldest in found}
    return {
        (rule.id, node): judge_count(rule, *counts.get(node, (0, scope.today)))
        for node, kind in kinds.items()
        if kind in rule.organizations
    }
