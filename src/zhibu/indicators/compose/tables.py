"""Lists of composed indicators, and of what one gives."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.indicators.compose.trial import BANDS, Trial, band
from zhibu.organizations.enums import Category
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table

STANDS = {"draft": "起草中", "adopted": "已采用", "retired": "已停用"}
TONES = {"起草中": "blue", "已采用": "green", "已采用，另有草稿": "green", "已停用": "grey"}


def stand(row: Any) -> str:
    if row.retired_at:
        return STANDS["retired"]
    if not row.adopted:
        return STANDS["draft"]
    return "已采用，另有草稿" if row.draft else STANDS["adopted"]


def _stands(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
    return queryset.filter(
        {
            "draft": Q(draft__isnull=False),
            "adopted": Q(adopted__gt=0, retired_at__isnull=True),
            "retired": Q(retired_at__isnull=False),
        }[value]
    )


class ComposedTable(Table):
    title = "组合指标"
    search = "名称"
    search_in = ("title",)
    default_sort = "-changed_at"
    columns = (
        Column("title", "名称", link=lambda row: reverse("indicators:composed-one", args=[row.pk])),
        Column("stand", "状态", value=stand, badge=lambda row: TONES[stand(row)]),
        Column("adopted", "已采用版次", numeric=True, phone=False),
        Column("changed_by", "最后修改人", value="changed_by.display_name", phone=False),
        Column("changed_at", "最后修改", sort="changed_at"),
    )
    filters = (ChoiceFilter("stand", "状态", tuple(STANDS.items()), apply=_stands),)
    empty = Empty(
        "还没有组合指标", "从数据仓的事实组合一项，试算后再采用；不写代码。", action="组合指标",
        url="/indicators/compose/begin/",
    )  # fmt: skip


def shown(share: tuple[int, int]) -> str:
    return f"{share[0] / share[1]:.1%}"


class TrialTable(Table):
    """Organizations in the order of the tree, never sorted by their share into a ranking."""

    title = "组合指标试算"
    search = "党组织名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    empty = Empty("没有符合条件的党组织", "换一个条件；没有应做的事的党组织不在其中。")

    def __init__(self, trial: Trial, pk: int) -> None:
        shares = trial.shares

        def within(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
            fitting = [key for key in trial.branches & shares.keys() if BANDS.index(band(*shares[key])) == int(value)]
            return queryset.filter(pk__in=fitting)

        super().__init__(
            columns=(
                Column(
                    "name", "党组织", sort="path", width=32,
                    link=lambda row: reverse("indicators:composed-records", args=[pk, row.pk]),
                ),
                Column("category", "支部类型", value=lambda row: row.get_category_display(), phone=False),
                Column("numerator", "分子", value=lambda row: shares[row.pk][0], numeric=True),
                Column("denominator", "分母", value=lambda row: shares[row.pk][1], numeric=True),
                Column("share", "比率", value=lambda row: shown(shares[row.pk]), numeric=True),
            ),
            filters=(
                ChoiceFilter("category", "支部类型", Category.choices),
                ChoiceFilter(
                    "band", "支部的比率", tuple((str(at), label) for at, label in enumerate(BANDS)), apply=within
                ),
            ),
        )  # fmt: skip
