"""The list of what the sides gave."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.assessment.evaluators.enums import ENTERED
from zhibu.indicators.periods import Period
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table, TextFilter, YesNoFilter


def by_organization(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(Q(organization__code=value) | Q(organization__name__icontains=value))


OF_ORGANIZATION = TextFilter("organization", "党组织名称或代码", apply=by_organization)
ORGANIZATION = Column(
    "organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=28
)


class ChooseTable(Table):
    """For which organization something is to be entered."""

    title = "选择党组织"
    search = "名称或代码"
    search_in = ("name", "short_name", "code")
    default_sort = "name"
    empty = Empty("没有可以办理的党组织", "您没有这项权限，或党组织已经撤销。请联系上级党组织。")

    def __init__(self, target: str) -> None:
        columns = [
            Column("name", "党组织", sort="path", link=lambda row: f"{target}{row.pk}", width=40),
            Column("kind", "类别", value=lambda row: row.get_kind_display(), phone=False),
        ]
        super().__init__(columns=columns)


class GradingTable(Table):
    title = "各方评分"
    search = "党组织名称或依据"
    search_in = ("organization__name", "grounds")
    default_sort = "-period"
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=28,
               link=lambda row: reverse("assessment:grading", args=[row.pk])),
        Column("period", "考核期", value=lambda row: Period.parse(row.period).label, sort="period"),
        Column("evaluator", "评价方", value=lambda row: row.get_evaluator_display(), sort="evaluator"),
        Column("value", "评分", value=lambda row: None if row.held_back else row.value, numeric=True,
               help="测评更正前后相差份数太少的，更正前的平均分不显示"),
        Column("most", "满分", numeric=True, phone=False),
        Column("answered", "有效票", value=lambda row: None if row.held_back else row.answered, numeric=True,
               phone=False),
        Column("entered_at", "录入时间", sort="entered_at", phone=False),
        Column("is_current", "状态", value=lambda row: "现行" if row.is_current else "已更正或撤销",
               badge=lambda row: "green" if row.is_current else "grey", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("evaluator", "评价方", [(one.value, one.label) for one in ENTERED]),
        TextFilter("period", "考核期", field="period"),
        OF_ORGANIZATION,
        YesNoFilter("current", "现行", field="is_current"),
    ]
    empty = Empty(
        "还没有各方评分",
        "由上级党组织按考核期录入：上级评价、实地抽查、互评和测评的汇总；没有录入的一方，其占比按比例分给其他各方。",
    )
