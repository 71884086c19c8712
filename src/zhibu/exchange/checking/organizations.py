"""Checking the organization form: codes, superiors (also within the same form), cycles, dissolved organizations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models.expressions import RawSQL
from django.db.models.functions import Upper

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.exchange.checking.lookups import Node, Nodes, loose
from zhibu.exchange.checking.members import Checked
from zhibu.exchange.checking.records import Record
from zhibu.exchange.columns.organizations import ORGANIZATIONS
from zhibu.exchange.columns.specification import BadCell
from zhibu.exchange.enums import RowState
from zhibu.organizations.enums import BRANCH_KINDS, UPPER_KINDS, Category, Kind, UnitSituation
from zhibu.organizations.models import Organization

UNIT_FIELDS = ("unit_name", "unit_category", "unit_party_setup", "unit_code")
# Columns that an import may change on an organization that exists; the others are decisions with their own document.
EDITABLE = (
    "category",
    "secretary",
    "contact_name",
    "contact_phone",
    "unit_situation",
    *UNIT_FIELDS,
    "may_approve_members",
)
FIELD = {"secretary": "declared_secretary"}
DECIDED = {"name": "更名", "kind": "变更类别", "established_on": "更正建立日期"}
ON_PAGE = "请在“党组织”页面办理，写明日期和批准文号；本表中请改回系统中的内容。"


class OrganizationChecker:
    """Takes all records first (`check`), judges them together (`finish`): a superior may stand in a later row."""

    def __init__(self, scope: Scope, as_of: date) -> None:
        self.scope = scope
        self.as_of = as_of
        self.nodes = Nodes(scope)
        self.records: list[Record] = []
        self.by_code: dict[str, Record] = {}
        self.by_name: dict[str, list[Record]] = {}

    def check(self, records: Iterable[Record]) -> list[Checked]:
        for record in records:
            self.records.append(record)
            code, name = record.values["code"], record.values["name"]
            if code:
                first = self.by_code.setdefault(code, record)
                if first is not record:
                    record.error(
                        "code", f"与第 {first.number} 行的组织代码相同。", "一个组织一个代码，请改正其中一行。"
                    )
            if name:
                self.by_name.setdefault(loose(name), []).append(record)
        return []

    def finish(self) -> list[Checked]:
        known = self._known()
        self._superiors: dict[int, Record] = {}
        for record in self.records:
            self._check_unit(record)
            self._check_kind(record)
            established = record.values["established_on"]
            if established and established > self.as_of:
                record.error("established_on", f"建立日期晚于数据日期 {self.as_of}。", "请核对年份。")
        checked = [self._judge(record, known.get(record.values["code"] or "")) for record in self.records]
        self._check_cycles()
        for each in checked:
            if each.record.has_error:
                each.state = RowState.ERROR
        return checked

    def _known(self) -> dict[str, dict[str, Any]]:
        fields = ("id", "path", "code", "dissolved_on", *(FIELD.get(name, name) for name in EDITABLE), *DECIDED)
        rows = (
            Organization.objects.annotate(
                upper=Upper("code"), version=RawSQL("organizations_organization.xmin::text::bigint", ())
            )
            .filter(upper__in=list(self.by_code))
            .values("upper", "version", *fields)
        )
        return {row["upper"]: row for row in rows}

    def _check_unit(self, record: Record) -> None:
        values, situation = record.values, record.values["unit_situation"]
        if situation == UnitSituation.SAME:
            for name in UNIT_FIELDS:
                values[name] = None
            return
        needed = {UnitSituation.LEGAL: UNIT_FIELDS, UnitSituation.JOINT: ("unit_name",)}.get(situation, ())
        for name in needed:
            if values[name] is None and name not in record.bad_columns:
                title = ORGANIZATIONS.by_name[name].title
                label = UnitSituation(situation).label
                record.error(name, f"所在单位情况为“{label}”的，须填写{title}。", "请补填，或改选“与上级党组织相同”。")

    def _check_kind(self, record: Record) -> None:
        kind, category = record.values["kind"], record.values["category"]
        if kind is None:
            return
        if kind in UPPER_KINDS:
            if category not in (None, Category.UPPER):
                record.error("category", f"{Kind(kind).label}不是支部，没有支部类型。", "请填“上级党组织”或留空。")
            record.values["category"] = category or Category.UPPER.value
        elif kind in BRANCH_KINDS and "category" not in record.bad_columns:
            if category in (None, Category.UPPER):
                record.error("category", "支部须填写支部类型。", "请从下拉列表中选择，例如“本科生党支部”。")
        elif category is None:
            record.values["category"] = Category.OTHER.value

    def _judge(self, record: Record, known: dict[str, Any] | None) -> Checked:
        if known is None:
            self._check_new(record)
            return Checked(record, RowState.NEW)
        node = self.nodes.by_id.get(known["id"])
        if node is None:
            record.error(
                "code", "这个组织代码已被您管理范围之外的党组织使用。", "请换一个代码；确系本组织的请联系上级。"
            )
            return Checked(record, RowState.ERROR)
        self._check_existing(record, node, known)
        changes: dict[str, list[Any]] = {}
        for name in EDITABLE:
            old, new = known[FIELD.get(name, name)], record.values[name]
            if new is None and name not in UNIT_FIELDS:
                record.values[name] = old
            elif new != (None if old == "" else old):
                changes[name] = [old, new]
        return Checked(record, RowState.CHANGED if changes else RowState.UNCHANGED, node.id, known["version"], changes)

    def _check_existing(self, record: Record, node: Node, known: dict[str, Any]) -> None:
        if node.dissolved_on:
            what = "不能再登记书记" if record.values["secretary"] else "不能再修改"
            column = "secretary" if record.values["secretary"] else "code"
            record.error(
                column, f"“{node.name}”已于 {node.dissolved_on} 撤销，{what}。", "请删去这一行；确需恢复的请重新设立。"
            )
            return
        if not self.scope.may(Right.EDIT_ORGANIZATION, node.path):
            record.error("code", f"您没有维护“{node.name}”的权限。", "请联系上级党组织。")
        for name, decision in DECIDED.items():
            if record.values[name] is not None and record.values[name] != known[name]:
                title = ORGANIZATIONS.by_name[name].title
                record.error(
                    name, f"{title}与系统中的“{_shown(name, known[name])}”不同；{decision}不能通过导入办理。", ON_PAGE
                )
        superior = self.nodes.superior(node)
        if record.values["parent"] and superior:
            try:
                stated = self.nodes.find(record.values["parent"])
            except BadCell as bad:
                record.error("parent", bad.message, bad.remedy)
            else:
                if stated.id != superior.id:
                    record.error(
                        "parent", f"上级党组织与系统中的“{superior.name}”不同；调整隶属不能通过导入办理。", ON_PAGE
                    )

    def _check_new(self, record: Record) -> None:
        text = record.values["parent"]
        if text is None:
            if "parent" not in record.bad_columns and not self._may_be_root(record):
                record.error("parent", "上级党组织没有填。", "请填上级的组织代码或全称。")
            return
        inside = self._inside(record, text)
        if inside is not None:
            self._superiors[record.number] = inside
            record.values["parent_code"] = inside.values["code"]
            kind, name = inside.values["kind"], inside.values["name"]
        else:
            try:
                node = self.nodes.find(text)
            except BadCell as bad:
                record.error("parent", bad.message, bad.remedy)
                return
            record.values["parent_id"] = node.id
            kind, name = node.kind, node.name
            if node.dissolved_on:
                record.error(
                    "parent", f"“{node.name}”已于 {node.dissolved_on} 撤销，不能再设下级组织。", "请填现在的上级。"
                )
            elif not self.scope.may(Right.RESHAPE_TREE, node.path):
                record.error("parent", f"您没有在“{node.name}”下设立党组织的权限。", "请联系上级党组织设立。")
            self._check_name(record, node)
        group = record.values["kind"] == Kind.GROUP
        if kind and record.values["kind"] and (kind in BRANCH_KINDS) != group:
            fits = "党小组只能设在党支部下。" if group else f"“{name}”是{Kind(kind).label}，下面只能设党小组。"
            record.error("parent", fits, "请核对上级党组织和组织类别。")

    def _may_be_root(self, record: Record) -> bool:
        first = not self.nodes.all and not Organization.objects.exists() and self.scope.may(Right.RESHAPE_TREE, "")
        others = [each for each in self.records if each is not record and each.values["parent"] is None]
        return first and not others

    def _check_name(self, record: Record, superior: Node) -> None:
        name = record.values["name"]
        for node in self.nodes.all:
            same = name and loose(node.name) == loose(name)
            if same and not node.dissolved_on and self.nodes.superior(node) is superior:
                record.error(
                    "name",
                    f"“{superior.name}”下已有同名的党组织（代码 {node.code}）。",
                    f"同一个组织请把代码改为 {node.code}。",
                )

    def _inside(self, record: Record, text: str) -> Record | None:
        """The row of this form that is meant as superior: only rows that are to be established count."""
        found = self.by_code.get(text.upper())
        if found is None:
            named = self.by_name.get(loose(text), [])
            found = named[0] if len(named) == 1 else None
        if found is None or (found.values["code"] or "") in self.nodes.by_code:
            return None
        return found

    def _check_cycles(self) -> None:
        for record in self.records:
            seen = [record]
            while (above := self._superiors.get(seen[-1].number)) is not None and above not in seen:
                seen.append(above)
            if above is record:
                rows = "、".join(str(each.number) for each in seen)
                record.error("parent", f"第 {rows} 行互为上级，形成了循环。", "请核对这些行的上级党组织。")
        broken = {id(record) for record in self.records if record.has_error}
        changed = True
        while changed:  # below a row that cannot be established nothing can be
            changed = False
            for record in self.records:
                above = self._superiors.get(record.number)
                if above is not None and id(above) in broken and id(record) not in broken:
                    record.error("parent", f"上级（第 {above.number} 行）有错误，本行也不能设立。", "请先改正那一行。")
                    broken.add(id(record))
                    changed = True


def _shown(name: str, value: Any) -> str:
    return ORGANIZATIONS.by_name[name].write(value)
