"""Who is like whom, and where a value lies among those of the like. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from statistics import quantiles

from zhibu.organizations.enums import BRANCH_KINDS, Kind
from zhibu.regulations.queries import value
from zhibu.ui.charts import Box


@dataclass(frozen=True)
class SizeBand:
    """Organizations with so many members count as of one size (校内设定). ``high`` is the last that still belongs."""

    low: int
    high: int | None

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low} 人以上"
        return f"不足 {self.high + 1} 人" if not self.low else f"{self.low}—{self.high} 人"

    def __contains__(self, members: int) -> bool:
        return members >= self.low and (self.high is None or members <= self.high)


def size_bands(level: str, on: date) -> tuple[SizeBand, ...]:
    """The bands for branches, or those for the organizations above them."""
    content = value("supervise.size_branch" if Kind(level) in BRANCH_KINDS else "supervise.size_upper", on).content
    assert isinstance(content, tuple)
    edges = [0, *(int(str(one)) for one in content)]
    ends = [*(edge - 1 for edge in edges[1:]), None]
    return tuple(SizeBand(low, high) for low, high in zip(edges, ends, strict=True))


def size_of(level: str, members: int, on: date) -> SizeBand:
    return next(band for band in size_bands(level, on) if members in band)


def same_levels(level: str) -> tuple[str, ...]:
    """Kinds that are compared with each other: all branches; above them only the very kind."""
    return tuple(sorted(kind.value for kind in BRANCH_KINDS)) if Kind(level) in BRANCH_KINDS else (level,)


class Third(Enum):
    """Where a value lies among the like, the better third first; a place number would say more than it knows."""

    UPPER = "上三分之一"
    MIDDLE = "中间三分之一"
    LOWER = "下三分之一"
    MORE = "较多的三分之一"
    LESS = "较少的三分之一"
    SAME = "多数相同"


def third(own: float | None, values: Sequence[float], better: int) -> Third | None:
    """``better`` 1: more is better, -1: less is, 0: neither. None without a value."""
    if own is None or len(values) < 2:
        return None
    low, high = quantiles(values, n=3, method="inclusive")
    if low == high == own:
        return Third.SAME
    if low < own < high:
        return Third.MIDDLE
    above = own >= high
    if better == 0:
        return Third.MORE if above else Third.LESS
    return Third.UPPER if above == (better > 0) else Third.LOWER


def box(values: Sequence[float]) -> Box:
    """Percentiles, rounded as scores are shown; at least two values."""
    tenths = quantiles(values, n=10, method="inclusive")
    quarters = quantiles(values, n=4, method="inclusive")
    return Box(*(round(one, 1) for one in (tenths[0], *quarters, tenths[-1])))
