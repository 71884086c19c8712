"""The list of common problems, and the problems of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.supervision.common.models import CommonProblem
from zhibu.supervision.enums import OPEN, ProblemState
from zhibu.supervision.tables import STATE_TONES
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, Empty, Table, TextFilter, YesNoFilter


class CommonTable(Table):
    title = "共性问题"
    search = "名称"
    search_in = ("title",)
    default_sort = "-open"
    columns = (
        Column("title", "共性问题", sort="title", width=40),
        Column("words", "共同的词", value=lambda row: "、".join(row.words), phone=False, width=40),
        Column("nodes", "党组织", numeric=True, sort="nodes"),
        Column("open", "未销号", numeric=True, sort="open"),
        Column("many", "问题", numeric=True, sort="many"),
        Column("latest", "最近提出", sort="latest", phone=False),
        Column(
            "is_edited", "整理", value=lambda row: "经人工整理" if row.is_edited else "自动归类", phone=False,
            badge=lambda row: "blue" if row.is_edited else "grey",
        ),
    )  # fmt: skip
    filters = (YesNoFilter("is_edited", "经人工整理"),)
    empty = Empty(
        "没有共性问题", "近十二个月里，还没有足够多的党组织提出相近的问题。归类每夜更新，也可以随时重新归类。"
    )

    def row_url(self, row: Any) -> str:
        return reverse("supervision:common-problem", args=[row.pk])


def _standing(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(problem__state__in=OPEN) if value == "open" else queryset.filter(problem__state=value)


class GroupedTable(Table):
    title = "所含问题"
    search = "问题、措施或党组织"
    search_in = ("problem__text", "problem__measure", "problem__organization__name")
    default_sort = "-raised_on"
    columns = (
        Column("text", "问题", value="problem.text", width=60),
        Column(
            "organization", "责任党组织", value="problem.organization", sort="problem__organization__path", width=24
        ),
        Column(
            "state", "状态", value=lambda row: row.problem.get_state_display(), sort="problem__state",
            badge=lambda row: STATE_TONES[ProblemState(row.problem.state)],
        ),
        Column("due_on", "整改期限", value="problem.due_on", sort="problem__due_on"),
        Column("raised_on", "提出日期", value="problem.raised_on", sort="problem__raised_on", phone=False),
        Column("measure", "整改措施", value="problem.measure", phone=False, width=40),
        Column("number", "编号", value="problem.number", sort="problem__pk", phone=False, width=14),
    )  # fmt: skip
    filters = (
        ChoiceFilter("state", "状态", [("open", "未销号"), *ProblemState.choices], apply=_standing),
        TextFilter("branch", "党组织名称", field="problem__organization__name"),
    )
    empty = Empty("没有问题", "这个共性问题里已没有您督办的问题。")

    def row_url(self, row: Any) -> str:
        return reverse("supervision:problem", args=[row.problem_id])

    def row_name(self, row: Any) -> str:
        return str(row.problem)


def grouped_table(of: CommonProblem) -> GroupedTable:
    """With what an editor may do with the chosen problems of this group."""
    bulk = [
        BulkAction(
            "split",
            "拆出为另一个共性问题",
            url=reverse("supervision:common-split", args=[of.pk]),
            right=Right.SUPERVISE,
        ),
        BulkAction("out", "移出", url=reverse("supervision:common-out", args=[of.pk]), right=Right.SUPERVISE),
        BulkAction("export", "导出所选"),
    ]
    return GroupedTable(bulk=bulk)
