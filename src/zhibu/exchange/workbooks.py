"""Workbooks that go out: templates, exports, corrected copies. All from the columns' declarations."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from zhibu.exchange.columns.specification import Column, Sheet
from zhibu.exchange.reading.sandbox import Head, Row
from zhibu.ui.cells import csv_text, write_text

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = "代码"
LAST_ROW = 5000
RED, YELLOW, GREY = "#F8D7DA", "#FFF3CD", "#EEF1F5"


class Book:
    """An xlsxwriter workbook with the house's formats and the code lists on a hidden sheet."""

    def __init__(self, file: IO[bytes], *, streaming: bool = False) -> None:
        self.book = xlsxwriter.Workbook(
            file, {"constant_memory": streaming, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self.head = self.book.add_format(
            {"bold": True, "bg_color": GREY, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"}
        )
        self.text = self.book.add_format({"num_format": "@"})
        self.title = self.book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.error = self.book.add_format({"bg_color": RED, "num_format": "@"})
        self.notice = self.book.add_format({"bg_color": YELLOW, "num_format": "@"})

    def offer_choices(self, page: Any, columns: Mapping[int, Column], first_row: int, last_row: int) -> None:
        """Dropdown lists below the headers. Rows are 0-based; the lists stand on a hidden sheet."""
        offered = {place: list(column.choices()) for place, column in columns.items() if column.choices}
        if not offered:
            return
        lists = self.book.add_worksheet(LISTS)
        lists.hide()
        for index, (place, names) in enumerate(offered.items()):
            lists.write_column(0, index, names)
            letter = xl_col_to_name(index)
            page.data_validation(
                first_row,
                place,
                last_row,
                place,
                {
                    "validate": "list",
                    "source": f"={LISTS}!${letter}$1:${letter}${len(names)}",
                    "error_title": columns[place].title,
                    "error_message": "请从列表中选择。",
                    "error_type": "warning",
                },
            )

    def explain(self, sheet: Sheet) -> None:
        """The sheet 填表说明."""
        page = self.book.add_worksheet("填表说明")
        page.set_column(0, 0, 18)
        page.set_column(1, 1, 22)
        page.set_column(2, 3, 44)
        page.write_row(0, 0, ["列", "是否必填", "怎么填", "示例"], self.head)
        for number, column in enumerate(sheet.columns, start=1):
            for place, text in enumerate((column.title, column.demand, column.help, column.example)):
                page.write_string(number, place, text, self.wrap)

    def close(self) -> None:
        self.book.close()


def template(sheet: Sheet) -> bytes:
    """An empty form with dropdown lists and the help sheet."""
    file = io.BytesIO()
    book = Book(file)
    page = book.book.add_worksheet(sheet.kind.label)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, book.text)
        page.write_string(0, place, column.title + ("*" if column.required else ""), book.head)
    page.set_row(0, 32)
    page.freeze_panes(1, 2)
    book.offer_choices(page, dict(enumerate(sheet.columns)), 1, LAST_ROW)
    book.explain(sheet)
    book.close()
    return file.getvalue()


@dataclass(frozen=True)
class Watermark:
    """Who took the list out, when and why; stands on a sheet of its own and on every printed page."""

    account: str
    at: str
    count: int
    reason: str = ""
    masked: bool = True

    def lines(self) -> list[tuple[str, str]]:
        return [
            ("导出账号", self.account),
            ("导出时间", self.at),
            ("行数", str(self.count)),
            ("证件号和电话", "已隐去中间几位" if self.masked else "完整"),
            ("理由", self.reason or "—"),
            ("提醒", "含个人信息，只用于所述工作，用毕删除，不得转发。"),
        ]


def write_form(file: IO[bytes], sheet: Sheet, rows: Iterable[Mapping[str, str]], mark: Watermark) -> None:
    """The form filled with ``rows`` (texts by column name), written row by row."""
    book = Book(file, streaming=True)
    page = book.book.add_worksheet(sheet.kind.label)
    page.set_footer(f"&L{mark.account} {mark.at} 导出&R第 &P 页，共 &N 页")
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0)
    page.freeze_panes(1, 2)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, book.text)
        page.write_string(0, place, column.title, book.head)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(sheet.columns):
            if text := row.get(column.name, ""):
                write_text(page, number, place, text)
    about = book.book.add_worksheet("导出说明")
    about.set_column(0, 0, 16)
    about.set_column(1, 1, 60)
    for number, line in enumerate(mark.lines()):
        about.write_row(number, 0, line)
    book.close()


