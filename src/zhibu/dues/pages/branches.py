"""Sums by branch, the month's sheet, whom to talk with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues import actions, queries
from zhibu.dues.forms import CollectForm, StudentsForm
from zhibu.dues.models import Due
from zhibu.dues.pages.common import chosen_now, month_from, neighbours, pk_from, scope_of, sheet_address, tried
from zhibu.dues.rules import levels, month_of, shown
from zhibu.dues.tables import SheetTable, UnfixedTable, arrears_table, branches_table
from zhibu.organizations.models import Organization
from zhibu.ui.tables import bind, selected, table_page


@page(needs=Right.VIEW_DUES)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    month = month_from(request.GET, scope)
    totals: dict[int, Any] = {}
    runs: dict[int, list[int]] = {}
    table = branches_table(scope, totals, runs, f"{month:%Y-%m}")
    bound = bind(request, table, queries.branches(scope), export_right=Right.EXPORT)
    # Only now is it known which branches are on show: the sums of all would be too many.
    pks = list(bound.sorted.values_list("pk", flat=True)) if bound.get("export") else [o.pk for o in bound.page_rows]
    totals.update(queries.totals_by_branch(scope, pks, month))
    runs.update(queries.arrears_by_branch(scope, pks))
    if answer := bound.answer():
        return answer
    sums = queries.totals(scope, month)
    context = {
        "bound": bound, "title": table.title, "month": month, "sums": sums,
        "due": shown(sums.due), "paid": shown(sums.paid),
        "months": neighbours(reverse("dues:index"), month, scope), "chosen": chosen_now(scope),
        "may_record": scope.may(Right.RECORD_DUES), "levels": levels(scope.today),
    }  # fmt: skip
    return render(request, "dues/index.html", context)


def branch_of(request: HttpRequest, given: str | None, scope: Scope) -> Organization:
    """The branch of an address; without one the reader's first."""
    if given is None:
        first = queries.branches(scope).first()
        if first is None:
            raise Http404("没有这个党组织，或不在您的管理范围内。")
        return first
    return queries.branch(scope, pk_from(given))


@page(needs=Right.VIEW_DUES)
def sheet(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    branch = branch_of(request, request.GET.get("branch"), scope)
    month = month_from(request.GET, scope)
    bound = bind(request, SheetTable(), queries.sheet(scope, branch.pk, month), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    sums = queries.totals_by_branch(scope, [branch.pk], month).get(branch.pk, queries.Totals())
    context = {
        "bound": bound, "branch": branch, "month": month, "sums": sums, "chosen": queries.choice(month),
        "months": neighbours(reverse("dues:sheet"), month, scope, branch=branch.pk),
        "may_record": scope.may(Right.RECORD_DUES, branch.path),
        "paid": shown(sums.paid), "due": shown(sums.due), "missing": sums.missing,
        "is_now": month == month_of(scope.today),
        "unfixed": queries.without_base(scope).filter(organization__path__startswith=branch.path).count(),
    }  # fmt: skip
    return render(request, "dues/sheet.html", context)


@page(needs=Right.RECORD_DUES, methods=("POST",))
def assess(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    branch = queries.branch(scope, pk_from(request.POST.get("branch")), Right.RECORD_DUES)
    month = month_from(request.POST, scope)
    count = actions.assess(scope, branch, month)
    messages.success(request, f"已生成或更新 {count} 人的应交党费。" if count else "应交党费没有变化。")
    return redirect(sheet_address(branch, month))


@page(needs=Right.RECORD_DUES, methods=("POST",))
def collect(request: HttpRequest) -> HttpResponseBase:
    """First the sheet posts its choice here, then the form posts it again with the day."""
    scope = scope_of(request)
    filters = QueryDict(request.POST.get("filters", ""))
    branch = branch_of(request, filters.get("branch"), scope)
    month = month_from(filters, scope)
    table = SheetTable()
    chosen = list(selected(request, table, queries.sheet(scope, branch.pk, month)))
    asked = "paid_on" in request.POST
    form = CollectForm(request.POST if asked else None, initial={"paid_on": scope.today})
    pks = [due.pk for due in chosen]

    def act() -> object:
        return actions.collect(scope, branch, pks, **form.cleaned_data)

    if asked and isinstance(made := tried(request, form, act), list):
        total = sum(one.amount for one in made)
        messages.success(request, f"已登记 {len(made)} 人 {month:%Y-%m} 的党费，共 {shown(total)} 元。")
        return redirect(sheet_address(branch, month))
    open_dues: list[Due] = [due for due in chosen if due.payment_id is None]
    context = {
        "form": form, "names": [due.person.name for due in chosen[:60]], "more": len(chosen) - 60, "month": month,
        "count": len(chosen), "total": shown(sum((due.amount for due in open_dues), start=queries.Totals().due)),
        "kept": [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)],
        "cancel": sheet_address(branch, month), "branch": branch,
    }  # fmt: skip
    return render(request, "dues/collect.html", context, status=422 if form.errors else 200)


@page(needs=Right.VIEW_DUES)
def arrears(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    table = arrears_table(scope, queries.branches(scope)[:200])
    context = {"levels": levels(scope.today)}
    rows = queries.arrears(scope)
    return table_page(request, table, rows, template="dues/arrears.html", context=context, export_right=Right.EXPORT)


@page(needs=Right.RECORD_DUES)
def unfixed(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    rows = queries.without_base(scope, Right.RECORD_DUES)
    return table_page(request, UnfixedTable(), rows, export_right=Right.EXPORT)


@page(needs=Right.RECORD_DUES, methods=("POST",))
def students(request: HttpRequest) -> HttpResponseBase:
    """Several chosen members are students: their dues need no income."""
    scope = scope_of(request)
    people = list(selected(request, UnfixedTable(), queries.without_base(scope, Right.RECORD_DUES)))
    asked = "started_on" in request.POST
    form = StudentsForm(request.POST if asked else None, initial={"started_on": scope.today.replace(day=1)})
    if asked and tried(request, form, lambda: actions.fix_students(scope, people, **form.cleaned_data)):
        messages.success(request, f"已核定 {len(people)} 人为学生。")
        return redirect("dues:unfixed")
    context = {
        "form": form, "names": [one.name for one in people[:60]], "more": len(people) - 60, "count": len(people),
        "kept": [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)],
        "cancel": reverse("dues:unfixed"),
    }  # fmt: skip
    return render(request, "dues/students.html", context, status=422 if form.errors else 200)
