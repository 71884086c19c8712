"""Lists of scores. Organizations only, never persons; compared within one category."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from zhibu.organizations.enums import Category, Kind
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table

BANDS = ((90, "90 分以上", "green"), (75, "75—89 分", "blue"), (60, "60—74 分", "yellow"), (0, "60 分以下", "red"))


def band(total: Any) -> tuple[int, str, str]:
    """The band a total falls into: lower bound, label, tone."""
    return next(found for found in BANDS if total >= found[0])


class ScoreTable(Table):
    """``run__period`` of the rows is one period; the address keeps it."""

    title = "各党组织得分"
    search = "党组织名称"
    search_in = ("organization__name", "organization__code")
    default_sort = "organization"
    columns = [
        Column(
            "organization", "党组织", value=lambda row: row.organization.name, sort="organization__path", width=32,
            link=lambda row: f"{reverse('assessment:organization', args=[row.organization_id])}?period={row.run.period}",  # noqa: E501
        ),
        Column("category", "支部类型", value=lambda row: row.get_category_display(), sort="category"),
        Column("members", "党员", sort="members", numeric=True, phone=False),
        Column("total", "得分", sort="total", numeric=True, badge=lambda row: band(row.total)[2]),
        Column("capped_by", "封顶", value=lambda row: row.capped_by or None, phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("category", "支部类型", Category.choices),
        ChoiceFilter("level", "组织类别", Kind.choices),
    ]
    empty = Empty("这一范围还没有评价结果", "数据更新并计算后，这里显示各党组织的得分。")


class RunTable(Table):
    title = "各考核期的评价计算"
    default_sort = "-period"
    columns = [
        Column("period", "考核期", value=lambda row: row.span.label, sort="period"),
        Column("scheme", "方案", value=lambda row: str(row.scheme)),
        Column("data_until", "数据截至", sort="data_until"),
        Column("computed_at", "计算时间", sort="computed_at"),
        Column(
            "is_current", "状态", value=lambda row: "现行" if row.is_current else "已被重算替代",
            badge=lambda row: "green" if row.is_current else "grey",
        ),
    ]  # fmt: skip
    empty = Empty("还没有计算过", "按“更新数据并计算”，或运行 zhibu refresh 和 zhibu score。")
