"""The plan and the notices as lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.meetings.enums import Kind
from zhibu.meetings.models import PlannedMeeting
from zhibu.meetings.planning.enums import Answer, Leave, Stand
from zhibu.meetings.planning.queries import stand, standing
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter

TONES = {
    Stand.PLANNED: "grey", Stand.PREPARING: "blue", Stand.HELD: "green", Stand.OVERDUE: "red", Stand.CANCELLED: "grey",
}  # fmt: skip
ANSWER_TONES = {Answer.NONE: "yellow", Answer.COMING: "green", Answer.LEAVE: "blue"}
KINDS = [choice for choice in Kind.choices if choice[0] != Kind.TALK]
WEEKDAYS = "一二三四五六日"


def times(row: PlannedMeeting) -> str:
    return f"{row.starts_at:%H:%M}—{row.ends_at:%H:%M}"


def _branch(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(Q(organization__code=value) | Q(organization__name__icontains=value))


BRANCH = Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path", width=24)


class PlanTable(Table):
    """``today`` decides where each stands; ``clash`` says of a row what it clashes with, for those who plan."""

    title = "组织生活计划"
    search = "名称、地点或党组织"
    search_in = ("title", "place", "organization__name")
    default_sort = "held_on"

    def __init__(self, today: date, clash: Callable[[PlannedMeeting], str] | None = None, **changes: Any) -> None:
        clashing = (Column("clash", "冲突", value=lambda row: clash(row) or None, width=40),) if clash else ()
        columns = (
            Column("title", "名称或主题", width=40),
            Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
            BRANCH,
            Column("held_on", "计划日期", sort="held_on"),
            Column("weekday", "星期", value=lambda row: f"周{WEEKDAYS[row.held_on.weekday()]}", phone=False),
            Column("times", "时间", value=times, phone=False),
            Column("place", "地点", phone=False),
            Column(
                "stand", "状态", value=lambda row: stand(row, today).label, badge=lambda row: TONES[stand(row, today)]
            ),
            Column(
                "recorded", "实际日期", value=lambda row: row.meeting.held_on if row.meeting else None, phone=False,
                help="筹备中的为记录草稿的日期",
            ),
            *clashing,
        )  # fmt: skip
        filters = (
            ChoiceFilter("kind", "类别", KINDS),
            TextFilter("branch", "党组织名称或代码", apply=_branch),
            DateFilter("held", "计划日期", field="held_on"),
            ChoiceFilter(
                "stand", "状态", Stand.choices, apply=lambda queryset, value: standing(queryset, value, today)
            ),
            ChoiceFilter(
                "leave", "请假", [(Leave.ASKED.value, "有请假待审批")],
                apply=lambda queryset, value: queryset.filter(invitations__leave=value).distinct(),
            ),
        )  # fmt: skip
        super().__init__(columns=columns, filters=filters, **changes)

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:planned", args=[row.pk])


class InvitedTable(Table):
    title = "我的会议通知"
    search = "名称或地点"
    search_in = ("planned__title", "planned__place")
    default_sort = "-held_on"
    columns = (
        Column("title", "名称或主题", value="planned.title"),
        Column("held_on", "日期", value="planned.held_on", sort="planned__held_on"),
        Column("times", "时间", value=lambda row: times(row.planned)),
        Column("place", "地点", value="planned.place"),
        Column("organization", "党组织", value=lambda row: str(row.planned.organization), phone=False),
        Column(
            "answer", "我的答复",
            value=lambda row: "已取消" if row.planned.cancelled_at else row.get_answer_display(),
            badge=lambda row: "grey" if row.planned.cancelled_at else ANSWER_TONES[Answer(row.answer)],
        ),
        Column("leave", "请假审批", value=lambda row: row.get_leave_display() if row.answer == Answer.LEAVE else None),
    )  # fmt: skip
    filters = (ChoiceFilter("answer", "我的答复", Answer.choices),)
    empty = Empty("还没有会议通知", "支部发出会议通知后，在这里查看议程、材料，答复参加或请假。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:invitation", args=[row.pk])
