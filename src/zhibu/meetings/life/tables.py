"""Life meetings and their rectification lines as lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.meetings.enums import Kind
from zhibu.meetings.life import queries
from zhibu.meetings.life.enums import LineState, Stage
from zhibu.meetings.life.waiting import lacking_lists, with_opinions
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter, YesNoFilter

TONES = {Stage.PREPARING: "blue", Stage.HELD: "yellow", Stage.RECTIFYING: "yellow", Stage.DONE: "green"}


def _lines(row: Any) -> str | None:
    return f"{row.line_count - row.open_lines}/{row.line_count}" if row.line_count else None


class LivesTable(Table):
    """``today`` decides what is lacking."""

    title = "组织生活会"
    search = "主题或党组织"
    search_in = ("title", "organization__name")
    default_sort = "-planned_on"

    def __init__(self, today: date, *, keeps: bool, **changes: Any) -> None:
        def lacking(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
            return lacking_lists(rows, today) if value == "lists" else with_opinions(rows, today)

        columns = (
            Column("title", "主题", width=32),
            Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path"),
            Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind", phone=False),
            Column("year", "年度", value=lambda row: str(row.year), sort="year", phone=False),
            Column("planned_on", "计划日期", sort="planned_on"),
            Column(
                "held_on", "召开日期", sort="meeting__held_on", phone=False,
                value=lambda row: row.meeting.held_on if queries.stage(row) is not Stage.PREPARING else None,
            ),
            Column("lines", "销号/整改", value=_lines, help="已销号的项数/整改清单的项数"),
            Column(
                "stage", "状态", value=lambda row: queries.stage(row).label,
                badge=lambda row: TONES[queries.stage(row)],
            ),
        )  # fmt: skip
        known: tuple[Any, ...] = (
            ChoiceFilter("stage", "状态", Stage.choices, apply=queries.in_stage),
            ChoiceFilter(
                "kind", "类别", [(one.value, one.label) for one in (Kind.LIFE, Kind.DEMOCRATIC_LIFE)], field="kind"
            ),
            ChoiceFilter(
                "year", "年度", [(str(one), str(one)) for one in range(today.year, today.year - 5, -1)],
                apply=lambda rows, value: rows.filter(year=value),
            ),
            TextFilter("branch", "党组织名称或代码", apply=_branch),
            DateFilter("planned", "计划日期", field="planned_on"),
        )  # fmt: skip
        if keeps:
            waits = [("lists", "查摆清单没有交齐"), ("opinions", "意见待归纳")]
            known = (*known, ChoiceFilter("lacking", "待办", waits, apply=lacking))
        super().__init__(columns=columns, filters=known, **changes)

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:life", args=[row.pk])


def _branch(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(Q(organization__code=value) | Q(organization__name__icontains=value))


def _of_branch(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(Q(life__organization__code=value) | Q(life__organization__name__icontains=value))


class LinesTable(Table):
    """Lines of rectification."""

    title = "整改清单"
    search = "问题、措施或责任人"
    search_in = ("problem", "measure", "owner__name")
    default_sort = "due_on"
    empty = Empty("没有整改事项", "组织生活会后，在那次会的页面上列出问题、措施、责任人和时限。")

    def __init__(self, today: date, own: int | None, **changes: Any) -> None:
        def is_late(row: Any) -> bool:
            return bool(row.state == LineState.OPEN and row.due_on < today)

        def late(rows: QuerySet[Any], yes: bool) -> QuerySet[Any]:
            overdue = Q(state=LineState.OPEN, due_on__lt=today)
            return rows.filter(overdue) if yes else rows.exclude(overdue)

        def mine(rows: QuerySet[Any], yes: bool) -> QuerySet[Any]:
            return rows.filter(owner=own or 0) if yes else rows.exclude(owner=own or 0)

        columns = (
            Column("problem", "问题", width=40),
            Column("measure", "措施", width=40, phone=False),
            Column("owner", "责任人", value="owner.name", sort="owner__pinyin"),
            Column("due_on", "时限", sort="due_on"),
            Column(
                "state", "状态", value=lambda row: "已逾期" if is_late(row) else row.get_state_display(),
                badge=lambda row: "red" if is_late(row) else "green" if row.state == LineState.DONE else "blue",
            ),
            Column("done_on", "销号日期", sort="done_on", phone=False),
            Column("evidence", "销号依据", phone=False),
            Column(
                "organization", "党组织", value=lambda row: str(row.life.organization), phone=False,
                sort="life__organization__path",
            ),
        )  # fmt: skip
        filters = (
            ChoiceFilter("state", "状态", LineState.choices),
            YesNoFilter("late", "已逾期", apply=late),
            YesNoFilter("mine", "本人负责", apply=mine),
            DateFilter("due", "时限", field="due_on"),
            TextFilter("branch", "党组织名称或代码", apply=_of_branch),
        )
        super().__init__(columns=columns, filters=filters, **changes)

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:rectification", args=[row.pk])
