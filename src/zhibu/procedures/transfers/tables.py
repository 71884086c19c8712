"""Columns and filters of the lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from zhibu.procedures.enums import CaseState
from zhibu.procedures.queries.cases import of_person
from zhibu.procedures.tables import STATE_TONES, open_labels
from zhibu.procedures.transfers.enums import Direction, LetterState, TransferKind
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, YesNoFilter

LETTER_TONES = {
    LetterState.ISSUED: "blue", LetterState.USED: "green", LetterState.EXPIRED: "red", LetterState.RETURNED: "yellow",
    LetterState.VOID: "grey",
}  # fmt: skip


def destination(case: Any) -> str:
    """Where to, in words: the branch inside, or what the letter names."""
    return str(case.target) if case.target is not None else case.transfer.to_unit


def now(case: Any) -> str:
    """What the case waits for, or how it ended."""
    return "、".join(open_labels(case)) if case.state == CaseState.OPEN else str(case.get_state_display())


def due(case: Any) -> Any:
    return min((step.due for step in case.open_steps.all() if step.due), default=None)


def letter_number(case: Any) -> str:
    return next((letter.number for letter in case.letters.all()), "")


class TransferTable(Table):
    title = "组织关系转接"
    search = "姓名、拼音或首字母"
    default_sort = "-opened_on"
    columns = [
        Column("person", "当事人", value=lambda case: str(case.person or case.organization), sort="person__pinyin"),
        Column("kind", "类型", value=lambda case: case.transfer.get_kind_display(), phone=False),
        Column("organization", "转出党组织", value="organization", sort="organization__path", phone=False),
        Column("to", "转入党组织", value=destination),
        Column("now", "正在办理", value=now),
        Column("due", "期限", value=due, phone=False),
        Column("letter", "介绍信", value=letter_number, phone=False),
        Column(
            "state", "状态", value=lambda case: case.get_state_display(), badge=lambda case: STATE_TONES[case.state]
        ),
        Column("opened_on", "申请日期", sort=True, phone=False),
    ]
    filters = [
        ChoiceFilter("kind", "类型", TransferKind.choices, field="transfer__kind"),
        ChoiceFilter("state", "状态", CaseState.choices),
        DateFilter("opened_on", "申请日期", field="opened_on"),
    ]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty(
        "没有组织关系转接", "党员变动单位或常住地时，由本人或党支部提出申请。", action="申请转接",
        url="/procedures/transfers/new/",
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return f"/procedures/{row.pk}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_person(queryset, text, "person__")


def days_left(letter: Any) -> str:
    """How long a letter may still be used; nothing once it is not on its way."""
    return f"{letter.left.days} 天" if letter.now == LetterState.ISSUED else ""


def left_tone(letter: Any) -> str:
    if letter.now != LetterState.ISSUED:
        return "grey"
    return "yellow" if letter.left.days <= 15 else "green"


class LetterTable(Table):
    title = "组织关系介绍信"
    search = "姓名、拼音或首字母"
    default_sort = "-issued_on"
    columns = [
        Column("number", "编号", sort="serial"),
        Column("person", "姓名", value="case.person", sort="case__person__pinyin"),
        Column("issued_by", "开具的党组织", phone=False),
        Column("organization", "所在党支部", value="case.organization", sort="case__organization__path", phone=False),
        Column("to_unit", "转入单位党组织", value="case.transfer.to_unit", phone=False),
        Column("issued_on", "开具日期", sort=True, phone=False),
        Column("valid_until", "有效期至", sort=True),
        Column("left", "剩余", value=days_left, badge=left_tone),
        Column("fetched_on", "领取日期", sort=True, phone=False),
        Column("used_on", "接收日期", sort=True, phone=False),
        Column("prints", "打印次数", numeric=True, phone=False),
        Column("state", "状态", value=lambda row: LetterState(row.now).label, badge=lambda row: LETTER_TONES[row.now]),
    ]
    filters = [
        ChoiceFilter("state", "状态", LetterState.choices, field="now"),
        ChoiceFilter("direction", "方向", Direction.choices),
        YesNoFilter("fetched", "是否领取", apply=lambda queryset, value: queryset.filter(fetched_on__isnull=not value)),
        DateFilter("issued_on", "开具日期", field="issued_on"),
    ]
    bulk = [
        BulkAction("print", "打印所选（Word）", url="procedures:print-letters", right="decide_case"),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "没有介绍信", "纸质转出经基层党委审核后，在这里编号、打印、登记领取和回执。", action="申请转接",
        url="/procedures/transfers/new/",
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return f"/procedures/{row.case_id}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_person(queryset, text, "case__person__")
