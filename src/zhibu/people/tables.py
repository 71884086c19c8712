"""The room's lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.people import codes
from zhibu.people.enums import GONE, RequestState, StageKind, StageOrigin
from zhibu.people.models import ChangeRequest, CorrectionTerm, Person
from zhibu.people.queries import came_by, found, not_registered, probation, unreached, within
from zhibu.people.queries.contact import abroad_too_long, lost_due
from zhibu.people.queries.roster import SOON
from zhibu.people.rules.fields import FIELD
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, YesNoFilter

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
        BulkAction("certify", "开具党员身份证明（Word）", url="people:certify", right=Right.EDIT_PERSON),
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
            ChoiceFilter("origin", "类别来源", StageOrigin.choices, apply=came_by),
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


def _filled(rows: QuerySet[Person], wanted: str) -> QuerySet[Person]:
    return not_registered(rows) if wanted == "no" else rows.filter(Q(begun__isnull=False))


LOST_STAGES = (StageKind.PROBATIONARY, StageKind.EXTENDED, StageKind.FULL, StageKind.SUSPENDED)


class MobileTable(Table):
    """Members who are away. What depends on the day is added by `mobile_table`."""

    title = "流动党员"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "name"
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty(
        "没有流动党员", "外出半年以上、没有转移组织关系的，在本人档案中登记流动。", action="党员名册", url="/people/",
        icon="map-pin",
    )  # fmt: skip

    def find(self, queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
        return found(queryset, text)

    def row_url(self, row: Person) -> str:
        return reverse("people:contact", args=[row.pk])


def mobile_table(today: date) -> MobileTable:
    """The list as it stands on a day."""

    def state(row: Any) -> tuple[str, str]:
        if row.begun is None:
            return "登记不全", "yellow"
        if row.due is None:
            return "应保持联系", "blue"
        return ("应联系", "red") if row.due < today else ("按期", "green")

    def narrow(rows: QuerySet[Person], wanted: str) -> QuerySet[Person]:
        if wanted == "late":
            return unreached(rows, today)
        if wanted == "soon":
            return rows.filter(Q(due__gte=today, due__lte=today + SOON))
        if wanted == "long":
            return abroad_too_long(rows, today)
        return rows.filter(Q(expected__lt=today))

    columns = [
        Column("name", "姓名", sort="pinyin"),
        Column("organization", "所在党支部", value=lambda row: str(row.organization or ""), phone=False, width=28),
        Column("mobile_destination", "外出流向"),
        Column("begun", "外出日期", sort=True, phone=False),
        Column("expected", "预计返回", sort=True, phone=False),
        Column("abroad", "出国（境）", phone=False),
        Column("host", "流入地党组织", phone=False),
        Column("keeper_name", "支部联系人", phone=False),
        Column("last", "上次联系", sort=True, phone=False),
        Column("due", "最晚联系", sort=True),
        Column("state", "联系", value=lambda row: state(row)[0], badge=lambda row: state(row)[1]),
    ]
    states = (
        ("late", "应联系，已超过半年"),
        ("soon", "30 天内应联系"),
        ("long", "出国（境）超过期限未返"),
        ("overdue", "预计返回日期已过"),
    )
    filters = [
        ChoiceFilter("contact", "联系", states, apply=narrow),
        YesNoFilter("abroad", "出国（境）"),
        ChoiceFilter("filled", "登记", (("yes", "已登记"), ("no", "登记不全")), apply=_filled),
        DateFilter("begun", "外出日期", field="begun"),
    ]
    return MobileTable(columns=columns, filters=filters)


class LostTable(Table):
    title = "失联党员"
    search = "姓名、拼音、首字母或学工号"
    default_sort = "lost_since"
    columns = [
        Column("name", "姓名", sort="pinyin"),
        Column("organization", "所在党支部", value=lambda row: str(row.organization or ""), phone=False, width=28),
        Column(
            "stage", "人员类别", value=lambda row: row.get_stage_display(), badge=lambda row: tone_of_stage(row.stage)
        ),
        Column("lost_since", "失联自", sort=True),
        Column("searches", "查找次数", numeric=True, phone=False),
        Column("searched_on", "上次查找", sort=True, phone=False),
        Column("stopped_on", "停止党籍日期", sort=True, phone=False),
        Column("may_on", "最早可以研究", sort=True, help="停止党籍，或停止党籍之后按自行脱党除名"),
    ]
    filters = [
        ChoiceFilter("stage", "人员类别", [(kind.value, kind.label) for kind in LOST_STAGES]),
        ChoiceFilter(
            "due", "期限", (("stop", "已满，可以研究停止党籍"), ("remove", "已满，可以研究除名")), apply=lost_due
        ),
        ChoiceFilter("searched", "查找", (("no", "没有查找记录"),), apply=lambda rows, _: rows.filter(searches=0)),
    ]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty(
        "没有失联党员", "失去联系的，在本人档案中登记失联，日期填最近一次参加组织生活或交纳党费的日期。",
        action="党员名册", url="/people/", icon="user-check",
    )  # fmt: skip

    def find(self, queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
        return found(queryset, text)

    def row_url(self, row: Person) -> str:
        return reverse("people:contact", args=[row.pk])


def correction_table(today: date) -> Table:
    """限期改正, with what of it waits for a conclusion on a day."""

    def state(row: CorrectionTerm) -> tuple[str, str]:
        if row.ended_on is not None:
            return row.get_conclusion_display(), "grey"
        return ("已期满，应登记结论", "red") if row.until < today else ("改正期内", "blue")

    def narrow(rows: QuerySet[CorrectionTerm], wanted: str) -> QuerySet[CorrectionTerm]:
        if wanted == "ended":
            return rows.filter(ended_on__isnull=False)
        running = Q(until__lt=today) if wanted == "over" else Q(until__gte=today)
        return rows.filter(running, ended_on__isnull=True)

    columns = [
        Column("name", "姓名", value="person.name", sort="person__pinyin"),
        Column(
            "organization", "所在党支部", value=lambda row: str(row.person.organization or ""), phone=False, width=28
        ),
        Column("decided_on", "决定日期", sort=True, phone=False),
        Column("until", "期满日期", sort=True),
        Column("document", "决定文书", phone=False),
        Column("state", "状态", value=lambda row: state(row)[0], badge=lambda row: state(row)[1]),
        Column("ended_on", "结论日期", sort=True, phone=False),
    ]
    states = (("over", "已期满，应登记结论"), ("running", "改正期内"), ("ended", "已有结论"))
    return CorrectionTable(columns=columns, filters=[ChoiceFilter("state", "状态", states, apply=narrow)])


class CorrectionTable(Table):
    title = "限期改正"
    search = "姓名、拼音或学工号"
    default_sort = "until"
    empty = Empty(
        "没有限期改正", "党组织作出限期改正决定的，在本人档案的“更多”中登记决定日期和期满日期。", action="党员名册",
        url="/people/", icon="clock",
    )  # fmt: skip

    def find(self, queryset: QuerySet[CorrectionTerm], text: str) -> QuerySet[CorrectionTerm]:
        return queryset.filter(
            Q(person__name__contains=text) | Q(person__pinyin__istartswith=text) | Q(person__number=text)
        )

    def row_url(self, row: CorrectionTerm) -> str:
        return reverse("people:file", args=[row.person_id])


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
