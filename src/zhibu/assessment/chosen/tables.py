"""The list of chosen actions."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.evaluators.tables import OF_ORGANIZATION
from zhibu.indicators.periods import Period
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {
    ActionState.PROPOSED: "blue", ActionState.SUBMITTED: "yellow", ActionState.REVIEWING: "yellow",
    ActionState.DISPUTED: "red", ActionState.CONCLUDED: "green", ActionState.RETURNED: "yellow",
    ActionState.WITHDRAWN: "grey",
}  # fmt: skip


class ActionTable(Table):
    title = "自选动作"
    search = "名称或党组织"
    search_in = ("title", "organization__name")
    default_sort = "-ends_on"
    columns = [
        Column("title", "名称", width=40),
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24,
               phone=False),
        Column("state", "状态", value=lambda row: row.get_state_display(), sort="state",
               badge=lambda row: TONES[ActionState(row.state)]),
        Column("starts_on", "开始日期", sort="starts_on", phone=False),
        Column("ends_on", "完成日期", sort="ends_on"),
        Column("claimed", "自评分", numeric=True, phone=False),
        Column("points", "认定分", sort="points", numeric=True),
        Column("period", "计入", value=lambda row: Period.parse(row.period).label if row.period else None,
               sort="period", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("state", "状态", ActionState.choices),
        TextFilter("period", "计入考核期", field="period"),
        OF_ORGANIZATION,
        DateFilter("ends", "完成日期", field="ends_on"),
    ]
    empty = Empty(
        "还没有自选动作", "规定动作之外，党支部可以自己选一件事来做：申报、做完、上传材料，由上级评审后加分。"
    )

    def row_url(self, row: Any) -> str | None:
        return reverse("assessment:action", args=[row.pk])
