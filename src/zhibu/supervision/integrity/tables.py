"""Lists of material, declarations, coverage, names; and of what is one's own to read and sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.supervision.integrity.models import DeclarationKind, Material
from zhibu.supervision.integrity.queries import Coverage, is_keeper
from zhibu.ui.tables import ChoiceFilter, Column, Empty, Table, YesNoFilter


def _stand(row: Material | DeclarationKind) -> str:
    if isinstance(row, DeclarationKind):
        return "已停用" if row.ended_on else "有效"
    return "已撤回" if row.withdrawn_on else "有效"


def _tone(row: Material | DeclarationKind) -> str:
    return "green" if _stand(row) == "有效" else "grey"


class MaterialTable(Table):
    title = "廉政教育材料"
    search = "标题或来源"
    search_in = ("title", "source")
    default_sort = "-starts_on"
    columns = (
        Column("title", "标题", sort="title", width=40),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("organization", "发布党组织", phone=False, width=24),
        Column("source", "来源", phone=False, width=30),
        Column("starts_on", "启用日期", sort="starts_on", phone=False),
        Column("next_due", "最早阅读期限", sort="next_due"),
        Column("stand", "状态", value=_stand, badge=_tone),
    )
    filters = (ChoiceFilter("kind", "类别", MaterialKind.choices),)
    empty = Empty(
        "还没有廉政教育材料", "上级发布并交阅后列在这里；有督办权限的，可以发布材料，交给下级的党员、委员或书记阅读。"
    )

    def row_url(self, row: Any) -> str:
        return reverse("supervision:material", args=[row.pk])


class DeclarationTable(Table):
    title = "承诺书"
    search = "名称"
    search_in = ("title",)
    default_sort = "title"
    columns = (
        Column("title", "名称", sort="title", width=30),
        Column("organization", "党组织", width=24),
        Column("audience", "签署人", value=lambda row: row.get_audience_display(), sort="audience"),
        Column("version", "版本", numeric=True, phone=False),
        Column("due_on", "首次签署期限", sort="due_on", phone=False),
        Column("stand", "状态", value=_stand, badge=_tone),
    )
    filters = (ChoiceFilter("audience", "签署人", Audience.choices),)
    empty = Empty("还没有承诺书", "有督办权限的，可以发布承诺书，由下级的党员、委员或书记签署，到期续签。")

    def row_url(self, row: Any) -> str:
        return reverse("supervision:declaration", args=[row.pk])


class CoverageTable(Table):
    title = "覆盖情况"
    search = "党组织"
    search_in = ("name", "code")
    default_sort = "name"
    empty = Empty("没有要办理的人", "您管理范围内的党组织没有属于这一对象的人。")
    link: Callable[[int], str]
    scope: Scope

    def row_url(self, row: Any) -> str | None:
        return self.link(row.pk) if is_keeper(self.scope, row) else None


def coverage_table(scope: Scope, found: dict[str, Coverage], done: str, link: Callable[[int], str]) -> CoverageTable:
    """Numbers by organization; only the own organization's line opens the names."""

    def number(name: str) -> Callable[[Organization], int]:
        return lambda row: int(getattr(found[row.path], name))

    table = CoverageTable(
        columns=(
            Column("name", "党组织", sort="path", width=30),
            Column("asked", "应办", value=number("asked"), numeric=True),
            Column("done", done, value=number("done"), numeric=True),
            Column("left", "尚未", value=number("left"), numeric=True),
        )
    )  # fmt: skip
    table.link, table.scope = link, scope
    return table


class NamesTable(Table):
    title = "名单"
    search = "姓名"
    search_in = ("name",)
    default_sort = "name"
    empty = Empty("没有要办理的人", "这个党组织没有属于这一对象的人。")


def reading_names() -> NamesTable:
    return NamesTable(
        columns=(Column("name", "姓名", sort="pinyin"), Column("done_on", "确认日期", sort="done_on")),
        filters=(YesNoFilter("done", "已确认", apply=_has("done_on")),),
    )


def declaration_names(today: date) -> NamesTable:
    """Who signed which version until when; due are those who never did and those whose day has come."""

    def due(queryset: QuerySet, value: str) -> QuerySet:
        is_due = Q(renew_on__isnull=True) | Q(renew_on__lte=today)
        return queryset.filter(is_due) if value == "yes" else queryset.exclude(is_due)

    return NamesTable(
        columns=(
            Column("name", "姓名", sort="pinyin"), Column("done_on", "签署日期", sort="done_on"),
            Column("signed_version", "版本", numeric=True), Column("renew_on", "续签期限", sort="renew_on"),
        ),
        filters=(YesNoFilter("due", "待签署或续签", apply=due),),
    )  # fmt: skip


def _has(name: str) -> Callable[[QuerySet, str], QuerySet]:
    return lambda queryset, value: queryset.filter(**{f"{name}__isnull": value != "yes"})


class MyMaterialTable(Table):
    title = "交给我阅读的材料"
    default_sort = "due_on"
    columns = (
        Column("title", "标题", width=40),
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
        Column("due_on", "阅读期限", sort="due_on"),
        Column("confirmed_on", "确认日期", sort="confirmed_on"),
    )
    empty = Empty("没有交给您阅读的材料", "上级交阅后列在这里，读过后确认一次。")

    def row_url(self, row: Any) -> str:
        return reverse("supervision:my-material", args=[row.pk])


class MyDeclarationTable(Table):
    title = "由我签署的承诺书"
    default_sort = "next_on"
    columns = (
        Column("title", "名称", width=30),
        Column("organization", "党组织", phone=False, width=24),
        Column("signed_on", "上次签署", sort="signed_on"),
        Column("next_on", "签署期限", sort="next_on"),
    )
    empty = Empty("没有由您签署的承诺书", "上级发布后列在这里，到期前提醒续签。")

    def row_url(self, row: Any) -> str:
        return reverse("supervision:my-declaration", args=[row.pk])
