"""The ledger to read, to print and to take along; and the rights of inspectors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.ledger import actions, queries
from zhibu.meetings.ledger.enums import ExportState, Format
from zhibu.meetings.ledger.tables import InspectionTable, LedgersTable, RecordsTable
from zhibu.organizations.forms import OrganizationField
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import download
from zhibu.ui.forms import DateField, Form, attempt, form_page
from zhibu.ui.tables import bind, table_page

SHOWN = 5


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.scope  # type: ignore[attr-defined]
    return found


def _year(request: HttpRequest, scope: Scope) -> int:
    given = request.POST.get("year") or request.GET.get("year") or ""
    known = queries.years(scope.today)
    return int(given) if len(given) == 4 and given.isdecimal() and int(given) in known else scope.today.year


@page(needs=Right.READ_LEDGER)
def ledgers(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    context = {"may_grant": scope.may(Right.APPOINT)}
    return table_page(
        request, LedgersTable(), queries.ledgers(scope), template="meetings/ledger/index.html", context=context
    )


@page(needs=Right.READ_LEDGER)
def ledger(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = _scope(request)
    node, year = queries.organization(scope, pk), _year(request, scope)
    bound = bind(request, RecordsTable(pk), queries.records(node, year))
    if answer := bound.answer():
        return answer
    actions.note_reading(scope, node, year, "overview")
    exports = list(queries.exports(scope, node, year)[:SHOWN])
    context = {
        **queries.overview(node, year, scope.today), "bound": bound, "years": queries.years(scope.today),
        "exports": exports, "formats": Format,
    }  # fmt: skip
    return render(request, "meetings/ledger/ledger.html", context)


@page(needs=Right.READ_LEDGER)
def chapters(request: HttpRequest, pk: int) -> HttpResponse:
    """What the branch did beside its meetings; bound into the same ledger."""
    scope = _scope(request)
    node, year = queries.organization(scope, pk), _year(request, scope)
    actions.note_reading(scope, node, year, "chapters")
    context = {"node": node, "year": year, "chapters": queries.chapters(node, year, scope.today)}
    return render(request, "meetings/ledger/chapters.html", context)


@page(needs=Right.READ_LEDGER)
def record(request: HttpRequest, pk: int, record: int) -> HttpResponse:
    scope = _scope(request)
    node = queries.organization(scope, pk)
    found = queries.record(scope, node, record)
    actions.note_reading(scope, node, found.held_on.year, f"record {found.pk}")
    return render(request, "meetings/ledger/record.html", {"node": node, **queries.record_context(found)})


@page(needs=Right.READ_LEDGER)
def attachment(request: HttpRequest, pk: int, record: int, attachment: int) -> HttpResponseBase:
    scope = _scope(request)
    node = queries.organization(scope, pk)
    found = queries.attachment(queries.record(scope, node, record), attachment)
    actions.note_reading(scope, node, found.meeting.held_on.year, f"attachment {found.pk}")
    return download(found)


@page(needs=Right.READ_LEDGER, methods=("POST",))
def export(request: HttpRequest, pk: int) -> HttpResponse:
    scope = _scope(request)
    year, wanted = _year(request, scope), request.POST.get("format", "")
    actions.ask(scope, pk, year, Format(wanted) if wanted in Format.values else Format.PDF)
    messages.success(request, "正在后台生成，完成后在本页下载。")
    return redirect(f"{reverse('meetings:ledger', args=[pk])}?year={year}")


@page(needs=Right.READ_LEDGER)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar again while the worker is at it; then the page is loaded anew."""
    row = queries.export(_scope(request), pk)
    if row.state in {ExportState.WAITING, ExportState.DOING}:
        return render(request, "meetings/ledger/progress.html", {"one": row})
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


@page(needs=Right.READ_LEDGER)
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = _scope(request)
    row = queries.export(scope, pk)
    if row.state != ExportState.DONE:
        raise Refusal("这份台账还没有生成。", remedy="请稍后再试。")
    try:
        stored = row.file.open("rb")
    except FileNotFoundError:
        raise Refusal("文件已经清理。", remedy="请重新导出。") from None
    actions.note_reading(scope, row.organization, row.year, row.format)
    answer = FileResponse(stored, as_attachment=True, filename=f"{row.organization.name}{row.year}年台账.{row.format}")
    answer["Content-Type"] = "application/pdf" if row.format == Format.PDF else "application/zip"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class InspectionForm(Form):
    organization = OrganizationField(label="可查阅的党组织", help_text="含下级。填代码、全称或简称")
    username = forms.CharField(label="检查人员的账号", max_length=150, help_text="检查专用的账号，先在“账号”里开通")
    until = DateField(label="查阅截止", help_text="最长三个月，到期自动失效，可以随时收回。")
    reason = forms.CharField(label="检查事由", max_length=200, required=False)

    def __init__(self, *given: Any, scope: Scope, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["organization"]
        assert isinstance(field, OrganizationField)
        field.offer(scope, Right.APPOINT)


@page(needs=Right.APPOINT)
def inspections(request: HttpRequest) -> HttpResponseBase:
    rows = queries.inspections(_scope(request))
    return table_page(request, InspectionTable(), rows, template="meetings/ledger/inspections.html")


@page(needs=Right.APPOINT, methods=("GET", "POST"))
def grant(request: HttpRequest) -> HttpResponseBase:
    scope = _scope(request)
    form = InspectionForm(request.POST or None, scope=scope)

    def act() -> bool:
        given = dict(form.cleaned_data)
        return bool(actions.grant(scope, given.pop("organization").pk, **given))

    if request.method == "POST" and attempt(form, act):
        messages.success(request, "已授权，检查人员登录后在“台账”里查阅，每次查阅都留痕。")
        return redirect("meetings:inspections")
    cancel = reverse("meetings:inspections")
    intro = "只能看台账和下载，不能改任何内容，看不到谈心谈话的双方和内容。"
    return form_page(request, form, title="授权查阅台账", submit="授权", cancel=cancel, intro=intro)


@page(needs=Right.APPOINT, methods=("GET", "POST"))
def revoke(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = _scope(request)
    row = queries.inspection(scope, pk)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.revoke(scope, pk))):
        messages.success(request, "已收回。")
        return redirect("meetings:inspections")
    intro = f"{row.user.display_name} 可查阅 {row.organization} 的台账，到 {row.until} 为止。收回后立即失效。"
    cancel = reverse("meetings:inspections")
    return form_page(request, form, title="收回查阅授权", submit="收回", cancel=cancel, intro=intro)
