"""Columns and filters of the lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.quality.enums import AnswerState, Subject, Verdict
from zhibu.meetings.quality.queries import UNAMENDED, may_read_earlier
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table, TextFilter, YesNoFilter

STATE_TONES = {AnswerState.ASKED: "yellow", AnswerState.ANSWERED: "blue", AnswerState.CLOSED: "grey"}


def _later_branch(queryset: QuerySet, value: str) -> QuerySet:
    return queryset.filter(Q(later__organization__code=value) | Q(later__organization__name__icontains=value))


def _amend(queryset: QuerySet, yes: bool) -> QuerySet:
    return queryset.filter(UNAMENDED) if yes else queryset.exclude(pk__in=queryset.filter(UNAMENDED).values("pk"))


class LikenessTable(Table):
    title = "相近提示"
    search = "党组织或会议名称"
    search_in = ("later__organization__name", "later__title")
    default_sort = "-found_on"
    filters = (
        ChoiceFilter("state", "状态", AnswerState.choices),
        ChoiceFilter("subject", "相近之处", Subject.choices),
        ChoiceFilter("verdict", "核查结果", Verdict.choices),
        YesNoFilter("amend", "待补正", apply=_amend),
        TextFilter("branch", "党组织名称或代码", apply=_later_branch),
        DateFilter("found", "发现日期", field="found_on"),
    )
    empty = Empty(
        "没有相近提示", "记录登记后会与先前的记录比对；有明显相同的段落时，在这里请支部说明缘由。", action="看组织生活",
        url="/meetings/",
    )  # fmt: skip

    def row_url(self, row: Any) -> str:
        return reverse("meetings:likeness", args=[row.pk])


def likeness_table(scope: Scope) -> LikenessTable:
    """The other branch's name stands only where the reader may read its record."""

    def other(row: Any) -> str:
        earlier = row.earlier
        name = f"{earlier.organization} " if may_read_earlier(scope, row) else ""
        return f"{name}{earlier.get_kind_display()} {earlier.held_on}"

    columns = (
        Column(
            "later", "后登记的记录", value=lambda row: f"{row.later.title or '（未命名）'} {row.later.held_on}",
            sort="later__held_on", width=36,
        ),
        Column("organization", "党组织", value="later.organization", sort="later__organization__path", width=24),
        Column("subject", "相近之处", value=lambda row: row.get_subject_display(), phone=False),
        Column("earlier", "先登记的记录", value=other, width=36),
        Column("greater", "共有", value=lambda row: f"{row.greater:.0%}", numeric=True, sort="share"),
        Column(
            "state", "状态", value=lambda row: row.get_state_display(), sort="state",
            badge=lambda row: STATE_TONES[AnswerState(row.state)],
        ),
        Column("answer", "支部说明", phone=False, width=40),
        Column("verdict", "核查结果", value=lambda row: row.get_verdict_display() or None),
        Column("reason", "核查理由", phone=False, width=40),
        Column("found_on", "发现日期", sort="found_on", phone=False),
    )  # fmt: skip
    bulk = [
        BulkAction(
            "close", "批量核查", url="meetings:likenesses_close", icon="clipboard-check", right=Right.REVIEW_MEETING
        ),
        BulkAction("export", "导出所选"),
    ]
    return LikenessTable(columns=columns, bulk=bulk)


class OfficialTable(Table):
    title = "官方文件"
    search = "标题或发文机关"
    search_in = ("title", "issued_by")
    default_sort = "title"
    columns = (
        Column("title", "标题", sort=True, width=44),
        Column("issued_by", "发文机关", sort=True, width=28),
        Column("issued_on", "成文日期", sort=True),
        Column("letters", "字数", value=lambda row: len(row.text), numeric=True),
        Column("added_at", "录入时间", sort=True, phone=False),
    )

    def row_url(self, row: Any) -> str:
        return reverse("meetings:official", args=[row.pk])
