"""What the superior does with a chosen action, on screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen import queries, reviewing
from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.chosen.forms import DecideForm, ReasonForm, ScoreForm
from zhibu.assessment.chosen.models import ChosenAction
from zhibu.assessment.chosen.pages import scope_of, version_of
from zhibu.assessment.chosen.rules import refuse_state
from zhibu.assessment.evaluators.queries import is_superior
from zhibu.ui.forms import Form, attempt, form_page


def _of_superior(scope: Scope, pk: int) -> ChosenAction:
    found = queries.chosen_action(scope, pk, Right.GRADE)
    if not is_superior(scope, found.organization):
        raise PermissionDenied("自选动作由上级党组织评审。")
    return found


def _asked(
    request: HttpRequest,
    found: ChosenAction,
    form: Form,
    call: Callable[[], Any],
    *,
    title: str,
    submit: str,
    done: str,
) -> HttpResponseBase:
    back = reverse("assessment:action", args=[found.pk])
    if request.method == "POST" and attempt(form, call):
        messages.success(request, done)
        return redirect(back)
    return form_page(request, form, title=f"{title}：{found.title}", submit=submit, cancel=back)


@page(needs=Right.GRADE, methods=("POST",))
def open_review(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = reviewing.open_review(scope_of(request), pk, version=version_of(request))
    messages.success(request, f"已开始评审，需要 {found.reviewers} 人分别评分。")
    return redirect("assessment:action", pk=pk)


@page(needs=Right.GRADE, methods=("GET", "POST"))
def score(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _of_superior(scope, pk)
    if found.state != ActionState.REVIEWING:
        messages.info(request, f"这项自选动作“{found.get_state_display()}”，现在不能评分。")
        return redirect("assessment:action", pk=pk)
    if request.method == "GET":
        reviewing.refuse_score(scope, found)
    form = ScoreForm(request.POST or None, rubric=reviewing.rubric_of(found))

    def call() -> ChosenAction:
        return reviewing.score(scope, pk, form.scores(), opinion=form.cleaned_data["opinion"])

    return _asked(request, found, form, call, title="评审", submit="提交评审", done="已提交评审。")


@page(needs=Right.GRADE, methods=("GET", "POST"))
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _of_superior(scope, pk)
    if request.method == "GET":
        reviewing.refuse_decision(scope, found)
    form = DecideForm(request.POST or None, given=[one.points for one in queries.reviews_of(found)])
    return _asked(
        request, found, form, lambda: reviewing.decide(scope, pk, **form.cleaned_data), title="裁定分歧", submit="裁定",
        done="已裁定，计入完成日期所在的季度。",
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def send_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _of_superior(scope, pk)
    if request.method == "GET":
        refuse_state(found, *reviewing.RETURNABLE)
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    return _asked(
        request, found, form, lambda: reviewing.send_back(scope, pk, **form.cleaned_data), title="退回", submit="退回",
        done="已退回党支部修改。",
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _of_superior(scope, pk)
    if request.method == "GET":
        refuse_state(found, ActionState.CONCLUDED)
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    return _asked(
        request, found, form, lambda: reviewing.reopen(scope, pk, **form.cleaned_data), title="重新评审",
        submit="重新评审", done="已撤销认定，等待重新评审；下一次计算时不再计入。",
    )  # fmt: skip
