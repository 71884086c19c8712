"""What can be asked about indicators. Definitions are public facts, so most of these queries need no scope; drafts of
the office do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import localdate

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.indicators.composed import as_indicator
from zhibu.indicators.composing import OWN, parse
from zhibu.indicators.definition import Dimension, Indicator, Opens, Role, Window, catalogue
from zhibu.indicators.models import ComposedIndicator, ComposedVersion
from zhibu.indicators.periods import Period, between
from zhibu.ui.waiting import Asked, Waiting

__all__ = ["Dimension", "Indicator", "Opens", "Period", "Role", "Window", "between", "catalogue", "library", "named"]
# Keys are made of the content, and versions never change: what a key means is read once.
_read: dict[str, Indicator] = {}


def composed(keys: Iterable[str]) -> dict[str, Indicator]:
    """Adopted indicators of these keys, retired ones too: a scheme of a past quarter goes on reading them."""
    wanted = [key for key in keys if key.startswith(OWN)]
    if missing := [key for key in wanted if key not in _read]:
        _keep(ComposedVersion.objects.filter(key__in=missing))
    return {key: _read[key] for key in wanted if key in _read}


def offered_keys() -> list[str]:
    """Keys of the newest version of every composed indicator that is not retired."""
    rows = ComposedVersion.objects.filter(composed__retired_at__isnull=True).select_related("composed")
    newest: dict[int, ComposedVersion] = {}
    for row in rows.order_by("composed", "number"):
        newest[row.composed_id] = row
    _keep(newest.values())
    return [row.key for row in newest.values()]


def library() -> dict[str, Indicator]:
    """What a scheme may weigh: the delivered indicators, then the adopted ones of the office."""
    return {**catalogue(), **composed(offered_keys())}


def named(key: str) -> Indicator:
    """The indicator of that key; an unknown one answers with the nearest known ones."""
    known = catalogue()
    found = known.get(key) or composed([key]).get(key)
    if found is None:
        near = difflib.get_close_matches(key, known, n=3)
        raise ValueError(f"没有指标 {key!r}。" + (f"是不是 {'、'.join(near)}?" if near else ""))
    return found


def _keep(rows: Iterable[ComposedVersion]) -> None:
    for row in rows:
        if row.key not in _read:
            _read[row.key] = as_indicator(parse(row.document), row.key, row.document)


def retired(keys: Iterable[str]) -> list[str]:
    """Titles of those of the keys that belong to a retired indicator."""
    found = ComposedVersion.objects.filter(key__in=list(keys), composed__retired_at__isnull=False)
    return [row.document["title"] for row in found.order_by("key")]


def composed_indicators(scope: Scope) -> QuerySet[ComposedIndicator]:
    """All that the office composed, with the number of adopted versions and the key of the newest."""
    scope.require(Right.DESIGN_SCHEME)
    newest = ComposedVersion.objects.filter(composed=OuterRef("pk")).order_by("-number")
    return ComposedIndicator.objects.select_related("changed_by").annotate(
        adopted=Count("versions"), last_key=Subquery(newest.values("key")[:1]), adopted_at=Max("versions__adopted_at")
    )


def composed_one(scope: Scope, pk: int) -> ComposedIndicator:
    found = composed_indicators(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项组合指标。")
    return found


def versions(scope: Scope, pk: int) -> QuerySet[ComposedVersion]:
    """The adopted versions of one, the newest first."""
    scope.require(Right.DESIGN_SCHEME)
    return ComposedVersion.objects.filter(composed=pk).select_related("adopted_by")


def version_of(key: str) -> ComposedVersion | None:
    return ComposedVersion.objects.filter(key=key).select_related("composed", "adopted_by").first()


def waiting(scope: Scope) -> list[Any]:
    """Drafts that nobody adopted or discarded, for those who design schemes."""
    if not scope.may(Right.DESIGN_SCHEME):
        return []
    url = reverse("indicators:composed")
    drafts = ComposedIndicator.objects.filter(Q(draft__isnull=False), changed_by=scope.user_id)

    def told(count: int, oldest: datetime) -> Waiting:
        return Waiting("组合指标草稿待试算和采用", count, f"{url}?stand=draft", since=localdate(oldest))

    return [Asked(drafts, told, "changed_at")]
