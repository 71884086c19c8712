"""A list as a file. Every file says who made it and when, and making it is recorded."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone

from zhibu.regulations.refusal import Refusal
from zhibu.ui.cells import csv_value, write_value
from zhibu.ui.documents import render_pdf
from zhibu.ui.shown import shown
from zhibu.ui.tables.columns import Column
from zhibu.ui.tables.table import Table

FORMATS = {"xlsx": "Excel 表格", "csv": "CSV 文本", "pdf": "PDF 文档"}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
PDF_ROWS = 1000  # weasyprint lays out some hundred rows a second
WHOLE_COLUMNS, WHOLE_WORD, WHOLE_CODE = 12, 4, 16
CHUNK = 2000


def audited(scope: Any, table: Table, count: int) -> None:
    """The default ``on_export``: one audit entry with the list's title and the number of rows."""
    from zhibu.audit.actions import record

    with transaction.atomic():
        record(scope, "export", changes={"list": table.title, "rows": count})


def export(
    request: HttpRequest,
    table: Table,
    queryset: QuerySet,
    wanted: str,
    scope: Any,
    on_export: Callable[[Any, Table, int], object],
) -> HttpResponseBase:
    """The file. It is handed out only after ``on_export`` has recorded it."""
    if wanted not in FORMATS:
        raise Refusal("没有这种导出格式。", remedy="请选择 Excel、CSV 或 PDF。")
    columns = [column for column in table.columns if column.export]
    now = timezone.localtime()
    user: Any = request.user
    mark = f"导出账号：{user.display_name}({user.get_username()}) 导出时间：{now:%Y-%m-%d %H:%M}"
    writers = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}
    rows = queryset.iterator(chunk_size=CHUNK)
    if wanted == "pdf":
        found = list(queryset[: PDF_ROWS + 1])
        if len(found) > PDF_ROWS:
            raise Refusal(f"超过 {PDF_ROWS:,} 条，不适合导出为 PDF。", remedy="请先筛选，或者导出 Excel 表格。")
        rows = iter(found)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=2_000_000)  # noqa: SIM115  (FileResponse closes it)
    try:
        count = writers[wanted](file, table, columns, rows, mark)
        on_export(scope, table, count)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = f"{table.title or '名单'}-{now:%Y%m%d-%H%M}.{wanted}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[wanted])


def _xlsx(file: IO[bytes], table: Table, columns: list[Column], rows: Iterator[Any], mark: str) -> int:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
    sheet = book.add_worksheet((table.title or "名单").translate(str.maketrans("", "", "[]:*?/\\'"))[:31])
    head = book.add_format({"bold": True, "bg_color": "#F0F1F3", "bottom": 1, "text_wrap": True})
    days = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{mark.replace('&', '&&')}&R&P / &N")
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.label, head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            write_value(sheet, count, at, column.exported(row), days=days, moments=moments)
    sheet.write_string(count + 1, 0, f"{mark} 共 {count} 条")
    book.close()
    return count


def _csv(file: IO[bytes], table: Table, columns: list[Column], rows: Iterator[Any], mark: str) -> int:
    # With the byte order mark Excel reads UTF-8 as such.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.label for column in columns])
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  (counted for the last line)
        writer.writerow([csv_value(column.exported(row)) for column in columns])
    writer.writerow([f"{mark} 共 {count} 条"])
    text.detach()
    return count


def _css(text: str, column: Column, many: int) -> str:
    """A date, a code, a name of a person is not broken, as long as the columns are so few that the page holds them."""
    whole = many <= WHOLE_COLUMNS and (len(text) <= WHOLE_WORD or (text.isascii() and len(text) <= WHOLE_CODE))
    return " ".join(["number"] * column.numeric + ["whole"] * whole)


def _pdf(file: IO[bytes], table: Table, columns: list[Column], rows: Iterator[Any], mark: str) -> int:
    many = len(columns)
    lines = [[(text := shown(column.exported(row)), _css(text, column, many)) for column in columns] for row in rows]
    context = {
        "title": table.title, "columns": columns, "lines": lines, "mark": mark, "today": timezone.localdate(),
        "landscape": table.pdf_landscape,
    }  # fmt: skip
    file.write(render_pdf("ui/export_pdf.html", context))
    return len(lines)
