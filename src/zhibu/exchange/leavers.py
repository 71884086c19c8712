"""Workbooks of graduates' destinations, read with the house's readers and given to the graduation season.

It stands here because reading untrusted files is this room's craft; what a destination means is the business of
`procedures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from zhibu.exchange.checking.records import column_index
from zhibu.exchange.columns.parsers import parse_month, plain
from zhibu.exchange.columns.specification import BadCell
from zhibu.exchange.reading.container import Unreadable
from zhibu.exchange.reading.headers import normal_title
from zhibu.exchange.reading.sandbox import read
from zhibu.procedures.transfers.enums import Destination, ReceiverKind
from zhibu.procedures.transfers.graduation.filling import LeaverLine
from zhibu.regulations.refusal import Refusal

TITLES = {
    "person_number": ("学工号", "学号", "工号", "学生学号"),
    "name": ("姓名", "党员姓名", "学生姓名"),
    "destination": ("去向", "毕业去向", "去向类型", "去向情形", "就业去向"),
    "receiver_kind": ("接收党组织类型", "接收单位类型", "转往类型"),
    "to_unit": ("接收党组织", "转入党组织", "接收党组织名称", "转入单位", "接收单位", "组织关系转往", "去往党组织"),
    "addressee": ("介绍信抬头", "抬头", "接收党委", "上级党组织", "有接收权限的党组织"),
    "valid_days": ("有效天数", "有效期", "有效期天数", "介绍信有效天数"),
    "dues_until": ("党费交至", "党费交至年月", "党费缴至", "党费交到"),
}
KNOWN = {normal_title(title): column for column, titles in TITLES.items() for title in titles}
MEMORY, SECONDS = 512 * 1024 * 1024, 30
DESTINATIONS: Mapping[str, str] = {
    **{one.label: one.value for one in Destination},
    "单位有党组织": "with_party", "有党组织": "with_party", "就业单位有党组织": "with_party", "已落实": "with_party",
    "单位无党组织": "without_party", "无党组织": "without_party", "单位没有党组织": "without_party",
    "未落实": "unsettled", "待业": "unsettled", "未就业": "unsettled", "待就业": "unsettled",
    "出国": "abroad", "出国境": "abroad", "出境": "abroad", "留学": "abroad", "出国留学": "abroad",
    "出国（境）": "abroad",
}  # fmt: skip
RECEIVERS: Mapping[str, str] = {
    **{one.label: one.value for one in ReceiverKind},
    "单位": "unit", "街道": "street", "乡镇": "street", "社区": "street", "街道乡镇": "street",
    "人才中心": "agency", "人才服务机构": "agency", "公共就业人才服务机构": "agency", "人才市场": "agency",
    "升学本校": "campus", "本校": "campus", "校内": "campus", "留校": "stay", "保留": "stay",
}  # fmt: skip
UNSAVED = "单元格是公式，文件里没有保存它的结果。请选中后复制，再“选择性粘贴 → 数值”。"
NOTE = re.compile(r"^(合计|总计|小计|共计|说明|备注|注[：:]|填表|制表|审核)")


def leaver_lines(content: bytes) -> list[LeaverLine]:
    """The rows of a workbook; what cannot be understood in a cell is said in its row. Refuses other files."""
    try:
        with read(content, KNOWN, memory=MEMORY, seconds=SECONDS) as reading:
            places = reading.head.places
            if "destination" not in places or not {"name", "person_number"} & set(places):
                raise Refusal(
                    "表头里缺少需要的列。", field="file",
                    remedy="要有：去向，以及学工号或姓名。其余为接收党组织、介绍信抬头、有效天数、党费交至。",
                )  # fmt: skip
            formulas = _formulas(reading.head.formulas, places)
            return [line for block in reading.blocks for line in _lines(block, places, formulas)]
    except Unreadable as error:
        raise Refusal(error.message, field="file", remedy=error.remedy) from error


def _formulas(cells: Iterable[tuple[int, str]], places: Mapping[str, int]) -> set[tuple[int, str]]:
    """Which cells (row, column) hold a formula."""
    names = {place: name for name, place in places.items()}
    return {(number, names[at]) for number, letters in cells if (at := column_index(letters)) in names}


def _lines(
    block: list[tuple[int, list[Any]]], places: Mapping[str, int], formulas: Set[tuple[int, str]]
) -> Iterator[LeaverLine]:
    for number, row in block:
        raw = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        cells, faults = {}, {}
        for name, cell in raw.items():
            cells[name], fault = _text(cell)
            if fault or (not cells[name] and (number, name) in formulas):
                faults[name] = fault or UNSAVED
        who = cells.get("person_number") or cells.get("name") or ""
        if NOTE.match(who) or not (who or faults.keys() & {"name", "person_number"}):
            continue  # a total, a note or a signature
        yield _line(number, cells, faults)


def _line(number: int, cells: Mapping[str, str], faults: dict[str, str]) -> LeaverLine:
    values: dict[str, Any] = {name: cells.get(name, "") for name in ("to_unit", "addressee")}
    for name, words in (("destination", DESTINATIONS), ("receiver_kind", RECEIVERS)):
        text = cells.get(name, "")
        values[name] = _meant(text, words)
        if text and not values[name]:
            faults[name] = f"看不懂“{text[:20]}”。"
    for name in ("to_unit", "addressee"):
        if len(values[name]) > 120:
            faults[name] = "最多 120 个字。"
    values["valid_days"], values["dues_until"] = None, ""
    if text := cells.get("valid_days", ""):
        digits = text.removesuffix("天").strip().removesuffix(".0")
        if digits.isdecimal() and len(digits) <= 4:
            values["valid_days"] = int(digits)
        else:
            faults["valid_days"] = "有效天数应为整数。"
    if text := cells.get("dues_until", ""):
        try:
            month = parse_month(text)
            values["dues_until"] = f"{month:%Y-%m}" if month else ""
        except BadCell:
            faults["dues_until"] = "党费交至应写年月，如 2026-06。"
    return LeaverLine(number, cells.get("name", ""), cells.get("person_number", ""), values, faults, dict(cells))


def _meant(text: str, words: Mapping[str, str]) -> str:
    plainly = re.sub(r"[\s，,。（）()]", "", text)
    return next((value for word, value in words.items() if re.sub(r"[\s，,。（）()]", "", word) == plainly), "")


def _text(cell: Any) -> tuple[str, str]:
    """What stands in a cell, and what is wrong with it."""
    try:
        return plain(cell).replace("\x00", "").strip(), ""
    except BadCell as bad:
        return "", f"{bad.message}{bad.remedy}"
