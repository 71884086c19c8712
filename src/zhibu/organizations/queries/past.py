"""The tree as it stood on a day: names, kinds and superiors of that day.

The reader's rights are those of today: an organization is shown if it lies in their subtrees now, or hung that day
below one that does. ``seen`` says whether its page is open to them now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization, Period
from zhibu.organizations.queries.base import in_office


@dataclass
class Node:
    """An organization as it was called and placed on a day."""

    pk: int
    name: str
    kind: Kind
    parent: int | None
    seen: bool = True
    children: list[Node] = field(default_factory=list)
    depth: int = 0
    # Whether anything hung below; ``children`` is only filled by `tree_on`.
    more: bool = False

    @property
    def size(self) -> int:
        """How many organizations, with itself."""
        return 1 + sum(child.size for child in self.children)


def standing(on: date) -> QuerySet[Period]:
    """The periods that held on a day, of organizations that existed that day, in the order of the tree."""
    alive = Q(organization__dissolved_on__isnull=True) | Q(organization__dissolved_on__gt=on)
    return Period.objects.filter(in_office(on)).filter(alive).order_by("organization__path")


def _nodes(scope: Scope, periods: QuerySet[Period]) -> list[Node]:
    paths = scope.paths(Right.VIEW_ORGANIZATION)
    rows = periods.values_list("organization_id", "name", "kind", "parent_id", "organization__path")
    return [
        Node(pk, name, Kind(kind), parent, any(path.startswith(root) for root in paths))
        for pk, name, kind, parent, path in rows
    ]


def top_on(scope: Scope, on: date) -> list[Node]:
    """The highest organizations of a day that the reader sees, without what hangs below them."""
    right = Right.VIEW_ORGANIZATION
    highest = Q(parent__isnull=True)
    if "" not in scope.paths(right):
        highest |= ~scope.within(right, "parent__path")
    nodes = _nodes(scope, standing(on).filter(highest, scope.within(right)))
    top = [node for node in nodes if not _hangs_below_seen(scope, node, on)]
    _mark_opened(top, standing(on).filter(organization__in=[node.pk for node in top]), on)
    return top


def _hangs_below_seen(scope: Scope, node: Node, on: date) -> bool:
    parent = node.parent
    while parent is not None:
        above = _nodes(scope, standing(on).filter(organization=parent))
        if not above:
            return False
        if above[0].seen:
            return True
        parent = above[0].parent
    return False


def count_on(scope: Scope, top: list[Node], on: date) -> int:
    """How many organizations stood below ``top`` that day, themselves included."""
    if any(node.parent is None for node in top):
        return standing(on).count()
    return sum(node.size for node in tree_on(scope, on))


def _mark_opened(nodes: list[Node], periods: QuerySet[Period], on: date) -> None:
    below = standing(on).filter(parent=OuterRef("organization")).order_by()
    opened = set(periods.filter(Exists(below)).order_by().values_list("organization_id", flat=True))
    for node in nodes:
        node.more = node.pk in opened


def tree_on(scope: Scope, on: date) -> list[Node]:
    """The whole tree of a day: its highest nodes, children inside."""
    nodes = {node.pk: node for node in _nodes(scope, standing(on))}
    top: list[Node] = []
    for node in nodes.values():
        if node.parent in nodes:
            nodes[node.parent].children.append(node)
        else:
            top.append(node)
    top = list(_highest(top))
    for node in top:
        _number(node, 0)
    return top


def _highest(nodes: list[Node]) -> Iterable[Node]:
    for node in nodes:
        if node.seen:
            yield node
        else:
            yield from _highest(node.children)


def _number(node: Node, depth: int) -> None:
    node.depth, node.more = depth, bool(node.children)
    for child in node.children:
        _number(child, depth + 1)


def organization_on(scope: Scope, pk: int, on: date) -> Node | None:
    """One organization as it was on a day; None if it did not exist, or neither it nor anything above it is seen."""
    found = _nodes(scope, standing(on).filter(organization=pk))
    if not found:
        return None
    node = above = found[0]
    while not above.seen and above.parent is not None:
        higher = _nodes(scope, standing(on).filter(organization=above.parent))
        if not higher:
            return None
        above = higher[0]
    return node if above.seen else None


def children_on(scope: Scope, pk: int, on: date) -> list[Node] | None:
    """What hung directly below an organization on a day; None where `organization_on` gives None."""
    if organization_on(scope, pk, on) is None:
        return None
    periods = standing(on).filter(parent=pk)
    nodes = _nodes(scope, periods)
    _mark_opened(nodes, periods, on)
    return nodes


def found_on(scope: Scope, text: str, on: date) -> list[Node]:
    """Organizations that were called so on a day, by name or code."""
    named = standing(on).filter(Q(name__icontains=text) | Q(organization__code__icontains=text))
    return [node for node in _nodes(scope, named) if node.seen]


def superiors_on(scope: Scope, node: Node, on: date) -> list[Node]:
    """Those above an organization on a day, the highest that the reader sees first."""
    found: list[Node] = []
    parent = node.parent
    while parent is not None and (above := organization_on(scope, parent, on)) is not None:
        found.append(above)
        parent = above.parent
    return found[::-1]


def exists_on(node: Organization, on: date) -> bool:
    return node.established_on <= on and (node.dissolved_on is None or node.dissolved_on > on)
