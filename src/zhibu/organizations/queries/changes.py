"""Decisions about the tree, each with the names that held then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import ChangeKind
from zhibu.organizations.models import Change, Organization, Period

# An import establishes thousands by one decision; that many are named, the others counted.
NAMED = 5


def changes(scope: Scope, node: Organization | None = None) -> QuerySet[Change]:
    """Decisions about one organization, or about any in the reader's subtrees; newest first."""
    found: QuerySet[Change] = Change.objects.all()
    concerned = Q()
    for field in (Change.sources, Change.results):
        through = field.through.objects.filter(change=OuterRef("pk"))
        if node is not None:
            through = through.filter(organization=node)
        elif "" not in scope.paths(Right.VIEW_ORGANIZATION):
            through = scope.visible(through, Right.VIEW_ORGANIZATION)
        concerned |= Q(Exists(through))
    if node is not None or "" not in scope.paths(Right.VIEW_ORGANIZATION):
        found = found.filter(concerned)
    return found.order_by("-effective_on", "-pk")


def with_names(queryset: QuerySet[Change]) -> QuerySet[Change]:
    """Ready to be told by `told`: the first organizations of each with their histories, and how many there are."""
    periods = Prefetch("periods", Period.objects.select_related("parent").order_by("started_on"))
    few = Organization.objects.order_by("path").prefetch_related(periods)[: NAMED + 1]
    for name in ("sources", "results"):
        through = getattr(Change, name).through.objects.filter(change=OuterRef("pk")).order_by()
        counted = through.values("change").annotate(count=Count("pk")).values("count")
        queryset = queryset.annotate(**{f"{name}_count": Subquery(counted)})
    return queryset.prefetch_related(
        Prefetch("sources", few, to_attr="first_sources"), Prefetch("results", few, to_attr="first_results")
    )


@dataclass(frozen=True)
class Told:
    """A decision in words: what was before, what came of it."""

    before: str
    after: str


def told(change: Change, node: Organization | None = None) -> Told:
    """With the names that held then. ``change`` comes from `with_names`; ``node``: told for its own page."""
    on = change.effective_on
    eve = on - timedelta(days=1)
    sources: list[Organization] = change.first_sources  # type: ignore[attr-defined]
    results: list[Organization] = change.first_results  # type: ignore[attr-defined]
    kind = ChangeKind(change.kind)
    if kind in {ChangeKind.RENAMED, ChangeKind.REKINDED, ChangeKind.REPARENTED} and results:
        old, new = _period(results[0], eve), _period(results[0], on)
        return Told(_state(kind, old, node), _state(kind, new, node))
    if kind is ChangeKind.ESTABLISHED and node is not None:
        named = next((each for each in results if each == node), node)  # its history has been read already
        return Told("", _called(named, on))
    return Told(
        _names(sources, eve, getattr(change, "sources_count", None)),
        _names(results, on, getattr(change, "results_count", None)),
    )


def _period(node: Organization, day: date) -> Period | None:
    held = [period for period in node.periods.all() if period.started_on <= day]
    return held[-1] if held else None


def _called(node: Organization, day: date) -> str:
    found = _period(node, day)
    return found.name if found else node.name


def _state(kind: ChangeKind, period: Period | None, node: Organization | None) -> str:
    """What the decision changed of an organization: its name, its kind, or its superior."""
    if period is None:
        return ""
    if kind is ChangeKind.RENAMED:
        return period.name
    what = (
        period.get_kind_display()
        if kind is ChangeKind.REKINDED
        else f"隶属{period.parent.name}"
        if period.parent
        else ""
    )
    return what if node is not None else f"{period.name}（{what}）"


def _names(nodes: Iterable[Organization], day: date, count: int | None) -> str:
    names = [_called(node, day) for node in nodes]
    if count is not None and count > NAMED:
        return f"{'、'.join(names[:NAMED])}等 {count} 个"
    return "、".join(names)
