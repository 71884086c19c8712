"""Attachments: up, down, removed with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import files as actions
from zhibu.initiatives.forms import AttachForm
from zhibu.initiatives.pages.common import scope_of
from zhibu.initiatives.queries.files import attachment
from zhibu.regulations.refusal import Refusal
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
    """Always as a download: nothing uploaded is ever shown as a page of this site."""
    found, _kind, _holder = attachment(scope_of(request), pk)
    try:
        file = found.file.open("rb")
    except FileNotFoundError:
        raise Refusal("这个附件在服务器上找不到了。", remedy="请联系系统管理员从备份恢复。") from None
    answer = FileResponse(file, as_attachment=True, filename=found.name)
    answer["Content-Type"] = found.content_type
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@page(needs=Right.RECORD_INITIATIVE, methods=("POST",))
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    kind, holder = actions.detach(scope_of(request), pk, reason=request.POST.get("reason", ""))
    messages.success(request, "已删去附件。")
    return redirect(f"initiatives:{kind}", pk=holder)
