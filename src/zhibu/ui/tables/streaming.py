"""A workbook that is sent while its rows are still being read: the first byte leaves at once, the memory stays small.

xlsxwriter makes the workbook with its heading; rows are put into its one sheet while the archive is being written.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import IO, Any, cast
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from zhibu.ui.shown import shown

letters = cache(xl_col_to_name)
SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"
FIRST_DAY = date(1899, 12, 30)
ROWS_A_PIECE = 200


class _Outbox(io.RawIOBase):
    """Takes what the archive writes and hands it on; it cannot be turned back, and the archive does not try to."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found = b"".join(self.pieces)
        self.pieces.clear()
        return found


def stream_xlsx(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces. ``columns``: heading and width in characters; cells are dates, whole numbers or text."""
    empty = zipfile.ZipFile(io.BytesIO(_empty(title, columns)))
    outbox = _Outbox()
    with zipfile.ZipFile(cast(IO[bytes], outbox), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in empty.namelist():
            if name != SHEET:
                archive.writestr(name, empty.read(name))
        before, after = empty.read(SHEET).split(END)
        with archive.open(SHEET, "w") as sheet:
            sheet.write(before)
            yield outbox.taken()
            piece: list[str] = []
            for number, row in enumerate(rows, start=2):
                piece.append(_row(number, row))
                if len(piece) == ROWS_A_PIECE:
                    sheet.write("".join(piece).encode())
                    piece.clear()
                    yield outbox.taken()
            sheet.write("".join(piece).encode())
            sheet.write(END + after)
    yield outbox.taken()


def _empty(title: str, columns: Sequence[tuple[str, int]]) -> bytes:
    """A workbook with its heading. Style 2 is the one of dates: they are the third format that is made."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bg_color": "#F0F1F3", "bottom": 1, "text_wrap": True})
    days = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    for at, (label, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, label, head)
    sheet.write_blank(0, len(columns), None, days)
    book.close()
    return file.getvalue()


def _row(number: int, values: Sequence[Any]) -> str:
    cells = "".join([_cell(f"{letters(at)}{number}", value) for at, value in enumerate(values)])
    return f'<row r="{number}">{cells}</row>'


def _cell(at: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return f'<c r="{at}" s="2"><v>{(value - FIRST_DAY).days}</v></c>'
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<c r="{at}"><v>{value}</v></c>'
    text = escape(_clean(shown(value)))
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _clean(text: str) -> str:
    """Without the control characters that XML does not know."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