def write_csv(file: IO[bytes], sheet: Sheet, rows: Iterable[Mapping[str, str]], encoding: str) -> None:
    """The same as CSV; numbers that Excel would shorten are wrapped as ``="…"``."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    writer = csv.writer(text)
    writer.writerow([column.title for column in sheet.columns])
    for row in rows:
        writer.writerow([_safe(row.get(column.name, "")) for column in sheet.columns])
    text.flush()
    text.detach()


def _safe(text: str) -> str:
    if (text.isdigit() and len(text) > 11) or (len(text) == 18 and text[:17].isdigit()):
        return f'="{text}"'
    return csv_text(text)


Marks = Mapping[int, Sequence[tuple[str, bool, str]]]


def corrected_copy(sheet: Sheet, head: Head, blocks: Iterator[list[Row]], marks: Marks) -> bytes:
    """The uploaded sheet again: problem cells coloured and commented, code columns with dropdown lists.

    ``marks``: row number → (column name, is an error, text) of its problems.
    """
    file = io.BytesIO()
    book = Book(file)
    page = book.book.add_worksheet((head.sheet or sheet.kind.label)[:31])
    columns = {place: sheet.by_name[name] for name, place in head.places.items()}
    for place, column in columns.items():
        page.set_column(place, place, column.width, book.text)
    last = head.last_row
    for block in blocks:
        for number, cells in block:
            _write_row(book, page, number, cells, head, marks.get(number, ()))
            last = max(last, number)
    page.freeze_panes(head.last_row + 1, 0)
    book.offer_choices(page, columns, head.last_row + 1, last + 100)
    _list_problems(book, sheet, marks)
    book.close()
    return file.getvalue()


def _write_row(
    book: Book, page: Any, number: int, cells: list[Any], head: Head, marks: Sequence[tuple[str, bool, str]]
) -> None:
    row = number - 1
    style = book.head if head.first_row <= row <= head.last_row else book.text
    for place, cell in enumerate(cells):
        _write_cell(page, row, place, cell, style)
    by_place: dict[int, list[tuple[bool, str]]] = {}
    for name, is_error, text in marks:
        if name in head.places:
            by_place.setdefault(head.places[name], []).append((is_error, text))
    for place, found in by_place.items():
        cell = cells[place] if place < len(cells) else ""
        wrong = any(is_error for is_error, _ in found)
        _write_cell(page, row, place, cell, book.error if wrong else book.notice)
        page.write_comment(row, place, "\n".join(text for _, text in found), {"x_scale": 2.2, "author": "支部"})


def _write_cell(page: Any, row: int, place: int, cell: Any, style: Any) -> None:
    if isinstance(cell, str):
        write_text(page, row, place, cell, style)
    else:
        page.write_number(row, place, cell, style)


def _list_problems(book: Book, sheet: Sheet, marks: Marks) -> None:
    page = book.book.add_worksheet("问题清单")
    page.write_row(0, 0, ["所在行", "所在列", "级别", "问题和改法"], book.head)
    page.set_column(1, 1, 20)
    page.set_column(3, 3, 90)
    line = 1
    for number in sorted(marks):
        for name, is_error, text in marks[number]:
            title = sheet.by_name[name].title if name in sheet.by_name else name
            page.write_row(line, 0, [number, title, "错误" if is_error else "提醒", text])
            line += 1
