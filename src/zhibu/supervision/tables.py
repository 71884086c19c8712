"""The list of problems."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.supervision.common.queries import in_group
from zhibu.supervision.enums import Duty, ProblemState, Source, Standing
from zhibu.supervision.models import Problem
from zhibu.supervision.queries import for_me, narrowed
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

STATE_TONES = {
    ProblemState.UNCLAIMED: "yellow", ProblemState.UNDER_WAY: "blue", ProblemState.TO_REVIEW: "accent",
    ProblemState.CLOSED: "green", ProblemState.REOPENED: "yellow", ProblemState.STOPPED: "grey",
}  # fmt: skip
STANDING_TONES = {
    Standing.CLOSED: "green", Standing.DUE: "grey", Standing.SOON: "yellow", Standing.LATE: "red",
    Standing.STUCK: "red",
}  # fmt: skip
STANDINGS = [("open", "未销号"), ("overdue", "已过整改期限"), ("in_time", "期限内和即将到期"), *Standing.choices]
MINE = [
    ("claim", "待本级认领"), ("late", "本级逾期"), ("soon", "本级即将到期"), ("step", "本级节点过期"),
    ("review", "待本级复核"), ("escalated", "逾期已报告本级"),
]  # fmt: skip
NUMBER = re.compile(r"(?:\d{4}-)?0*(\d{1,9})")


def of_branch(queryset: QuerySet, value: str) -> QuerySet:
    """Of the organization with that code and everything below it (``=`` before: without), or of those whose name
    contains the text."""
    if value.startswith("="):
        return queryset.filter(organization__code=value[1:])
    node = Organization.objects.filter(code=value).values_list("path", flat=True).first()
    if node:
        return queryset.filter(organization__path__startswith=node)
    return queryset.filter(organization__name__icontains=value)


class ProblemTable(Table):
    title = "问题清单"
    search = "编号、问题、措施或党组织"
    default_sort = "standing"  # what is to be done, the most urgent first; what is closed last
    columns = (
        Column("text", "问题", width=60),
        Column("organization", "责任党组织", sort="organization__path", width=24),
        Column("responsible", "责任人", value=lambda row: row.responsible or None, width=12),
        Column("source", "来源", value=lambda row: row.get_source_display(), sort="source", phone=False),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state",
            badge=lambda row: STATE_TONES[ProblemState(row.state)],
        ),
        Column("due_on", "整改期限", sort="due_on"),
        Column(
            "standing", "进度", value=lambda row: Standing(row.standing).label, sort=("is_over", "due_on"),
            badge=lambda row: STANDING_TONES[Standing(row.standing)],
        ),
        Column("measure", "整改措施", phone=False, width=40),
        Column("number", "编号", sort="pk", phone=False, width=14),
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return reverse("supervision:problem", args=[row.pk])

    def row_name(self, row: Any) -> str:
        return str(row)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        found = Q(text__icontains=text) | Q(measure__icontains=text)
        found |= Q(organization__name__icontains=text) | Q(organization__code__iexact=text)
        if number := NUMBER.fullmatch(text.strip()):
            found |= Q(pk=int(number[1]))
        return queryset.filter(found)


class MyProblemTable(ProblemTable):
    """Problems that name the reader: without the work of others."""

    title = "由我负责的问题"
    filters = (ChoiceFilter("state", "状态", ProblemState.choices),)
    empty = Empty("没有由您负责的问题", "问题指明由您负责的，列在这里；您可以登记节点完成、报告整改完成。")

    def row_url(self, row: Any) -> str:
        return reverse("supervision:my-problem", args=[row.pk])


def problem_table(scope: Scope) -> ProblemTable:
    """The list as this reader sees it: the filter of one's own work asks for the reader's own organizations."""

    def mine(queryset: QuerySet[Problem], value: str) -> QuerySet[Problem]:
        return for_me(queryset, scope, value)

    def common(queryset: QuerySet[Problem], value: str) -> QuerySet[Problem]:
        is_key = value.isdecimal() and value.isascii() and len(value) < 10
        return in_group(scope, queryset, int(value)) if is_key else queryset.none()

    filters = (
        ChoiceFilter("standing", "进度", STANDINGS, apply=lambda rows, value: narrowed(rows, value, scope.today)),
        ChoiceFilter("state", "状态", ProblemState.choices),
        ChoiceFilter("source", "来源", Source.choices),
        ChoiceFilter("duty", "逾期事项", Duty.choices, apply=_duty),
        ChoiceFilter("mine", "本级事项", MINE, apply=mine),
        TextFilter("common", "共性问题编号", apply=common),
        TextFilter("branch", "党组织名称，或代码（含下级）", apply=of_branch),
        DateFilter("raised", "提出日期", field="raised_on"),
        DateFilter("due", "整改期限", field="due_on"),
        DateFilter("closed", "销号日期", field="closed_on"),
    )
    bulk = [
        BulkAction(
            "accept", "批量复核通过", url="supervision:accept-chosen", icon="clipboard-check", right=Right.SUPERVISE
        ),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "没有问题", "逾期的事项每天夜里自动列入；发现其他问题的，在这里提出。", action="提出问题",
        url=reverse("supervision:new"),
    )  # fmt: skip
    return ProblemTable(filters=filters, bulk=bulk, empty=empty)


def _duty(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(source=Source.LATE_DUTY, key__startswith=f"{value}:")
