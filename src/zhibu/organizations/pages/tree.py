"""The tree: opened level by level, searched, of any day, and on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import actions, queries
from zhibu.organizations.enums import Kind, PostKind
from zhibu.organizations.models import Organization
from zhibu.organizations.tables import address
from zhibu.ui.documents import render_pdf
from zhibu.ui.parts import TreeNode


def asked_day(request: HttpRequest, today: date) -> date:
    """The day of ``?on=``; today when it is missing, unreadable or to come."""
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


MOST_ROWS = 100  # of one level, or found; the rest is in the list


def _rows(nodes: list[Organization], *, whole: bool = False) -> list[TreeNode]:
    """Rows of today's tree. ``whole``: found ones, shown with their superior and not to be opened."""
    counts = queries.member_counts(nodes)
    rows = []
    for node in nodes:
        note = f"{counts.get(node.pk, 0)} 名党员"
        if whole and (superior := getattr(node, "superior", None)):
            note = f"{superior}，{note}"
        opens = not whole and getattr(node, "has_children", True)
        rows.append(
            TreeNode(
                label=node.name, url=address(node), note=note, badge=node.get_kind_display(),
                children_url=reverse("organizations:children", args=[node.pk]) if opens else "",
            )
        )  # fmt: skip
    return rows


def _past_rows(nodes: list[queries.Node], on: date) -> list[TreeNode]:
    return [
        TreeNode(
            label=node.name,
            url=f"{reverse('organizations:detail', args=[node.pk])}?on={on}" if node.seen else "",
            children_url=f"{reverse('organizations:children', args=[node.pk])}?on={on}" if node.more else "",
            badge=node.kind.label,
        )
        for node in nodes
    ]


def _cut(rows: list[TreeNode], left: int, url: str) -> list[TreeNode]:
    """With a last row that says how many more there are and leads to them."""
    return [*rows, TreeNode(label=f"还有 {left} 个，到名单中查看", url=url)] if left > 0 else rows


def _listed(**chosen: Any) -> str:
    return f"{reverse('organizations:list')}?{urlencode(chosen)}"


@page(needs=Right.VIEW_ORGANIZATION)
def index(request: HttpRequest) -> HttpResponseBase:
    """The tree, today's by default; its rows are opened one level at a time."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on = asked_day(request, scope.today)
    text = request.GET.get("q", "").strip()[:100]
    may = {"may_print": scope.may(Right.EXPORT), "may_import": scope.may(Right.IMPORT)}
    context: dict[str, Any] = {"on": on, "past": on != scope.today, "q": text, **may}
    if on != scope.today:
        context |= _past_tree(scope, on, text)
    elif text:
        found = queries.found_by(scope, text)
        count = found.count()
        rows = _rows(list(queries.with_superior(found)[:MOST_ROWS]), whole=True)
        context |= {"count": count, "nodes": _cut(rows, count - MOST_ROWS, _listed(q=text))}
    else:
        top = list(queries.roots(scope))
        below = list(queries.children(scope, top[0])) if len(top) == 1 else top
        context["count"] = queries.organizations(scope).filter(dissolved_on__isnull=True).count()
        context["top"] = top[0] if len(top) == 1 else None
        context["nodes"] = _cut(_rows(below[:MOST_ROWS]), len(below) - MOST_ROWS, _listed())
    return render(request, "organizations/tree.html", context)


def _past_tree(scope: Scope, on: date, text: str) -> dict[str, Any]:
    if text:
        named = queries.found_on(scope, text, on)
        rows = [replace(row, children_url="") for row in _past_rows(named[:MOST_ROWS], on)]
        return {"count": len(named), "nodes": _cut(rows, len(named) - MOST_ROWS, "")}
    top = queries.top_on(scope, on)
    below = (queries.children_on(scope, top[0].pk, on) or []) if len(top) == 1 else top
    return {
        "count": queries.count_on(scope, top, on),
        "nodes": _cut(_past_rows(below[:MOST_ROWS], on), len(below) - MOST_ROWS, ""),
        "top": top[0] if len(top) == 1 else None,
    }


@page(needs=Right.VIEW_ORGANIZATION)
def children(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rows of the tree below one organization (for htmx)."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on = asked_day(request, scope.today)
    if on == scope.today:
        below = list(queries.children(scope, queries.organization(scope, pk)))
        nodes, more = _rows(below[:MOST_ROWS]), _listed(superior=pk)
    else:
        past = queries.children_on(scope, pk, on)
        if past is None:
            raise Http404("那一天没有这个党组织，或不在您的管理范围内。")
        below, nodes, more = past, _past_rows(past[:MOST_ROWS], on), ""  # type: ignore[assignment]
    return render(request, "ui/tree_rows.html", {"nodes": _cut(nodes, len(below) - MOST_ROWS, more)})


MOST_PRINTED = 800  # a page of paper holds about 40


@page(needs=Right.EXPORT)
def chart(request: HttpRequest) -> HttpResponseBase:
    """组织机构图 of a day as PDF: the whole subtree of the reader, by levels with secretaries.

    Of a large university only as many levels as fit; what is left out is said.
    """
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on = asked_day(request, scope.today)
    top = queries.tree_on(scope, on)
    depth = _printed_depth(top)
    nodes = [node for node in _flat(top) if node.depth <= depth]
    secretaries = queries.holders([node.pk for node in nodes], PostKind.SECRETARY, on)
    rows = [
        {
            "indent": "　" * node.depth + ("└ " if node.depth else ""),
            "node": node,
            "secretary": secretaries.get(node.pk, ""),
            "below": node.size - 1,
            "strong": node.kind not in {Kind.GROUP} and node.depth == 0,
        }
        for node in nodes
    ]
    total = sum(node.size for node in top)
    actions.record_chart(scope, on=on, rows=len(rows))
    mark = f"{scope.today} 打印，{on} 的组织设置，共 {total} 个党组织"
    body = render_pdf(
        "organizations/chart.html",
        {"rows": rows, "on": on, "total": total, "left": total - len(rows), "mark": mark, "top": top},
    )
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="organizations-{on}.pdf"'
    return answer


def _flat(nodes: list[queries.Node]) -> list[queries.Node]:
    found: list[queries.Node] = []
    for node in nodes:
        found += [node, *_flat(node.children)]
    return found


def _printed_depth(top: list[queries.Node]) -> int:
    """The deepest level down to which everything fits."""
    depths = sorted(node.depth for node in _flat(top))
    return depths[MOST_PRINTED] - 1 if len(depths) > MOST_PRINTED else depths[-1] if depths else 0
