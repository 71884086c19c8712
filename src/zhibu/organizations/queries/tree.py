"""The tree as it stands today."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Greatest, Left, Length

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.organizations.queries.base import organizations


def roots(scope: Scope) -> QuerySet[Organization]:
    """The highest organizations that the reader sees; below them everything hangs."""
    paths = scope.paths(Right.VIEW_ORGANIZATION)
    if "" in paths:
        return Organization.objects.filter(depth=1, dissolved_on__isnull=True).order_by("path")
    return Organization.objects.filter(path__in=paths, dissolved_on__isnull=True).order_by("path")


def children(scope: Scope, node: Organization) -> QuerySet[Organization]:
    """The organizations directly below, that exist today, each with ``has_children``."""
    # A range, not a prefix: the index answers it for each child. "~" stands behind every character of a path.
    below = Organization.objects.filter(
        path__gt=OuterRef("path"), path__lt=Concat(OuterRef("path"), Value("~")), depth=OuterRef("depth") + 1
    ).filter(dissolved_on__isnull=True)
    found = organizations(scope).filter(path__startswith=node.path, depth=node.depth + 1, dissolved_on__isnull=True)
    return found.annotate(has_children=Exists(below))


def ancestors(scope: Scope, node: Organization) -> list[Organization]:
    """From the highest that the reader sees down to the node's superior."""
    paths = [node.path[:length] for length in range(node.steplen, len(node.path), node.steplen)]
    return list(organizations(scope).filter(path__in=paths))


def found_by(scope: Scope, text: str) -> QuerySet[Organization]:
    """Organizations that exist today whose name, short name or code contains the text, in the order of the tree."""
    named = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__icontains=text)
    return organizations(scope).filter(named, dissolved_on__isnull=True)


def with_superior(queryset: QuerySet[Organization]) -> QuerySet[Organization]:
    """Adds ``superior``, the name of the organization directly above."""
    own = Length(OuterRef("path")) - Organization.steplen
    above = Organization.objects.filter(path=Left(OuterRef("path"), Greatest(own, 0)))
    return queryset.annotate(superior=Subquery(above.values("name")[:1]))
