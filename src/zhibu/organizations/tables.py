"""The room's lists."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.organizations.enums import Category, ChangeKind, Kind, PostKind
from zhibu.organizations.models import Change, Organization
from zhibu.organizations.queries.changes import told
from zhibu.ui.tables import BulkAction, ChoiceFilter, Column, DateFilter, Empty, Table


def address(node: Organization) -> str:
    return reverse("organizations:detail", args=[node.pk])


def _alive(queryset: QuerySet[Organization], value: str) -> QuerySet[Organization]:
    return queryset.filter(dissolved_on__isnull=value == "yes")


class OrganizationTable(Table):
    title = "党组织名单"
    search = "名称、简称或代码"
    search_in = ("name", "short_name", "code")
    default_sort = "name"
    columns = [
        Column("name", "名称", sort="path", link=address, width=36),
        Column("superior", "上级党组织", value=lambda node: getattr(node, "superior", ""), phone=False, width=28),
        Column("code", "代码", sort="code", phone=False),
        Column("kind", "类别", value=lambda node: node.get_kind_display(), sort="kind"),
        Column("category", "支部类型", value=lambda node: node.get_category_display(), sort="category", phone=False),
        Column("established_on", "建立日期", sort="established_on", phone=False),
        Column(
            "dissolved_on", "状态", value=lambda node: f"{node.dissolved_on} 撤销" if node.dissolved_on else "存续",
            badge=lambda node: "grey" if node.dissolved_on else "green", sort="dissolved_on",
        ),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("kind", "类别", Kind.choices),
        ChoiceFilter("category", "支部类型", Category.choices),
        ChoiceFilter("alive", "状态", (("yes", "存续"), ("no", "已撤销")), apply=_alive),
    ]
    bulk = [
        BulkAction("merge", "合并所选", url="organizations:merge", right="reshape_tree"),
        BulkAction("export", "导出所选"),
    ]
    empty = Empty("没有符合条件的党组织", "放宽筛选条件，或从采集表导入。", action="导入", url="/exchange/")


class TenureTable(Table):
    title = "任职情况"
    search = "姓名"
    search_in = ("person__name", "person__pinyin")
    default_sort = ""
    columns = [
        Column("person", "任职人", value="person.name", sort="person__pinyin"),
        Column("post", "职务", value=lambda row: row.get_post_display(), sort="post"),
        Column("organization", "党组织", value=lambda row: str(row.organization), sort="organization__path",
               link=lambda row: address(row.organization)),
        Column("started_on", "任职日期", sort="started_on"),
        Column("ended_on", "免职日期", sort="ended_on"),
        Column("document", "文号", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("post", "职务", PostKind.choices),
        ChoiceFilter("now", "状态", (("yes", "在任"), ("no", "已免")), apply=lambda rows, value: rows.filter(
            ended_on__isnull=value == "yes")),
    ]  # fmt: skip
    empty = Empty("还没有任职记录", "在党组织的页面上登记书记和委员，权限随之生效。")


def _result(row: Change) -> str | None:
    results: list[Organization] = row.first_results  # type: ignore[attr-defined]
    return address(results[0]) if len(results) == 1 else None


class ChangeTable(Table):
    title = "组织变动"
    search = "党组织名称或文号"
    default_sort = "-effective_on"
    columns = [
        Column("effective_on", "生效日期", sort="effective_on"),
        Column("kind", "变动", value=lambda row: row.get_kind_display()),
        Column("before", "变动前", value=lambda row: told(row).before, width=36),
        Column("after", "变动后", value=lambda row: told(row).after, link=_result, width=36),
        Column("document", "批准文号"),
        Column("reason", "事由", phone=False),
    ]
    filters = [ChoiceFilter("kind", "变动", ChangeKind.choices), DateFilter("on", "生效日期", field="effective_on")]
    empty = Empty("还没有组织变动", "设立、更名、调整隶属、合并、拆分、撤销会逐条记在这里。")

    def find(self, queryset: QuerySet[Change], text: str) -> QuerySet[Change]:
        """By any name that one of the organizations has had, or by the document."""
        named = Organization.objects.filter(periods__name__icontains=text)
        return queryset.filter(
            Q(document__icontains=text)
            | Q(pk__in=Change.sources.through.objects.filter(organization__in=named).values("change"))
            | Q(pk__in=Change.results.through.objects.filter(organization__in=named).values("change"))
        )
