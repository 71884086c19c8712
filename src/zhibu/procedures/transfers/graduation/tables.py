"""Columns and filters: whom to chase, who stays."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from zhibu.procedures.queries.cases import of_person
from zhibu.procedures.transfers.enums import Destination, LetterState
from zhibu.procedures.transfers.graduation.enums import TONES, Progress
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, Empty, Table, TextFilter, YesNoFilter


def seasons(scope: Any) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in range(scope.today.year + 1, scope.today.year - 6, -1)]


def left(row: Any) -> str:
    """Days left of a letter on its way."""
    return f"{row.left.days} 天" if row.letter_now == LetterState.ISSUED and row.left is not None else ""


class LeaverTable(Table):
    title = "毕业生党员组织关系催办名单"
    search = "姓名、拼音或首字母"
    default_sort = "class_name"
    columns = [
        Column("person", "姓名", value="person", sort="person__pinyin"),
        Column("number", "学工号", value="person.number", phone=False),
        Column("class_name", "班级", value="person.class_name", sort="person__class_name", phone=False),
        Column("branch", "党支部", value="person.organization", sort="person__organization__path", phone=False),
        Column("destination", "去向", value=lambda row: row.get_destination_display(), phone=False),
        Column("to_unit", "接收党组织", sort=True, phone=False),
        Column("letter", "介绍信", value="letter_number", phone=False),
        Column("left", "剩余", value=left),
        Column(
            "progress", "办到哪一步", value=lambda row: Progress(row.progress).label,
            badge=lambda row: TONES[Progress(row.progress)],
        ),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("season", "毕业年份", seasons, field="season"),
        ChoiceFilter("progress", "办到哪一步", Progress.choices),
        ChoiceFilter("destination", "去向", Destination.choices),
        TextFilter("class", "班级", field="person__class_name"),
    ]
    bulk = [
        BulkAction("print", "打印所选的介绍信", url="procedures:print-leavers", right="decide_case"),
        BulkAction("advise", "打印所选的告知书", url="procedures:advise-leavers", right="handle_case"),
        BulkAction("receive", "登记所选的回执", url="procedures:receive-leavers", right="decide_case"),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "没有毕业生党员", "先按毕业年份生成名单，再逐班登记去向。", action="生成名单", url="/procedures/graduation/"
    )

    def row_url(self, row: Any) -> str:
        return f"/procedures/graduation/{row.pk}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_person(queryset, text, "person__")


def stay_left(row: Any) -> str:
    return f"{row.left.days} 天" if row.left.days >= 0 else f"已超 {-row.left.days} 天"


def stay_tone(row: Any) -> str:
    return "red" if row.left.days < 0 else "yellow" if row.left.days <= 90 else "green"


def spoken(row: Any) -> date | str:
    return row.contacted_on or "没有记录"


class StayerTable(Table):
    title = "组织关系保留在本校的毕业生党员"
    search = "姓名、拼音或首字母"
    default_sort = "stays_until"
    columns = [
        Column("person", "姓名", value="person", sort="person__pinyin"),
        Column("branch", "党支部", value="person.organization", sort="person__organization__path", phone=False),
        Column("season", "毕业年份", sort=True, phone=False),
        Column("destination", "去向", value=lambda row: row.get_destination_display(), phone=False),
        Column("stays_until", "保留至", sort=True),
        Column("left", "剩余", value=stay_left, badge=stay_tone),
        Column("contacted_on", "最近联系", value=spoken, sort=True, phone=False),
        Column("extended_for", "延长理由", phone=False),
    ]
    filters = [
        ChoiceFilter("destination", "去向", Destination.choices),
        YesNoFilter("near", "90 天内到期", field="is_near"),
        YesNoFilter("over", "已到期限", field="is_over"),
        YesNoFilter("contact", "满半年未联系", field="needs_contact"),
    ]
    bulk = [
        BulkAction("advise", "打印所选的告知书", url="procedures:advise-stayers", right="handle_case"),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "没有保留在本校的毕业生党员", "去向登记为未落实单位并留校、或者出国（境）留学的，显示在这里。",
        action="毕业季", url="/procedures/graduation/",
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return f"/procedures/graduation/{row.pk}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_person(queryset, text, "person__")
