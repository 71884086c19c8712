"""What the sides gave: the list, entering, one with its history, correcting, taking back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators import actions, queries
from zhibu.assessment.evaluators.enums import ENTERED, SURVEYED, Evaluator
from zhibu.assessment.evaluators.forms import CorrectionForm, GradingForm, TakeBackForm
from zhibu.assessment.evaluators.rules import why_not_standing
from zhibu.assessment.evaluators.tables import ChooseTable, GradingTable
from zhibu.assessment.queries import scheme_for
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import Empty, table_page


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_grade = scope.may(Right.GRADE)
    table = GradingTable()
    if may_grade:
        url = reverse("assessment:grading-new")
        table = GradingTable(empty=Empty(table.empty.title, table.empty.text, action="录入评分", url=url))
    return table_page(
        request, table, queries.gradings(scope), template="assessment/evaluators/index.html",
        context={"may_grade": may_grade, "scheme": scheme_for(scope.today)}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    given = request.GET.get("organization", "")
    if not (given.isdecimal() and len(given) < 18):
        return table_page(request, ChooseTable(f"{request.path}?organization="), queries.below(scope))
    node = queries.graded(scope, int(given))
    form = GradingForm(request.POST or None, today=scope.today, initial=_initial(request, scope, node))
    if request.method == "POST" and (
        row := attempt(form, lambda: actions.enter(scope, node.pk, form.quarter(), form.entry()))
    ):
        messages.success(request, "已录入，下一次计算时计入。")
        return redirect("assessment:grading", pk=row.pk)  # type: ignore[union-attr]
    return form_page(
        request, form, title=f"录入评分：{node}", submit="录入", cancel=reverse("assessment:gradings"),
        template="assessment/evaluators/form.html", context=_hints(scope, node, form), draft="grading",
    )  # fmt: skip


def _initial(request: HttpRequest, scope: Scope, node: Organization) -> dict[str, Any]:
    """What the address asks for; for spot checks what those of the records found."""
    asked = request.GET.get("evaluator", "")
    evaluator = asked if asked in [one.value for one in ENTERED] else Evaluator.SUPERIOR.value
    try:
        # Of a year under way the present quarter.
        period = min(Period.parse(request.GET.get("period", "")).quarters[-1], Period.of(scope.today))
    except ValueError:
        period = Period.of(scope.today)
    part = next((one for one in scheme_for(period.last).parts if one.evaluator == evaluator), None)
    initial: dict[str, Any] = {"evaluator": evaluator, "period": str(period), "most": part.most if part else 100}
    if evaluator == Evaluator.SPOT_CHECK and (checked := queries.spot_checked(scope, node, period)):
        initial |= {"value": checked.percent * initial["most"] / 100, "grounds": checked.sentence + "。"}
    return initial


def _hints(scope: Scope, node: Organization, form: GradingForm) -> dict[str, Any]:
    try:
        period = Period.parse(str(form["period"].value()))
    except ValueError:
        period = Period.of(scope.today)
    here, side = reverse("assessment:grading-new"), form["evaluator"].value()
    return {
        "node": node, "period": period, "surveyed": side if side in SURVEYED else "", "scheme": scheme_for(period.last),
        "standing": list(queries.standing(scope, node, period).values()),
        "checked": queries.spot_checked(scope, node, period),
        "take": f"{here}?organization={node.pk}&evaluator={Evaluator.SPOT_CHECK.value}&period={period}",
    }  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def grading(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.grading(scope, pk)
    context = {
        "row": found, "period": Period.parse(found.period), "history": queries.history(scope, found),
        "may_grade": queries.is_superior(scope, found.organization) and found.is_current,
    }  # fmt: skip
    return render(request, "assessment/evaluators/grading.html", context)


@page(needs=Right.GRADE, methods=("GET", "POST"))
def correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.grading(scope, pk)
    queries.graded(scope, found.organization_id)
    if request.method == "GET" and (refusal := why_not_standing(found)):
        raise refusal
    names = ("evaluator", "period", "value", "most", "asked", "answered", "source", "grounds")
    initial = {name: getattr(found, name) for name in names}
    form = CorrectionForm(request.POST or None, today=scope.today, initial=initial)
    if request.method == "POST" and (
        row := attempt(form, lambda: actions.correct(scope, pk, form.entry(), reason=form.cleaned_data["reason"]))
    ):
        messages.success(request, "已更正，原来的评分仍可查看。")
        return redirect("assessment:grading", pk=row.pk)  # type: ignore[union-attr]
    back = reverse("assessment:grading", args=[pk])
    return form_page(request, form, title=f"更正评分：{found.organization}", submit="更正", cancel=back)


@page(needs=Right.GRADE, methods=("GET", "POST"))
def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.grading(scope, pk)
    queries.graded(scope, found.organization_id)
    if request.method == "GET" and (refusal := why_not_standing(found)):
        raise refusal
    form = TakeBackForm(request.POST or None)
    done = attempt(form, lambda: actions.take_back(scope, pk, **form.cleaned_data)) if request.POST else None
    if done is not None:
        messages.success(request, "已撤销，下一次计算时不再计入。")
        return redirect("assessment:grading", pk=pk)
    back = reverse("assessment:grading", args=[pk])
    return form_page(request, form, title=f"撤销评分：{found.organization}", submit="撤销", cancel=back)
