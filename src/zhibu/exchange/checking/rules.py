"""What must hold within one row of the member summary. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache

from zhibu.exchange.checking.records import Record
from zhibu.exchange.columns.members import SUSPENDED
from zhibu.people.enums import StageKind
from zhibu.people.rules.dates import faults
from zhibu.regulations.queries import NotInForce, value

COUNTED_BY_FILE = "以档案认定为准：档案如此的，确认时勾选“已核对提醒”即可；否则请改正。"


def check_member(record: Record, as_of: date) -> None:
    """Add the problems that follow from the cells of one row together."""
    values, bad = record.values, record.bad_columns
    _check_identity(record)
    _check_dates(record, as_of, bad)
    if values["phone"] is None and values["landline"] is None and not bad & {"phone", "landline"}:
        record.error("phone", "手机号和固定电话都没有填。", "请至少填一项。")
    if bool(values["is_lost"]) != (values["lost_since"] is not None):
        _check_pair(record, bad, "is_lost", "lost_since", "失联", "失去联系日期")
    if bool(values["is_mobile"]) != (values["mobile_destination"] is not None):
        _check_pair(record, bad, "is_mobile", "mobile_destination", "流动", "外出流向")
    if values["lost_since"] and values["lost_since"] > as_of:
        record.error("lost_since", f"失去联系日期晚于数据日期 {as_of}。", "请核对年月。")


def _check_pair(record: Record, bad: AbstractSet[str], flag: str, detail: str, word: str, title: str) -> None:
    if bad & {flag, detail}:
        return
    if record.values[flag] and record.values[detail] is None:
        record.error(detail, f"登记为{word}党员的，须填写{title}。", f"请补填{title}，或把“是否{word}”改为“否”。")
    if record.values[flag] is False and record.values[detail] is not None:
        record.error(flag, f"“是否{word}”为“否”，却填了{title}。", f"请改为“是”，或清空{title}。")


def _check_identity(record: Record) -> None:
    number, born = record.values["id_number"], record.values["birth_date"]
    if not number:
        return
    stated = _stated(number[6:14])
    if stated is None:
        record.error("id_number", "证件号第 7 至 14 位不是一个存在的日期。", "请对照身份证核对。")
        return
    if born and born != stated:
        record.notice("birth_date", f"与证件号中的出生日期 {stated} 不一致。", COUNTED_BY_FILE)
    gender = record.values["gender"]
    if gender in {"1", "2"} and (int(number[16]) % 2 == 1) != (gender == "1"):
        record.notice("gender", "与证件号第 17 位不一致（奇数为男，偶数为女）。", COUNTED_BY_FILE)


@lru_cache(maxsize=50_000)
def _stated(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _check_dates(record: Record, as_of: date, bad: AbstractSet[str]) -> None:
    values = record.values
    born, joined, confirmed = values["birth_date"], values["joined_on"], values["confirmed_on"]
    for name, title in (
        ("birth_date", "出生日期"),
        ("joined_on", "加入党组织日期"),
        ("confirmed_on", "转为正式党员日期"),
    ):
        if values[name] and values[name] > as_of:
            record.error(name, f"{title}晚于数据日期 {as_of}。", "请核对年份；数据日期可以在上传时另选。")
    if born and joined and joined < _years_after(born, 18):
        record.notice("joined_on", "加入党组织时未满十八岁。", COUNTED_BY_FILE)
    suspended = values["membership"] == SUSPENDED
    if values["stage"] == StageKind.FULL and confirmed is None and "confirmed_on" not in bad:
        record.error(
            "confirmed_on", "正式党员须填写转为正式党员日期。", "请补填；尚未转正的请把人员类别改为“预备党员”。"
        )
    if values["stage"] == StageKind.PROBATIONARY and confirmed is not None and not suspended:
        record.error("stage", "填了转正日期，人员类别却是预备党员。", "请改为“正式党员”，或清空转为正式党员日期。")
    if joined and confirmed:
        _check_probation(record, joined, confirmed)


def _check_probation(record: Record, joined: date, confirmed: date) -> None:
    """The same rule as for a file entered by hand; asked in full only where the quick look finds something."""
    months = _probation(confirmed)
    if confirmed > joined and (months is None or _months(confirmed) >= (_months(joined)[0] + months, joined.day)):
        return
    for fault in faults(born=None, joined=joined, confirmed=confirmed):
        record.error(fault.field or "confirmed_on", fault.message, fault.remedy)


def _months(day: date) -> tuple[int, int]:
    """Months counted through, and the day of the month: what is later in both is later by so many calendar months."""
    return day.year * 12 + day.month, day.day


@lru_cache(maxsize=50_000)
def _probation(on: date) -> int | None:
    try:
        return int(value("dev.probation", on).number)
    except NotInForce:
        return None


@lru_cache(maxsize=50_000)
def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
