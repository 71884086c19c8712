"""The committees and whether their analysis is there."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from zhibu.procedures.analysis.queries import late, to_do
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, Empty, Table, YesNoFilter

STATES = (("done", "已完成"), ("open", "年底前完成"), ("late", "上年度逾期"), ("none", "没有入党积极分子"))
TONES = {"done": "green", "open": "yellow", "late": "red", "none": "grey"}


def state_of(row: Any) -> str:
    if row.is_late:
        return "late"
    if row.held is not None:
        return "done"
    return "open" if row.activists else "none"


def _narrowed(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
    if wanted == "late":
        return late(rows)
    if wanted == "open":
        return to_do(rows)
    if wanted == "done":
        return rows.filter(held__isnull=False, is_late=False)
    return rows.filter(held__isnull=True, activists=0, is_late=False)


class AnalysisTable(Table):
    title = "入党积极分子队伍年度分析"
    search = "党委名称或代码"
    search_in = ("name", "code")
    default_sort = "organization"
    columns = [
        Column("organization", "党委", value=str, sort="path", width=28),
        Column("activists", "入党积极分子", sort=True, numeric=True),
        Column("state", "状态", value=lambda row: dict(STATES)[state_of(row)], badge=lambda row: TONES[state_of(row)]),
        Column("held", "本年度分析日期", sort=True, phone=False),
        Column("held_before", "上年度分析日期", sort=True, phone=False),
        Column(
            "county",
            "县级组织部门分析日期",
            sort=True,
            phone=False,
            help="本年度或者上年度，对本党委或者上级党委的分析，由学校组织部门登记",
        ),
    ]
    filters = [
        ChoiceFilter("state", "状态", STATES, apply=_narrowed),
        YesNoFilter("county", "有县级组织部门的分析", apply=lambda rows, yes: rows.filter(county__isnull=not yes)),
    ]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty("没有党委", "您的管理范围内没有需要分析的基层党委。", action="党组织", url="/organizations/")

    def row_url(self, row: Any) -> str:
        return reverse("procedures:analysis", args=[row.pk])
