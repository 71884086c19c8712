"""Surveys on screen: the list, opening one, one with its result, the slips on paper, ending, taking back."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.queries import below, graded, is_superior
from zhibu.assessment.evaluators.rules import smallest_group
from zhibu.assessment.evaluators.tables import ChooseTable
from zhibu.assessment.surveys import actions, queries
from zhibu.assessment.surveys.enums import SurveyState
from zhibu.assessment.surveys.forms import SurveyForm, WithdrawForm
from zhibu.assessment.surveys.models import SIDES, Survey
from zhibu.assessment.surveys.tables import SurveyTable
from zhibu.indicators.periods import Period
from zhibu.ui.documents import render_pdf
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.tables import Empty, table_page


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_open, table = scope.may(Right.GRADE), SurveyTable()
    if may_open:
        new = reverse("assessment:survey-new")
        table = SurveyTable(empty=Empty(table.empty.title, table.empty.text, action="发起测评", url=new))
    rows = queries.to_close(scope) if request.GET.get("mine") == "close" else queries.surveys(scope)
    return table_page(
        request, table, rows, template="assessment/surveys/index.html", context={"may_open": may_open},
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope, given = scope_of(request), request.GET.get("organization", "")
    side = request.GET.get("evaluator", "")
    side = side if side in dict(SIDES) else ""
    if not (given.isdecimal() and len(given) < 18):
        before = f"evaluator={side}&" if side else ""
        return table_page(request, ChooseTable(f"{request.path}?{before}organization="), below(scope))
    node = graded(scope, int(given))
    initial = {"period": str(Period.of(scope.today))} | ({"evaluator": side} if side else {})
    form = SurveyForm(request.POST or None, today=scope.today, initial=initial)
    if request.method == "POST" and (
        row := attempt(form, lambda: actions.open_survey(scope, node.pk, form.quarter(), form.question()))
    ):
        messages.success(request, "已发起。请打印测评票，打乱后发放。")
        return redirect("assessment:survey", pk=row.pk)  # type: ignore[union-attr]
    return form_page(
        request, form, title=f"发起匿名测评：{node}", submit="发起", cancel=reverse("assessment:surveys"),
        template="assessment/surveys/form.html", draft="survey",
    )  # fmt: skip


@page(needs=Right.VIEW_SCORE)
def survey(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row = queries.survey(scope, pk)
    means = ([] if row.held_back else row.means) or [None] * len(row.statements)  # type: ignore[attr-defined]
    runs = row.state == SurveyState.OPEN
    context = {
        "row": row, "period": Period.parse(row.period), "lines": list(zip(row.statements, means, strict=True)),
        "runs": runs, "holds": runs and is_superior(scope, row.organization), "least": smallest_group(scope.today),
        "printed": row.slips.exists(), "is_over": row.closes_on < scope.today,
        "is_due": row.closes_on < scope.today or row.answered >= row.issued, "too_few": _too_few(row),
    }  # fmt: skip
    return render(request, "assessment/surveys/survey.html", context)


def _too_few(row: Survey) -> bool:
    return row.state == SurveyState.CLOSED and not row.means


@page(needs=Right.GRADE, methods=("POST",))
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """New slips as a file to print, this once: their codes are kept nowhere."""
    row, codes = actions.issue(scope_of(request), pk)
    slips = []
    for code in codes:
        path = reverse("slip", args=[code])
        address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
        slips.append((code, address, segno.make(address, error="m").png_data_uri(scale=4, border=1)))
    context = {
        "row": row,
        "period": Period.parse(row.period),
        "rows": [slips[at : at + 2] for at in range(0, len(slips), 2)],
    }
    answer = HttpResponse(render_pdf("assessment/surveys/sheet.html", context), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="slips-{row.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@page(needs=Right.GRADE, methods=("GET", "POST"))
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row, form = queries.held(scope, pk), Form(request.POST if request.method == "POST" else None)
    done = attempt(form, lambda: actions.close(scope, pk)) if request.method == "POST" else None
    if isinstance(done, actions.Outcome):
        messages.success(request, "已结束，平均分已录入。" if done.has_result else "已结束，份数不足，没有结果。")
        return redirect("assessment:survey", pk=pk)
    intro = (
        f"已收回 {row.answered} 份（发放 {row.issued} 份）。结束后不再收取答卷；满 {smallest_group(scope.today)} 份的，"
        "平均分录入各方评分，各项只留平均分；不满的，已收的计数全部删除，不显示任何结果。"
    )
    back = reverse("assessment:survey", args=[pk])
    return form_page(request, form, title=f"结束测评：{row.organization}", submit="结束", cancel=back, intro=intro)


@page(needs=Right.GRADE, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    row, form = queries.held(scope, pk), WithdrawForm(request.POST if request.method == "POST" else None)
    done = attempt(form, lambda: actions.withdraw(scope, pk, **form.cleaned_data)) if request.method == "POST" else None
    if done is not None:
        messages.success(request, "已撤回，收回的答卷已全部删除。")
        return redirect("assessment:survey", pk=pk)
    back = reverse("assessment:survey", args=[pk])
    return form_page(request, form, title=f"撤回测评：{row.organization}", submit="撤回", cancel=back)
