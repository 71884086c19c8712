"""Pages that show: one organization, lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import queries, rules
from zhibu.organizations.enums import BRANCH_KINDS, TEMPORARY_KINDS, UPPER_KINDS, Kind, PostKind
from zhibu.organizations.models import Change, Organization, Term
from zhibu.organizations.pages.tree import asked_day
from zhibu.organizations.tables import (
    ChangeTable,
    OrganizationTable,
    TenureTable,
)
from zhibu.regulations.queries import in_force, value
from zhibu.ui.parts import Event
from zhibu.ui.shown import shown
from zhibu.ui.tables import ChoiceFilter, TextFilter, bind, table_page

LIST = "organizations/list.html"


def _lists(scope: Scope, posts: str) -> Any:
    if posts == "vacant":
        return queries.vacant(scope, scope.today)
    return queries.declared_not_matched(scope, scope.today) if posts == "declared" else queries.organizations(scope)


def _superiors(scope: Scope) -> ChoiceFilter:
    """Narrow a list to everything below one of the upper organizations."""
    upper = queries.organizations(scope).filter(kind__in=UPPER_KINDS, dissolved_on__isnull=True)
    paths = {str(node.pk): node for node in upper.only("path", "depth", "name", "short_name")}
    least = min((node.depth for node in paths.values()), default=1)
    choices = [(pk, "　" * (node.depth - least) + str(node)) for pk, node in paths.items()]

    def narrow(rows: Any, pk: str) -> Any:
        return rows.filter(path__startswith=paths[pk].path).exclude(pk=pk)

    return ChoiceFilter("superior", "上级党组织（含全部下级）", choices, apply=narrow)


@page(needs=Right.VIEW_ORGANIZATION)
def listing(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    posts = request.GET.get("posts", "")
    titles = {"vacant": "班子成员有空缺的党支部", "declared": "尚未登记书记任职的党组织"}
    kept = ChoiceFilter(
        "posts", "班子", (("vacant", "有空缺"), ("declared", "书记待登记")), apply=lambda rows, value: rows
    )
    filters = [*OrganizationTable.filters, _superiors(scope), kept]
    table = OrganizationTable(title=titles.get(posts, OrganizationTable.title), filters=filters)
    rows = queries.with_superior(_lists(scope, posts))
    return table_page(request, table, rows, template=LIST, export_right=Right.EXPORT)


@page(needs=Right.VIEW_ORGANIZATION)
def posts(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    table = TenureTable(filters=[*TenureTable.filters, _on_day()])
    return table_page(request, table, queries.tenures(scope), template=LIST, export_right=Right.EXPORT)


def _on_day() -> TextFilter:
    """Who held a post on one day."""

    def narrow(rows: Any, text: str) -> Any:
        try:
            return rows.filter(queries.in_office(date.fromisoformat(text.strip())))
        except ValueError:
            return rows.none()

    return TextFilter("day", "某日在任（如 2025-12-31）", apply=narrow)


@page(needs=Right.VIEW_ORGANIZATION)
def changes(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    rows = queries.with_names(queries.changes(scope))
    return table_page(request, ChangeTable(), rows, template=LIST, export_right=Right.EXPORT)


@page(needs=Right.VIEW_ORGANIZATION)
def detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One organization: collected fields, posts, term, size, history, and what may be done; ``?on=`` another day."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = queries.organization(scope, pk)
    bound = bind(request, _below_table(), queries.children(scope, node), prefix="c-")
    if answer := bound.answer():
        return answer
    on = asked_day(request, scope.today)
    history = list(queries.with_names(queries.changes(scope, node))[:MOST_EVENTS])
    last = history[0] if history else None
    context = {
        "node": node,
        "records_since": f"自 {shown(node.recorded_since)} 起登记" if node.recorded_since else "",
        "ancestors": queries.ancestors(scope, node),
        "bound": bound if node.numchild and (bound.page_rows or bound.is_narrowed) else None,
        "events": [
            Event(row.effective_on, _happened(row, node), note="；".join(filter(None, (row.document, row.reason))))
            for row in history
        ],
        "last": last if last is not None and not list(rules.refuse_undo(last, scope.today)) else None,
        "may": {
            "edit": scope.may(Right.EDIT_ORGANIZATION, node.path),
            "appoint": scope.may(Right.APPOINT, node.path),
            "reshape": scope.may(Right.RESHAPE_TREE, node.path),
        },
        "elects": rules.term_rule(node) is not None,
        "links": links(scope, node),
        **_size(node, scope.today),
        **_offices(scope, node, on),
    }
    context["notes"] = [*context["notes"], *_committee(node, context, scope.today)]
    return render(request, "organizations/detail.html", context)


def _below_table() -> OrganizationTable:
    columns = [column for column in OrganizationTable.columns if column.name != "superior"]
    return OrganizationTable(title="下级党组织", columns=columns, filters=[], bulk=[])


MOST_EVENTS = 30


def _happened(change: Change, node: Organization) -> str:
    """A decision in one line, for the page of one organization."""
    what = queries.told(change, node)
    words = " → ".join(filter(None, (what.before, what.after)))
    return f"{change.get_kind_display()}：{words}" if words else change.get_kind_display()


def _size(node: Organization, today: date) -> dict[str, Any]:
    if node.dissolved_on is not None:
        return {"members": 0, "formal": 0, "notes": [], "temporary": None}
    kind = Kind(node.kind)
    # Only the rules for branches ask for full members.
    members, formal = queries.branch_size(node) if kind in BRANCH_KINDS else (queries.member_counts([node])[node.pk], 0)
    return {
        "members": members,
        "formal": formal,
        "notes": list(rules.size_notes(kind, members, formal, today)),
        "temporary": value("org.temporary", today)
        if kind in TEMPORARY_KINDS and in_force("org.temporary", today)
        else None,
    }


def _offices(scope: Scope, node: Organization, on: date) -> dict[str, Any]:
    """Posts and term of a day, and what the organization was called then."""
    held = list(queries.tenures(scope, node).filter(queries.in_office(on)).order_by("post", "started_on"))
    held.sort(key=lambda row: list(PostKind).index(PostKind(row.post)))
    term = Term.objects.filter(queries.in_office(on), organization=node).first()
    past = on != scope.today
    was = queries.organization_on(scope, node.pk, on) if past else None
    return {
        "on": on,
        "past": past,
        "was": was,
        "above": next(reversed(queries.superiors_on(scope, was, on)), None) if was else None,
        "held": held,
        "secretary": next((row.person.name for row in held if row.post == PostKind.SECRETARY), ""),
        "term": term,
        "term_late": term is not None and not past and term.due_on < scope.today,
        "vacancies": rules.vacancies(term.seats, held) if term else 0,
    }


def _committee(node: Organization, context: dict[str, Any], today: date) -> list[Any]:
    if node.dissolved_on is not None or context["term"] is None or context["past"]:
        return []
    return list(rules.committee_notes(Kind(node.kind), context["formal"], context["term"].seats, today))


def links(scope: Scope, node: Organization) -> list[tuple[str, str, str]]:
    """(label, address, icon) of what other rooms know about this organization; rooms that are absent are left out."""
    wanted = (
        ("党员名册", "people:index", f"?organization={node.pk}", "users", Right.VIEW_PERSON),
        ("组织生活", "meetings:index", f"?organization={node.pk}", "calendar-event", Right.VIEW_MEETING),
        ("任期", "procedures:term", node.pk, "calendar", Right.EDIT_ORGANIZATION),
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
