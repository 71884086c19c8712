"""Work reports: the list, the calls, one report, handing in, sending back, grading, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen.forms import EvidenceForm
from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.evaluators.tables import ChooseTable
from zhibu.assessment.reports import actions, queries
from zhibu.assessment.reports.enums import WRITABLE, ReportState
from zhibu.assessment.reports.forms import CallForm, GradeForm, GradeSheetForm, ReportForm, ReturnForm
from zhibu.assessment.reports.models import WorkReport
from zhibu.assessment.reports.rules import refuse_return, reported_for, require_own
from zhibu.assessment.reports.tables import TONES, CallTable, ReportTable
from zhibu.indicators.periods import Period
from zhibu.ui import files
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import ChoiceFilter, Empty, table_page

MINE = {"write": queries.to_write, "grade": queries.to_grade}


def scope_of(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


@page(needs=Right.VIEW_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    may_call = scope.may(Right.GRADE)
    return table_page(
        request, _table(scope), queries.reports(scope), template="assessment/reports/index.html",
        context={"may_call": may_call}, export_right=Right.EXPORT,
    )  # fmt: skip


def _table(scope: Scope) -> ReportTable:
    def mine(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(pk__in=MINE[value](scope).values("pk"))

    empty, filters = ReportTable.empty, list(ReportTable.filters)
    if scope.may(Right.REPORT_WORK):
        filters.append(ChoiceFilter("mine", "待我办理", (("write", "待提交"), ("grade", "待评议")), apply=mine))
    if scope.may(Right.GRADE):
        empty = Empty(empty.title, empty.text, action="发起述职评议", url=reverse("assessment:report-call-new"))
    return ReportTable(filters=filters, empty=empty)


@page(needs=Right.GRADE)
def calls(request: HttpRequest) -> HttpResponseBase:
    return table_page(
        request, CallTable(), queries.calls(scope_of(request)), template="assessment/reports/calls.html",
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def call_new(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    known = queries.calling_organizations(scope)
    given = request.GET.get("organization", "")
    few = list(known[:2])
    if given.isdecimal() and len(given) < 18:
        node = known.filter(pk=int(given)).first()
        if node is None:
            raise Http404("没有这个党组织，或不能由您组织述职评议。")
    elif len(few) == 1:
        node = few[0]
    else:
        return table_page(request, ChooseTable(f"{request.path}?organization="), known)
    form = CallForm(request.POST or None, initial={"year": scope.today.year})
    done = attempt(form, lambda: actions.call(scope, node.pk, **form.cleaned_data)) if request.POST else None
    if done is not None:
        messages.success(request, "已发起，各党组织书记在首页看到。")
        return redirect("assessment:report-call", pk=done.pk)  # type: ignore[union-attr]
    intro = "直接下级党组织的书记各提交一份；同一年度再次发起，只改期限和要求，并补上新设立的党组织。"
    return form_page(
        request, form, title=f"发起述职评议：{node}", submit="发起", cancel=reverse("assessment:report-calls"),
        intro=intro, draft="report-call",
    )  # fmt: skip


@page(needs=Right.GRADE)
def call(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.call(scope, pk)
    rows = queries.reports(scope).filter(call=found)
    return table_page(
        request, ReportTable(title=str(found)), rows, template="assessment/reports/call.html",
        context={"call": found, "waiting": bool(queries.on_sheet(scope, found))}, export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.GRADE, methods=("GET", "POST"))
def grade_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All reports of a call that wait, on one sheet."""
    scope = scope_of(request)
    found = queries.call(scope, pk)
    typed = (name.removeprefix("version-") for name in request.POST if name.startswith("version-"))
    rows = queries.on_sheet(scope, found, [int(one) for one in typed if one.isdecimal() and len(one) < 18])
    form = GradeSheetForm(rows, request.POST or None, initial={"held_on": scope.today})
    done = attempt(form, lambda: actions.grade_sheet(scope, pk, form.given())) if request.method == "POST" else None
    back = reverse("assessment:report-call", args=[pk])
    if isinstance(done, list):
        messages.success(request, f"已登记 {len(done)} 份评议结果，下一次计算时计入。")
        return redirect(back)
    context = {"call": found, "form": form, "back": back, "more": len(rows) >= queries.ON_A_SHEET}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "assessment/reports/sheet.html", context, status=status)


