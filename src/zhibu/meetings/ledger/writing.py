"""A year written out: one table a record, the same content as PDF and as Word."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone

from zhibu.meetings.ledger.queries import chapters, overview, records
from zhibu.meetings.ledger.sheets import Line, Sheet, in_full, sheet
from zhibu.meetings.models import Meeting
from zhibu.organizations.models import Organization
from zhibu.ui.documents import bind_pdf

Told = Callable[[int], None]
STEP = 10
# Records laid out in one go.
PART = 15
KEPT_IN_MEMORY = 8 * 2**20


def sheets(node: Organization, year: int) -> Iterator[Sheet]:
    """The records in order, read a few dozen at a time."""
    return map(sheet, in_full(records(node, year)).iterator(chunk_size=60))


def pdf(node: Organization, year: int, today: Any, told: Told) -> bytes:
    """Bound together from parts of some records each, so that the page can tell how many are laid out."""
    seen = overview(node, year, today) | {"chapters": chapters(node, year, today)}
    mark = f"{node.name} {year} 年 生成时间：{timezone.localtime():%Y-%m-%d %H:%M}"

    def cover(pages: int) -> str:
        return render_to_string("meetings/ledger/document.html", {**seen, "mark": mark, "pages": pages})

    def parts() -> Iterator[str]:
        done, rest = 0, sheets(node, year)
        while some := list(islice(rest, PART)):
            yield render_to_string("meetings/ledger/document_sheets.html", {"sheets": some, "mark": mark})
            done += len(some)
            told(done)

    return bind_pdf(cover, parts())


def docx(node: Organization, year: int, today: Any, told: Told) -> bytes:
    """The same in Word, one table a record."""
    from docx import Document

    seen = overview(node, year, today)
    document = Document()
    document.add_heading(f"{node.name} {year} 年台账", 0)
    _rows(document, _summary(seen))
    for heading, lines in chapters(node, year, today):
        document.add_heading(heading, 1)
        _rows(document, [(str(on), text) for on, text in lines])
    for number, one in enumerate(sheets(node, year), start=1):
        document.add_heading(f"{one.meeting.held_on} {one.meeting.title}", 1)
        _rows(document, [*_basics(one.meeting), *one.lines])
        if number % STEP == 0:
            told(number)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def package(node: Organization, year: int, today: Any, told: Told) -> IO[bytes]:
    """The Word document with every attachment, in folders by record. A file missing on disk is named in a list."""
    out: IO[bytes] = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115  (the caller reads it)
    missing = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("台账.docx", docx(node, year, today, told))
        for meeting in in_full(records(node, year)):
            for row in meeting.attachments.all():
                folder = f"附件/{meeting.held_on} {meeting.get_kind_display()}-{meeting.pk}"
                name = f"{folder}/{row.pk}-{PurePath(row.name).name}"
                try:
                    with row.file.open("rb") as stored, archive.open(name, "w", force_zip64=True) as target:
                        while block := stored.read(2**20):
                            target.write(block)
                except FileNotFoundError:
                    missing.append(name)
        if missing:
            archive.writestr("缺失的附件.txt", "\n".join(missing))
    out.seek(0)
    return out


def _summary(seen: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [(label, f"{number} 次") for label, number in seen["kinds"]]
    rows.append(("谈心谈话", f"{seen['talks']['number']} 次，涉及 {seen['talks']['persons']} 人"))
    told = seen["publication"]
    rows.append(("党费公布", f"{told.published_on} {told.how}" if told else "没有登记公布"))
    rows += [(label, "、".join(f"{name}（{on}）" for name, on in part)) for label, part in seen["admissions"]]
    rows += [("取消的会议", f"{one.held_on} {one.title}：{one.cancel_reason}") for one in seen["called_off"]]
    return rows


def _basics(meeting: Meeting) -> Iterator[Line]:
    yield "类别", meeting.get_kind_display() + ("（与民主评议党员合并）" if meeting.with_appraisal else "")
    yield "党组织", meeting.organization.name
    yield "时间", f"{meeting.held_on} {_time(meeting.starts_at)}—{_time(meeting.ends_at)}"
    yield "地点", meeting.place + ("（线上）" if meeting.is_online else "")
    yield (
        "主持人、记录人",
        f"{meeting.host.name if meeting.host else '—'}、{meeting.recorder.name if meeting.recorder else '—'}",
    )
    if meeting.lecturer or meeting.speaker:
        yield "授课人", f"{meeting.lecturer.name if meeting.lecturer else ''} {meeting.speaker}".strip()
    voters = f"有表决权应到 {meeting.voters_expected} 人，实到 {meeting.voters_present} 人"
    yield "出席", f"应到 {meeting.expected} 人，实到 {meeting.present} 人；{voters}"


def _time(moment: Any) -> str:
    return f"{moment:%H:%M}" if moment else ""


def _rows(document: Any, rows: list[tuple[str, str]]) -> None:
    table = document.add_table(rows=len(rows), cols=2)
    table.style = "Table Grid"
    # Cells of the whole table once: `table.cell` looks them all up for every row.
    cells = table._cells
    for number, (label, text) in enumerate(rows):
        cells[number * 2].text, cells[number * 2 + 1].text = label, _clean(text)


def _clean(text: str) -> str:
    """Signs that XML does not know."""
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
