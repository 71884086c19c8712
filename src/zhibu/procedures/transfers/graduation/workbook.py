"""The workbook of destinations as it goes out: the form to fill in, and the copy in which the errors are marked. Both
offer the allowed words in the cells, and both are read again by the import."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from zhibu.procedures.transfers.enums import ALLOWED, Destination, ReceiverKind
from zhibu.procedures.transfers.graduation.enums import COLUMNS
from zhibu.procedures.transfers.graduation.filling import Judged, LeaverLine
from zhibu.procedures.transfers.models import Leaver
from zhibu.regulations.queries import value
from zhibu.ui.cells import write_text

CHOICES: Mapping[str, Sequence[str]] = {"destination": Destination.labels, "receiver_kind": ReceiverKind.labels}
WORDS = "可填的词"
SPARE = 200  # empty rows below the last that have the lists, too
WIDE = frozenset({"destination", "receiver_kind", "to_unit", "addressee"})


class LeaverBook:
    """One sheet to fill in, one that explains the columns, a hidden one with the allowed words."""

    def __init__(self, last_title: str = "") -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True, "strings_to_formulas": False})
        self.head = self.book.add_format({"bold": True, "bg_color": "#EEF1F5", "border": 1, "align": "center"})
        self.text = self.book.add_format({"num_format": "@"})
        self.bad = self.book.add_format({"bg_color": "#F8D7DA", "num_format": "@"})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.page = self.book.add_worksheet("毕业去向")
        for place, (name, title) in enumerate(COLUMNS.items()):
            self.page.set_column(place, place, 26 if name in WIDE else 14, self.text)
            self.page.write_string(0, place, title, self.head)
        if last_title:
            self.page.set_column(len(COLUMNS), len(COLUMNS), 60)
            self.page.write_string(0, len(COLUMNS), last_title, self.head)
        self.page.freeze_panes(1, 2)

    def write(self, number: int, cells: Mapping[str, str], problems: Mapping[str, str]) -> None:
        """One row; a cell with a problem is coloured and says it."""
        for place, name in enumerate(COLUMNS):
            style = self.bad if name in problems else self.text
            if cells.get(name):
                write_text(self.page, number, place, cells[name], style)
            else:
                self.page.write_blank(number, place, None, style)
            if problems.get(name):
                self.page.write_comment(number, place, problems[name], {"x_scale": 2.2, "author": "支部"})

    def finish(self, last_row: int, today: date) -> bytes:
        """With the lists in the cells and the explanations; gives the file."""
        self._explain(today)
        words = self.book.add_worksheet(WORDS)
        words.hide()
        for index, (name, labels) in enumerate(CHOICES.items()):
            words.write_column(0, index, labels)
            letter, place = xl_col_to_name(index), list(COLUMNS).index(name)
            self.page.data_validation(
                1, place, last_row + SPARE, place,
                {
                    "validate": "list", "source": f"={WORDS}!${letter}$1:${letter}${len(labels)}",
                    "error_title": COLUMNS[name], "error_message": "请从列表中选择。", "error_type": "warning",
                },
            )  # fmt: skip
        self.book.close()
        return self.file.getvalue()

    def _explain(self, today: date) -> None:
        page = self.book.add_worksheet("填表说明")
        page.set_column(0, 0, 18)
        page.set_column(1, 1, 24)
        page.set_column(2, 2, 80)
        page.write_row(0, 0, ["列", "是否必填", "怎么填"], self.head)
        rows = list(_explanations(today))
        for number, row in enumerate(rows, start=1):
            for place, text in enumerate(row):
                page.write_string(number, place, text, self.wrap)
        page.write_row(len(rows) + 2, 0, ["去向", "", "接收党组织类型（不填的，按第一种）"], self.head)
        for number, (case, kinds) in enumerate(ALLOWED.items(), start=len(rows) + 3):
            page.merge_range(number, 0, number, 1, case.label, self.wrap)
            page.write_string(number, 2, "、".join(kind.label for kind in kinds), self.wrap)


def _explanations(today: date) -> Iterable[tuple[str, str, str]]:
    longest = value("move.letter", today).number
    told = {
        "person_number": ("和姓名填一项", "以学工号为准；本届名单里同名的必须填。"),
        "name": ("和学工号填一项", "与名册一致。"),
        "destination": ("必填", "从列表中选一种；不要合并单元格，逐行填写。"),
        "receiver_kind": ("选填", "从列表中选一种；各种去向可以选哪几种，见下表。"),
        "to_unit": ("转出的必填", "编入的党支部或单位，写全称；转往本校的，写党支部全称。留在原党支部的不填。"),
        "addressee": ("转出校外的必填", "有接收权限的党委，写全称。"),
        "valid_days": ("选填", f"1 至 {longest} 的整数；市内一般 10 天，市外 30 天。不填的，开具时统一填写。"),
        "dues_until": ("转出校外的必填", "年月，如 2026-06。登记簿中有交纳记录的已经填好，请核对。"),
    }  # fmt: skip
    return ((title, *told[name]) for name, title in COLUMNS.items())


def template(rows: Sequence[Leaver], paid: Mapping[int, date], today: date) -> bytes:
    """The form, with a line for each of ``rows``: what is on record of them is filled in already."""
    book = LeaverBook()
    for number, row in enumerate(rows, start=1):
        month = f"{paid[row.person_id]:%Y-%m}" if row.person_id in paid else ""
        cells = {
            "person_number": row.person.number or "", "name": row.person.name,
            "destination": row.get_destination_display(), "receiver_kind": row.get_receiver_kind_display(),
            "to_unit": row.to_unit, "addressee": row.addressee,
            "valid_days": str(row.valid_days or ""), "dues_until": row.dues_until or month,
        }  # fmt: skip
        book.write(number, cells, {})
    return book.finish(len(rows), today)


def corrected(held: Sequence[Judged], today: date) -> bytes:
    """The rows again as a workbook, problem cells coloured and commented, what is wrong beside each row."""
    book = LeaverBook(last_title="问题")
    for number, one in enumerate(held, start=1):
        problems: dict[str, str] = {}
        for name, text in one.problems:
            problems[name] = problems.get(name, "") + text
        book.write(number, _cells(one.line), problems)
        write_text(book.page, number, len(COLUMNS), "".join(text for _name, text in one.problems), book.text)
    return book.finish(len(held), today)


def _cells(line: LeaverLine) -> dict[str, str]:
    labels: dict[Any, Any] = {**dict(Destination.choices), **dict(ReceiverKind.choices)}
    values = {name: str(labels.get(found, found)) if found is not None else "" for name, found in line.values.items()}
    typed = {name: text for name, text in line.cells.items() if text and not values.get(name)}
    return {"person_number": line.person_number, "name": line.name, **values, **typed}
