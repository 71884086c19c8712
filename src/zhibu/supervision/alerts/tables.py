"""The list of alerts."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.accounts.scope import Scope
from zhibu.supervision.alerts.definition import alert_rules
from zhibu.supervision.alerts.enums import LIVING, AlertKind, AlertState
from zhibu.supervision.alerts.models import Alert
from zhibu.supervision.alerts.queries import ACTED_UPON, WHAT, for_me
from zhibu.supervision.alerts.rules import restored
from zhibu.supervision.tables import of_branch
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {
    AlertState.RAISED: "yellow", AlertState.ACKNOWLEDGED: "blue", AlertState.SNOOZED: "grey", AlertState.FALSE: "grey",
    AlertState.CLOSED: "green",
}  # fmt: skip
NUMBER = re.compile(r"(?:YJ\d{4}-)?0*(\d{1,9})", re.IGNORECASE)


def rule_title(row: Alert) -> str:
    """The title of the rule; its id where the rule is no longer delivered."""
    rule = alert_rules().get(row.rule)
    return rule.title if rule else row.rule


def _condition(row: Alert) -> str | None:
    rule = alert_rules().get(row.rule)
    return rule.condition if rule else None


def _value(row: Alert) -> str | None:
    return restored(row.readings[-1]).shown if row.readings else None


class AlertTable(Table):
    title = "预警"
    search = "编号、规则或党组织"
    default_sort = "-raised_on"
    columns = (
        Column("rule", "预警", value=rule_title, sort="rule", width=24),
        Column("organization", "党组织", sort="organization__path", width=24),
        Column("condition", "规则", value=_condition, phone=False, width=40),
        Column("value", "数值", value=_value, width=20),
        Column("since", "起始日期", sort="since"),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state",
            badge=lambda row: TONES[AlertState(row.state)],
        ),
        Column("raised_on", "发出日期", sort="raised_on", phone=False),
        Column("number", "编号", sort="pk", phone=False, width=14),
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return reverse("supervision:alert", args=[row.pk])

    def row_name(self, row: Any) -> str:
        return str(row)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        named = [one.id for one in alert_rules().values() if text in one.title or text in one.measure_title]
        found = Q(rule__in=named) | Q(organization__name__icontains=text) | Q(organization__code__iexact=text)
        if number := NUMBER.fullmatch(text.strip()):
            found |= Q(pk=int(number[1]))
        return queryset.filter(found)


def alert_table(scope: Scope) -> AlertTable:
    """The list as this reader sees it: the filter of one's own work asks for the reader's own organizations."""

    def mine(queryset: QuerySet[Alert], value: str) -> QuerySet[Alert]:
        return for_me(queryset, scope, value)

    rules = alert_rules()
    filters = (
        ChoiceFilter(
            "state",
            "状态",
            [("living", "未解除"), *AlertState.choices, ("acted", "已处置"), ("found_false", "曾标为误报")],
            apply=_state,
        ),
        ChoiceFilter("rule", "规则", [(one.id, one.title) for one in rules.values()]),
        ChoiceFilter("kind", "类型", AlertKind.choices, apply=_kind),
        ChoiceFilter("mine", "本级事项", WHAT, apply=mine),
        TextFilter("branch", "党组织名称，或代码（含下级）", apply=of_branch),
        DateFilter("raised", "发出日期", field="raised_on"),
        DateFilter("closed", "解除日期", field="closed_on"),
    )
    empty = Empty(
        "没有预警", "每天夜里按预警规则核对一次数据，符合条件的列在这里。规则是怎样定的，见预警规则。",
        action="看预警规则", url=reverse("supervision:alert-rules"),
    )  # fmt: skip
    return AlertTable(filters=filters, bulk=[BulkAction("export", "导出所选")], empty=empty)


def _state(queryset: QuerySet, value: str) -> QuerySet:
    if value == "found_false":
        return queryset.filter(is_false=True)
    if value == "acted":
        return queryset.filter(ACTED_UPON, is_false=False)
    return queryset.filter(state__in=LIVING) if value == "living" else queryset.filter(state=value)


def _kind(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(rule__in=[one.id for one in alert_rules().values() if one.kind == value])
