"""Files that go out: nothing in them runs as a formula, and no cell is dropped or cut in silence."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.workbooks import Watermark, write_csv, write_form
from zhibu.ui.cells import LONGEST, csv_text, csv_value, write_value

MARK = Watermark("office", "2026-11-21 10:00", 1)
RUNS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tx", "\rx", "\nx", " =1+1", "\u3000=1", "\u00a0+1",
        "\ufeff=1", "\u200b@x", "＝1+1", "＋1", "－1", "＠x", " \t ＝1"]  # fmt: skip


def in_excel(value: Any) -> Any:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        format_ = book.add_format({"num_format": "yyyy-mm-dd"})
        write_value(book.add_worksheet(), 0, 0, value, days=format_, moments=format_)
    cell = load_workbook(file).worksheets[0]["A1"]
    assert cell.data_type != "f"
    return cell.value


@pytest.mark.parametrize("text", RUNS)
def test_what_a_spreadsheet_would_run_is_disarmed_in_every_csv(text: str) -> None:
    file = io.BytesIO()
    write_csv(file, MEMBERS, [{"name": text}], "utf-8")
    form = next(iter(csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))))

    assert csv_value(text) == f"'{text}"
    assert form[MEMBERS.by_name["name"].title] == f"'{text}"


@pytest.mark.parametrize("text", ["张三", "a=b", "3-1", "  张三", "2026-11-21", "'=1", ""])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert csv_text(text) == text


@pytest.mark.parametrize(("number", "text"), [(-5, "-5"), (Decimal("-1.50"), "-1.50"), (0, "0"), (None, "")])
def test_numbers_stay_numbers(number: Any, text: str) -> None:
    assert csv_value(number) == text


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1893, 12, 26), datetime.fromisoformat("1899-12-31 08:30")])
def test_a_day_before_excels_calendar_stands_as_text(day: date) -> None:
    assert in_excel(day) == (f"{day:%Y-%m-%d %H:%M}" if isinstance(day, datetime) else day.isoformat())


def test_a_day_in_excels_calendar_is_a_day() -> None:
    assert in_excel(date(1921, 7, 23)) == datetime.fromisoformat("1921-07-23")


@pytest.mark.parametrize("letter", ["记", "𠮷"])
def test_a_text_too_long_for_excel_is_cut_and_says_so(letter: str) -> None:
    told = in_excel(letter * (LONGEST + 1))

    assert len(told.encode("utf-16-le")) // 2 in {LONGEST, LONGEST - 1}
    assert told.endswith("……（内容过长，以下未导出）")
    assert set(told.removesuffix("……（内容过长，以下未导出）")) == {letter}


def test_a_text_that_just_fits_is_whole() -> None:
    assert in_excel("记" * LONGEST) == "记" * LONGEST


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_does_not_break_the_file(number: Any) -> None:
    assert isinstance(in_excel(number), str)
    assert csv_value(number)


def test_the_form_is_cut_with_a_remark_too() -> None:
    file = io.BytesIO()
    write_form(file, MEMBERS, [{"name": "长" * 40_000}], MARK)

    cells = [cell.value for cell in load_workbook(file).worksheets[0][2]]
    assert any(str(cell).endswith("……（内容过长，以下未导出）") for cell in cells)
