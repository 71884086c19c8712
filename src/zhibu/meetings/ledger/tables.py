"""Ledgers, the records in one, and the rights to read from outside, as lists."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from zhibu.meetings.enums import Kind
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table

KINDS = [choice for choice in Kind.choices if choice[0] != Kind.TALK]


class LedgersTable(Table):
    title = "台账"
    search = "名称或代码"
    search_in = ("name", "code")
    default_sort = "name"
    columns = (
        Column("name", "党组织", value=lambda row: row.name, sort="path", width=30),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
    )
    empty = Empty("没有可查阅的台账", "台账由党支部书记和上级党组织查阅；检查人员由组织部门授权。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:ledger", args=[row.pk])


class RecordsTable(Table):
    """The finished records of the ledger's year."""

    title = "记录"
    search = "名称或主题"
    search_in = ("title",)
    default_sort = "held_on"
    columns = (
        Column("title", "名称或主题", width=40),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("held_on", "日期", sort="held_on"),
        Column("came", "实到/应到", value=lambda row: f"{row.present}/{row.expected}", numeric=True),
    )
    filters = (ChoiceFilter("kind", "类别", KINDS), DateFilter("held", "日期", field="held_on"))
    empty = Empty("这一年还没有已登记的组织生活", "登记后列在这里。")

    def __init__(self, node: int, **changes: Any) -> None:
        self.node = node
        super().__init__(**changes)

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:ledger_record", args=[self.node, row.pk])


def standing(row: Any) -> str:
    if row.revoked_at:
        return "已收回"
    return "有效" if row.until >= timezone.localdate() else "已到期"


class InspectionTable(Table):
    title = "台账查阅授权"
    search = "账号、姓名或事由"
    search_in = ("user__username", "user__display_name", "reason")
    default_sort = "-granted_at"
    columns = (
        Column("user", "检查人员", value=lambda row: f"{row.user.display_name}（{row.user.username}）"),
        Column("organization", "可查阅", value=lambda row: str(row.organization)),
        Column("reason", "事由"),
        Column("until", "截止", sort="until"),
        Column("standing", "状态", value=standing, badge=lambda row: "green" if standing(row) == "有效" else "grey"),
        Column("granted_at", "授权时间", sort="granted_at", phone=False),
        Column("granted_by", "授权账号", value=lambda row: str(row.granted_by or ""), phone=False),
    )
    empty = Empty("还没有授权", "需要让检查组查阅台账时，给一个账号开到某一天为止的只读权限。")

    def row_url(self, row: Any) -> str | None:
        return reverse("meetings:revoke_inspection", args=[row.pk]) if standing(row) == "有效" else None
