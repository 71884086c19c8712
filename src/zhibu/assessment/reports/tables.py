"""Lists of work reports and of calls. By organization, never in the order of grades."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.evaluators.tables import OF_ORGANIZATION
from zhibu.assessment.reports.enums import ReportState
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {
    ReportState.CALLED: "grey", ReportState.SUBMITTED: "yellow", ReportState.RETURNED: "yellow",
    ReportState.GRADED: "green",
}  # fmt: skip


class ReportTable(Table):
    title = "述职评议"
    search = "党组织名称"
    search_in = ("organization__name",)
    default_sort = "organization"
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=32),
        Column("year", "年度", value=lambda row: str(row.call.year), sort="call__year"),
        Column("state", "状态", value=lambda row: row.get_state_display(), sort="state",
               badge=lambda row: TONES[ReportState(row.state)]),
        Column("due_on", "提交期限", value="call.due_on", sort="call__due_on", phone=False),
        Column("submitted_at", "提交时间", sort="submitted_at", phone=False),
        Column("held_on", "评议日期", sort="held_on", phone=False),
        Column("grade", "综合评价", value=lambda row: row.get_grade_display() or None),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("state", "状态", ReportState.choices),
        ChoiceFilter("grade", "综合评价", ReportGrade.choices),
        TextFilter("year", "年度", field="call__year"),
        OF_ORGANIZATION,
        DateFilter("due", "提交期限", field="call__due_on"),
    ]
    empty = Empty("还没有述职评议", "书记每年向上级党组织述职。由上级党组织发起，写明要求和提交期限。")

    def row_url(self, row: Any) -> str | None:
        return reverse("assessment:report", args=[row.pk])


class CallTable(Table):
    title = "发起的述职评议"
    search = "党组织名称"
    search_in = ("organization__name",)
    default_sort = "-year"
    columns = [
        Column("organization", "组织评议的党组织", value=lambda row: str(row.organization), sort="organization__path",
               link=lambda row: reverse("assessment:report-call", args=[row.pk]), width=32),
        Column("year", "年度", value=lambda row: str(row.year), sort="year"),
        Column("due_on", "提交期限", sort="due_on"),
        Column("asked", "应述职", numeric=True, phone=False),
        Column("left", "未提交", numeric=True),
        Column("graded", "已评议", numeric=True),
    ]  # fmt: skip
    filters = [TextFilter("year", "年度", field="year"), OF_ORGANIZATION]
    empty = Empty("还没有发起过", "按“发起述职评议”，写明年度、要求和提交期限，下级党组织的书记在首页看到。")
