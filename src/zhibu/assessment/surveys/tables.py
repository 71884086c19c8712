"""The list of surveys."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from zhibu.assessment.evaluators.tables import OF_ORGANIZATION
from zhibu.assessment.surveys.enums import SurveyState
from zhibu.assessment.surveys.models import SIDES
from zhibu.indicators.periods import Period
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {SurveyState.OPEN: "blue", SurveyState.CLOSED: "green", SurveyState.WITHDRAWN: "grey"}


def outcome(row: Any) -> str | None:
    """The entered value, or why there is none."""
    if row.state != SurveyState.CLOSED:
        return None
    if row.held_back:
        return "不再显示"
    return f"{row.grading.value}/{row.grading.most}" if row.grading else "份数不足"


class SurveyTable(Table):
    title = "匿名测评"
    search = "党组织名称"
    search_in = ("organization__name",)
    default_sort = "-period"
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=28,
               link=lambda row: reverse("assessment:survey", args=[row.pk])),
        Column("period", "考核期", value=lambda row: Period.parse(row.period).label, sort="period"),
        Column("evaluator", "评价方", value=lambda row: row.get_evaluator_display(), sort="evaluator"),
        Column("state", "状态", value=lambda row: row.get_state_display(), sort="state",
               badge=lambda row: TONES[SurveyState(row.state)]),
        Column("closes_on", "截止日期", sort="closes_on", phone=False),
        Column("issued", "发放", numeric=True, phone=False),
        Column("answered", "收回", value=lambda row: None if row.held_back else row.answered, numeric=True,
               phone=False),
        Column("grading", "结果", value=outcome, phone=False),
        Column("held_by", "发起的党组织", value=lambda row: str(row.held_by), phone=False, width=28),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("evaluator", "评价方", SIDES),
        ChoiceFilter("state", "状态", SurveyState.choices),
        TextFilter("period", "考核期", field="period"),
        OF_ORGANIZATION,
        DateFilter("closes", "截止日期", field="closes_on"),
    ]
    empty = Empty(
        "还没有匿名测评",
        "由上级党组织发起：定好测评项目和份数，打印测评票，打乱后发放，截止后自动汇总为互评、党员测评或群众测评的评分。",
    )
