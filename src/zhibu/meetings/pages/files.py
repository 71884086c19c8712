"""Attachments, talks and the discarding of drafts: short answers to short forms."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings import actions, queries
from zhibu.meetings.forms import AttachmentForm, TalkForm
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.queries import organization as one_organization
from zhibu.ui.files import download
from zhibu.ui.forms import attempt, form_page


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def attach(request: HttpRequest, pk: int) -> HttpResponseBase:
    form = AttachmentForm(request.POST, request.FILES)
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.meeting(scope, pk, Right.RECORD_MEETING)
    if attempt(form, lambda: actions.attach(scope, pk, form.cleaned_data["file"])):
        messages.success(request, "已保存附件。")
        return redirect("meetings:meeting", pk=pk)
    return form_page(request, form, title="上传附件", submit="上传", cancel=f"/meetings/{found.pk}/")


@page(needs=Right.RECORD_MEETING)
def attachment(request: HttpRequest, pk: int, attachment: int) -> HttpResponseBase:
    return download(queries.attachment(request.scope, pk, attachment))  # type: ignore[attr-defined]


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def detach(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    actions.detach(request.scope, pk, attachment, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
    messages.success(request, "已删去附件。")
    return redirect("meetings:meeting", pk=pk)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.meeting(scope, pk, Right.RECORD_MEETING)
    if request.method == "POST":
        actions.delete_draft(scope, pk)
        messages.success(request, "已删除草稿。")
        return redirect("meetings:index")
    return render(request, "meetings/delete.html", {"meeting": found})


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def new_talk(request: HttpRequest) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    branches = queries.recording_organizations(scope).filter(kind__in=BRANCH_KINDS).order_by("path")
    given = request.POST.get("organization") or request.GET.get("organization") or ""
    node: Any = branches.first()
    if given.isdecimal() and len(given) < 18:
        node = one_organization(scope, int(given), Right.RECORD_MEETING)
    choices = [(one.pk, one.name) for one in branches[:50]]
    if node is not None and (node.pk, node.name) not in choices:
        choices = [(node.pk, node.name), *choices]
    day = _day(request, scope)
    people = queries.chairs(scope, node, day) if node is not None else []
    initial = {
        "submission": uuid.uuid4(), "held_on": day, "first": scope.person_id, "organization": node and node.pk,
    }  # fmt: skip
    form = TalkForm(request.POST or None, initial=initial, organizations=choices, people=people)
    if request.method == "POST":
        talk = attempt(form, lambda: actions.record_talk(scope, form.cleaned_data["organization"], **_talk(form)))
        if talk:
            messages.success(request, "已登记谈话。")
            return redirect("meetings:talks")
    intro = "只登记谈话这一事实。谈了什么不在平台保存；只有谈话双方和支部书记看得到这条登记。"
    return form_page(request, form, title="登记谈心谈话", submit="登记", cancel="/meetings/talks/", intro=intro)


def _talk(form: TalkForm) -> dict[str, Any]:
    names = ("first", "second", "held_on", "topic", "submission")
    return {name: form.cleaned_data[name] for name in names}


def _day(request: HttpRequest, scope: Scope) -> date:
    try:
        return date.fromisoformat(request.POST.get("held_on", ""))
    except ValueError:
        return scope.today
