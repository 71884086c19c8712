"""Pages of importing and exporting: they read input, call one action or query, and render."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues import queries as dues
from zhibu.dues.enums import StatementState
from zhibu.dues.models import Statement
from zhibu.exchange import actions, exporting, preview, queries
from zhibu.exchange.columns.sheets import SHEETS, sheet_of
from zhibu.exchange.enums import WORKING, BatchKind
from zhibu.exchange.forms import ExportForm, LeaversForm, PaymentsForm, UndoForm, UploadForm
from zhibu.exchange.leavers import leaver_lines
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.tables import BatchTable, local, rows_table
from zhibu.exchange.uploads import digest, read_limited
from zhibu.exchange.workbooks import TYPE, Watermark, template, write_csv, write_form
from zhibu.organizations.models import Organization
from zhibu.procedures.models import LeaverSheet
from zhibu.procedures.transfers.graduation.filling import take as take_leavers
from zhibu.procedures.transfers.graduation.queries import current_season
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import bind, table_page


def scope_of_request(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def attachment(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=TYPE)
    answer.headers["Content-Disposition"] = _disposition(name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _disposition(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(True, name) or "attachment"


@page(needs=Right.IMPORT)
def index(request: HttpRequest) -> HttpResponse:
    scope = scope_of_request(request)
    recent = list(queries.batches(scope).order_by("-uploaded_at")[:5])
    kinds = [{"value": kind.value, "label": kind.label, "columns": len(SHEETS[kind].columns)} for kind in BatchKind]
    context = {"recent": recent, "kinds": kinds, "may_export": scope.may(Right.EXPORT)}
    return render(request, "exchange/index.html", context)


@page(needs=Right.IMPORT, methods=("GET", "POST"))
def upload(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of_request(request)
    initial = {"kind": request.GET.get("kind", BatchKind.MEMBERS), "as_of": scope.today}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and (batch := attempt(form, lambda: _take(scope, form))):
        assert isinstance(batch, ImportBatch)
        return redirect("exchange:batch", batch.pk)
    limit = settings.UPLOAD_LIMIT // 1024 // 1024
    return form_page(
        request,
        form,
        title="上传表格",
        submit="上传并核对",
        cancel=reverse("exchange:index"),
        intro=f"上传后先核对，确认之前不会写入任何内容。文件不超过 {limit} MB。",
        template="exchange/upload.html",
    )


def _take(scope: Scope, form: UploadForm) -> ImportBatch:
    cleaned = form.cleaned_data
    content = read_limited(cleaned["file"], settings.UPLOAD_LIMIT)
    if content is None:
        raise actions.too_large()
    return actions.upload(scope, BatchKind(cleaned["kind"]), content, cleaned["file"].name, as_of=cleaned["as_of"])


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def payments(request: HttpRequest) -> HttpResponseBase:
    """A payment workbook goes to the worker and the dues room, which shows what each row is before anything is
    registered."""
    scope = scope_of_request(request)
    form = PaymentsForm(request.POST or None, request.FILES or None, scope=scope)
    taken = attempt(form, lambda: _take_payments(scope, form)) if request.method == "POST" else None
    if isinstance(taken, tuple):
        statement, is_new = taken
        if not is_new:
            messages.warning(request, f"同一个文件已经上传过（{statement.get_state_display()}），没有改动任何记录。")
        return redirect("dues:statement", statement.pk)
    return form_page(
        request, form, title="上传缴费流水", submit="上传并核对", cancel=reverse("dues:statements"),
        intro="上传后逐行核对，确认之前不会登记任何一笔。",
    )  # fmt: skip


def _take_payments(scope: Scope, form: PaymentsForm) -> tuple[Statement, bool]:
    file = form.cleaned_data["file"]
    content = read_limited(file, settings.UPLOAD_LIMIT)
    if content is None:
        raise actions.too_large()
    return actions.take_payments(scope, form.cleaned_data["organization"], content, file.name)


@page(needs=Right.RECORD_DUES)
def payments_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar again while the worker is at it; then the page of the statement is loaded anew."""
    one = actions.recover_payments(scope_of_request(request), pk)
    if one.state != StatementState.READING:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "dues/statement_progress.html", {"statement": one, **dues.progress(one)})


