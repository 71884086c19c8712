"""The tree: as it stands today, and as it stood on another day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.organizations.queries.base import in_office, organizations


@dataclass
class Node:
    """An organization as it was called and placed on a day."""

    pk: int
    name: str
    kind: Kind
    parent: int | None
    children: list[Node] = field(default_factory=list)
    depth: int = 0


def roots(scope: Scope) -> QuerySet[Organization]:
    """The highest organizations that the reader sees; below them everything hangs."""
    paths = scope.paths(Right.VIEW_ORGANIZATION)
    if "" in paths:
        return Organization.objects.filter(depth=1, dissolved_on__isnull=True).order_by("path")
    return Organization.objects.filter(path__in=paths, dissolved_on__isnull=True).order_by("path")


def children(scope: Scope, node: Organization) -> QuerySet[Organization]:
    """The organizations directly below, that exist today, each with ``has_children``."""
    below = Organization.objects.filter(
        path__startswith=OuterRef("path"), depth=OuterRef("depth") + 1, dissolved_on__isnull=True
    )
    found = organizations(scope).filter(path__startswith=node.path, depth=node.depth + 1, dissolved_on__isnull=True)
    return found.annotate(has_children=Exists(below))


def ancestors(scope: Scope, node: Organization) -> list[Organization]:
    """From the highest that the reader sees down to the node's superior."""
    paths = [node.path[:length] for length in range(node.steplen, len(node.path), node.steplen)]
    return list(organizations(scope).filter(path__in=paths))


def tree_on(scope: Scope, on: date) -> list[Node]:
    """The tree as it stood on a day, in names, kinds and superiors of that day: its highest nodes, children inside.

    The reader's rights are those of today: an organization is shown if it lies in their subtrees now, or hung that
    day below one that does.
    """
    periods = Period.objects.filter(in_office(on)).filter(
        Q(organization__dissolved_on__isnull=True) | Q(organization__dissolved_on__gt=on)
    )
    nodes = {
        pk: Node(pk, name, Kind(kind), parent)
        for pk, name, kind, parent in periods.order_by("organization__path").values_list(
            "organization_id", "name", "kind", "parent_id"
        )
    }
    top: list[Node] = []
    for node in nodes.values():
        if node.parent in nodes:
            nodes[node.parent].children.append(node)
        else:
            top.append(node)
    paths = scope.paths(Right.VIEW_ORGANIZATION)
    if "" not in paths:
        allowed = set(organizations(scope).values_list("pk", flat=True))
        top = list(_highest(top, allowed))
    for node in top:
        _number(node, 0)
    return top


def _highest(nodes: list[Node], allowed: set[int]) -> Iterable[Node]:
    for node in nodes:
        if node.pk in allowed:
            yield node
        else:
            yield from _highest(node.children, allowed)


def _number(node: Node, depth: int) -> None:
    node.depth = depth
    for child in node.children:
        _number(child, depth + 1)


def changes(scope: Scope, node: Organization | None = None) -> QuerySet[Change]:
    """Decisions about one organization, or about any in the reader's subtrees; newest first."""
    visible = scope.within(Right.VIEW_ORGANIZATION, "path")
    seen = Organization.objects.filter(visible) if node is None else Organization.objects.filter(pk=node.pk)
    involved = Q(sources__in=seen) | Q(results__in=seen)
    return Change.objects.filter(involved).distinct().prefetch_related("sources", "results")


def member_counts(nodes: Iterable[Organization]) -> dict[int, int]:
    """Members (full and probationary) of each node's whole subtree, in one read."""
    from zhibu.people.enums import MEMBERS
    from zhibu.people.models import Person

    wanted = {node.path: node.pk for node in nodes}
    if not wanted:
        return {}
    inside = Q()
    for path in wanted:
        inside |= Q(organization__path__startswith=path)
    rows = (
        Person.objects.filter(inside, stage__in=MEMBERS)
        .values_list("organization__path")
        .annotate(count=Count("pk"))
        .order_by()
    )
    totals: dict[int, int] = defaultdict(int)
    for below, count in rows:
        for length in range(Organization.steplen, len(below) + 1, Organization.steplen):
            if (pk := wanted.get(below[:length])) is not None:
                totals[pk] += count
    return totals
