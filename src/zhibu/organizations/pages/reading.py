"""Pages that show: the tree, one organization, lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import queries, rules
from zhibu.organizations.enums import COMMITTEE_POSTS, TEMPORARY_KINDS, Kind, PostKind
from zhibu.organizations.models import Organization, Term
from zhibu.organizations.tables import (
    ChangeTable,
    OrganizationTable,
    TenureTable,
    TermTable,
    address,
    shown_change,
)
from zhibu.ui.parts import Event, TreeNode
from zhibu.ui.tables import ChoiceFilter, bind, table_page


def asked_day(request: HttpRequest, today: date) -> date:
    """The day of ``?on=``; today when it is missing, unreadable or to come."""
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def _rows(scope: Scope, nodes: list[Organization]) -> list[TreeNode]:
    counts = queries.member_counts(nodes)
    return [
        TreeNode(
            label=node.name,
            url=address(node),
            children_url=reverse("organizations:children", args=[node.pk])
            if getattr(node, "has_children", True)
            else "",
            note=f"{counts.get(node.pk, 0)} 名党员",
            badge=node.get_kind_display(),
        )
        for node in nodes
    ]


def _past_rows(nodes: list[queries.Node], on: date) -> list[TreeNode]:
    return [
        TreeNode(
            label=node.name,
            url=f"{reverse('organizations:detail', args=[node.pk])}",
            children_url=f"{reverse('organizations:children', args=[node.pk])}?on={on}" if node.children else "",
            badge=node.kind.label,
        )
        for node in nodes
    ]


@page(needs=Right.VIEW_ORGANIZATION)
def index(request: HttpRequest) -> HttpResponseBase:
    """The tree, today's by default; its rows are opened one level at a time."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on = asked_day(request, scope.today)
    text = request.GET.get("q", "").strip()
    past = on != scope.today
    context: dict[str, Any] = {"on": on, "past": past, "q": text}
    if past:
        top = queries.tree_on(scope, on)
        context["count"] = sum(map(_size, top))
        context["nodes"] = _past_rows(top[0].children if len(top) == 1 else top, on)
        context["top"] = top[0].name if len(top) == 1 else ""
    elif text:
        found = queries.organizations(scope).filter(dissolved_on__isnull=True, name__icontains=text)
        context["nodes"] = _rows(scope, list(found[:50]))
        context["count"] = found.count()
    else:
        top = list(queries.roots(scope))
        context["count"] = queries.organizations(scope).filter(dissolved_on__isnull=True).count()
        context["top"] = top[0] if len(top) == 1 else None
        context["nodes"] = _rows(scope, list(queries.children(scope, top[0])) if len(top) == 1 else top)
    return render(request, "organizations/tree.html", context)


def _size(node: queries.Node) -> int:
    return 1 + sum(map(_size, node.children))


