"""What can be done with problems: each a short form of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import PostKind
from zhibu.supervision import actions, queries
from zhibu.supervision.enums import Source
from zhibu.supervision.forms import (
    DatedForm,
    MeasureForm,
    NoteForm,
    RaiseForm,
    ReasonForm,
    ReportForm,
    ReviewForm,
)
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import Act, limits, usual_due, why_not
from zhibu.supervision.tables import problem_table
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.tables import selected


@page(needs=Right.HANDLE_PROBLEM, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    superior = scope.may(Right.SUPERVISE)
    own = [grant.organization_id for grant in scope.grants if grant.organization_id]
    first = queries.raising_organizations(scope).filter(pk__in=own).first()
    initial = {
        "organization": request.GET.get("organization", "") or ("" if superior or first is None else first.code),
        "due_on": usual_due(scope.today),
    }  # fmt: skip
    form = RaiseForm(request.POST or None, initial=initial, scope=scope, is_superior=superior)

    def act() -> Problem:
        data = form.cleaned_data
        post = PostKind(data["post"]) if data["post"] else None
        return actions.raise_problem(
            scope, data["organization"], source=Source(data["source"]), text=data["text"], due_on=data["due_on"],
            post=post,
        )  # fmt: skip

    if request.method == "POST" and (made := attempt(form, act)):
        assert isinstance(made, Problem)
        messages.success(request, f"已列入问题清单，编号 {made.number}。")
        return redirect("supervision:problem", made.pk)
    return form_page(
        request, form, title="提出问题", submit="列入清单", cancel=reverse("supervision:index"), draft="problem",
        intro=f"没有另定期限的，整改期限为 {limits(scope.today).term} 天（〔建议〕校内设定）。",
    )  # fmt: skip


def _act(
    request: HttpRequest,
    pk: int,
    act: Act,
    form: Form,
    do: Callable[[Scope, dict[str, Any]], object],
    done: str,
    intro: str = "",
    template: str = "supervision/act.html",
) -> HttpResponse:
    """One short form about one problem: 404 outside the subtrees, refused where it is not this reader's turn."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.problem(scope, pk, Right.HANDLE_PROBLEM)
    back = reverse("supervision:problem", args=[pk])
    if request.method == "POST":
        if attempt(form, lambda: do(scope, form.cleaned_data)) is not None:
            messages.success(request, done)
            return redirect(back)
    elif refusal := why_not(scope, act, found):
        raise refusal
    return form_page(
        request, form, title=f"{act.value}：{found.number}", submit=act.value, cancel=back, intro=intro,
        template=template, context={"problem": found, "back": back, "act": act.value},
    )  # fmt: skip


@page(needs=Right.HANDLE_PROBLEM, methods=("GET", "POST"))
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.problem(scope, pk, Right.HANDLE_PROBLEM)
    initial: dict[str, Any] = {"measure": found.measure}
    for number, row in enumerate(found.milestones.filter(done_on__isnull=True), 1):
        initial |= {f"step_{number}": row.text, f"day_{number}": row.due_on}
    form = MeasureForm(request.POST or None, initial=initial)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.set_measure(scope, pk, measure=data["measure"], milestones=form.milestones())

    intro = f"整改期限 {found.due_on}。没有完成的节点以这次填写的为准。"
    return _act(
        request, pk, Act.MEASURE, form, do, "已确定整改措施。", intro=intro, template="supervision/measure.html"
    )


@page(needs=Right.HANDLE_PROBLEM, methods=("POST",))
def milestone(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    actions.finish_milestone(request.scope, pk, milestone)  # type: ignore[attr-defined]
    messages.success(request, "已登记节点完成。")
    return redirect("supervision:problem", pk)


@page(needs=Right.HANDLE_PROBLEM, methods=("GET", "POST"))
def report(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReportForm(request.POST or None, request.FILES or None)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.report_done(scope, pk, text=data["text"], files=data["evidence"])

    return _act(
        request, pk, Act.REPORT, form, do, "已报告，等待复核。", intro="报告后由上级党组织或者另一位负责同志复核。"
    )


@page(needs=Right.HANDLE_PROBLEM, methods=("GET", "POST"))
def review(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReviewForm(request.POST or None)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        accept = data["decision"] == "accept"
        return actions.review(scope, pk, accept=accept, reason=data["reason"], due_on=data["due_on"])

    return _act(request, pk, Act.REVIEW, form, do, "已登记复核意见。")


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = DatedForm(request.POST or None, initial={"due_on": usual_due(scope.today)})

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.reopen(scope, pk, reason=data["reason"], due_on=data["due_on"])

    return _act(request, pk, Act.REOPEN, form, do, "已重新打开。")


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.stop_clock(scope, pk, reason=data["reason"])

    intro = "暂停的天数不计入整改期限；暂停期间在态势图上列为停滞。"
    return _act(request, pk, Act.STOP, form, do, "已暂停计时。", intro=intro)


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.resume_clock(scope, pk, reason=data["reason"])

    return _act(request, pk, Act.RESUME, form, do, "已恢复计时。", intro="整改期限按暂停的天数顺延。")


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    form = DatedForm(request.POST or None)

    def do(scope: Scope, data: dict[str, Any]) -> object:
        return actions.extend(scope, pk, reason=data["reason"], due_on=data["due_on"])

    return _act(request, pk, Act.EXTEND, form, do, "已延长期限。")


@page(needs=Right.SUPERVISE, methods=("POST",))
def accept_chosen(request: HttpRequest) -> HttpResponse:
    """The chosen reports, with what the reader is about to accept; then what became of each."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    chosen = selected(request, problem_table(scope), queries.problems(scope))
    kept = [(name, value) for name in ("selected", "all", "filters") for value in request.POST.getlist(name)]
    is_sent = request.POST.get("sent") == "1"
    form = NoteForm(request.POST if is_sent else None)
    context: dict[str, Any] = {"form": form, "kept": kept, "cancel": reverse("supervision:index")}
    if is_sent:
        outcomes = attempt(form, lambda: actions.accept_chosen(scope, chosen, reason=form.cleaned_data["reason"]))
        if isinstance(outcomes, list):
            return render(request, "supervision/accepted.html", {**context, "outcomes": outcomes})
    rows = list(chosen[: actions.MOST_AT_ONCE + 1])
    ready = [(row, why_not(scope, Act.REVIEW, row)) for row in rows]
    context |= {"ready": ready, "count": sum(refusal is None for _, refusal in ready)}
    return render(request, "supervision/accept.html", context, status=422 if form.errors else 200)
