"""Lists of drafts and adopted versions, and of what a draft changes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from zhibu.assessment.design.effects import Effect
from zhibu.organizations.enums import Category
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table

TONES = {"已采用": "green", "起草中": "blue", "已放弃": "grey"}
MOVED = 100  # hundredths: one point


class DraftTable(Table):
    title = "评价方案草案"
    search = "名称"
    search_in = ("title", "note")
    default_sort = "-changed_at"
    columns = (
        Column("title", "名称", link=lambda row: reverse("assessment:draft", args=[row.pk])),
        Column("stand", "状态", badge=lambda row: TONES[row.stand]),
        Column("base", "起草依据", phone=False),
        Column(
            "adopted", "采用为", value=lambda row: row.adopted and f"{row.adopted.version}，{row.adopted.starts_on} 起"
        ),
        Column("changed_by", "最后修改人", value="changed_by.display_name", phone=False),
        Column("changed_at", "最后修改", sort="changed_at"),
    )
    empty = Empty(
        "还没有草案", "从现行方案起草一份，调整后先试算再采用。", action="起草方案", url="/assessment/design/begin/"
    )


def points(hundredths: int | None) -> str:
    return "—" if hundredths is None else f"{hundredths / 100:.2f}"


def signed(hundredths: int) -> str:
    return f"{hundredths / 100:+.2f}" if hundredths else "0"


class EffectTable(Table):
    """Organizations in the order of the tree; never sorted by what they gain or lose into a ranking."""

    title = "草案对各党组织得分的影响"
    search = "党组织名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    filters = (ChoiceFilter("category", "支部类型", Category.choices),)
    empty = Empty("没有符合条件的党组织", "换一个条件，或先更新数据并计算。")

    def __init__(self, effect: Effect) -> None:
        self.effect = effect
        changes = effect.changes

        def moved(queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
            return queryset.filter(pk__in=[pk for pk, one in changes.items() if direction(one.difference) == value])

        super().__init__(
            columns=(
                Column("name", "党组织", sort="path", width=32),
                Column("category", "支部类型", value=lambda row: row.get_category_display(), phone=False),
                Column("before", "现行方案", value=lambda row: points(changes[row.pk].before), numeric=True),
                Column("after", "本草案", value=lambda row: points(changes[row.pk].after), numeric=True),
                Column(
                    "difference", "变化", value=lambda row: signed(changes[row.pk].difference), numeric=True,
                    badge=lambda row: tone(changes[row.pk].difference),
                ),
            ),
            filters=(
                *type(self).filters,
                ChoiceFilter(
                    "moved", "变化", (("up", "提高一分以上"), ("down", "降低一分以上"), ("same", "变化不到一分")),
                    apply=moved,
                ),
            ),
        )  # fmt: skip


def direction(hundredths: int) -> str:
    if abs(hundredths) < MOVED:
        return "same"
    return "up" if hundredths > 0 else "down"


def tone(hundredths: int) -> str:
    return {"same": "grey", "up": "green", "down": "red"}[direction(hundredths)]
