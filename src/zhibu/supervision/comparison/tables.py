"""The like that the reader may see by name, in the order of the tree: the list is no ranking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from zhibu.assessment.models import OrganizationScore
from zhibu.supervision.comparison.queries import Metric, Values
from zhibu.ui.tables import Column, Empty, Table


class LikeTable(Table):
    title = "同类同规模的党组织"
    search = "党组织名称"
    search_in = ("organization__name",)
    default_sort = "organization"
    empty = Empty("没有可以列名的党组织", "只列您管理范围内的；其他的只计入分布，不列名称。")

    def row_url(self, row: Any) -> str:
        return reverse("assessment:organization", args=[row.organization_id])


def like_table(metrics: Iterable[Metric], values: dict[int, Values]) -> LikeTable:
    """One column a metric. Only the name sorts: organizations are not put into an order of their numbers."""

    def cell(metric: Metric) -> Column:
        def number(row: OrganizationScore) -> float | None:
            return values[row.organization_id].get(metric.key)

        on_phone = metric.key in {"total", "late"}
        return Column(metric.key, f"{metric.title}（{metric.unit}）", value=number, numeric=True, phone=on_phone)

    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24),
        Column("members", "在册党员", numeric=True, phone=False), *(cell(one) for one in metrics),
    ]  # fmt: skip
    return LikeTable(columns=columns)
