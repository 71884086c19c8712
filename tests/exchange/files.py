"""Workbooks as offices make them, for the tests: real files, written with xlsxwriter or as bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from tests.cast import TODAY, id_number
from zhibu.accounts.scope import Scope
from zhibu.exchange import actions
from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.columns.organizations import ORGANIZATIONS
from zhibu.exchange.columns.specification import Sheet
from zhibu.exchange.enums import BatchKind
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import Staged, staged_rows

MEMBER = {
    "serial": 1,
    "name": "张三",
    "organization": "本科生第一党支部",
    "id_number": id_number(101),
    "gender": "男",
    "ethnicity": "汉族",
    "birth_date": "2000-01-01",
    "education": "大学本科",
    "stage": "正式党员",
    "joined_on": "2020-06-01",
    "confirmed_on": "2021-06-01",
    "work_post": "事业单位专业技术岗位",
    "phone": "13800000001",
    "landline": "",
    "address": "某省某市某区某路 1 号",
    "membership": "正常",
    "is_lost": "否",
    "lost_since": "",
    "is_mobile": "否",
    "mobile_destination": "",
}
ORGANIZATION = {
    "code": "NEW1",
    "name": "示范学院党委",
    "parent": "ROOT",
    "kind": "党委",
    "category": "",
    "established_on": "2022-09-01",
    "secretary": "张三",
    "contact_name": "李四",
    "contact_phone": "010-62750000",
    "unit_situation": "与上级党组织相同",
    "unit_name": "",
    "unit_category": "",
    "unit_party_setup": "",
    "unit_code": "",
    "may_approve_members": "是",
}


def member(serial: int = 101, **cells: Any) -> dict[str, Any]:
    """A right row; ``serial`` makes person and ID number."""
    return (
        MEMBER
        | {"id_number": id_number(serial), "name": f"张{chr(0x4E00 + serial)}", "gender": "男" if serial % 2 else "女"}
        | cells
    )


def organization(**cells: Any) -> dict[str, Any]:
    return ORGANIZATION | cells


def grid(rows: Sequence[dict[str, Any]], sheet: Sheet = MEMBERS) -> list[list[Any]]:
    """Header and rows as lists."""
    return [
        [column.title for column in sheet.columns],
        *([row[column.name] for column in sheet.columns] for row in rows),
    ]


def xlsx(
    cells: Sequence[Sequence[Any]], *, name: str = "Sheet1", more: dict[str, Sequence[Sequence[Any]]] | None = None
) -> bytes:
    """A workbook of these cells; texts starting with = become formulas, dates become serials."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, content in {name: cells, **(more or {})}.items():
            page = book.add_worksheet(title)
            for y, row in enumerate(content):
                for x, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(y, x, cell, day)
                    elif isinstance(cell, str) and cell.startswith("="):
                        page.write_formula(y, x, cell, None, "男")
                    elif isinstance(cell, str):
                        page.write_string(y, x, cell)
                    else:
                        page.write(y, x, cell)
    return file.getvalue()


def comma(cells: Sequence[Sequence[Any]], encoding: str = "gb18030") -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(cells)
    return file.getvalue().encode(encoding)


def members_file(*rows: dict[str, Any]) -> bytes:
    return xlsx(grid(rows))


def organizations_file(*rows: dict[str, Any]) -> bytes:
    return xlsx(grid(rows, ORGANIZATIONS))


def preview(scope: Scope, content: bytes, kind: BatchKind = BatchKind.MEMBERS, *, as_of: date = TODAY) -> ImportBatch:
    """Uploaded and checked."""
    batch = actions.upload(scope, kind, content, "名册.xlsx", as_of=as_of)
    return actions.check(batch.pk, scope=scope)


def imported(scope: Scope, content: bytes, kind: BatchKind = BatchKind.MEMBERS, *, as_of: date = TODAY) -> ImportBatch:
    """Uploaded, checked, confirmed and written."""
    batch = preview(scope, content, kind, as_of=as_of)
    actions.confirm(scope, batch.pk, accept_notices=True)
    return actions.commit(batch.pk, scope=scope)


def staged(batch: ImportBatch) -> list[Staged]:
    from zhibu.exchange.enums import RowState

    return list(staged_rows(batch, *RowState))


def problems(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    """(row, column, severity, message) of every problem."""
    return [(row.number, p.column, p.severity.value, p.message) for row in staged(batch) for p in row.problems]
