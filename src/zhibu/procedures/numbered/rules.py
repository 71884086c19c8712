"""What a number may be used for, and which numbers a range means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhibu.procedures.numbered.enums import REACHED, FormAct, FormState
from zhibu.regulations.refusal import Refusal

if TYPE_CHECKING:
    from zhibu.procedures.numbered.models import FormRecord

MOST = 2000  # numbers taken in at once
LONGEST = 60
_TAIL = re.compile(r"^(.*?)(\d+)$", re.DOTALL)
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True)
class Register:
    """What the register of the approving committee says about the number of a case. ``mine``: the number that lies with
    the candidate; ``state``: of the wanted number, None when it is not in this register; ``is_own``: it is of this
    case."""

    is_kept: bool = False
    offered: tuple[str, ...] = ()
    mine: str = ""
    state: str | None = None
    is_own: bool = False


def normal(number: str) -> str:
    """As it is kept: full-width digits and letters become plain ones, no blanks around it."""
    return unicodedata.normalize("NFKC", number).strip()


def fault_of(number: str, register: Register) -> str:
    """Why this number may not be given to, or used in, this case; empty when it may."""
    if register.state is None:
        return f"编号 {number} 不在上级党委的入党志愿书登记中"
    if register.state in {FormState.VOID, FormState.LOST}:
        return f"编号 {number} 的入党志愿书已登记{FormState(register.state).label}"
    if register.state == FormState.UNUSED or register.is_own:
        return ""
    told = "已发放给别人" if register.state == FormState.ISSUED else "已由别人使用"
    return f"编号 {number} 的入党志愿书{told}"


def standing(records: Sequence[FormRecord]) -> list[FormRecord]:
    """The records that count, oldest first: a correction takes back the one before it."""
    found: list[FormRecord] = []
    for record in records:
        if record.act == FormAct.CORRECTED:
            found.pop()
        else:
            found.append(record)
    return found


def state_after(records: Sequence[FormRecord]) -> FormState:
    return REACHED[FormAct(standing(records)[-1].act)]


def numbers_between(first: str, last: str) -> list[str]:
    """All numbers from the first to the last, which differ only in the digits at their end."""
    first, last = normal(first), normal(last)
    if not last:
        return [first] if first else []
    begin, end = _TAIL.match(first), _TAIL.match(last)
    if begin is None or end is None or begin[1] != end[1] or len(begin[2]) != len(end[2]):
        raise Refusal(
            "起止编号应只有末尾的数字不同，位数相同。",
            field="last",
            remedy="如 2026-0001 至 2026-0100；不连续的逐个填写。",
        )
    low, high, width = int(begin[2]), int(end[2]), len(begin[2])
    if high < low:
        raise Refusal("止号小于起号。", field="last", remedy="请核对起止编号。")
    if high - low >= MOST:
        raise Refusal(f"一次最多登记 {MOST} 个编号。", field="last", remedy="请分几次登记。")
    return [f"{begin[1]}{number:0{width}d}" for number in range(low, high + 1)]


def numbers_listed(text: str) -> list[str]:
    """Numbers as they come out of a workbook: one in each cell or line."""
    return [one for one in _BETWEEN.split(normal(text)) if one]
