"""Material and declarations as editors and keepers see them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.integrity import actions, queries
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.supervision.integrity.forms import AssignForm, DeclarationForm, MaterialForm, TextForm
from zhibu.supervision.integrity.models import DeclarationKind, Material, ReadingAssignment
from zhibu.supervision.integrity.tables import (
    DeclarationTable,
    MaterialTable,
    coverage_table,
    declaration_names,
    reading_names,
)
from zhibu.ui.files import download
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import bind, table_page

PLACE = "supervision/integrity/"


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


def _tabs(current: str) -> list[Tab]:
    every = (("supervision:integrity", "材料"), ("supervision:declarations", "承诺书"))
    return [Tab(label, reverse(name), current=name == current) for name, label in every]


@page(needs=Right.VIEW_PROBLEM)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    context = {
        "tabs": _tabs("supervision:integrity"),
        "may_issue": scope.may(Right.SUPERVISE),
        "new": "supervision:material-new",
    }
    return table_page(
        request, MaterialTable(), queries.materials(scope), template=f"{PLACE}index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    scope = _scope(request)
    form = MaterialForm(request.POST or None, request.FILES or None, scope=scope, initial={"starts_on": scope.today})

    def act() -> Material:
        data = dict(form.cleaned_data)
        return actions.issue(
            scope,
            data.pop("organization").pk,
            kind=MaterialKind(data.pop("kind")),
            upload=data.pop("upload") or None,
            **data,
        )

    if request.method == "POST":
        made = attempt(form, act)
        if isinstance(made, Material):
            messages.success(request, "已发布，请接着交阅。")
            return redirect("supervision:material-assign", made.pk)
    return form_page(
        request, form, title="发布廉政教育材料", submit="发布", cancel=reverse("supervision:integrity"),
        draft="material",
        intro="发布后不能修改；有误的撤回，另发一份。只记录谁在哪一天确认读过，不记阅读时长和点击。",
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """One material with its assignments, each opening its coverage."""
    scope = _scope(request)
    found = queries.material(scope, pk)
    context = {
        "found": found, "assignments": list(queries.assignments(scope, found)[:200]), "today": scope.today,
        "may_assign": scope.may(Right.SUPERVISE) and found.withdrawn_on is None,
        "may_withdraw": scope.may(Right.SUPERVISE, found.organization.path) and found.withdrawn_on is None,
    }  # fmt: skip
    return render(request, f"{PLACE}material.html", context)


@page(needs=Right.VIEW_PROBLEM)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = queries.material(_scope(request), pk)
    if not found.file:
        raise Refusal("这份材料没有文件。", remedy="请看正文。")
    return download(found)


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.material(scope, pk)
    if request.method == "GET":
        actions.refuse_withdrawn(found)
    form, back = AssignForm(request.POST or None, scope=scope), reverse("supervision:material", args=[pk])

    def act() -> ReadingAssignment:
        data = form.cleaned_data
        return actions.assign(
            scope, pk, organization=data["organization"].pk, audience=Audience(data["audience"]), due_on=data["due_on"]
        )

    if request.method == "POST" and isinstance(attempt(form, act), ReadingAssignment):
        messages.success(request, "已交阅，列入他们的待办。")
        return redirect(back)
    return form_page(
        request, form, title="交阅", submit="交阅", cancel=back, intro=f"材料：{found.title}",
        template=f"{PLACE}act.html",
        context={"found": found, "back": back, "act": "交阅", "all": "supervision:integrity"},
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found, back = queries.material(scope, pk), reverse("supervision:material", args=[pk])
    if request.method == "GET":
        scope.require(Right.SUPERVISE, found.organization.path)
        actions.refuse_withdrawn(found)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.withdraw(scope, pk))):
        messages.success(request, "已撤回，不再需要阅读；已有的确认保留。")
        return redirect(back)
    return form_page(
        request, form, title="撤回材料", submit="撤回", cancel=back, intro=f"材料：{found.title}",
        template=f"{PLACE}act.html",
        context={"found": found, "back": back, "act": "撤回", "all": "supervision:integrity"},
    )  # fmt: skip


def _covered(request: HttpRequest, of: ReadingAssignment | DeclarationKind, done: str, names: str) -> Any:
    scope = _scope(request)
    found = queries.coverage(scope, of)
    table = coverage_table(scope, found, done, lambda node: reverse(names, args=[of.pk, node]))
    sums = queries.Coverage(sum(one.asked for one in found.values()), sum(one.done for one in found.values()))
    return bind(request, table, queries.covered(scope, found), export_right=Right.EXPORT), sums


@page(needs=Right.VIEW_PROBLEM)
def reading(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far one assignment is, by organization."""
    found = queries.assignment(_scope(request), pk)
    bound, sums = _covered(request, found, "已确认", "supervision:reading-names")
    if answer := bound.answer():
        return answer
    return render(request, f"{PLACE}reading.html", {"found": found, "bound": bound, "sums": sums, "title": "阅读情况"})