@page(needs=Right.RECORD_DUES, methods=("POST",))
def payments_again(request: HttpRequest, pk: int) -> HttpResponse:
    actions.read_payments_again(scope_of_request(request), pk)
    return redirect("dues:statement", pk)


@page(needs=Right.IMPORT, methods=("GET", "POST"))
def leavers(request: HttpRequest) -> HttpResponseBase:
    """A workbook of graduates' destinations goes to the graduation season, which shows what each row would do."""
    scope = scope_of_request(request)
    year = request.GET.get("year", "")
    season = int(year) if year.isdecimal() and len(year) == 4 else current_season(scope)
    initial = {"season": season}
    form = LeaversForm(request.POST or None, request.FILES or None, initial=initial)
    taken = attempt(form, lambda: _take_leavers(scope, form)) if request.method == "POST" else None
    if isinstance(taken, LeaverSheet):
        return redirect("procedures:leaver-sheet", taken.pk)
    return form_page(
        request, form, title="导入毕业去向表", submit="上传并核对", cancel=reverse("procedures:graduation"),
        intro="要有“去向”和“学工号”（或“姓名”）列，其余为接收党组织、介绍信抬头、有效天数、党费交至。逐行核对，确认之前不写入。"
        "没有表的，先下载去向表：本届名单已经填好，可填的词在单元格的下拉列表中。",
        template="exchange/leavers.html", context={"season": season},
    )  # fmt: skip


def _take_leavers(scope: Scope, form: LeaversForm) -> LeaverSheet:
    file = form.cleaned_data["file"]
    content = read_limited(file, settings.UPLOAD_LIMIT)
    if content is None:
        raise actions.too_large()
    lines = leaver_lines(content)
    return take_leavers(scope, form.cleaned_data["season"], lines, file_name=file.name, digest=digest(content))


@page(needs=Right.IMPORT)
def batches(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of_request(request)
    return table_page(
        request, BatchTable(), queries.batches(scope), template="exchange/batches.html", export_right=Right.EXPORT
    )


@page(needs=Right.IMPORT, methods=("GET", "POST"))
def batch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The preview; its form confirms."""
    scope = scope_of_request(request)
    held = actions.recover(scope, pk)
    table = rows_table(held, preview.organization_names(scope, held))
    bound = bind(request, table, queries.rows(scope, held), export_right=Right.EXPORT)
    if answer := bound.answer():
        return answer
    form = preview.confirm_form(held, request.POST if request.method == "POST" else None)
    if request.method == "POST" and attempt(form, lambda: bool(actions.confirm(scope, pk, **form.cleaned_data))):
        return redirect("exchange:batch", pk)
    context = preview.context(scope, held) | {"batch": held, "bound": bound, "form": form, "undo_form": UndoForm()}
    return render(request, "exchange/batch.html", context, status=422 if form.is_bound and form.errors else 200)


@page(needs=Right.IMPORT)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar again while the worker is at it; then the page is loaded anew."""
    scope = scope_of_request(request)
    held = actions.recover(scope, pk)
    if held.state not in WORKING:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "exchange/progress.html", {"batch": held, **preview.progress(held)})


@page(needs=Right.IMPORT, methods=("POST",))
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    actions.discard(scope_of_request(request), pk)
    messages.success(request, "已放弃这次导入，没有写入任何内容。")
    return redirect("exchange:index")


@page(needs=Right.IMPORT, methods=("POST",))
def check_again(request: HttpRequest, pk: int) -> HttpResponse:
    actions.check_again(scope_of_request(request), pk, form=request.POST.get("form", ""))
    return redirect("exchange:batch", pk)


