"""Finding the organization that a cell means: by code, full name, short name, or superior and name together."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.exchange.columns.parsers import nearest
from zhibu.exchange.columns.specification import BadCell
from zhibu.organizations import queries as organizations
from zhibu.organizations.enums import BRANCH_KINDS, Kind

FEW = 5
_LOOSE = re.compile(r"^中共|[\s()\uff08\uff09“”\"、,\uff0c/\\>\-—]|(?<=支部)委员会$|(?<=总支部)委员会$")


@dataclass(frozen=True, slots=True)
class Node:
    """What the checks need to know of an organization."""

    id: int
    path: str
    code: str
    name: str
    short_name: str
    kind: str
    dissolved_on: date | None
    established_on: date

    @property
    def is_branch(self) -> bool:
        return self.kind in BRANCH_KINDS


def loose(text: str) -> str:
    return _LOOSE.sub("", text)


class Nodes:
    """The organizations within the reader's subtrees for ``right``."""

    def __init__(self, scope: Scope, right: Right = Right.IMPORT) -> None:
        fields = ("id", "path", "code", "name", "short_name", "kind", "dissolved_on", "established_on")
        self.all = [Node(*row) for row in organizations.organizations(scope, right).values_list(*fields)]
        self.by_id = {node.id: node for node in self.all}
        self.by_code = {node.code.upper(): node for node in self.all}
        self.by_path = {node.path: node for node in self.all}
        self._by_name: dict[str, list[Node]] = defaultdict(list)
        for node in self.all:
            superior = self.superior(node)
            names = {node.name, node.short_name}
            if superior:
                names |= {
                    up + own
                    for up in (superior.name, superior.short_name)
                    for own in (node.name, node.short_name)
                    if own
                }
            for key in {loose(name) for name in names if name}:
                self._by_name[key].append(node)
        self._answers: dict[str, Node | BadCell] = {}

    def superior(self, node: Node) -> Node | None:
        return self.by_path.get(node.path[:-4])

    def find(self, text: str) -> Node:
        """The one organization that is meant. Raises `BadCell` when there is none, or several."""
        if text not in self._answers:
            try:
                self._answers[text] = self._search(text)
            except BadCell as bad:
                self._answers[text] = bad
        answer = self._answers[text]
        if isinstance(answer, BadCell):
            raise answer
        return answer

    def branch(self, text: str) -> Node:
        """The same for a branch that members can belong to."""
        node = self.find(text)
        if node.dissolved_on:
            raise BadCell(f"“{node.name}”已于 {node.dissolved_on} 撤销，不能再有党员。", "请改为现在所在的党支部。")
        if not node.is_branch:
            raise BadCell(f"“{node.name}”是{Kind(node.kind).label}，不是党支部。", self._below(node))
        return node

    def _search(self, text: str) -> Node:
        if (node := self.by_code.get(text.upper())) is not None:
            return node
        found = self._by_name.get(loose(text), [])
        living = [node for node in found if node.dissolved_on is None]
        if len(found) == 1 or len(living) == 1:
            return (living or found)[0]
        if living:
            shown = "、".join(f"{node.code}({self._where(node)})" for node in living[:5])
            raise BadCell(f"有 {len(living)} 个党组织都叫“{text}”。", f"请改填组织代码：{shown}。")
        names = [name for node in self.all if not node.dissolved_on for name in (node.name, node.short_name) if name]
        remedy = nearest(text, names, none=self._offered())
        raise BadCell(f"在您的管理范围内没有“{text[:40]}”。", remedy)

    def _offered(self) -> str:
        """What may be written where nothing is near: the reader's own branches, as far as they are few."""
        mine = [node.short_name or node.name for node in self.all if node.is_branch and not node.dissolved_on]
        if 0 < len(mine) <= FEW:
            return f"您可以填：“{'”“'.join(mine)}”。"
        return "请填支部的全称、简称或组织代码；新支部请先导入党组织信息采集表。"

    def _where(self, node: Node) -> str:
        superior = self.superior(node)
        return (superior.short_name or superior.name) if superior else node.name

    def _below(self, node: Node) -> str:
        names = [
            each.short_name or each.name for each in self.all if each.is_branch and each.path.startswith(node.path)
        ]
        return f"请填它下面的党支部，例如“{'”“'.join(names[:3])}”。" if names else "请先在它下面设立党支部。"
