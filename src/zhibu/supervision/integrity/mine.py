"""What the reader is to read and to sign. Nothing is kept about opening a page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from zhibu.accounts.access import page
from zhibu.accounts.scope import Scope
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.integrity import actions, queries
from zhibu.supervision.integrity.forms import SignForm
from zhibu.supervision.integrity.tables import MyDeclarationTable, MyMaterialTable
from zhibu.ui.files import download
from zhibu.ui.forms import attempt
from zhibu.ui.tables import bind


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page()
def index(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    reading = bind(request, MyMaterialTable(), queries.my_materials(scope))
    signing = bind(request, MyDeclarationTable(), queries.my_declarations(scope), prefix="d-")
    if answer := reading.answer() or signing.answer():
        return answer
    return render(request, "supervision/integrity/mine.html", {"bound": reading, "signing": signing})


@page(methods=("GET", "POST"))
def material(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.my_material(scope, pk)
    if request.method == "POST":
        actions.confirm(scope, pk)
        messages.success(request, "已确认阅读。")
        return redirect("supervision:integrity-mine")
    return render(request, "supervision/integrity/read.html", {"found": found})


@page()
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.my_material(_scope(request), pk)
    if not found.file:
        raise Refusal("这份材料没有文件。", remedy="请看正文。")
    return download(found)


@page(methods=("GET", "POST"))
def declaration(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.my_declaration(scope, pk)
    text = found.texts.order_by("-version").first()
    form = SignForm(request.POST or None, initial={"version": text.version if text else 0})
    if request.method == "POST" and attempt(
        form, lambda: bool(actions.sign(scope, pk, version=form.cleaned_data["version"]))
    ):
        messages.success(request, "已签署。")
        return redirect("supervision:integrity-mine")
    if form.errors:
        # Whoever signs again signs what is shown now.
        form.data = {**form.data.dict(), "version": str(text.version if text else 0)}  # type: ignore[attr-defined]
    context = {"found": found, "text": text, "form": form, "months": value("supervise.declaration", scope.today).number}
    return render(request, "supervision/integrity/sign.html", context, status=422 if form.errors else 200)