@page(needs=Right.IMPORT, methods=("GET", "POST"))
def undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of_request(request)
    held = queries.batch(scope, pk)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda: bool(actions.undo(scope, pk, reason=form.cleaned_data["reason"]))
    ):
        messages.success(request, "已撤销这次导入，恢复到导入之前的内容。")
        return redirect("exchange:batch", pk)
    written = held.summary.get("written", {})
    intro = (
        f"将删去这次新增的 {written.get('created', 0)} 条，恢复这次更新的 {written.get('updated', 0)} 条原来的内容。"
        "导入之后又有变动的，不能撤销。"
    )
    back = reverse("exchange:batch", args=[pk])
    return form_page(
        request,
        form,
        title="撤销导入",
        submit="撤销导入",
        cancel=back,
        intro=intro,
        template="exchange/undo.html",
        context={"batch": held},
    )


@page(needs=Right.IMPORT)
def corrected(request: HttpRequest, pk: int) -> HttpResponse:
    scope = scope_of_request(request)
    held = queries.batch(scope, pk)
    name = held.file_name.rsplit(".", 1)[0]
    return attachment(preview.corrected(scope, held), f"{name}（改正稿）.xlsx")


@page(needs=Right.IMPORT)
def download_template(request: HttpRequest, kind: str) -> HttpResponse:
    sheet = sheet_of(kind)
    return attachment(template(sheet), f"{sheet.kind.label}（模板）.xlsx")


@page(needs=Right.IMPORT)
def guide(request: HttpRequest, kind: str) -> HttpResponse:
    sheet = sheet_of(kind)
    columns = [{"column": column, "synonyms": "、".join(sheet.synonyms(column)[:6])} for column in sheet.columns]
    return render(request, "exchange/guide.html", {"sheet": sheet, "columns": columns, "kind": kind})


@page(needs=Right.EXPORT, methods=("GET", "POST"))
def export(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of_request(request)
    initial = {"kind": BatchKind.MEMBERS, "format": "xlsx"}
    form = ExportForm(request.POST or None, scope=scope, initial=initial)
    if request.method == "POST" and (answer := attempt(form, lambda: _exported(request, scope, form.cleaned_data))):
        assert isinstance(answer, HttpResponseBase)
        return answer
    return form_page(
        request,
        form,
        title="导出采集表",
        submit="导出",
        cancel=reverse("exchange:index"),
        template="exchange/export.html",
    )


def _exported(request: HttpRequest, scope: Scope, chosen: dict[str, Any]) -> HttpResponseBase:
    kind, full = BatchKind(chosen["kind"]), bool(chosen.get("full"))
    under: Organization = chosen["organization"]
    people = kind == BatchKind.MEMBERS
    found = queries.members_for_export(scope, under) if people else queries.organizations_for_export(scope, under)
    count, reason = found.count(), chosen.get("reason", "")
    actions.record_export(scope, kind, under.path, count, full=full and people, reason=reason)
    rows = exporting.member_rows(scope, under, full=full) if people else exporting.organization_rows(scope, under)
    now = timezone.now()
    user = request.user
    account = f"{user.display_name}（{user.get_username()}）"  # type: ignore[union-attr]
    mark = Watermark(account, local(now), count, reason, masked=people and not full)
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    wanted = chosen["format"]
    if wanted == "xlsx":
        write_form(file, SHEETS[kind], rows, mark)
    else:
        write_csv(file, SHEETS[kind], rows, "gb18030" if wanted == "gb18030" else "utf-8-sig")
    file.seek(0)
    name = f"{kind.label}_{under}_{timezone.localdate()}.{'xlsx' if wanted == 'xlsx' else 'csv'}"
    answer = FileResponse(
        file, as_attachment=True, filename=name, content_type=TYPE if wanted == "xlsx" else "text/csv"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
