"""Columns and filters of the lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from zhibu.organizations.rules import reminder_day
from zhibu.people.queries import found
from zhibu.procedures.enums import Actor, CaseState, Delay
from zhibu.procedures.loading import procedures
from zhibu.procedures.models import OpenStep
from zhibu.procedures.queries.cases import of_case
from zhibu.procedures.queries.workbench import below, narrowed
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import in_force, value
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {Delay.LATE: "red", Delay.SOON: "yellow", Delay.READY: "blue", Delay.WAITING: "grey"}
STATE_TONES = {CaseState.OPEN: "blue", CaseState.SUSPENDED: "yellow", CaseState.DONE: "green", CaseState.ENDED: "grey"}


def procedure_choices(scope: Any = None) -> list[tuple[str, str]]:
    return [(one.key, one.label) for one in procedures().values()]


def step_label(row: OpenStep) -> str:
    return procedures()[row.case.procedure][row.step].label


DRAFT_MANY = [BulkAction("draft", "起草所选的材料（Word）", url="procedures:draft-many", right="handle_case")]


class WorkbenchTable(Table):
    title = "待办步骤"
    search = "姓名、拼音、首字母或党组织"
    default_sort = "due"
    columns = [
        Column(
            "person",
            "当事人",
            value=lambda row: str(row.case.person or row.case.organization),
            sort="case__person__pinyin",
        ),
        Column("procedure", "事项", value=lambda row: procedures()[row.case.procedure].label, phone=False),
        Column("step", "下一步", value=step_label, link=lambda row: f"/procedures/{row.case_id}/{row.step}/"),
        Column("actor", "由谁办理", value=lambda row: str(row.organization), sort="organization__path", phone=False),
        Column("delay", "进度", value=lambda row: Delay(row.delay).label, badge=lambda row: TONES[Delay(row.delay)]),
        Column("earliest", "最早", sort=True, phone=False),
        Column("due", "期限", sort=True),
        Column("since", "等待自", sort=True, phone=False),
    ]
    filters = [
        ChoiceFilter("delay", "进度", Delay.choices, apply=lambda queryset, value: narrowed(queryset, value)),
        ChoiceFilter("procedure", "事项", procedure_choices, field="case__procedure"),
        ChoiceFilter("actor", "办理主体", Actor.choices),
        TextFilter("below", "党组织代码（含下级）", apply=below),
    ]
    empty = Empty(
        "没有要办理的步骤", "新的申请人请先立项；已经立项的在“全部事项”里。", action="立项", url="/procedures/new/"
    )

    def row_url(self, row: Any) -> str:
        return f"/procedures/{row.case_id}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_case(queryset, text, "case__")


class CaseTable(Table):
    title = "办理事项"
    search = "姓名、拼音、首字母或党组织"
    default_sort = "-opened_on"
    columns = [
        Column("person", "当事人", value=lambda case: str(case.person or case.organization), sort="person__pinyin"),
        Column("procedure", "事项", value=lambda case: procedures()[case.procedure].label),
        Column(
            "stage", "人员类别", value=lambda case: case.person.get_stage_display() if case.person else "", phone=False
        ),
        Column("organization", "负责的党组织", value="organization", sort="organization__path", phone=False),
        Column(
            "steps",
            "正在办理",
            value=lambda case: "、".join(open_labels(case)),
            export=lambda case: "、".join(open_labels(case)),
        ),
        Column(
            "state", "状态", value=lambda case: case.get_state_display(), badge=lambda case: STATE_TONES[case.state]
        ),
        Column("opened_on", "立项日期", sort=True, phone=False),
        Column("closed_on", "办结日期", sort=True, phone=False),
    ]
    filters = [
        ChoiceFilter("procedure", "事项", procedure_choices),
        ChoiceFilter("state", "状态", CaseState.choices),
        DateFilter("opened_on", "立项日期", field="opened_on"),
    ]
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty("还没有办理事项", "从入党申请人开始：登记人员后立项。", action="立项", url="/procedures/new/")

    def row_url(self, row: Any) -> str:
        return f"/procedures/{row.pk}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return of_case(queryset, text, "")


def open_labels(case: Any) -> list[str]:
    shape = procedures()[case.procedure]
    return [shape[row.step].label for row in case.open_steps.all()]


class WithoutCaseTable(Table):
    title = "尚未立项的人员"
    search = "姓名、拼音或首字母"
    default_sort = "name"
    columns = [
        Column("name", "姓名", sort="pinyin"),
        Column("stage", "人员类别", value=lambda person: person.get_stage_display()),
        Column("organization", "所在党支部", value="organization", sort="organization__path"),
    ]
    bulk = [BulkAction("open", "为所选立项", url="procedures:open-many", right="handle_case")]
    empty = Empty(
        "需要立项的人都已立项", "新的入党申请人，请先在党员名册中登记。", action="登记人员", url="/people/new/"
    )

    def row_url(self, row: Any) -> str:
        return f"/people/{row.pk}/"

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return found(queryset, text)


TERM_TONES = {"late": "red", "soon": "yellow", "running": "green"}
TERM_STATES = (("late", "届满未换届"), ("soon", "即将届满"), ("running", "任期内"))


class TermTable(Table):
    """Running terms. What depends on the day is added by `term_table`."""

    title = "换届"
    search = "党组织名称或代码"
    search_in = ("organization__name", "organization__code")
    default_sort = "due_on"
    bulk = [BulkAction("export", "导出所选")]
    empty = Empty(
        "还没有登记届次", "在党组织的页面登记最近一次选举，应换届日期由此推算。", action="党组织", url="/organizations/"
    )

    def row_url(self, row: Any) -> str:
        return reverse("procedures:term", args=[row.organization_id])


def term_table(today: date) -> TermTable:
    """The terms as they stand on a day."""
    ahead = add_months(today, value("org.remind", today).number) if in_force("org.remind", today) else today

    def state(row: Any) -> str:
        return "late" if row.due_on < today else "soon" if row.due_on <= ahead else "running"

    def narrow(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
        soon = Q(due_on__gte=today, due_on__lte=ahead)
        return rows.filter({"late": Q(due_on__lt=today), "soon": soon, "running": Q(due_on__gt=ahead)}[wanted])

    def vacant(rows: QuerySet[Any], wanted: str) -> QuerySet[Any]:
        return rows.filter(held__lt=F("seats")) if wanted == "yes" else rows.filter(held__gte=F("seats"))

    def case_url(row: Any) -> str | None:
        return reverse("procedures:case", args=[row.case]) if row.case else None

    labels = dict(TERM_STATES)
    columns = [
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=28),
        Column("number", "届次", numeric=True, phone=False),
        Column("started_on", "本届选举", sort=True, phone=False),
        Column("due_on", "应换届日期", sort=True),
        Column("remind", "提醒自", value=lambda row: reminder_day(row.due_on), phone=False),
        Column("due", "状态", value=lambda row: labels[state(row)], badge=lambda row: TERM_TONES[state(row)]),
        Column("vacant", "空缺", value=lambda row: max(row.seats - row.held, 0), numeric=True, phone=False),
        Column("case", "换届事项", value=lambda row: "办理中" if row.case else "", link=case_url, phone=False),
        Column("extension_document", "延期批准", phone=False),
    ]
    filters = [
        ChoiceFilter("due", "状态", TERM_STATES, apply=narrow),
        ChoiceFilter("vacant", "空缺", (("yes", "有空缺"), ("no", "没有空缺")), apply=vacant),
        DateFilter("due_on", "应换届日期", field="due_on"),
    ]
    return TermTable(columns=columns, filters=filters)