@page(needs=Right.VIEW_ORGANIZATION)
def children(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Rows of the tree below one organization (for htmx)."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    on = asked_day(request, scope.today)
    if on == scope.today:
        nodes = _rows(scope, list(queries.children(scope, queries.organization(scope, pk))))
    else:
        found = _find(queries.tree_on(scope, on), pk)
        if found is None:
            raise Http404("那一天没有这个党组织，或不在您的管理范围内。")
        nodes = _past_rows(found.children, on)
    return render(request, "ui/tree_rows.html", {"nodes": nodes})


def _find(nodes: list[queries.Node], pk: int) -> queries.Node | None:
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node.pk == pk:
            return node
        waiting += node.children
    return None


def _lists(scope: Scope, posts: str) -> Any:
    if posts == "vacant":
        return queries.vacant(scope, scope.today)
    return queries.declared_not_matched(scope, scope.today) if posts == "declared" else queries.organizations(scope)


@page(needs=Right.VIEW_ORGANIZATION)
def listing(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    posts = request.GET.get("posts", "")
    titles = {"vacant": "班子成员有空缺的党支部", "declared": "尚未登记书记任职的党组织"}
    kept = ChoiceFilter(
        "posts", "班子", (("vacant", "有空缺"), ("declared", "书记待登记")), apply=lambda rows, value: rows
    )
    table = OrganizationTable(
        title=titles.get(posts, OrganizationTable.title), filters=[*OrganizationTable.filters, kept]
    )
    return table_page(
        request, table, _lists(scope, posts), template="organizations/list.html", export_right=Right.EXPORT
    )


@page(needs=Right.VIEW_ORGANIZATION)
def posts(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, TenureTable(), queries.tenures(scope), export_right=Right.EXPORT)


@page(needs=Right.EDIT_ORGANIZATION)
def terms(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]

    def narrow(rows: Any, value: str) -> Any:
        return rows.filter(due_on__lt=scope.today) if value == "late" else rows.filter(due_on__gte=scope.today)

    due = ChoiceFilter("due", "状态", (("late", "已届满"), ("soon", "即将届满")), apply=narrow)
    return table_page(
        request, TermTable(filters=[due]), queries.terms_due(scope, scope.today), export_right=Right.EXPORT
    )


@page(needs=Right.VIEW_ORGANIZATION)
def changes(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(request, ChangeTable(), queries.changes(scope), export_right=Right.EXPORT)


@page(needs=Right.VIEW_ORGANIZATION)
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One organization: collected fields, posts, term, size, history, and what may be done."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk)
    running = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    held = list(queries.tenures(scope, node).filter(ended_on__isnull=True))
    counts = queries.member_counts([node])
    formal = _formal(node)
    bound = bind(
        request, OrganizationTable(title="下级党组织", filters=[], bulk=[]), queries.children(scope, node), prefix="c-"
    )
    if answer := bound.answer():
        return answer
    history = queries.changes(scope, node)
    context = {
        "node": node,
        "ancestors": queries.ancestors(scope, node),
        "held": held,
        "secretary": next((row.person.name for row in held if row.post == PostKind.SECRETARY), ""),
        "members": counts.get(node.pk, 0),
        "notes": list(rules.size_notes(Kind(node.kind), counts.get(node.pk, 0), formal, scope.today)),
        "term": running,
        "term_late": running is not None and running.due_on < scope.today,
        "vacancies": rules.vacancies(running.seats, held) if running else 0,
        "committee": any(row.post in COMMITTEE_POSTS for row in held),
        "events": [
            Event(row.effective_on, shown_change(row), note="；".join(filter(None, (row.document, row.reason))))
            for row in history[:30]
        ],
        "last": history.first(),
        "bound": bound if queries.children(scope, node).exists() else None,
        "may": {
            "edit": scope.may(Right.EDIT_ORGANIZATION, node.path),
            "appoint": scope.may(Right.APPOINT, node.path),
            "reshape": scope.may(Right.RESHAPE_TREE, node.path),
        },
        "elects": rules.term_rule(node) is not None and Kind(node.kind) not in TEMPORARY_KINDS,
        "links": links(scope, node),
    }
    return render(request, "organizations/detail.html", context)


def _formal(node: Organization) -> int:
    from zhibu.people.enums import StageKind
    from zhibu.people.models import Person

    return Person.objects.filter(organization__path__startswith=node.path, stage=StageKind.FULL).count()


def links(scope: Scope, node: Organization) -> list[tuple[str, str, str]]:
    """(label, address, icon) of what other rooms know about this organization; rooms that are absent are left out."""
    wanted = (
        ("党员名册", "people:index", f"?organization={node.pk}", "users", Right.VIEW_PERSON),
        ("组织生活", "meetings:index", f"?organization={node.pk}", "calendar-event", Right.VIEW_MEETING),
        ("考核评价", "assessment:organization", node.pk, "award", Right.VIEW_SCORE),
    )
    found = []
    for label, name, tail, icon, right in wanted:
        if not scope.may(right, node.path):
            continue
        try:
            url = reverse(name, args=[tail]) if isinstance(tail, int) else reverse(name) + tail
        except NoReverseMatch:
            continue
        found.append((label, url, icon))
    return found
