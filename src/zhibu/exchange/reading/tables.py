"""Opening a recognised file as rows of plain values. Runs inside the parsing child; knows no Django."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain, islice
from typing import IO, Any

from zhibu.exchange.reading.container import RESAVE, Container, Unreadable, formula_cells

MAX_ROWS = 200_000
MAX_COLUMNS = 200
Cell = str | float | int


@dataclass
class Grid:
    """One sheet: ``rows`` starts at the first row of the sheet, each row at its first column."""

    name: str
    rows: Iterator[list[Cell]]
    index: int = 0
    formulas: list[tuple[int, str]] = field(default_factory=list)

    def peek(self, count: int) -> list[list[Cell]]:
        """The first rows, without using them up."""
        first = list(islice(self.rows, count))
        self.rows = chain(first, self.rows)
        return first


def grids(stream: IO[bytes], container: Container) -> Iterator[Grid]:
    """The visible sheets of a workbook in their order; a CSV file is one sheet."""
    if container.format == "csv":
        yield Grid("", _csv_rows(stream))
        return
    import python_calamine

    stream.seek(0)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(stream) as book:
            for index, meta in enumerate(book.sheets_metadata):
                if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                    continue
                if meta.visible is not python_calamine.SheetVisibleEnum.Visible:
                    continue
                sheet = book.get_sheet_by_index(index)
                _check_size(sheet)
                yield Grid(meta.name, _sheet_rows(sheet), index)
    except python_calamine.PasswordError as error:
        raise Unreadable("工作簿设了打开密码，系统无法读取。", "请取消密码后再上传。") from error
    except python_calamine.CalamineError as error:
        raise Unreadable("工作簿已损坏或不是标准格式，无法打开。", RESAVE) from error


def with_formulas(grid: Grid, stream: IO[bytes], container: Container) -> Grid:
    if container.format == "xlsx":
        grid.formulas = formula_cells(stream, grid.index)
    return grid


def _check_size(sheet: Any) -> None:
    height, width = (end + 1 for end in sheet.end) if sheet.end else (0, 0)
    if width > MAX_COLUMNS:
        raise Unreadable(
            f"工作表“{sheet.name}”有 {width} 列，最多读取 {MAX_COLUMNS} 列。",
            "请删去多余的列（选中最后一个有用的列右边的全部列，右键删除），或改用模板。",
        )
    if height > MAX_ROWS:
        raise Unreadable(
            f"工作表“{sheet.name}”有 {height} 行，一次最多导入 {MAX_ROWS} 行。",
            "请删去表格下方的空行，或按学院拆成几个文件上传。",
        )


def _sheet_rows(sheet: Any) -> Iterator[list[Cell]]:
    start = sheet.start
    if start is None:
        return
    for _ in range(start[0]):
        yield []
    margin: list[Cell] = [""] * start[1]
    for row in sheet.iter_rows():
        yield margin + [cell if type(cell) in (str, float) else _plain(cell) for cell in row]


def _plain(cell: Any) -> Cell:
    """Dates become ISO text: what travels to the parent are texts and numbers only."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    return cell if isinstance(cell, str | float | int) else str(cell)


def _csv_rows(stream: IO[bytes]) -> Iterator[list[Cell]]:
    stream.seek(0)
    text = _decoded(stream.read())
    sample = text[:20_000]
    delimiter = max(",\t;|", key=sample.count)
    csv.field_size_limit(200_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            if len(row) > MAX_COLUMNS:
                raise Unreadable(
                    f"第 {number} 行有 {len(row)} 列，最多读取 {MAX_COLUMNS} 列。", "请删去多余的列，或改用模板。"
                )
            if number > MAX_ROWS:
                raise Unreadable(f"文件超过 {MAX_ROWS} 行。", "请按学院拆成几个文件上传。")
            # Rows of CSV may span several lines; they are counted as Excel will show them.
            yield [_without_wrapping(cell) for cell in row]
    except csv.Error as error:
        raise Unreadable(f"CSV 文件第 {reader.line_num} 行附近无法解读（引号不成对或内容过长）。", RESAVE) from error


def _without_wrapping(cell: str) -> str:
    """``="110…"`` and ``'110…`` are how offices keep Excel from shortening long numbers."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell[1:] if cell.startswith("'") else cell


# Eight characters that the 2005 edition of GB18030 keeps in the private area and the 2022 edition in their own place.
_MOVED = str.maketrans(dict(zip("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "龴龵龶龷龸龹龺龻", strict=True)))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030").translate(_MOVED)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"文件第 {line} 行的文字编码既不是 UTF-8 也不是 GB18030。",
            "请在 Excel 中打开，另存为“CSV UTF-8(逗号分隔)”或 .xlsx 后再上传。",
        ) from error
