"""What an indicator is, and the set of all of them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import narwhals as nw

from zhibu.indicators.guard import refuse_forbidden
from zhibu.indicators.periods import Period

if TYPE_CHECKING:
    from zhibu.indicators.counts import Counts, Reckoned
    from zhibu.indicators.measures import Measures

Frame = nw.LazyFrame[Any]
Definition = Callable[["Measures"], "Frame | Counts | Reckoned"]


class Dimension(Enum):
    """七个有力 (regulations.md 8.1)."""

    EDUCATE = "教育党员有力"
    MANAGE = "管理党员有力"
    SUPERVISE = "监督党员有力"
    ORGANIZE = "组织师生有力"
    PUBLICIZE = "宣传师生有力"
    UNITE = "凝聚师生有力"
    SERVE = "服务师生有力"


YEAR_SO_FAR = "考核期未结束时另含上一年同期，一年一次的工作到时候再要求。"


class Window(Enum):
    """Which days count for a period's value."""

    PERIOD = "本期"
    YEAR = "截至期末的十二个月"
    END = "期末"
    QUARTER = PERIOD  # so it was called in compositions that are kept


class Against(Enum):
    """Which earlier period a trend looks back to."""

    BEFORE = "上一期"
    LAST_YEAR = "上年同期"

    def of(self, period: Period) -> Period:
        return period.moved(-1 if self is Against.BEFORE else -period.cycle.a_year)


class Role(Enum):
    """What an indicator is for."""

    SCORED = "scored"  # may carry weight in a scheme
    CHECK = "check"  # only decides whether a cap applies
    SIZE = "size"  # how large an organization is


@dataclass(frozen=True)
class Opens:
    """The records behind a number: kind of record (``room.model``) and what to filter them by.

    ``filters`` selects the records the number is made of, ``gaps`` those that keep it from being full (empty where a
    gap is something that never happened). The page adds organization (with its subtree) and the days of the window.
    """

    record: str
    label: str
    filters: Mapping[str, Any] = field(default_factory=dict)
    gaps: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Indicator:
    """One share: ``numerator`` of ``denominator``, both whole numbers that add up over the tree.

    ``formula`` and ``unit`` (what the denominator counts) are Chinese and stand on screen. ``rules`` are ids of
    `zhibu.regulations`; ``assumptions`` are numbers that no rule gives and that a scheme may change, each with a note.
    ``remedy`` says what more of the numerator takes: ``{n}`` is how many. ``higher_is_better`` is False where the
    numerator counts what should not be (lost members). ``against``: the earlier period that it also looks at, beyond
    its window. ``quarterly``: some of it is due once a quarter, so that in the quarter's last month what is wanting may
    lie in the months before. ``past_is_past``: what was missed cannot be made up for, only what is still to come can
    be done.
    """

    key: str
    title: str
    unit: str
    formula: str
    dimension: Dimension
    window: Window
    reads: tuple[str, ...]
    opens: Opens
    define: Definition
    rules: tuple[str, ...] = ()
    basis: str = ""
    remedy: str = ""
    past_is_past: bool = False
    quarterly: bool = False
    higher_is_better: bool = True
    role: Role = Role.SCORED
    assumptions: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    against: Against | None = None


_indicators: dict[str, Indicator] = {}


def indicator(**details: Any) -> Callable[[Definition], Definition]:
    """Register the decorated function: `Measures` → `Counts` of one fact; where that does not say it, `Reckoned` from
    sums by month; or a frame ``organization_id, period, numerator, denominator``."""

    def declare(define: Definition) -> Definition:
        made = Indicator(define=define, **details)
        refuse_forbidden(made.title, made.key, made.title, made.formula, made.unit)
        if made.key in _indicators:
            raise ValueError(f"指标 {made.key} 声明了两次。")
        _indicators[made.key] = made
        return define

    return declare


def catalogue() -> dict[str, Indicator]:
    """All delivered indicators by key, in the order of their declaration; those composed here: `queries.library`."""
    from zhibu.indicators import definitions  # noqa: F401  (declares them)

    return dict(_indicators)


def named(key: str) -> Indicator:
    """The indicator of that key; an unknown one answers with the nearest known ones."""
    known = catalogue()
    if key not in known:
        near = difflib.get_close_matches(key, known, n=3)
        raise ValueError(f"没有指标 {key!r}。" + (f"是不是 {'、'.join(near)}?" if near else ""))
    return known[key]
