"""A folder as one ZIP with its catalogue (归档目录), written while it is sent: no more than one file is in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

import xlsxwriter
from django.utils import timezone

from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.archive.storage import Damaged, content
from zhibu.ui.cells import write_text, write_value

CATALOGUE, PRINTED = "00 归档目录.xlsx", "00 归档目录.docx"
COLUMNS = (
    ("序号", 6), ("类别", 28), ("题名", 36), ("材料日期", 12), ("文号", 18), ("版本", 6), ("包内文件", 44),
    ("校验值（SHA-256）", 66), ("核验", 30), ("纸质原件存放处", 28), ("查阅范围", 16), ("归档党组织", 28),
)  # fmt: skip
SAME, ONLY_PAPER, SEALED = "与归档时一致", "只有纸质原件", "密封，未随包提供"


class _Pipe(io.RawIOBase):
    """What the ZIP writer has written since the last look; it cannot go back, so nothing needs to be kept."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        found, self.parts = b"".join(self.parts), []
        return found


def stream(
    title: str,
    inside: Sequence[Document],
    sealed: Sequence[Document] = (),
    missing: Sequence[DocumentKind] = (),
    *,
    made_by: str,
    printed: bytes = b"",
) -> Iterator[bytes]:
    """The bytes of the ZIP. A file that is damaged is left out and named in the catalogue, which comes last.

    ``printed``: the catalogue as a Word file, to be signed and tied in.
    """
    pipe = _Pipe()
    rows: list[tuple[Document, str, str]] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for number, document in enumerate(inside, start=1):
            name, state = "", ONLY_PAPER
            if document.file:
                try:
                    plain = content(document)
                except Damaged as damaged:
                    state = damaged.message
                else:
                    name, state = file_name(number, document), SAME
                    archive.writestr(_entry(name, document.added_at), plain)
                    yield pipe.taken()
            rows.append((document, name, state))
        rows += [(document, "", SEALED) for document in sealed]
        if printed:
            archive.writestr(_entry(PRINTED, timezone.now()), printed)
        archive.writestr(_entry(CATALOGUE, timezone.now()), catalogue(title, rows, missing, made_by=made_by))
    yield pipe.taken()


def file_name(number: int, document: Document) -> str:
    """Number, kind and date: no name of a person and nothing that was typed."""
    kind = document.get_kind_display().replace("/", "、")
    return f"{number:02d} {kind} {document.dated_on:%Y%m%d}{PurePath(document.name).suffix.lower()}"


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    local = timezone.localtime(at)
    return zipfile.ZipInfo(
        name, (max(local.year, 1980), local.month, local.day, local.hour, local.minute, local.second)
    )


def catalogue(
    title: str, rows: Sequence[tuple[Document, str, str]], missing: Sequence[DocumentKind], *, made_by: str
) -> bytes:
    """The catalogue as a workbook: what is there, what stays sealed, what the folder still lacks."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("归档目录")
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#F2F2F2"})
        heading = book.add_format({"bold": True, "font_size": 14})
        days = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        write_text(sheet, 0, 0, title, heading)
        for column, (label, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            write_text(sheet, 1, column, label, bold)
        line = 2
        for number, (document, name, state) in enumerate(rows, start=1):
            for column, value in enumerate(_cells(number, document, name, state)):
                write_value(sheet, line, column, value, days=days, moments=days)
            line += 1
        for kind in missing:
            write_text(sheet, line, 1, kind.label)
            write_text(sheet, line, 8, "缺")
            line += 1
        write_text(sheet, line + 1, 0, made_by)
        sheet.freeze_panes(2, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return made.getvalue()


def _cells(number: int, document: Document, name: str, state: str) -> tuple[Any, ...]:
    return (
        number, document.get_kind_display(), document.title, document.dated_on, document.number, document.version, name,
        document.sha256, state, document.place, DocumentKind(document.kind).reading.label, str(document.organization),
    )  # fmt: skip
