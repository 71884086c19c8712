"""What a rule may say: whole number, decimal, words, share, range, list of words, brackets. All else is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhibu.regulations.models import Bracket, Content, Range, Share
from zhibu.regulations.reading import Marked, Place, read_mapping

BOUNDS = {"over", "at_least", "at_most"}
DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
FRACTION = re.compile(r"([0-9]+)/([1-9][0-9]*)")


def read_content(place: Place, raw: Any) -> Content:
    """The typed content of one value. Raises `RuleError`."""
    if isinstance(raw, Marked):
        return _share_or_range(place, raw)
    if isinstance(raw, list):
        return _list(place, raw)
    if isinstance(raw, str):
        return _words(place, raw)
    if type(raw) is not int:
        raise place.error(f"应是整数、带引号的小数、分数或列表，不能是 {raw!r}。")
    if raw < 0:
        raise place.error(f"不能是负数 {raw}。")
    return raw


def kind_of(content: Content) -> type:
    """What the reader of a value counts on; it may not change from one edition to the next."""
    return type(content[0]) if isinstance(content, tuple) else type(content)


def _words(place: Place, raw: str) -> str | Decimal:
    if not raw.strip():
        raise place.error("不能空着。")
    return _decimal(place, raw) if raw[0].isdigit() or raw[0] in "+-." else raw


def _list(place: Place, raw: list[Any]) -> tuple[str, ...] | tuple[Bracket, ...]:
    if raw and all(isinstance(item, Marked) for item in raw):
        return _brackets(place, raw)
    if not raw or not all(isinstance(item, str) and item.strip() for item in raw):
        raise place.error("列表要么逐项是文字，要么逐项是一档（rate、up_to），并且不能空着。")
    if len(set(raw)) < len(raw):
        raise place.error("列表里有一项写了两次。")
    return tuple(raw)


def _share_or_range(place: Place, raw: Marked) -> Share | Range:
    if set(raw) == {"min", "max"}:
        if not all(type(bound) is int for bound in raw.values()):
            raise place.error("min 和 max 应是整数。")
        if not 0 <= raw["min"] <= raw["max"]:
            raise place.error("min 大于 max，或者小于零。")
        return Range(raw["min"], raw["max"])
    if len(raw) == 1 and set(raw) <= BOUNDS:
        ((bound, text),) = raw.items()
        return Share(bound, _share(place, bound, text))
    raise place.error("只能是 min/max，或 over、at_least、at_most 之一。")


def _share(place: Place, bound: str, raw: Any) -> Fraction:
    match = FRACTION.fullmatch(_quoted(place, raw))
    if not match:
        raise place.error(f"看不懂 {raw!r}，应写成 1/2 这样的分数。")
    share = Fraction(int(match[1]), int(match[2]))
    if not 0 < share <= 1 or (bound == "over" and share == 1):
        raise place.error(f"{bound} {raw} 不可能做到，或者没有意义：比例应在 0 与 1 之间。")
    return share


def _brackets(place: Place, raw: list[Marked]) -> tuple[Bracket, ...]:
    """Exactly one bracket may match an amount: bounds rise, and only the last is open."""
    for row in raw:
        read_mapping(place, row, {"rate", "up_to"}, {"rate"})
    brackets = tuple(
        Bracket(
            rate=_decimal(place, row["rate"]),
            up_to=_decimal(place, row["up_to"]) if "up_to" in row else None,
        )
        for row in raw
    )
    if any(not 0 < bracket.rate <= 1 for bracket in brackets):
        raise place.error("rate 应在 0 与 1 之间，例如 0.005 是千分之五。")
    bounds = [bracket.up_to for bracket in brackets[:-1]]
    if None in bounds or brackets[-1].up_to is not None or bounds != sorted(set(bounds)):  # type: ignore[type-var]
        raise place.error("各档上限应逐档升高，只有最后一档没有上限，否则有重叠或空档。")
    return brackets


def _decimal(place: Place, raw: Any) -> Decimal:
    if not DECIMAL.fullmatch(_quoted(place, raw)):
        raise place.error(f"看不懂 {raw!r}，应写成 0.20 这样的小数。")
    return Decimal(raw)


def _quoted(place: Place, raw: Any) -> str:
    """Binary fractions like 0.005 are not exact, so shares and rates are written as text."""
    if not isinstance(raw, str):
        raise place.error(f"{raw!r} 要加引号，写成文字。")
    return raw