@page(needs=Right.VIEW_PROBLEM)
def reading_of(request: HttpRequest, pk: int, node: int) -> HttpResponseBase:
    scope = _scope(request)
    found = queries.assignment(scope, pk)
    kept = queries.kept_organization(scope, node, found)
    context = {"node": kept, "what": found.material.title, "back": reverse("supervision:reading", args=[pk])}
    return table_page(
        request, reading_names(), queries.names(scope, found, kept), template=f"{PLACE}names.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def declarations(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    context = {
        "tabs": _tabs("supervision:declarations"),
        "may_issue": scope.may(Right.SUPERVISE),
        "new": "supervision:declaration-new",
    }
    return table_page(
        request, DeclarationTable(), queries.declarations(scope), template=f"{PLACE}index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def declaration_new(request: HttpRequest) -> HttpResponse:
    scope = _scope(request)
    form = DeclarationForm(request.POST or None, scope=scope)

    def act() -> DeclarationKind:
        data = dict(form.cleaned_data)
        return actions.publish(scope, data.pop("organization").pk, audience=Audience(data.pop("audience")), **data)

    if request.method == "POST":
        made = attempt(form, act)
        if isinstance(made, DeclarationKind):
            messages.success(request, "已发布，列入签署人的待办。")
            return redirect("supervision:declaration", made.pk)
    months = value("supervise.declaration", scope.today).number
    return form_page(
        request, form, title="发布承诺书", submit="发布", cancel=reverse("supervision:declarations"),
        draft="declaration",
        intro=f"签署后每 {months} 个月续签一次（〔建议〕校内设定）。",
    )  # fmt: skip


@page(needs=Right.VIEW_PROBLEM)
def declaration(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One declaration: its words with earlier versions, and how many have signed, by organization."""
    scope = _scope(request)
    found = queries.declaration(scope, pk)
    bound, sums = _covered(request, found, "有效签署", "supervision:declaration-names")
    if answer := bound.answer():
        return answer
    texts = list(found.texts.order_by("-version")[:20])
    context = {
        "found": found, "bound": bound, "sums": sums, "text": texts[0], "earlier": texts[1:], "title": found.title,
        "may_edit": scope.may(Right.SUPERVISE, found.organization.path) and found.ended_on is None,
    }  # fmt: skip
    return render(request, f"{PLACE}declaration.html", context)


@page(needs=Right.VIEW_PROBLEM)
def declaration_of(request: HttpRequest, pk: int, node: int) -> HttpResponseBase:
    scope = _scope(request)
    found = queries.declaration(scope, pk)
    kept = queries.kept_organization(scope, node, found)
    context = {"node": kept, "what": found.title, "back": reverse("supervision:declaration", args=[pk])}
    return table_page(
        request, declaration_names(scope.today), queries.names(scope, found, kept), template=f"{PLACE}names.html",
        context=context, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found = queries.declaration(scope, pk)
    if request.method == "GET":
        scope.require(Right.SUPERVISE, found.organization.path)
        actions.refuse_ended(found)
    last = found.texts.order_by("-version").first()
    form = TextForm(request.POST or None, initial={"text": last.text if last else ""})
    act, back = "发布新版本", reverse("supervision:declaration", args=[pk])
    if request.method == "POST" and attempt(
        form, lambda: bool(actions.revise(scope, pk, text=form.cleaned_data["text"]))
    ):
        messages.success(request, "已发布新版本；此前的签署到续签期限前仍然有效。")
        return redirect(back)
    return form_page(
        request, form, title=f"{act}：{found.title}", submit=act, cancel=back, template=f"{PLACE}act.html",
        context={"found": found, "back": back, "act": act, "all": "supervision:declarations"},
    )  # fmt: skip


@page(needs=Right.SUPERVISE, methods=("GET", "POST"))
def end(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    found, back = queries.declaration(scope, pk), reverse("supervision:declaration", args=[pk])
    if request.method == "GET":
        scope.require(Right.SUPERVISE, found.organization.path)
        actions.refuse_ended(found)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.end(scope, pk))):
        messages.success(request, "已停用，不再需要签署；已有的签署保留。")
        return redirect(back)
    return form_page(
        request, form, title="停用承诺书", submit="停用", cancel=back, template=f"{PLACE}act.html",
        context={"found": found, "back": back, "act": "停用", "all": "supervision:declarations"},
    )  # fmt: skip
