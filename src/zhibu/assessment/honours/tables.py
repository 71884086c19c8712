"""Lists of candidates, honours and cases. Organizations only, never persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.assessment.honours.candidates import Place
from zhibu.assessment.honours.enums import CaseState, HonourKind, HonourState
from zhibu.organizations.enums import Category
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, Empty, Table

TONES = {"proposed": "yellow", "awarded": "green", "declined": "grey", "withdrawn": "red"}
CASE_TONES = {"asked": "yellow", "agreed": "blue", "shown": "green", "declined": "grey", "taken_down": "grey"}


class CandidateTable(Table):
    """Rows of scores; ``places`` says where each stands in its category."""

    title = "先进候选"
    search = "党组织名称或代码"
    search_in = ("organization__name", "organization__code")
    default_sort = "category"
    bulk = [
        BulkAction("nominate", "提名所选", url="assessment:honour-nominate", icon="award", right=Right.PUBLISH_SCORE),
        BulkAction("export", "导出所选"),
    ]
    filters = [ChoiceFilter("category", "支部类型", Category.choices)]
    empty = Empty("没有候选", "这一结果里没有达到候选界线的党组织；仍要提名的，用“另行提名”并写明理由。")

    def __init__(self, places: Mapping[int, Place]) -> None:
        def honoured(row: Any) -> str | None:
            return "已提名" if row.honoured else None

        super().__init__(
            columns=[
                Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path",
                       width=32),
                Column("category", "支部类型", value=lambda row: row.get_category_display(), sort="category"),
                Column("total", "得分", value=lambda row: places[row.pk].total, numeric=True),
                Column("place", "同类位次", numeric=True,
                       value=lambda row: f"{places[row.pk].place}/{places[row.pk].of}"),
                Column("members", "党员", sort="members", numeric=True, phone=False),
                Column("honoured", "提名", value=honoured, badge=lambda row: "yellow" if row.honoured else None),
            ],
        )  # fmt: skip


class HonourTable(Table):
    title = "先进评定"
    search = "党组织名称或代码"
    search_in = ("organization__name", "organization__code")
    default_sort = "-period"
    columns = [
        Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path", width=32,
               link=lambda row: reverse("assessment:honour", args=[row.pk])),
        Column("kind", "荣誉", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("period", "考核期", value=lambda row: row.publication.span.label, sort="publication__period"),
        Column("state", "状态", value=lambda row: row.get_state_display(), badge=lambda row: TONES[row.state]),
        Column("decided_on", "决定日期", sort="decided_on", phone=False),
        Column("document", "会议或文号", phone=False),
        Column("number", "证书编号", sort="number", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("state", "状态", HonourState.choices),
        ChoiceFilter("kind", "荣誉", HonourKind.choices),
        ChoiceFilter("category", "支部类型", Category.choices, field="organization__category"),
    ]
    bulk = [
        BulkAction("decide", "登记决定", url="assessment:honour-decide", icon="gavel", right=Right.PUBLISH_SCORE),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty("还没有评定先进", "结果定稿之后，学校组织部从候选中提名，经集体研究决定后登记。")


def honour_of(row: Any) -> str | None:
    """The honour that a case tells of, while it is in force."""
    return str(row.honour) if row.honour and row.honour.state == HonourState.AWARDED else None


class GalleryTable(Table):
    title = "典型案例"
    search = "标题或党组织"
    search_in = ("title", "organization__name")
    default_sort = "-shown_on"
    columns = [
        Column("title", "标题", link=lambda row: reverse("assessment:case", args=[row.pk]), width=36),
        Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path"),
        Column("category", "支部类型", value=lambda row: row.organization.get_category_display(), phone=False),
        Column("honour", "荣誉", value=honour_of, badge=lambda row: honour_of(row) and "accent"),
        Column("shown_on", "展示", sort="shown_on", phone=False),
    ]  # fmt: skip
    filters = [ChoiceFilter("category", "支部类型", Category.choices, field="organization__category")]
    empty = Empty("还没有典型案例", "有好做法的党组织可以撰写案例，经本组织同意后在这里展示。")


class CaseTable(GalleryTable):
    title = "案例办理"
    default_sort = "-changed_at"
    columns = [
        *GalleryTable.columns[:2],
        Column("state", "状态", value=lambda row: row.get_state_display(), badge=lambda row: CASE_TONES[row.state]),
        Column("agreed_on", "同意", sort="agreed_on", phone=False),
        Column("shown_on", "展示", sort="shown_on", phone=False),
        Column("changed_at", "最后修改", sort="changed_at", phone=False),
    ]
    filters = [ChoiceFilter("state", "状态", CaseState.choices)]
    empty = Empty("没有案例", "由本组织在“典型案例”撰写，或由学校组织部在已评定的荣誉页面撰写后征得本组织同意。")
