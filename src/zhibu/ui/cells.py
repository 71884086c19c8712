"""Cells of the spreadsheets that go out: nothing in them runs, nothing is dropped in silence.

The one place for every list and form, as xlsx and as CSV.
"""

from __future__ import annotations

import math
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from zhibu.ui.shown import shown

LONGEST = 32_767  # UTF-16 units: the limit of Excel
CUT = "……（内容过长，以下未导出）"
FIRST_YEAR = 1900  # Excel's calendar begins here
# Full-width signs too: Excel and WPS in Chinese take them for the others.
FORMULA = tuple("=+-@＝＋－＠")


def csv_text(text: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front, blanks before the sign or not."""
    unseen = len(text)
    for at, sign in enumerate(text):
        if not (sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"}):
            unseen = at
            break
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) or text[unseen:].startswith(FORMULA) else text


def csv_value(value: Any) -> str:
    """A value as text for CSV; numbers stay numbers."""
    if value is None or value == "":
        return ""
    return str(value) if _is_number(value) else csv_text(shown(value))


def write_text(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    """Text as text, never as a formula or a link; what Excel cannot hold is cut and says so."""
    if len(text) > LONGEST // 2:
        units = text.encode("utf-16-le")
        if len(units) > 2 * LONGEST:
            text = units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
    sheet.write_string(row, column, text, style)


def write_value(sheet: Any, row: int, column: int, value: Any, *, days: Any, moments: Any) -> None:
    """A value by its type. A date before Excel's calendar stands as text; nothing leaves the cell empty."""
    if isinstance(value, date) and value.year < FIRST_YEAR:
        write_text(sheet, row, column, shown(value))
    elif isinstance(value, datetime):
        naive = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        sheet.write_datetime(row, column, naive, moments)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), days)  # noqa: DTZ001
    elif _is_number(value):
        sheet.write_number(row, column, value)
    elif value not in (None, ""):
        write_text(sheet, row, column, shown(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)
