"""The situation map, at the desk and on a phone; on the wall: `zhibu.supervision.wall`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import ancestors
from zhibu.regulations.dates import add_months
from zhibu.supervision.enums import Duty, ProblemState, Source, Standing
from zhibu.supervision.queries.board import Board, Tile, board, months, top
from zhibu.ui.charts import Chart, Leaf, Point, Series, Treemap

ON_THE_MAP = 60


def asked(request: HttpRequest) -> tuple[int | None, str, date | None]:
    """(organization, source, month) of the address; what cannot be read is left out."""
    node, source = request.GET.get("node", ""), request.GET.get("source", "")
    pk = int(node) if node.isdecimal() and node.isascii() and len(node) < 18 else None
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        month = None
    # A month on whose other side no date is left.
    return pk, source if source in Source.values else "", month if month and 2000 < month.year < 2100 else None


def listed(node: Organization, own: bool = False, /, **more: str) -> str:
    """The list of problems behind a number; ``own``: without those below."""
    chosen = {"branch": f"={node.code}" if own else node.code, "standing": "open", **more}
    return f"{reverse('supervision:index')}?{urlencode({name: value for name, value in chosen.items() if value})}"


def _kept(source: str, month: date | None) -> dict[str, str]:
    """What is chosen on the map, in the words of the list's filters."""
    if month is None:
        return {"source": source}
    return {"source": source, "raised_from": str(month), "raised_to": str(_last(month))}


def _last(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def shown_tile(tile: Tile, kept: dict[str, str], here: str) -> dict[str, Any]:
    """A tile with the addresses of its numbers."""
    node, own = tile.node, tile.own
    links = {name: listed(node, own, **{**kept, "standing": name}) for name in (*Standing.values, "in_time")}
    links["to_review"] = listed(node, own, **kept, state=ProblemState.TO_REVIEW.value)
    return {"tile": tile, "url": listed(node, own, **kept), "links": links, "inside": f"{here}&node={node.pk}"}


@page(needs=Right.VIEW_PROBLEM)
def board_page(request: HttpRequest) -> HttpResponse:
    """The tree as a map: who answers, what is wrong, what is being done, by when."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    pk, source, month = asked(request)
    node = top(scope, pk)
    found = board(scope, node, source=source, month=month)
    kept = _kept(source, month)
    chosen = {"source": source, "month": f"{month:%Y-%m}" if month else ""}
    here = f"{reverse('supervision:map')}?{urlencode({name: value for name, value in chosen.items() if value})}"
    past = months(scope, node, source)
    context = {
        "board": found, "node": node, "whole": shown_tile(found.whole, kept, here),
        "tiles": [shown_tile(tile, kept, here) for tile in found.tiles[:ON_THE_MAP]],
        "left_out": max(len(found.tiles) - ON_THE_MAP, 0),
        "above": [(one, f"{here}&node={one.pk}") for one in ancestors(scope, node)],
        "sources": [_row(node, one, counts, {**kept, "source": one.value}) for one, counts in found.sources],
        "duties": [_row(node, one, counts, {**kept, "duty": one.value}) for one, counts in found.duties],
        "source": source, "choices": Source.choices, "month": chosen["month"],
        "treemap": _treemap(found, kept), "history": _history(node, past, source),
        "wall": f"{reverse('wall')}?node={node.pk}", "may_lend": scope.may(Right.SUPERVISE, node.path),
    }  # fmt: skip
    return render(request, "supervision/map.html", context)


def _row(node: Organization, one: Source | Duty, counts: Any, chosen: dict[str, str]) -> tuple[str, list[tuple]]:
    order = (Standing.STUCK, Standing.LATE, Standing.SOON, Standing.DUE)
    return str(one.label), [(counts[each.value], listed(node, **{**chosen, "standing": each.value})) for each in order]


def _treemap(found: Board, kept: dict[str, str]) -> Treemap:
    leaves = [
        Leaf(f"{tile.node}（{tile.word}）", tile.open, listed(tile.node, tile.own, **kept), tone=tile.tone)
        for tile in found.tiles[:ON_THE_MAP]
        if tile.open
    ]
    return Treemap(leaves, unit="个问题")


def _history(node: Organization, past: list[tuple[date, int, int]], source: str) -> Chart:
    def raised(month: date) -> str:
        return listed(node, **{**_kept(source, month), "standing": ""})

    def closed(month: date) -> str:
        return listed(node, source=source, standing="closed", closed_from=str(month), closed_to=str(_last(month)))

    series = [
        Series("提出", [Point(number, raised(month)) for month, number, _ in past]),
        Series("销号", [Point(number, closed(month)) for month, _, number in past]),
    ]
    return Chart("line", [f"{month:%Y-%m}" for month, _, _ in past], series, unit="个")
