"""From raw rows to records: every cell parsed by its column, notes and signatures left out, problems gathered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from zhibu.exchange.columns.specification import BadCell, Column, Sheet
from zhibu.exchange.enums import Severity
from zhibu.exchange.reading.container import Unreadable
from zhibu.exchange.reading.headers import normal_title
from zhibu.exchange.reading.sandbox import Head, Row

_NOTE = re.compile(
    r"^(填表|审核|制表|填报|注[:\uff1a\d一]|备注|说明|签字|签名|盖章|合计|共计|总计|负责人|经办|联系人[:\uff1a]"
    r"|党支部书记|党委|日期[:\uff1a]|联系电话[:\uff1a])"
)
# Columns in which nearly every value is its own: remembering their parses would only cost memory.
_UNIQUE = frozenset({"serial", "name", "id_number", "phone", "landline", "address", "code"})
_FORGET = 50_000
_NONE: AbstractSet[str] = frozenset()


@dataclass(slots=True, frozen=True)
class Problem:
    """``column`` is the column's name; message and remedy are sentences for whoever mends the workbook."""

    column: str
    severity: Severity
    message: str
    remedy: str = ""

    def as_json(self) -> list[str]:
        return [self.column, self.severity.value, self.message, self.remedy]


@dataclass(slots=True)
class Record:
    """One row as understood. ``values`` has every column's value by name, None where empty or not understood."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def error(self, column: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(column, Severity.ERROR, message, remedy))

    def notice(self, column: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(column, Severity.NOTICE, message, remedy))

    @property
    def has_error(self) -> bool:
        return bool(self.problems) and any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def bad_columns(self) -> AbstractSet[str]:
        if not self.problems:
            return _NONE
        return {problem.column for problem in self.problems if problem.severity is Severity.ERROR}


def check_head(sheet: Sheet, head: Head) -> list[str]:
    """Remarks about the file as a whole. Raises `Unreadable` when it is another form or columns are missing."""
    missing = [column for column in sheet.columns if column.name not in head.places and column.name != "serial"]
    essential = [column.title for column in missing if column.name in sheet.essential]
    if essential:
        raise Unreadable(
            f"这不像{sheet.kind.label}：没有找到“{'”“'.join(essential)}”列。",
            "请核对选的表格种类，或下载模板，把数据复制到模板里再上传。",
        )
    required = [column.title for column in missing if column.required]
    if required:
        near = _near_unknown(sheet, head, required)
        raise Unreadable(f"缺少必填的列：{'、'.join(required)}。{near}", "请补上这些列，或把数据复制到模板里再上传。")
    remarks = [f"没有“{column.title}”列，该项保持系统中原有的内容。" for column in missing]
    if head.alike:
        remarks.append(f"只读取了工作表“{head.sheet}”；“{'”“'.join(head.alike)}”也像同一种表，请另外上传。")
    if head.unknown:
        remarks.append(f"没有读取这些列：{'、'.join(list(head.unknown.values())[:12])}。")
    if head.doubled:
        remarks.append(f"重复的列只读取最左边的一列：{'、'.join(head.doubled[:5])}。")
    return remarks


def _near_unknown(sheet: Sheet, head: Head, titles: list[str]) -> str:
    from difflib import get_close_matches

    pairs = []
    for title in titles:
        close = get_close_matches(
            normal_title(title), [normal_title(text) for text in head.unknown.values()], n=1, cutoff=0.5
        )
        if close:
            pairs.append(f"“{close[0]}”是不是“{title}”？")
    return "".join(pairs[:3])


class Reader:
    """Turns blocks of raw rows into records; ``skipped`` lists the rows that were taken for notes."""

    def __init__(self, sheet: Sheet, head: Head) -> None:
        self.sheet = sheet
        self.head = head
        self.skipped: list[int] = []
        self._identifying = [head.places[name] for name in sheet.identifying if name in head.places]
        # A row that has neither of these where a name and a number belong is data, and needs no closer look.
        self._words = {"", *sheet.titles, *(column.title for column in sheet.columns)}
        self._memory: dict[str, dict[Any, Any]] = {
            column.name: {} for column in sheet.columns if column.name not in _UNIQUE
        }
        places = {place: name for name, place in head.places.items()}
        self._formulas: dict[int, list[str]] = {}
        for number, letters in head.formulas:
            if (name := places.get(column_index(letters))) is not None and name != "serial":
                self._formulas.setdefault(number, []).append(name)

    def records(self, block: list[Row]) -> Iterator[Record]:
        places = self.head.places
        kept = [row for row in block if not self._is_note(row)]
        problems: dict[int, list[Problem]] = defaultdict(list)
        by_place = list(zip_longest(*(cells for _, cells in kept), fillvalue=""))
        columns = []
        for column in self.sheet.columns:
            place = places.get(column.name)
            if place is None:
                columns.append([None] * len(kept))
            else:
                cells = by_place[place] if place < len(by_place) else [""] * len(kept)
                columns.append(self._parse_column(column, cells, problems))
        names = [column.name for column in self.sheet.columns]
        for index, (row, values) in enumerate(zip(kept, zip(*columns, strict=True), strict=True)):
            record = Record(row[0], dict(zip(names, values, strict=True)), problems.get(index) or [])
            for name in self._formulas.get(record.number, ()):
                self._note_formula(record, name)
            yield record

    def _parse_column(self, column: Column, cells: Sequence[Any], problems: dict[int, list[Problem]]) -> list[Any]:
        """The values of one column; None, and a problem under the row's index, for what is not understood."""
        name, memory = column.name, self._memory.get(column.name)
        if memory is None:
            values = _all_understood(column, cells)
        else:
            if len(memory) > _FORGET:
                memory.clear()
            # Set and map run in C: most columns say the same few things in all rows.
            unknown = list(set(cells) - memory.keys())
            memory.update(zip(unknown, _all_understood(column, unknown), strict=True))
            values = list(map(memory.__getitem__, cells))
        if BadCell in set(map(type, values)):
            for index, value in enumerate(values):
                if type(value) is BadCell:
                    values[index] = None
                    problems[index].append(Problem(name, Severity.ERROR, value.message, value.remedy))
        return values

    def _note_formula(self, record: Record, name: str) -> None:
        if record.values.get(name) is None and name not in record.bad_columns:
            record.error(name, "单元格是公式，文件里没有保存它的结果。", "请选中后复制，再“选择性粘贴 → 数值”。")
        elif name not in record.bad_columns:
            record.notice(name, "单元格是公式，已按文件中保存的结果读取。", "请核对；或复制后“选择性粘贴 → 数值”。")

    def _is_note(self, row: Row) -> bool:
        """Signatures, remarks and repeated headers below or between the data."""
        number, cells = row
        identity = [cells[place] for place in self._identifying if place < len(cells)]
        if len(identity) == len(self._identifying) and all(cell not in self._words for cell in identity):
            return False
        filled = [cell for cell in cells if cell not in ("", None)]
        first = filled[0] if filled and isinstance(filled[0], str) else ""
        note = (
            (len(filled) <= 4 and bool(_NOTE.match(first.replace(" ", ""))))
            or (len(filled) <= 2 and not any(cell not in ("", None) for cell in identity))
            or sum(isinstance(cell, str) and normal_title(cell) in self.sheet.titles for cell in filled[:8]) >= 4
        )
        if note and not (len(filled) == 1 and isinstance(filled[0], float)):
            self.skipped.append(number)
        return note


def _all_understood(column: Column, cells: Sequence[Any]) -> list[Any]:
    """The values, and in the place of each that is none the `BadCell` that says why."""
    parse = column.parse
    try:
        values = [parse(cell) for cell in cells]
    except BadCell:
        values = [_understood(column, cell) for cell in cells]
    if column.required and None in values:
        empty = BadCell(f"“{column.title}”没有填。", column.help)
        values = [empty if value is None else value for value in values]
    return values


def _understood(column: Column, cell: Any) -> Any:
    try:
        return column.parse(cell)
    except BadCell as bad:
        return bad


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