@page(needs=Right.VIEW_SCORE)
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.report(scope, pk)
    may_write = found.organization_id in reported_for(scope) and found.state in WRITABLE
    context = {
        "report": found, "tone": TONES[ReportState(found.state)], "may_write": may_write,
        "may_grade": queries.may_grade(scope, found), "files": list(found.files.all()), "form": EvidenceForm(),
        "attach_url": reverse("assessment:report-attach", args=[pk]),
        "period": Period.parse(found.period) if found.period else None,
        "late": found.state in ("called", "returned") and found.call.due_on < scope.today,
    }  # fmt: skip
    return render(request, "assessment/reports/report.html", context)


@page(needs=Right.REPORT_WORK, methods=("GET", "POST"))
def write(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = queries.report(scope, pk, Right.REPORT_WORK)
    require_own(scope, found)
    back = reverse("assessment:report", args=[pk])
    if found.state not in WRITABLE:
        messages.info(request, "述职报告已经评议，不再改动。")
        return redirect(back)
    form = ReportForm(request.POST or None, initial={"text": found.text, "version": found.version})
    done = attempt(form, lambda: actions.hand_in(scope, pk, **form.cleaned_data)) if request.POST else None
    if done is not None:
        messages.success(request, "已提交，评议之前还可以修改。")
        return redirect(back)
    return form_page(
        request, form, title=f"述职报告：{found.organization}", submit="提交", cancel=back, intro=found.call.note,
        draft=f"work-report-{pk}",
    )  # fmt: skip


def _to_grade(scope: Scope, pk: int) -> WorkReport:
    found = queries.report(scope, pk, Right.GRADE)
    if not queries.may_grade(scope, found):
        raise PermissionDenied("述职报告由上级党组织评议，述职人不评议自己的报告。")
    return found


@page(needs=Right.GRADE, methods=("GET", "POST"))
def send_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _to_grade(scope, pk)
    if request.method == "GET":
        refuse_return(found)
    form = ReturnForm(request.POST or None, initial={"version": found.version})
    done = attempt(form, lambda: actions.send_back(scope, pk, **form.cleaned_data)) if request.POST else None
    back = reverse("assessment:report", args=[pk])
    if done is not None:
        messages.success(request, "已退回修改。")
        return redirect(back)
    return form_page(request, form, title=f"退回述职报告：{found.organization}", submit="退回", cancel=back)


@page(needs=Right.GRADE, methods=("GET", "POST"))
def grade(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    found = _to_grade(scope, pk)
    back = reverse("assessment:report", args=[pk])
    if found.state not in (ReportState.SUBMITTED, ReportState.GRADED):
        messages.info(request, "述职报告还没有提交，不能评议。")
        return redirect(back)
    names = ("version", "held_on", "present", "grade", "comment")
    initial = {name: getattr(found, name) for name in names}
    initial |= {f"ticks-{one.value}": getattr(found, one.value) for one in ReportGrade}
    form = GradeForm(request.POST or None, initial=initial, again=found.state == ReportState.GRADED)

    def call() -> WorkReport:
        return actions.grade(scope, pk, form.conclusion(), version=form.cleaned_data["version"])

    done = attempt(form, call) if request.POST else None
    if done is not None:
        messages.success(request, "已登记评议结果，下一次计算时计入。")
        return redirect(back)
    return form_page(request, form, title=f"述职评议：{found.organization}", submit="登记", cancel=back)


@page(needs=Right.REPORT_WORK, methods=("POST",))
def attach(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    require_own(scope, queries.report(scope, pk, Right.REPORT_WORK))
    form = EvidenceForm(request.POST, request.FILES)
    back = reverse("assessment:report", args=[pk])
    if attempt(form, lambda: actions.attach(scope, pk, form.cleaned_data["file"])) is not None:
        messages.success(request, "已保存附件。")
        return redirect(back)
    return form_page(request, form, title="上传附件", submit="上传", cancel=back)


@page(needs=Right.VIEW_SCORE)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    found, _report = queries.report_file(scope_of(request), pk)
    return files.download(found)


@page(needs=Right.REPORT_WORK, methods=("POST",))
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    found = actions.detach(scope_of(request), pk, reason=request.POST.get("reason", ""))
    messages.success(request, "已删去附件。")
    return redirect("assessment:report", pk=found.pk)
