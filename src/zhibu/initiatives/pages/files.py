"""Attachments: up, down, removed with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import files as actions
from zhibu.initiatives.forms import AttachForm
from zhibu.initiatives.pages.common import scope_of
from zhibu.initiatives.queries.files import attachment
from zhibu.ui import files
from zhibu.ui.forms import attempt, form_page


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def attach_to_project(request: HttpRequest, pk: int) -> HttpResponse:
    queries.project(scope_of(request), pk, Right.RECORD_INITIATIVE)
    return _attach(request, "project", pk)


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def attach_to_entry(request: HttpRequest, pk: int) -> HttpResponse:
    queries.entry(scope_of(request), pk)
    return _attach(request, "entry", pk)


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def attach_to_deed(request: HttpRequest, pk: int) -> HttpResponse:
    queries.deed(scope_of(request), pk, Right.RECORD_INITIATIVE)
    return _attach(request, "deed", pk)


def _attach(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    form = AttachForm(request.POST, request.FILES)
    back = reverse(f"initiatives:{kind}", args=[pk])
    if attempt(form, lambda: actions.attach(scope_of(request), kind, pk, form.cleaned_data["file"])):
        messages.success(request, "已保存附件。")
        return redirect(back)
    return form_page(request, form, title="上传附件", submit="上传", cancel=back)


@page(needs=Right.VIEW_INITIATIVE)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    found, _kind, _holder = attachment(scope_of(request), pk)
    return files.download(found)


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    kind, holder = actions.detach(scope_of(request), pk, reason=request.POST.get("reason", ""))
    messages.success(request, "已删去附件。")
    return redirect(f"initiatives:{kind}", pk=holder)
