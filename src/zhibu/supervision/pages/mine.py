"""What somebody sees of a problem that names them without a post: the problem, and reporting what they did."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.scope import Scope
from zhibu.supervision import actions, queries
from zhibu.supervision.forms import ReportForm
from zhibu.supervision.pages.lists import shown_problem
from zhibu.supervision.rules import Act, why_not
from zhibu.supervision.tables import MyProblemTable
from zhibu.ui.files import download
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page


@page()
def index(request: HttpRequest) -> HttpResponseBase:
    rows = queries.my_problems(request.scope)  # type: ignore[attr-defined]
    return table_page(request, MyProblemTable(), rows)


@page()
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.my_problem(scope, pk)
    may_report = why_not(scope, Act.REPORT, found) is None and bool(found.measure)
    acts = [(Act.REPORT.value, reverse("supervision:my-report", args=[pk]), True)] if may_report else []
    return shown_problem(request, found, acts, "my-")


@page(methods=("POST",))
def milestone(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    actions.finish_milestone(scope, queries.my_problem(scope, pk).pk, milestone)
    messages.success(request, "已登记节点完成。")
    return redirect("supervision:my-problem", pk)


@page(methods=("GET", "POST"))
def report(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.my_problem(scope, pk)
    form, back = ReportForm(request.POST or None, request.FILES or None), reverse("supervision:my-problem", args=[pk])
    if request.method == "POST":
        data = form.cleaned_data if form.is_valid() else {}
        if attempt(form, lambda: actions.report_done(scope, pk, text=data["text"], files=data["evidence"])):
            messages.success(request, "已报告，等待复核。")
            return redirect(back)
    elif refusal := why_not(scope, Act.REPORT, found):
        raise refusal
    return form_page(
        request, form, title=f"{Act.REPORT.value}：{found.number}", submit=Act.REPORT.value, cancel=back,
        intro="报告后由上级党组织或者另一位负责同志复核。", template="supervision/act.html",
        context={"problem": found, "back": back, "act": Act.REPORT.value, "mine": True},
    )  # fmt: skip


@page()
def evidence(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    return download(queries.my_evidence(request.scope, pk, file))  # type: ignore[attr-defined]
