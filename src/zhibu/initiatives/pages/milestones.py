"""What happens to a milestone while the project runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import projects as actions
from zhibu.initiatives.forms import MilestoneForm, ReachForm, ReasonForm
from zhibu.initiatives.models import Milestone, Project
from zhibu.initiatives.pages.common import scope_of
from zhibu.ui.forms import Form, attempt, form_page


def _found(request: HttpRequest, pk: int, milestone: int) -> tuple[Project, Milestone]:
    project = queries.project(scope_of(request), pk, Right.RECORD_INITIATIVE)
    row = project.milestones.filter(pk=milestone).first()
    if row is None:
        raise Http404("没有这个节点。")
    return project, row


def _page(
    request: HttpRequest, pk: int, form: Form, call: Callable[[], Any], *, title: str, done: str, submit: str = "保存"
) -> HttpResponse:
    if request.method == "POST" and attempt(form, call):
        messages.success(request, done)
        return redirect("initiatives:project", pk=pk)
    return form_page(request, form, title=title, submit=submit, cancel=reverse("initiatives:project", args=[pk]))


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def add(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    queries.project(scope, pk, Right.RECORD_INITIATIVE)
    form = MilestoneForm(request.POST or None)
    return _page(
        request, pk, form, lambda: actions.add_milestone(scope, pk, **form.cleaned_data), title="增加节点",
        done="已增加节点。",
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def reach(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    scope = scope_of(request)
    _project, row = _found(request, pk, milestone)
    form = ReachForm(request.POST or None, initial={"on": scope.today})
    return _page(
        request, pk, form, lambda: actions.reach(scope, pk, milestone, **form.cleaned_data),
        title=f"节点完成：{row.title}", done="已登记节点完成。",
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def change(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    scope = scope_of(request)
    _project, row = _found(request, pk, milestone)
    form = MilestoneForm(request.POST or None, initial={"title": row.title, "due_on": row.due_on})
    return _page(
        request, pk, form, lambda: actions.change(scope, pk, milestone, **form.cleaned_data),
        title=f"调整节点：{row.title}", done="已调整节点，原节点和理由保留在记录里。",
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def drop(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    scope = scope_of(request)
    _project, row = _found(request, pk, milestone)
    form = ReasonForm(request.POST or None)
    return _page(
        request, pk, form, lambda: actions.drop_milestone(scope, pk, milestone, **form.cleaned_data),
        title=f"取消节点：{row.title}", done="已取消节点。", submit="取消这个节点",
    )  # fmt: skip
