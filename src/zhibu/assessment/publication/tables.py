"""Lists of publications, of the results in one, of appeals. Organizations in the order of the tree, never persons."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from zhibu.assessment.publication.enums import AppealState, PublicationState
from zhibu.assessment.publication.models import Publication
from zhibu.assessment.publication.queries import pending
from zhibu.assessment.publication.rules import is_late, title_of
from zhibu.assessment.tables import band
from zhibu.organizations.enums import Category, Kind
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table, YesNoFilter

TONES = {"draft": "grey", "notice": "yellow", "final": "blue", "published": "green", "withdrawn": "grey"}
APPEAL_TONES = {"open": "yellow", "upheld": "green", "rejected": "grey", "withdrawn": "grey"}


class PublicationTable(Table):
    title = "评价结果公布"
    default_sort = "-period"
    filters = [ChoiceFilter("state", "状态", PublicationState.choices)]
    empty = Empty("还没有公布过评价结果", "学校组织部告知之后，这里显示各考核期的结果和申诉期限。")

    def __init__(self, today: date) -> None:
        def audience(row: Publication) -> str | None:
            return row.shown_to(today) if row.state == PublicationState.PUBLISHED else None

        super().__init__(
            columns=[
                Column("period", "考核期", value=lambda row: row.span.label, sort="period",
                       link=lambda row: reverse("assessment:publication", args=[row.pk])),
                Column("state", "状态", value=lambda row: row.get_state_display(), badge=lambda row: TONES[row.state]),
                Column("noticed_on", "告知", sort="noticed_on"),
                Column("appeals_until", "申诉截止"),
                Column("published_on", "公布", sort="published_on"),
                Column("audience", "范围", value=audience, phone=False),
                Column("scheme", "方案", value=lambda row: str(row.run.scheme), phone=False),
            ],
        )  # fmt: skip


class OpenedTable(Table):
    """Publications that everybody may see."""

    title = "向社会公布的评价结果"
    default_sort = "-period"
    columns = [
        Column("period", "考核期", value=lambda row: row.span.label, sort="period",
               link=lambda row: reverse("opened-result", args=[row.pk])),
        Column("scheme", "评价方案", value=lambda row: str(row.run.scheme), phone=False),
        Column("published_on", "公布日期", sort="published_on"),
        Column("open_until", "公开至", sort="open_until"),
    ]  # fmt: skip
    empty = Empty("目前没有向社会公布的评价结果", "学校党委公布之后，这里可以查看，不需要登录。")


class OpenedResultTable(Table):
    """Rows of `queries.opened_results`: organizations in the order of the tree."""

    search = "党组织名称"
    search_in = ("organization__name",)
    default_sort = "organization"
    columns = [
        Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path"),
        Column("parent", "上级党组织", value=lambda row: row.parent.name if row.parent else None, sort="parent__path",
               phone=False),
        Column("category", "支部类型", value=lambda row: row.get_category_display() or None, sort="category"),
        Column("published", "得分", sort="published", numeric=True, badge=lambda row: band(row.published)[2]),
        Column("correction", "更正", phone=False,
               value=lambda row: f"原 {row.total}" if row.published != row.total else None),
    ]  # fmt: skip
    filters = [ChoiceFilter("category", "支部类型", Category.choices), ChoiceFilter("level", "组织类别", Kind.choices)]
    empty = Empty("没有符合条件的党组织", "请放宽筛选条件。")


class ResultTable(Table):
    """Rows of `queries.results`: the published total, and what a later computation came to."""

    search = "党组织名称或代码"
    search_in = ("organization__name", "organization__code")
    default_sort = "organization"
    empty = Empty("没有符合条件的党组织", "请放宽筛选条件。")

    def __init__(self, publication: Publication, may_open: Any) -> None:
        def link(row: Any) -> str | None:
            if not may_open(row.organization.path):
                return None
            return reverse("assessment:result", args=[publication.pk, row.organization_id])

        def changed(rows: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
            differs = Q(came_to__isnull=False) & ~Q(came_to=F("total"))
            return rows.filter(differs) if wanted else rows.exclude(differs)

        super().__init__(
            title=str(publication),
            columns=[
                Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path",
                       link=link, width=32),
                Column("category", "支部类型", value=lambda row: row.get_category_display(), sort="category"),
                Column("members", "党员", sort="members", numeric=True, phone=False),
                Column("published", "得分", sort="published", numeric=True, badge=lambda row: band(row.published)[2]),
                Column("correction", "更正", phone=False,
                       value=lambda row: f"原 {row.total}" if row.published != row.total else None),
                Column("capped_by", "封顶", value=lambda row: row.capped_by or None, phone=False),
                Column("said", "核对", value=said, badge=lambda row: SAID_TONES.get(said(row) or ""), phone=False),
                Column("came_to", "此后重算", numeric=True, phone=False,
                       value=lambda row: row.came_to if row.came_to not in {None, row.total} else None),
            ],
            filters=[
                ChoiceFilter("category", "支部类型", Category.choices),
                ChoiceFilter("level", "组织类别", Kind.choices),
                YesNoFilter("confirmed", "已核对", field="confirmed"),
                YesNoFilter("appealed", "有申诉", field="appealed"),
                YesNoFilter("changed", "此后重算有变化", apply=changed),
            ],
        )  # fmt: skip


SAID_TONES = {"有申诉": "yellow", "已核对": "green", "未核对": "grey"}


def said(row: Any) -> str | None:
    """What the organization said to its notice; nothing to readers from elsewhere."""
    if row.confirmed is None:
        return None
    if row.confirmed:
        return "已核对"
    return "有申诉" if row.appealed else "未核对"


class AppealTable(Table):
    title = "评价申诉"
    search = "党组织或理由"
    search_in = ("organization__name", "reason")
    default_sort = "-filed_on"
    empty = Empty("没有申诉", "结果告知之后，有异议的党组织可以在截止日之前申诉。")

    def __init__(self, today: date) -> None:
        def late(rows: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
            condition = Q(answered_on__gt=F("answer_due")) | Q(state=AppealState.OPEN, answer_due__lt=today)
            return rows.filter(condition) if wanted else rows.exclude(condition)

        def waits(rows: QuerySet[Any], wanted: bool) -> QuerySet[Any]:
            found = pending(rows.model.objects.all()).values("pk")
            return rows.filter(pk__in=found) if wanted else rows.exclude(pk__in=found)

        super().__init__(
            columns=[
                Column("organization", "党组织", value=lambda row: row.organization.name, sort="organization__path",
                       link=lambda row: reverse("assessment:appeal", args=[row.pk])),
                Column("about", "事项", value=lambda row: title_of(row.indicator)),
                Column("period", "考核期", value=lambda row: row.publication.span.label, sort="publication__period",
                       phone=False),
                Column("filed_on", "提出", sort="filed_on"),
                Column("answer_due", "答复期限", sort="answer_due", phone=False),
                Column("answered_on", "答复", sort="answered_on", phone=False),
                Column("state", "状态", value=lambda row: row.get_state_display(),
                       badge=lambda row: APPEAL_TONES[row.state]),
                Column("late", "期限", value=lambda row: "逾期" if is_late(row, today) else None,
                       badge=lambda row: "red" if is_late(row, today) else None),
            ],
            filters=[
                ChoiceFilter("state", "状态", AppealState.choices),
                YesNoFilter("late", "答复逾期", apply=late),
                YesNoFilter("pending", "待重算更正", apply=waits),
            ],
        )  # fmt: skip
