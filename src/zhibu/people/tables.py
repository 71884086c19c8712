"""The room's lists."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.people import codes
from zhibu.people.enums import GONE, RequestState, StageKind
from zhibu.people.models import ChangeRequest, Person
from zhibu.people.queries import found, probation, within
from zhibu.people.rules.fields import FIELD
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, Empty, Table, YesNoFilter

STAGE_TONES: dict[str, str] = {
    StageKind.FULL: "green",
    StageKind.PROBATIONARY: "blue",
    StageKind.EXTENDED: "yellow",
    StageKind.SUSPENDED: "red",
}


def tone_of_stage(stage: str) -> str:
    return STAGE_TONES.get(stage, "grey")


def marks(person: Person) -> str:
    """What the branch must keep in mind about the file."""
    found = [("失联", person.is_lost), ("流动", person.is_mobile), ("信息不全", person.is_incomplete)]
    return "、".join(text for text, holds in found if holds)


def _probation(queryset: QuerySet[Person], today: Any, value: str) -> QuerySet[Person]:
    return probation(queryset, today, over=value == "over")


class RosterTable(Table):
    """The roster. Filters that need the day or the reader's branches are added by `roster_table`."""

    title = "党员名册"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "name"
    columns = [
        Column("name", "姓名", sort="sorting"),
        Column(
            "stage",
            "人员类别",
            sort=("stage", "sorting"),
            value=lambda row: row.get_stage_display(),
            badge=lambda row: tone_of_stage(row.stage),
        ),
        Column("organization", "所在党支部", value=lambda row: str(row.organization or ""), width=28),
        Column("gender", "性别", value=lambda row: codes.label("gender", row.gender), phone=False, width=8),
        Column("ethnicity", "民族", value=lambda row: codes.label("ethnicity", row.ethnicity), phone=False, width=10),
        Column("joined_on", "加入党组织日期", phone=False),
        Column("number", "学工号", phone=False),
        Column("marks", "提示", value=marks, badge=lambda row: "red" if row.is_lost else "yellow" * bool(marks(row))),
    ]
    bulk = [
        BulkAction("move", "调整支部", url="people:move-chosen", icon="arrows-exchange", right=Right.EDIT_PERSON),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty(
        "名册里还没有人",
        "从 Excel 导入党员信息汇总表，或者逐人登记。",
        action="登记人员",
        url="/people/new/",
        icon="users",
    )

    def find(self, queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
        return found(queryset, text)

    def row_url(self, row: Person) -> str:
        return reverse("people:file", args=[row.pk])


def roster_table(today: Any, organizations: list[Any], *, gone: bool) -> RosterTable:
    """The roster as one reader sees it. ``organizations``: those by which it can be narrowed."""
    by_pk = {str(one.pk): one for one in organizations}
    kinds = [(kind.value, kind.label) for kind in StageKind if (kind in GONE) is gone]
    filters: list[Any] = [ChoiceFilter("stage", "人员类别", kinds)]
    if len(by_pk) > 1:
        choices = [(pk, "　" * (one.depth - organizations[0].depth) + str(one)) for pk, one in by_pk.items()]
        filters.append(
            ChoiceFilter("organization", "党组织（含下级）", choices, apply=lambda rows, pk: within(rows, by_pk[pk]))
        )
    if not gone:
        filters += [
            YesNoFilter("is_incomplete", "信息不全"),
            YesNoFilter("is_lost", "失联"),
            YesNoFilter("is_mobile", "流动"),
            ChoiceFilter(
                "probation",
                "预备期",
                (("soon", "30 天内届满"), ("over", "已满未转正")),
                apply=lambda rows, value: _probation(rows, today, value),
            ),
        ]
    return RosterTable(
        filters=filters, title="已离开人员" if gone else "党员名册", bulk=[] if gone else RosterTable.bulk
    )


STATE_TONES = {"open": "yellow", "approved": "green", "rejected": "red"}


class ChangesTable(Table):
    title = "信息更正申请"
    default_sort = "-asked_at"
    columns = [
        Column("person", "申请人", value="person.name", sort="person__pinyin"),
        Column("field", "项目", value=lambda row: FIELD[row.field].label if row.field in FIELD else row.field),
        Column("branch", "所在党支部", value=lambda row: str(row.person.organization or ""), phone=False),
        Column("asked_at", "申请时间", sort="asked_at"),
        Column(
            "state",
            "状态",
            value=lambda row: row.get_state_display(),
            badge=lambda row: STATE_TONES.get(row.state, "grey"),
        ),
    ]
    filters = [ChoiceFilter("state", "状态", RequestState.choices)]
    empty = Empty("没有更正申请", "党员在“我的档案”里发现信息有误时提出申请，会显示在这里。", icon="user-check")

    def row_url(self, row: ChangeRequest) -> str:
        return reverse("people:change", args=[row.pk])
