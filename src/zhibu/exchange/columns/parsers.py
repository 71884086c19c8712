"""From what stands in a cell to the value that is kept, and back. Every refusal says how to mend the cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from zhibu.exchange.columns.specification import BadCell
from zhibu.people.pinyin import spelling

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003), 0x20)
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F, 0x202A, 0x202C, 0xAD))
_NARROW = str.maketrans(_WIDE | _INVISIBLE)
_SPACE_ONLY = str.maketrans(dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003), 0x20) | _INVISIBLE)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd]")
# What needs no cleaning, which is nearly every cell: tried first.
_USUAL_NAME = re.compile("^[\u4e00-\u9fff\u3400-\u4dbf]{2,5}$")
_USUAL_TEXT = re.compile("^[\u4e00-\u9fff0-9A-Za-z]{2,60}$")
_CODE = re.compile(r"^([0-9A-Z]{1,4})[\s\-—.、:\uff1a|]*(\D.*)?$")
_DATE = re.compile(
    r"^(\d{4})\s*[-/.,年]\s*(\d{1,2})\s*[-/.,月]\s*(\d{1,2})\s*日{0,1}(?:\s+0{1,2}:00(?::00){0,1}){0,1}$"
)
_MONTH = re.compile(r"^(\d{4})\s*[-/.,年]\s*(\d{1,2})\s*月?$")
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
EMPTY_MARKS = frozenset({"", "/", "-", "—", "——", "\\", "无", "N/A", "NULL", "null", "None"})
DAMAGED = re.compile(r"^\d(?:\.\d+)?E\+?\d+$", re.IGNORECASE)


def plain(cell: Any) -> str:
    """The cell as text: full-width digits and letters narrow, invisible signs gone, whole numbers without ``.0``."""
    if isinstance(cell, str):
        text = cell if cell.isascii() else cell.translate(_NARROW)
        text = text.strip()
        if text in EXCEL_ERRORS:
            raise BadCell(f"单元格里是公式错误 {text}。", "请改为实际的值。")
        return text
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else str(cell)


def written(cell: Any, limit: int) -> str | None:
    """Free text: outer spaces and invisible signs gone, inner runs of spaces one; wide punctuation stays."""
    if not isinstance(cell, str):
        cell = plain(cell)
    elif len(cell) <= limit and _USUAL_TEXT.match(cell) and cell not in EMPTY_MARKS:
        return cell
    text = cell if cell.isascii() else unicodedata.normalize("NFC", cell.translate(_SPACE_ONLY))
    text = " ".join(text.split())
    if text in EXCEL_ERRORS:
        raise BadCell(f"单元格里是公式错误 {text}。", "请改为实际的值。")
    if _PRIVATE.search(text):
        raise BadCell(
            "含有自造字或乱码，换一台电脑就显示不出来。", "请用输入法的生僻字功能输入国家标准（GB 18030）里的字。"
        )
    if len(text) > limit:
        raise BadCell(f"太长：{len(text)} 个字，最多 {limit} 个。", "请缩短。")
    return None if text in EMPTY_MARKS else text


def text_parser(limit: int) -> Callable[[Any], str | None]:
    return lambda cell: written(cell, limit)


def parse_person_name(cell: Any) -> str | None:
    """A name as on the identity card: no spaces between characters, one kind of dot."""
    if isinstance(cell, str) and _USUAL_NAME.match(cell):
        return cell
    text = written(cell, 60)
    if text is None:
        return None
    text = re.sub("[•・‧∙⋅.●]", "·", text) if not text.isascii() else text
    text = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)
    if any(sign.isdigit() for sign in text):
        raise BadCell("姓名里有数字。", "请按身份证上的姓名填写。")
    if len(text) < 2:
        raise BadCell("姓名只有一个字。", "请按身份证上的姓名填写。")
    return text


DATE_HELP = "请写成 2020-09-01（也可以是 2020.9.1、2020年9月1日 或 20200901）。"


def parse_date(cell: Any) -> date | None:
    """A day from text in the usual manners, or from Excel's serial number."""
    text = plain(cell)
    if text in EMPTY_MARKS:
        return None
    if match := _DATE.match(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if text.isdigit():
        if len(text) == 8:
            return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
        if len(text) == 5:
            return _serial(int(text))
        if len(text) == 6 and text[:2] in {"19", "20"}:
            raise BadCell("只有年月，缺少日。", DATE_HELP)
    if _MONTH.match(text):
        raise BadCell("只有年月，缺少日。", DATE_HELP)
    raise BadCell("看不懂这个日期。", DATE_HELP)


def parse_month(cell: Any) -> date | None:
    """A month (the first day stands for it); a full date is taken to its month."""
    text = plain(cell)
    if text in EMPTY_MARKS:
        return None
    if match := _MONTH.match(text):
        return _day(int(match[1]), int(match[2]), 1)
    if len(text) == 6 and text.isdigit():
        return _day(int(text[:4]), int(text[4:]), 1)
    try:
        found = parse_date(cell)
    except BadCell as error:
        raise BadCell("看不懂这个年月。", "请写成 2024-03（也可以是 2024年3月 或 202403）。") from error
    return found.replace(day=1) if found else None


def _day(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise BadCell(f"没有 {year} 年 {month} 月 {day} 日这一天。", DATE_HELP) from error
    if not 1900 <= year <= 2100:
        raise BadCell(f"年份 {year} 不合理。", DATE_HELP)
    return found


def _serial(number: int) -> date:
    # Excel's day 60 is the 29 February 1900 that never was; all serials in question lie behind it.
    return date(1899, 12, 30) + timedelta(days=number)


def write_date(value: date | None) -> str:
    return value.isoformat() if value else ""


def write_month(value: date | None) -> str:
    return f"{value:%Y-%m}" if value else ""


_YES = frozenset(["是", "有", "√", "Y", "YES", "1", "TRUE", "对"])
_NO = frozenset(["否", "无", "不是", "×", "N", "NO", "0", "FALSE", "没有", "-", "—", "/", "\\"])


def parse_yes(cell: Any) -> bool | None:
    text = plain(cell).upper()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text:
        raise BadCell("只能填“是”或“否”。", "请从下拉列表中选择。")
    return None


def write_yes(value: bool | None) -> str:
    return "" if value is None else ("是" if value else "否")


def code_parser(
    labels: Callable[[], Mapping[str, str]], synonyms: Callable[[], Mapping[str, str]] = dict
) -> Callable[[Any], str | None]:
    """Takes a code, its name, ``code name`` or a synonym. An unknown one is answered with the nearest names."""
    known: dict[str, str] = {}

    def fill() -> None:
        table = labels()
        for code, label in table.items():
            known[code] = known[_key(label)] = code
        for other, code in synonyms().items():
            known.setdefault(_key(other), code)

    def parse(cell: Any) -> str | None:
        if not known:
            fill()
        text = plain(cell)
        if text == "":
            return None
        if (code := known.get(text) or known.get(_key(text))) is not None:
            return code
        table = labels()
        lead = _CODE.match(text)
        if lead:
            code = lead[1].zfill(max(map(len, table)))
            if code in table and (not lead[2] or known.get(_key(lead[2])) == code):
                return code
        if text in EMPTY_MARKS:
            return None
        raise BadCell(f"“{text[:20]}”不在代码表中。", nearest(text, table.values()))

    return parse


def _key(text: str) -> str:
    return re.sub(r"[\s()\uff08\uff09、,\uff0c·]", "", text)


def nearest(text: str, names: Iterable[str], *, none: str = "请从下拉列表（代码表）中选择。") -> str:
    """``是不是“X”或“Y”？`` — or how to choose when nothing is near."""
    pool = list(dict.fromkeys(names))
    likely = get_close_matches(text, pool, n=30, cutoff=0.3)
    # Most slips are homophones (汗族 for 汉族): the sound decides among what looks alike.
    sound = spelling(text).full
    scored = sorted(((_alike(text, name) + _alike(sound, spelling(name).full), name) for name in likely), reverse=True)
    close = [name for score, name in scored if score >= 1.1][:3] or [name for name in pool if text and text in name][:3]
    return "是不是" + "或".join(f"“{name}”" for name in close) + "？" if close else none


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()
