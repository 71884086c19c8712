"""Payment workbooks of banks and payment services, read with the house's readers and given to the dues room.

It stands here because reading untrusted files is this room's craft; what a payment means is the business of `dues`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from zhibu.dues.actions import PaymentLine
from zhibu.dues.rules import MOST, plain_decimal
from zhibu.exchange.columns.parsers import parse_date, plain
from zhibu.exchange.columns.specification import BadCell
from zhibu.exchange.reading.container import Unreadable
from zhibu.exchange.reading.headers import normal_title
from zhibu.exchange.reading.sandbox import read
from zhibu.regulations.refusal import Refusal

TITLES = {
    "name": ("姓名", "党员姓名", "缴费人", "付款人", "付款人姓名", "户名", "对方户名", "缴费人姓名", "交费人"),
    "person_number": ("学工号", "工号", "学号", "人员编号", "职工号", "学号工号", "缴费编号"),
    "amount": ("金额", "缴费金额", "交易金额", "实缴金额", "收入金额", "党费", "党费金额", "实收金额", "贷方金额"),
    "paid_on": ("日期", "缴费日期", "交易日期", "交易时间", "缴费时间", "支付时间", "入账日期", "记账日期"),
    "reference": ("流水号", "交易流水号", "订单号", "商户订单号", "凭证号", "支付流水号", "业务流水号", "交易号"),
}
KNOWN = {normal_title(title): column for column, titles in TITLES.items() for title in titles}
MEMORY, SECONDS = 512 * 1024 * 1024, 30


def payment_lines(content: bytes, *, tell: Callable[[int], None] = lambda number: None) -> list[PaymentLine]:
    """The rows of a workbook as payments; what cannot be understood in a row is said in it. Refuses other files.

    ``tell`` hears how many there are so far.
    """
    try:
        with read(content, KNOWN, memory=MEMORY, seconds=SECONDS) as reading:
            places = reading.head.places
            missing = {"amount", "paid_on"} - set(places)
            if missing or not {"name", "person_number"} & set(places):
                names = "、".join(TITLES[column][0] for column in ("name", "person_number", "amount", "paid_on"))
                raise Refusal(
                    "表头里缺少需要的列。",
                    field="file",
                    remedy=f"要有：{names}（姓名和学工号有一列即可）。",
                )
            lines: list[PaymentLine] = []
            for block in reading.blocks:
                lines += _lines(block, places)
                tell(len(lines))
            return lines
    except Unreadable as error:
        raise Refusal(error.message, field="file", remedy=error.remedy) from error


def _lines(block: list[tuple[int, list[Any]]], places: dict[str, int]) -> Iterator[PaymentLine]:
    for number, row in block:
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        if all(_text(cells.get(name, "")) == "" for name in ("name", "person_number")):
            continue  # a total, a note or a signature
        yield _line(number, cells)


def _line(number: int, cells: dict[str, Any]) -> PaymentLine:
    faults: list[str] = []
    amount, paid_on = None, None
    try:
        amount = _amount(cells["amount"])
    except BadCell as error:
        faults.append(f"第 {number} 行“金额”列：{error.message}")
    try:
        # A service writes the moment; the day is what counts.
        paid_on = parse_date(plain(cells["paid_on"])[:10] if "-" in plain(cells["paid_on"]) else cells["paid_on"])
    except BadCell as error:
        faults.append(f"第 {number} 行“日期”列：{error.message}")
    if not faults and (amount is None or paid_on is None):
        faults.append("缺少金额或日期。")
    return PaymentLine(
        number, _text(cells.get("name", "")), _text(cells.get("person_number", "")), amount, paid_on,
        _text(cells.get("reference", "")), "".join(faults),
    )  # fmt: skip


def _text(cell: Any) -> str:
    try:
        return plain(cell).replace("\x00", "")
    except BadCell:
        return ""


def _amount(cell: Any) -> Decimal | None:
    """Exact: a binary number of a workbook is read as it is shown, never with its tail of fractions."""
    text = f"{cell:.4f}".rstrip("0").rstrip(".") if isinstance(cell, float) else plain(cell)
    if not text:
        return None
    amount = plain_decimal(text)
    if amount is None:
        raise BadCell(f"看不懂金额“{text[:20]}”，请写成 1234.50 这样的数字。")
    if abs(amount) > MOST:
        raise BadCell("金额过大，请核对单位是不是元。")
    if amount != amount.quantize(Decimal("0.01")):
        raise BadCell("金额最多到分。")
    if amount <= 0:
        raise BadCell("金额不大于零；退款请在登记簿里撤销原来的记录。")
    return amount.quantize(Decimal("0.01"))
