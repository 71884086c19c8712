"""Criticism at the meeting, and the rectification list after it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.meetings.life import actions, queries
from zhibu.meetings.life.actions.rectifying import owners
from zhibu.meetings.life.enums import LineState
from zhibu.meetings.life.forms import ChangeLineForm, CloseForm, CriticismForm, LineForm, LineReportForm
from zhibu.meetings.life.models import Criticism
from zhibu.meetings.life.pages.overview import home, scope_of
from zhibu.meetings.life.pages.preparing import body_of
from zhibu.meetings.life.tables import LinesTable
from zhibu.people.models import Person
from zhibu.ui.forms import Form, attempt, form_page
from zhibu.ui.tables import table_page


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def criticize(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One point after the other: the form comes back with the same person criticized."""
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    people = Person.objects.filter(pk__in=queries.came(life)).order_by("pinyin", "pk")
    initial = {"submission": uuid.uuid4(), "about": request.GET.get("about")}
    form = CriticismForm(request.POST or None, initial=initial, people=people)
    if request.method == "POST":
        row = attempt(form, lambda: actions.add_criticism(scope, pk, **form.cleaned_data))
        if isinstance(row, Criticism):
            messages.success(request, "已登记一条。")
            return redirect(f"{request.path}?about={row.about_id}")
    intro = "逐条登记会上说的事实，不评分、不排序。被批评的人和批评的人能看到自己的，阅读范围与会议记录相同。"
    title = "登记批评和自我批评"
    return form_page(request, form, title=title, submit="登记", cancel=home(pk, "criticism"), intro=intro)


@page(needs=Right.RECORD_MEETING, methods=("POST",))
def remove_criticism(request: HttpRequest, pk: int, criticism: int) -> HttpResponse:
    actions.remove_criticism(scope_of(request), pk, criticism)
    messages.success(request, "已删去一条。")
    return redirect(home(pk, "criticism"))


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def new_line(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    life = queries.one(scope, pk, Right.RECORD_MEETING)
    people = owners(life, scope.today).values()
    form = LineForm(request.POST or None, initial={"submission": uuid.uuid4()}, people=people, body=body_of(life))

    def act() -> bool:
        given = dict(form.cleaned_data)
        submission = given.pop("submission")
        return bool(actions.add_line(scope, pk, actions.Line(**given), submission=submission))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已列入整改清单。")
        return redirect(home(pk, "lines"))
    intro = "列入后同时报到问题台账，责任人在“我的组织生活会”里能看到，逾期会提醒。"
    return form_page(request, form, title="列入整改清单", submit="列入", cancel=home(pk, "lines"), intro=intro)


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    row = queries.line(scope, pk)
    scope.require(Right.RECORD_MEETING, row.life.organization.path)
    people = {**owners(row.life, scope.today), row.owner_id: row.owner}.values()
    initial = {"problem": row.problem, "measure": row.measure, "owner": row.owner_id, "due_on": row.due_on}
    form = ChangeLineForm(request.POST or None, initial=initial, people=people)

    def act() -> bool:
        given = dict(form.cleaned_data)
        reason = given.pop("reason")
        return bool(actions.change_line(scope, pk, actions.Line(**given), reason=reason))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已更正，原内容保留在本页。")
        return redirect("meetings:rectification", pk)
    cancel = reverse("meetings:rectification", args=[pk])
    return form_page(request, form, title="更正整改事项", submit="更正", cancel=cancel)


@page(needs=Right.VIEW_MEETING)
def lines(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    table = LinesTable(scope.today, scope.person_id)
    return table_page(
        request, table, queries.lines(scope), template="meetings/life/lines.html", export_right=Right.EXPORT
    )


@page(methods=("GET", "POST"))
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: its owner says what was done, whoever keeps the list strikes it off with the evidence."""
    scope = scope_of(request)
    row = queries.line(scope, pk)
    is_open = row.state == LineState.OPEN
    keeps = scope.may(Right.RECORD_MEETING, row.life.organization.path)
    closing = request.method == "POST" and request.POST.get("do") == "close"
    report_form = LineReportForm(None if closing else request.POST or None, initial={"text": row.reported})
    initial = {"on": scope.today, "evidence": row.reported}
    close_form = CloseForm(request.POST if closing else None, initial=initial)
    form: Form = close_form if closing else report_form

    def act() -> bool:
        if closing:
            return bool(actions.close_line(scope, pk, **close_form.cleaned_data))
        return bool(actions.report_line(scope, pk, **report_form.cleaned_data))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已销号。" if closing else "已报告，等支部核对后销号。")
        return redirect("meetings:rectification", pk)
    context = {
        "line": row, "is_open": is_open, "late": is_open and row.due_on < scope.today, "body": body_of(row.life),
        "report_form": report_form if is_open and row.owner_id == scope.person_id else None,
        "close_form": close_form if is_open and keeps else None, "keeps": keeps,
        "versions": list(row.versions.select_related("owner")),
    }  # fmt: skip
    return render(request, "meetings/life/line.html", context, status=422 if form.is_bound else 200)
