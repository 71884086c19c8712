"""The lists of the room: batches, and the rows of one batch."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zhibu.exchange.columns.sheets import sheet_of
from zhibu.exchange.columns.specification import Column as FormColumn
from zhibu.exchange.columns.specification import Sheet
from zhibu.exchange.enums import BatchKind, BatchState, RowState, Severity
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.exchange.staging import Staged, opened, search_text
from zhibu.ui.tables import ChoiceFilter, Column, DateFilter, Empty, Table
from zhibu.ui.tables.columns import EMPTY_CELL
from zhibu.vault.masks import mask_address, mask_id_number, mask_phone

STATE_TONES = {
    BatchState.READY: "yellow",
    BatchState.COMMITTED: "green",
    BatchState.FAILED: "red",
    BatchState.CHECKING: "blue",
    BatchState.COMMITTING: "blue",
    BatchState.UPLOADED: "blue",
}
ROW_TONES = {RowState.NEW: "green", RowState.CHANGED: "blue", RowState.UNCHANGED: "grey", RowState.ERROR: "red"}
MASKS = {"id_number": mask_id_number, "phone": mask_phone, "landline": mask_phone, "address": mask_address}


def who(batch: ImportBatch) -> str:
    return batch.user.display_name if batch.user else "命令行"


def idle(batch: ImportBatch) -> bool:
    """Checked, and nothing in it can be confirmed: all is as in the records, or every row has an error."""
    writable = batch.count(RowState.NEW) + batch.count(RowState.CHANGED)
    return batch.state == BatchState.READY and not writable


class BatchTable(Table):
    title = "导入批次"
    search = "文件名或导入人"
    search_in = ("file_name", "user__display_name")
    default_sort = "-uploaded"
    columns = [
        Column("file", "文件", value="file_name", sort="file_name"),
        Column("kind", "表格", value=lambda row: row.get_kind_display(), sort="kind", phone=False),
        Column(
            "state", "状态", value=lambda row: "没有可写入的" if idle(row) else row.get_state_display(), sort="state",
            badge=lambda row: "grey" if idle(row) else STATE_TONES.get(BatchState(row.state), "grey"),
        ),
        Column("total", "行数", numeric=True, sort="total", phone=False),
        Column("uploaded", "上传时间", value="uploaded_at", sort="uploaded_at"),
        Column("user", "导入人", value=who, sort="user__display_name", phone=False),
    ]  # fmt: skip
    filters = [
        ChoiceFilter("kind", "表格", BatchKind.choices),
        ChoiceFilter("state", "状态", BatchState.choices),
        DateFilter("uploaded", "上传日期", field="uploaded_at__date"),
    ]
    empty = Empty(
        "还没有导入过表格", "下载模板填写，或直接上传现有的表格。", action="上传表格", url="/exchange/upload/"
    )

    def row_url(self, row: ImportBatch) -> str:
        return reverse("exchange:batch", args=[row.pk])


def shown_value(column: FormColumn, value: Any, names: dict[int, str]) -> str:
    """A staged value as the preview shows it: names for codes and organizations, numbers masked."""
    if value is None or value == "":
        return "空"
    if column.name == "organization":
        return names.get(value, "范围外的支部")
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and column.write is not str:
        with contextlib.suppress(ValueError):
            value = date.fromisoformat(value)
    text = column.write(value) or str(value)
    mask = MASKS.get(column.name)
    return mask(text) if mask else text


def _problems(row: Staged, sheet: Sheet) -> SafeString:
    lines = [
        (
            "red" if problem.severity is Severity.ERROR else "yellow",
            problem.severity.label,
            sheet.by_name[problem.column].title,
            problem.message,
            problem.remedy,
        )
        for problem in row.problems
    ]
    return format_html_join(
        "",
        '<div><span class="z-badge z-tone z-tone-{}">{}</span> <strong>{}</strong>：{}'
        '<span class="text-secondary">{}</span></div>',
        lines,
    )


def rows_table(batch: ImportBatch, names: dict[int, str]) -> Table:
    """The rows of one batch with their problems and changes."""
    sheet = sheet_of(batch.kind)
    members = batch.kind == BatchKind.MEMBERS

    def staged(row: ImportRow) -> Staged:
        held: Staged = row.__dict__.setdefault("_staged", None) or opened(row)
        row.__dict__["_staged"] = held
        return held

    def taken_back(row: ImportRow) -> bool:
        return batch.state == BatchState.UNDONE and row.state in {RowState.NEW, RowState.CHANGED}

    def value(name: str) -> Any:
        column = sheet.by_name[name]

        def read(row: ImportRow) -> str:
            found = staged(row).values.get(name)
            return "" if found is None else shown_value(column, found, names)

        return read

    def changes(row: ImportRow) -> SafeString:
        lines = [
            (
                sheet.by_name[name].title,
                shown_value(sheet.by_name[name], old, names),
                shown_value(sheet.by_name[name], new, names),
            )
            for name, (old, new) in staged(row).changes.items()
        ]
        return format_html_join("", "<div><strong>{}</strong>：{} → {}</div>", lines)

    def remarks(row: ImportRow) -> SafeString:
        return format_html("{}{}", _problems(staged(row), sheet), changes(row)) or EMPTY_CELL

    def plain_remarks(row: ImportRow) -> str:
        held = staged(row)
        return "；".join(f"{sheet.by_name[p.column].title}：{p.message}{p.remedy}" for p in held.problems)

    def whole_name(row: ImportRow) -> SafeString:
        """The wide column of problems leaves little room; a name is not broken for it."""
        return format_html('<span class="z-whole">{}</span>', value("name")(row)) if value("name")(row) else EMPTY_CELL

    columns = [
        Column("number", "行", sort="number", numeric=True),
        Column(
            "state",
            "结果",
            value=lambda row: row.get_state_display() + ("（已撤销）" if taken_back(row) else ""),
            sort="state",
            badge=lambda row: "grey" if taken_back(row) else ROW_TONES[RowState(row.state)],
        ),
        Column("name", "姓名", value=value("name"), html=whole_name)
        if members
        else Column("name", "党组织名称", value=value("name")),
    ]
    if members:
        columns += [
            Column("id_number", "证件号", value=value("id_number"), phone=False),
            Column("organization", "所在党支部", value=value("organization"), phone=False),
        ]
    else:
        columns.append(Column("code", "组织代码", value=value("code"), phone=False))
    columns.append(Column("remarks", "问题和变化", html=remarks, value=plain_remarks, width=80))
    return RowTable(columns=columns)


class RowTable(Table):
    title = "逐行核对结果"
    search = "姓名、名称或行号"
    default_sort = "number"
    columns = [Column("number", "行", sort="number", numeric=True)]
    filters = [
        ChoiceFilter(
            "show",
            "显示",
            (("problems", "只看有问题的"), ("errors", "只看有错误的"), ("notices", "只看有提醒的")),
            apply=lambda rows, wanted: narrow(rows, wanted),
        ),
        ChoiceFilter("state", "结果", RowState.choices),
    ]
    empty = Empty("没有可显示的行", "核对明细在上传 30 天后清理，只保留数量。")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        if text.isdecimal() and len(text) < 7:
            return queryset.filter(number=int(text))
        # Contents are encrypted, so the search opens each row; a batch has an end, unlike the roster.
        first = queryset.select_related("batch").first()
        names = [column.name for column in sheet_of(first.batch.kind).columns] if first else []
        rows = queryset.values_list("pk", "payload").iterator()
        return queryset.filter(pk__in=[pk for pk, payload in rows if text in search_text(names, payload)])


def narrow(rows: QuerySet, wanted: str) -> QuerySet:
    """Rows with problems, with errors, or with notices."""
    error, notice = Q(state=RowState.ERROR), Q(has_notice=True)
    return rows.filter({"problems": error | notice, "errors": error, "notices": notice}[wanted])


def local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
