"""Pages of the templates: they read input, call one action or query, and render."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents import actions, queries
from zhibu.documents.checking import LARGEST
from zhibu.documents.filling import filled
from zhibu.documents.forms import RestoreForm, UploadForm
from zhibu.documents.models import Template
from zhibu.documents.preview import as_pdf, preview
from zhibu.documents.registry import DocumentKind
from zhibu.documents.tables import VersionTable
from zhibu.ui.forms import attempt
from zhibu.ui.tables import bind

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def attachment(content: bytes, name: str, content_type: str = DOCX) -> HttpResponse:
    """A file to save, never a page of this site."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page(needs=Right.EDIT_TEMPLATE)
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "documents/index.html", {"kinds": queries.kinds(_scope(request))})


@page(needs=Right.EDIT_TEMPLATE, methods=("GET", "POST"))
def detail(request: HttpRequest, key: str) -> HttpResponseBase:
    """One template: what may stand in it, how it looks, its versions; the form puts an edited one in force."""
    scope = _scope(request)
    kind = queries.kind(scope, key)
    newest = queries.newest_version(scope, kind)
    bound = bind(request, VersionTable(), queries.versions(scope, kind))
    if request.method == "GET" and (answer := bound.answer()):
        return answer
    form = UploadForm(request.POST or None, request.FILES or None, initial={"based_on": newest})
    if request.method == "POST" and (added := attempt(form, lambda: _take(scope, kind, form))):
        assert isinstance(added, Template)
        messages.success(request, f"已核对并启用第 {added.version} 版，以后的“{kind.label}”都用它。")
        return redirect("documents:detail", key)
    content = queries.content(scope, kind, newest)
    context = {
        "kind": kind,
        "newest": newest,
        "form": form,
        "bound": bound,
        # The one place where HTML is trusted: it comes cleaned from the preview.
        "preview": mark_safe(preview(filled(content, kind, [kind.sample]))),
        "older": range(newest - 1, -1, -1),
    }
    return render(request, "documents/detail.html", context, status=422 if form.is_bound and form.errors else 200)


def _take(scope: Scope, kind: DocumentKind, form: UploadForm) -> Template:
    cleaned = form.cleaned_data
    content = cleaned["file"].read(LARGEST + 1)
    if len(content) > LARGEST:
        raise actions.too_large()
    return actions.upload(scope, kind, content, note=cleaned["note"], based_on=cleaned["based_on"], at=timezone.now())


@page(needs=Right.EDIT_TEMPLATE, methods=("POST",))
def restore(request: HttpRequest, key: str) -> HttpResponseBase:
    scope = _scope(request)
    kind = queries.kind(scope, key)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择要恢复的版本。")
        return redirect("documents:detail", key)
    cleaned = form.cleaned_data
    added = actions.restore(scope, kind, cleaned["version"], based_on=cleaned["based_on"], at=timezone.now())
    messages.success(request, f"{added.note}，现在是第 {added.version} 版。")
    return redirect("documents:detail", key)


@page(needs=Right.EDIT_TEMPLATE)
def version(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """The file of one version, to edit in Word; 0 is the shipped one."""
    kind = queries.kind(_scope(request), key)
    name = f"{kind.label}（模板第{version}版）.docx" if version else f"{kind.label}（系统自带模板）.docx"
    return attachment(queries.content(_scope(request), kind, version), name)


@page(needs=Right.EDIT_TEMPLATE)
def sample(request: HttpRequest, key: str) -> HttpResponse:
    """The template in force, filled with invented values, as Word would open it."""
    scope = _scope(request)
    kind = queries.kind(scope, key)
    return attachment(_sample(scope, kind), f"{kind.label}（示例）.docx")


@page(needs=Right.EDIT_TEMPLATE)
def sample_pdf(request: HttpRequest, key: str) -> HttpResponse:
    scope = _scope(request)
    kind = queries.kind(scope, key)
    pdf = as_pdf(_sample(scope, kind), title=kind.label)
    return attachment(pdf, f"{kind.label}（示例）.pdf", "application/pdf")


def _sample(scope: Scope, kind: DocumentKind) -> bytes:
    return filled(queries.content(scope, kind, queries.newest_version(scope, kind)), kind, [kind.sample])
