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


class SpotCheckTable(Table):
    title = "记录抽查"
    search = "名称或抽查范围"
    search_in = ("title", "organization__name")
    default_sort = "-drawn_at"
    columns = (
        Column("title", "名称", sort=True, width=36),
        Column("organization", "抽查范围", sort="organization__path", width=24),
        Column("since", "召开日期自", sort=True, phone=False),
        Column("until", "召开日期至", sort=True, phone=False),
        Column("population", "可抽记录", numeric=True),
        Column("seed", "公开种子", width=24),
        Column("drawn_by", "抽取人", value="drawn_by.display_name", phone=False),
        Column("drawn_at", "抽取时间", sort=True),
    )
    empty = Empty(
        "还没有抽查",
        "按支部类型和月份分层抽取，种子公开。",
        action="抽查记录",
        url="/meetings/quality/spot-checks/new/",
    )

    def row_url(self, row: Any) -> str:
        return reverse("meetings:spot_check", args=[row.pk])


def _checked(queryset: QuerySet, yes: bool) -> QuerySet:
    return queryset.filter(checked_at__isnull=not yes)


RECORD = Column(
    "record", "记录", value=lambda row: f"{row.meeting.title or '（未命名）'} {row.meeting.held_on}",
    sort="meeting__held_on", width=36,
)  # fmt: skip
WHOSE = Column("organization", "党组织", value="meeting.organization", sort="meeting__organization__path", width=24)


HANDED = Column("handed_at", "移交督促整改", sort=True, phone=False)


class DrawnTable(Table):
    title = "抽中的记录"
    search = "名称或党组织"
    search_in = ("meeting__title", "meeting__organization__name")
    default_sort = "stratum"
    columns = (
        RECORD,
        WHOSE,
        Column("stratum", "层", sort=True),
        Column("number", "记录编号", value=lambda row: str(row.meeting_id), sort="meeting", phone=False),
        Column(
            "state", "核对", value=lambda row: "已核对" if row.checked_at else "待核对",
            badge=lambda row: "grey" if row.checked_at else "yellow",
        ),
        Column("finding", "发现的问题", width=40),
        HANDED,
        Column("checked_by", "核对人", value="checked_by.display_name", phone=False),
    )  # fmt: skip
    filters = (YesNoFilter("checked", "已核对", apply=_checked),)
    empty = Empty("没有抽中的记录", "这次抽查没有抽中任何记录。")

    def row_url(self, row: Any) -> str:
        return reverse("meetings:drawn", args=[row.pk])


class FindingTable(Table):
    title = "抽查发现的问题"
    search = "名称或党组织"
    search_in = ("meeting__title", "meeting__organization__name")
    default_sort = "-checked_at"
    columns = (
        RECORD,
        WHOSE,
        Column("check", "抽查", value="check_of.title", phone=False, width=30),
        Column("finding", "发现的问题", width=44),
        HANDED,
        Column("checked_at", "核对时间", sort=True),
    )
    empty = Empty("没有发现的问题", "上级抽查记录时发现的问题会列在这里，请按意见补正。")

    def row_url(self, row: Any) -> str:
        return reverse("meetings:record_quality", args=[row.meeting_id])


class ModelTable(Table):
    title = "典型记录"
    search = "名称或党组织"
    search_in = ("meeting__title", "meeting__organization__name")
    default_sort = "record"
    columns = (
        RECORD,
        Column("kind", "类别", value=lambda row: row.meeting.get_kind_display(), sort="meeting__kind"),
        WHOSE,
        Column("reason", "推荐理由", width=44),
    )
    empty = Empty("还没有典型记录", "上级推荐、支部同意公开的记录会列在这里，供参考写法。")

    def row_url(self, row: Any) -> str:
        return reverse("meetings:model", args=[row.pk])


class AskedTable(Table):
    """Records of the reader's own branch whose showing it has to decide."""

    title = "待决定是否公开的记录"
    search = "名称或党组织"
    search_in = ("meeting__title", "meeting__organization__name")
    default_sort = "-proposed_at"
    columns = (
        RECORD,
        WHOSE,
        Column("reason", "推荐理由", width=44),
        Column("proposed_by", "推荐人", value="proposed_by.display_name", phone=False),
        Column("proposed_at", "推荐时间", sort=True),
    )
    empty = Empty("没有等待决定的记录", "上级把本支部的记录推荐为典型时，在这里决定是否公开。")

    def row_url(self, row: Any) -> str:
        return reverse("meetings:record_quality", args=[row.meeting_id])
