"""Lists: projects, journal, activities, hours of branches, deeds, and a member's own service."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from zhibu.initiatives.enums import (
    ActivityKind,
    DeedState,
    EntryState,
    MilestoneState,
    ParticipationState,
    ProjectKind,
    ProjectState,
)
from zhibu.initiatives.models import Milestone, Participation
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter, YesNoFilter

PROJECT_TONES = {
    ProjectState.DECLARED: "yellow", ProjectState.RETURNED: "yellow", ProjectState.RUNNING: "blue",
    ProjectState.DONE: "green", ProjectState.STOPPED: "grey",
}  # fmt: skip
PART_TONES = {ParticipationState.NOTED: "yellow", ParticipationState.CONFIRMED: "green"}
DEED_TONES = {DeedState.OPEN: "blue", DeedState.REPORTED: "yellow", DeedState.SETTLED: "green"}


def by_branch(queryset: QuerySet, value: str) -> QuerySet:
    """The organization by its code, or any whose name contains the words."""
    return queryset.filter(Q(organization__code=value) | Q(organization__name__icontains=value))


BRANCH = Column(
    "organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24, phone=False
)
OF_BRANCH = TextFilter("branch", "党组织名称或代码", apply=by_branch)


class ChooseTable(Table):
    """For which organization something is to be recorded."""

    title = "选择党组织"
    search = "名称或代码"
    search_in = ("name", "short_name", "code")
    default_sort = "name"
    empty = Empty("没有可以登记的党组织", "您没有登记权限，或党组织已经撤销。请联系上级党组织。")

    def __init__(self, target: str) -> None:
        columns = [
            Column("name", "党组织", sort="path", link=lambda row: f"{target}{row.pk}", width=40),
            Column("kind", "类别", value=lambda row: row.get_kind_display(), phone=False),
        ]
        super().__init__(columns=columns)


class ProjectTable(Table):
    title = "书记项目"
    search = "项目、负责书记或党组织"
    search_in = ("title", "secretary__name", "organization__name")
    default_sort = "-starts_on"
    columns = (
        Column("title", "项目名称", width=40),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind", phone=False),
        BRANCH,
        Column("secretary", "负责书记", value=lambda row: row.secretary.name, sort="secretary__pinyin", phone=False),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state",
            badge=lambda row: PROJECT_TONES[ProjectState(row.state)],
        ),
        Column("done", "节点", value=lambda row: f"{row.done}/{row.done + row.left}", numeric=True, help="已完成/全部"),
        Column("next_due", "最近的期限", sort="next_due"),
        Column("starts_on", "开始日期", sort="starts_on", phone=False),
        Column("ends_on", "计划结项", sort="ends_on", phone=False),
    )  # fmt: skip
    empty = Empty("还没有书记项目", "由党组织书记申报，上级党组织同意后实施。")

    def row_url(self, row: Any) -> str | None:
        return reverse("initiatives:project", args=[row.pk])


def late_projects(today: Any) -> YesNoFilter:
    late = Milestone.objects.filter(project=OuterRef("pk"), state=MilestoneState.OPEN, due_on__lt=today)
    running = Q(Exists(late), state=ProjectState.RUNNING)
    return YesNoFilter(
        "late", "节点逾期", apply=lambda rows, yes: rows.filter(running) if yes else rows.exclude(running)
    )


PROJECT_FILTERS = (
    ChoiceFilter("state", "状态", ProjectState.choices), ChoiceFilter("kind", "类别", ProjectKind.choices),
    DateFilter("ends", "计划结项", field="ends_on"), OF_BRANCH,
)  # fmt: skip


class JournalTable(Table):
    title = "工作纪实"
    search = "做了什么、谁做的"
    search_in = ("text", "who")
    default_sort = "-on"
    columns = (
        Column("text", "做了什么", width=56),
        Column("on", "日期", sort="on"),
        Column("who", "谁做的", width=24),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state", phone=False,
            badge=lambda row: "green" if row.state == EntryState.CURRENT else "grey",
        ),
        Column(
            "organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24,
            link=lambda row: reverse("initiatives:journal", args=[row.organization_id]),
        ),
    )  # fmt: skip
    filters = (
        DateFilter("on", "日期", field="on"), ChoiceFilter("state", "状态", EntryState.choices), OF_BRANCH,
    )  # fmt: skip

    def row_url(self, row: Any) -> str | None:
        return reverse("initiatives:entry", args=[row.pk])


class ActivityTable(Table):
    title = "志愿服务"
    search = "活动、地点或党组织"
    search_in = ("title", "place", "organization__name")
    default_sort = "-on"
    columns = (
        Column("title", "活动名称", width=40),
        Column("on", "日期", sort="on"),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind", phone=False),
        Column("place", "地点", phone=False),
        BRANCH,
        Column("planned", "计划人数", numeric=True, sort="planned", phone=False),
        Column("confirmed_people", "已确认人数", numeric=True, sort="confirmed_people"),
        Column("hours", "已确认小时", value=lambda row: row.confirmed_half_hours / 2, numeric=True,
               sort="confirmed_half_hours"),
        Column("noted", "待确认", value=lambda row: row.noted or None, numeric=True, phone=False,
               badge=lambda row: "yellow" if row.noted else "grey"),
    )  # fmt: skip
    filters = (
        ChoiceFilter("kind", "类别", ActivityKind.choices), DateFilter("on", "日期", field="on"), OF_BRANCH,
    )  # fmt: skip
    empty = Empty("还没有志愿服务活动", "支部登记活动和参加人，时长经服务对象或组织者确认后计入。")

    def row_url(self, row: Any) -> str | None:
        return reverse("initiatives:activity", args=[row.pk])


def unconfirmed(rows: QuerySet, yes: bool) -> QuerySet:
    waits = Exists(Participation.objects.filter(activity=OuterRef("pk"), state=ParticipationState.NOTED))
    return rows.filter(waits) if yes else rows.exclude(waits)


UNCONFIRMED = YesNoFilter("unconfirmed", "有待确认的时长", apply=unconfirmed)


class HoursTable(Table):
    """Of branches only: nobody's hours are compared with anybody's."""

    title = "各支部志愿服务"
    search = "党组织名称或代码"
    search_in = ("name", "short_name", "code")
    default_sort = "path"
    columns = (
        Column("path", "党支部", value=lambda row: str(row), sort="path", width=36),
        Column("held", "有确认时长的活动", numeric=True, sort="held"),
        Column("times", "参加人次", numeric=True, sort="times"),
        Column("hours", "已确认小时", value=lambda row: row.half_hours / 2, numeric=True, sort="half_hours"),
    )
    empty = Empty("没有党支部", "这个范围内还没有党支部。")


class OwnTable(Table):
    title = "我的志愿服务"
    default_sort = "-on"
    columns = (
        Column("title", "活动", value="activity.title",
               link=lambda row: reverse("initiatives:activity", args=[row.activity_id])),
        Column("on", "日期", value="activity.on", sort="activity__on"),
        Column("hours", "小时", value=lambda row: row.hours, numeric=True),
        Column("state", "状态", value=lambda row: row.get_state_display(),
               badge=lambda row: PART_TONES.get(ParticipationState(row.state), "grey")),
        Column("through", "由谁确认", value=lambda row: row.get_through_display() or None, phone=False),
        Column("organization", "党组织", value=lambda row: str(row.activity.organization), phone=False),
    )  # fmt: skip
    filters = (ChoiceFilter("state", "状态", ParticipationState.choices),)
    empty = Empty(
        "还没有志愿服务记录", "在活动页上登记本人参加的时长，由组织者或服务对象确认。", action="打开志愿服务",
        url="/initiatives/activities/",
    )  # fmt: skip


class DeedTable(Table):
    title = "为民办实事"
    search = "事项、责任人或党组织"
    search_in = ("title", "responsible__name", "organization__name")
    default_sort = "due_on"
    columns = (
        Column("title", "事项", width=40),
        Column("heard_from", "服务对象", phone=False),
        Column("responsible", "责任人", value=lambda row: row.responsible.name, sort="responsible__pinyin"),
        Column("due_on", "期限", sort="due_on"),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state",
            badge=lambda row: DEED_TONES[DeedState(row.state)],
        ),
        Column("is_satisfied", "服务对象满意", phone=False),
        Column("finished_on", "办理日期", sort="finished_on", phone=False),
        BRANCH,
    )  # fmt: skip
    empty = Empty("还没有登记实事", "听到需求后登记：谁的需求、什么措施、谁负责、何时办完，办完请服务对象确认。")

    def row_url(self, row: Any) -> str | None:
        return reverse("initiatives:deed", args=[row.pk])


def late_deeds(today: Any) -> YesNoFilter:
    late = Q(state=DeedState.OPEN, due_on__lt=today)
    return YesNoFilter("late", "已逾期", apply=lambda rows, yes: rows.filter(late) if yes else rows.exclude(late))


DEED_FILTERS = (
    ChoiceFilter("state", "状态", DeedState.choices), DateFilter("due", "期限", field="due_on"), OF_BRANCH,
)  # fmt: skip
