"""The journal: all lines, one organization's month or year with what the platform knows, one line."""

from __future__ import annotations

import calendar
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.initiatives import queries
from zhibu.initiatives.actions import journal as actions
from zhibu.initiatives.enums import EntryState
from zhibu.initiatives.forms import AttachForm, CorrectionForm, JournalForm, ReasonForm
from zhibu.initiatives.models import JournalEntry
from zhibu.initiatives.pages.common import chosen, scope_of, went
from zhibu.initiatives.queries import Happening
from zhibu.initiatives.tables import JournalTable
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.documents import render_pdf
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Tab
from zhibu.ui.tables import Column, Empty, table_page
from zhibu.ui.tables.streaming import stream_xlsx

YEARS_BACK = 4
COLUMNS = (("日期", 12), ("类别", 20), ("事项", 60), ("谁做的", 24))
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF_LINES = 1000


@page(needs=Right.RECORD_INITIATIVE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    empty = Empty(
        "还没有工作纪实", "支部做了什么，当天记一句。会议、办理步骤、决议任务、志愿服务会自动列出，不必再写。",
        action="记一条", url=reverse("initiatives:new-entry"),
    )  # fmt: skip
    nodes = list(queries.recording_organizations(scope)[:2])
    return table_page(
        request, JournalTable(empty=empty), queries.entries(scope), template="initiatives/journals.html",
        context={"node": nodes[0] if len(nodes) == 1 else None}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    node = chosen(request)
    if not isinstance(node, Organization):
        return node
    form = JournalForm(request.POST or None, request.FILES or None, initial={"on": _day(request, scope.today)})
    if went(request, form, lambda: actions.write(scope, node.pk, **form.cleaned_data)):
        messages.success(request, "已登记工作纪实。")
        return redirect(f"{reverse('initiatives:journal', args=[node.pk])}?month={form.cleaned_data['on']:%Y-%m}")
    return form_page(
        request, form, title="记工作纪实", submit="登记", cancel=reverse("initiatives:journal", args=[node.pk]),
        draft="journal", intro=f"{node}。登记后不再改动，有误的另记一条更正并写明理由。",
    )  # fmt: skip


def _day(request: HttpRequest, today: date) -> date:
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


@dataclass(frozen=True)
class Span:
    """A month or a year of the journal."""

    first: date
    last: date
    label: str
    month: date | None

    @classmethod
    def asked(cls, request: HttpRequest, today: date) -> Span:
        year, month = request.GET.get("year", ""), request.GET.get("month", "")
        if year.isdecimal() and len(year) == 4 and 1921 <= int(year) <= today.year + 1:
            return cls(date(int(year), 1, 1), date(int(year), 12, 31), f"{int(year)} 年", None)
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            first = today.replace(day=1)
        if not 1921 <= first.year <= today.year + 1:
            first = today.replace(day=1)
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return cls(first, last, f"{first.year} 年 {first.month} 月", first)


@page(needs=Right.RECORD_INITIATIVE)
def of_organization(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A month, day by day, or a year, month by month; with search and export."""
    scope = scope_of(request)
    node = queries.journal_of(scope, pk)
    span = Span.asked(request, scope.today)
    words = request.GET.get("q", "").strip()[:100]
    found = queries.happenings(scope, node, span.first, span.last)
    if words:
        found = [one for one in found if any(words in text for text in (one.title, one.kind, one.who))]
    if wanted := request.GET.get("export", ""):
        scope.require(Right.EXPORT, node.path)
        return _export(request, node, span, found, wanted)
    months = [_month(node, date(span.first.year, number, 1), found) for number in range(1, 13)]
    context = {
        "node": node, "span": span, "q": words, "found": found, "months": months,
        "days": [(day, list(rows)) for day, rows in groupby(found, key=lambda one: one.on)],
        "tabs": _tabs(node, span), "exports": _exports(request) if scope.may(Right.EXPORT, node.path) else [],
        "before": _before(node, span), "after": _after(node, span, scope.today),
        "shown": "month" if span.month or words else "year",
    }  # fmt: skip
    return render(request, "initiatives/journal.html", context)


def _address(node: Organization, **query: object) -> str:
    return f"{reverse('initiatives:journal', args=[node.pk])}?{urlencode(query)}"


def _tabs(node: Organization, span: Span) -> list[Tab]:
    month = f"{span.month or span.first:%Y-%m}"
    return [
        Tab("月", _address(node, month=month), current=span.month is not None),
        Tab("年", _address(node, year=span.first.year), current=span.month is None),
    ]


def _before(node: Organization, span: Span) -> str:
    if span.month is None:
        return _address(node, year=span.first.year - 1)
    earlier = date(span.first.year - (span.first.month == 1), (span.first.month - 2) % 12 + 1, 1)
    return _address(node, month=f"{earlier:%Y-%m}")


def _after(node: Organization, span: Span, today: date) -> str:
    if span.last >= today:
        return ""
    if span.month is None:
        return _address(node, year=span.first.year + 1)
    later = date(span.first.year + (span.first.month == 12), span.first.month % 12 + 1, 1)
    return _address(node, month=f"{later:%Y-%m}")


def _month(node: Organization, first: date, found: list[Happening]) -> dict[str, Any]:
    kinds = Counter(_group(one) for one in found if (one.on.year, one.on.month) == (first.year, first.month))
    return {"label": f"{first.month} 月", "url": _address(node, month=f"{first:%Y-%m}"), "kinds": kinds,
            "cells": [kinds[name] for name in GROUPS], "total": kinds.total()}  # fmt: skip


GROUPS = ("工作纪实", "书记项目", "志愿服务", "为民办实事", "会议和办理")


def _group(one: Happening) -> str:
    return one.kind if one.kind in GROUPS else GROUPS[-1]


def _exports(request: HttpRequest) -> list[tuple[str, str]]:
    given = {name: request.GET[name] for name in ("year", "month", "q") if request.GET.get(name)}
    return [
        (label, f"{request.path}?{urlencode({**given, 'export': key})}")
        for key, label in (("xlsx", "Excel"), ("pdf", "PDF"))
    ]


def _export(request: HttpRequest, node: Organization, span: Span, found: list[Happening], wanted: str) -> FileResponse:
    if wanted not in ("xlsx", "pdf"):
        raise Refusal("没有这种导出格式。", remedy="请选择 Excel 或 PDF。")
    if wanted == "pdf" and len(found) > PDF_LINES:
        raise Refusal(f"超过 {PDF_LINES} 条，不适合导出为 PDF。", remedy="请按月导出，或者导出 Excel 表格。")
    title, now, user = f"{node} {span.label}工作纪实", timezone.localtime(), request.user
    rows = sorted(found, key=lambda one: one.on)
    who = f"{user.display_name}({user.get_username()})"  # type: ignore[union-attr]
    mark = f"导出账号：{who} 导出时间：{now:%Y-%m-%d %H:%M}"
    file = tempfile.SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  (FileResponse closes it)
    if wanted == "xlsx":
        lines: list[tuple[Any, ...]] = [(one.on, one.kind, one.title, one.who) for one in rows]
        for piece in stream_xlsx("工作纪实", COLUMNS, [*lines, (f"{mark} 共 {len(rows)} 条", "", "", "")]):
            file.write(piece)
    else:
        cells = [[(f"{one.on}", False), (one.kind, False), (one.title, False), (one.who, False)] for one in rows]
        heads = [Column(str(number), label) for number, (label, _width) in enumerate(COLUMNS)]
        context = {"title": title, "columns": heads, "lines": cells, "mark": mark, "landscape": False}
        file.write(render_pdf("ui/export_pdf.html", {**context, "today": timezone.localdate()}))
    actions.note_export(scope_of(request), node, title=title, count=len(rows))
    file.seek(0)
    kind = SHEET if wanted == "xlsx" else "application/pdf"
    return FileResponse(file, as_attachment=True, filename=f"{title}.{wanted}", content_type=kind)


@page(needs=Right.RECORD_INITIATIVE)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One line with what it corrects and what corrects it."""
    found = queries.entry(scope_of(request), pk)
    context = {
        "entry": found, "later": JournalEntry.objects.filter(corrects=found).first(),
        "current": found.state == EntryState.CURRENT,
        "attachments": list(found.attachments.all()), "attach_form": AttachForm(), "may_record": True,
        "attach_url": reverse("initiatives:attach-entry", args=[pk]),
    }  # fmt: skip
    return render(request, "initiatives/entry.html", context)


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    found = queries.entry(scope, pk)
    form = CorrectionForm(request.POST or None, initial={"on": found.on, "text": found.text, "who": found.who})
    if request.method == "POST":
        row = attempt(form, lambda: actions.correct(scope, pk, **form.cleaned_data))
        if isinstance(row, JournalEntry):
            messages.success(request, "已登记更正，原来的一条保留可查。")
            return redirect("initiatives:entry", pk=row.pk)
    return form_page(
        request, form, title="更正工作纪实", submit="登记更正", cancel=reverse("initiatives:entry", args=[pk])
    )


@page(needs=Right.RECORD_INITIATIVE, methods=("GET", "POST"))
def void(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of(request)
    queries.entry(scope, pk)
    form = ReasonForm(request.POST or None)
    if went(request, form, lambda: actions.void(scope, pk, **form.cleaned_data)):
        messages.success(request, "已作废，原来的内容保留可查。")
        return redirect("initiatives:entry", pk=pk)
    return form_page(
        request, form, title="作废工作纪实", submit="作废这一条", cancel=reverse("initiatives:entry", args=[pk])
    )
