"""Terms of office: which end when, what is under way, and the ways to begin."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations import queries as organizations
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, Kind, PostKind
from zhibu.organizations.models import Organization, Term
from zhibu.organizations.rules import committee_notes, reminder_day, term_rule, vacancies
from zhibu.procedures import actions
from zhibu.procedures.enums import LIVING
from zhibu.procedures.forms import AssignForm, BeginForm
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.queries.terms import cases_of
from zhibu.procedures.queries.terms import terms as running_terms
from zhibu.procedures.tables import term_table
from zhibu.regulations.queries import in_force, value
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page

INTROS = {
    "election": "立项即登记届满提醒：由上级党组织立项的记为已提醒，由本组织立项的记为自行提出。",
    "by_election": "书记、副书记、委员出现空缺的，及时补选。本届任期不变。",
    "term_extension": "须报上级党组织批准，一般不超过一年。批准之后，应换届日期改为批准的日期。",
}
ASSIGNED = (PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY)


@page(needs=Right.EDIT_ORGANIZATION)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return table_page(
        request, term_table(scope.today), running_terms(scope), template="procedures/terms.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.EDIT_ORGANIZATION)
def term(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The term of one organization: until when, who is in the committee, what is under way, what may be begun."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = organizations.organization(scope, pk, Right.EDIT_ORGANIZATION)
    running = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    held = list(organizations.tenures(scope, node).filter(ended_on__isnull=True, post__in=COMMITTEE_POSTS))
    held.sort(key=lambda row: list(PostKind).index(PostKind(row.post)))
    cases = cases_of(scope, node)
    empty = vacancies(running.seats, held) if running else 0
    is_branch, posts = Kind(node.kind) in BRANCH_KINDS, {row.post for row in held}
    formal = organizations.branch_size(node)[1] if is_branch else 0
    context = {
        "node": node, "term": running, "held": held, "vacant": empty,
        "reminder": reminder_day(running.due_on) if running else None,
        "late": running is not None and running.due_on < scope.today,
        "notes": list(committee_notes(Kind(node.kind), formal, running.seats, scope.today)) if running else [],
        "cases": [(case, procedure(case.procedure).label) for case in cases],
        "begin": _begin(scope, node, running, cases, bool(empty) or PostKind.SECRETARY not in posts),
        "may_assign": scope.may(Right.APPOINT, node.path) and any(post not in posts for post in ASSIGNED),
        "may_enter": scope.may(Right.APPOINT, node.path), "elects": term_rule(node) is not None,
        "vacancy": value("org.vacancy", scope.today) if in_force("org.vacancy", scope.today) else None,
    }  # fmt: skip
    return render(request, "procedures/term.html", context)


def _begin(
    scope: Scope, node: Organization, running: Term | None, cases: list[Case], vacant: bool
) -> list[tuple[str, str, bool]]:
    """(key, words, whether it is the main one) of what may be begun here now."""
    if not scope.may(Right.HANDLE_CASE, node.path) or node.dissolved_on is not None or term_rule(node) is None:
        return []
    living = {case.procedure for case in cases if case.state in LIVING}
    due = running is None or reminder_day(running.due_on) <= scope.today
    found = [("election", "换届立项", due)] if "election" not in living else []
    if vacant and not living & {"election", "by_election"}:
        found.append(("by_election", "补选立项", not due))
    if running is not None and "term_extension" not in living:
        found.append(("term_extension", "申请延期", False))
    return found


@page(needs=Right.HANDLE_CASE, methods=("GET", "POST"))
def begin(request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
    """Open an election, a by-election or an extension."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = organizations.organization(scope, pk, Right.HANDLE_CASE)
    if what not in actions.OPENING:
        raise Http404("没有这个事项。")
    label = procedure(what).label
    form = BeginForm(request.POST or None, initial={"submission": uuid.uuid4()}, early=what == "election")

    def act() -> Case:
        data = {name: value for name, value in form.cleaned_data.items() if name in form.fields}
        opened: Case = actions.OPENING[what](scope, node, **data)
        return opened

    if request.method == "POST" and isinstance(case := attempt(form, act), Case):
        messages.success(request, f"已为“{node}”立项：{label}。")
        return redirect("procedures:case", pk=case.pk)
    return form_page(
        request, form, title=f"{label}：{node}", submit="立项", cancel=reverse("procedures:term", args=[pk]),
        intro=INTROS[what],
    )  # fmt: skip


@page(needs=Right.APPOINT, methods=("GET", "POST"))
def assign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The superior appoints a secretary or deputy where the post is vacant."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    node = organizations.organization(scope, pk, Right.APPOINT)
    form = AssignForm(request.POST or None, scope=scope, posts=actions.ASSIGNABLE, initial={"on": scope.today})

    def act() -> Any:
        return actions.assign(scope, node, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, "已登记指派，任职当日起本人即有相应权限。")
        return redirect("procedures:term", pk=pk)
    said = value("org.vacancy", scope.today) if in_force("org.vacancy", scope.today) else None
    cancel = reverse("procedures:term", args=[pk])
    return form_page(
        request, form, title=f"指派书记、副书记：{node}", submit="登记指派", cancel=cancel,
        intro=f"必要时，上级党组织可以指派书记、副书记；委员由选举产生。{f'（{said.citation}）' if said else ''}",
    )  # fmt: skip
