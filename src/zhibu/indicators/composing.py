"""Indicators put together from facts by an office: the document of one, read strictly, and what it computes.

A document names a fact that is offered (`offers`), a kind, filters on the fact's columns and what the count is held
against. `as_indicator` makes of it the same `Indicator` as a shipped definition: Narwhals expressions on every engine.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from zhibu.indicators.definition import Against, Dimension, Window
from zhibu.indicators.guard import refuse_forbidden
from zhibu.indicators.offers import OFFERS, Offer
from zhibu.warehouse.contract import Column, ColumnKind

FORMAT = 1
OWN = "own_"  # how the keys of composed indicators begin
MOST = 100_000


class CompositionError(ValueError):
    """A document is no indicator; the text says which part and what to change. ``field``: the part."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class Composed(Enum):
    """What is done with the rows of a fact."""

    COUNT = "计数"
    SUM = "求和"
    SHARE = "占比"
    DISTINCT = "不同对象数"
    ON_TIME = "按时"
    TREND = "变化"


class Per(Enum):
    """What a count, sum or number of different things is held against."""

    ORGANIZATION = "每个党支部"
    MEMBER = "每名党员"
    COLUMN = "同一事实的另一列"


@dataclass(frozen=True)
class Filter:
    """Rows whose column is one of some codes, yes or no, or within limits (both included). Nothing known never fits."""

    column: str
    codes: tuple[str, ...] = ()
    flag: bool | None = None
    least: int | date | None = None
    most: int | date | None = None


@dataclass(frozen=True)
class Composition:
    """One composed indicator, every part checked."""

    title: str
    fact: str
    kind: Composed
    window: Window
    dimension: Dimension
    basis: str
    higher_is_better: bool
    filters: tuple[Filter, ...] = ()
    condition: tuple[Filter, ...] = ()  # share: which of the rows count as met
    column: str = ""  # sum, distinct, on time; trend by sum
    over: str = ""  # the column that a sum is held against
    per: Per | None = None
    target: int = 0  # how many each branch or member should reach
    limit: int = 0  # on time: within so many days, or by this day of the month
    against: Against | None = None

    @property
    def offer(self) -> Offer:
        return OFFERS[self.fact]

    @property
    def unit(self) -> str:
        if self.kind is Composed.DISTINCT:
            return self.offer.distinct[self.column]
        return self.offer.sums.get(self.column, self.offer.unit)


PARTS = (
    "composer", "title", "fact", "kind", "window", "dimension", "basis", "higher_is_better", "filters", "condition",
    "column", "over", "per", "target", "limit", "against",
)  # fmt: skip


def digest(document: Mapping[str, Any]) -> str:
    """The content of a document in 12 hex digits: the same words and numbers, the same indicator."""
    content = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def key_of(document: Mapping[str, Any]) -> str:
    """The key of an adopted document. As it is made of the content, what a scheme names can never come to mean another
    thing."""
    return f"{OWN}{digest(document)}"


def parse(raw: Any) -> Composition:
    """Read a document. Raises `CompositionError`, or `ForbiddenIndicator` where it counts what must not be counted."""
    if not isinstance(raw, Mapping) or set(raw) != set(PARTS) or raw["composer"] != FORMAT:
        raise CompositionError("这份指标的内容不完整，或不是本版本能读的。")
    offer = OFFERS.get(raw["fact"])
    if offer is None:
        near = difflib.get_close_matches(str(raw["fact"]), OFFERS, n=1)
        raise CompositionError("这项事实不能用来组合指标。" + (f"是不是 {near[0]}？" if near else ""), "fact")
    title, basis = (_text(raw[name], name, most) for name, most in (("title", 40), ("basis", 300)))
    refuse_forbidden(title, title, basis)
    made = Composition(
        title, offer.fact, _one(Composed, raw["kind"], "kind"), _one(Window, raw["window"], "window"),
        _one(Dimension, raw["dimension"], "dimension"), basis, _yes(raw["higher_is_better"], "higher_is_better"),
        tuple(_filters(offer, raw["filters"], "filters")), tuple(_filters(offer, raw["condition"], "condition")),
        _text(raw["column"], "column", 40, empty=True), _text(raw["over"], "over", 40, empty=True),
        _one(Per, raw["per"], "per") if raw["per"] is not None else None, _whole(raw["target"], "target"),
        _whole(raw["limit"], "limit"), _one(Against, raw["against"], "against") if raw["against"] is not None else None,
    )  # fmt: skip
    if made.window not in offer.windows:
        raise CompositionError(f"“{offer.title}”只能按{'、'.join(w.value for w in offer.windows)}计算。", "window")
    for problem in _misfits(made, offer):
        raise problem
    return made


def _misfits(made: Composition, offer: Offer) -> Iterator[CompositionError]:
    """What does not fit the kind: each kind has its own parts, and no others."""
    kind = made.kind
    measured = kind in (Composed.COUNT, Composed.SUM, Composed.DISTINCT)
    columns = {
        Composed.SUM: offer.sums, Composed.DISTINCT: offer.distinct, Composed.TREND: {"": "", **offer.sums},
        Composed.ON_TIME: {one.name: "" for one in offer.kept_in_time()},
    }.get(kind, {"": ""})  # fmt: skip
    if made.column not in columns:
        yield CompositionError(f"“{kind.value}”要从这项事实适合的列中选一列。", "column")
    if (kind is Composed.SHARE) != bool(made.condition):
        yield CompositionError("占比要写明哪些记录算达到，其他种类不写。", "condition")
    if kind is Composed.SHARE and any(one in made.filters for one in made.condition):
        yield CompositionError("达到的条件与计算范围相同，占比总是百分之百。", "condition")
    if measured != (made.per is not None):
        yield CompositionError("计数、求和和不同对象数要选与什么相比，其他种类不选。", "per")
    if (made.per is Per.COLUMN) != bool(made.over):
        yield CompositionError("与另一列相比时要选那一列。", "over")
    if made.per is Per.COLUMN and (kind is not Composed.SUM or made.over not in offer.sums or made.over == made.column):
        yield CompositionError("只有求和可以与同一事实的另一列相比，两列不能相同。", "over")
    if (made.per in (Per.ORGANIZATION, Per.MEMBER)) != bool(made.target):
        yield CompositionError("按每个党支部或每名党员计算时，要写明应达到的数目（1 以上）。", "target")
    timed = offer.column(made.column) if kind is Composed.ON_TIME else None
    counted = timed is not None and timed.kind is not ColumnKind.FLAG
    if counted != bool(made.limit):
        yield CompositionError("按时要写明期限：几天之内，或每月几日之前。", "limit")
    if counted and made.limit > (31 if timed and timed.kind is ColumnKind.DATE else 366):
        yield CompositionError("期限过长：每月最迟 31 日，天数最多 366 天。", "limit")
    if (kind is Composed.TREND) != (made.against is not None):
        yield CompositionError("变化要选与哪一期相比，其他种类不选。", "against")
    if kind is Composed.TREND and made.window is Window.YEAR:
        yield CompositionError("变化按考核期相比，请选本期或期末。", "window")


def _filters(offer: Offer, raw: Any, where: str) -> Iterator[Filter]:
    if not isinstance(raw, list):
        raise CompositionError("筛选条件的写法不对。", where)
    seen = set()
    for item in raw:
        column = offer.column(item.get("column", "")) if isinstance(item, Mapping) else None
        if column is None or column.name in seen:
            raise CompositionError("筛选用了不能用的列，或同一列用了两次。", where)
        seen.add(column.name)
        yield _filter(offer, column, {name: value for name, value in item.items() if name != "column"}, where)


def _filter(offer: Offer, column: Column, raw: dict[str, Any], where: str) -> Filter:
    wrong = CompositionError(f"对“{column.meaning}”的筛选不对。", where)
    if column.kind is ColumnKind.CODE:
        codes = raw.pop("codes", None)
        known = {code for code, _label in offer.codes(column)}
        if raw or not isinstance(codes, list) or not codes or len(set(codes)) != len(codes) or not set(codes) <= known:
            raise wrong
        return Filter(column.name, codes=tuple(codes))
    if column.kind is ColumnKind.FLAG:
        flag = raw.pop("flag", None)
        if raw or not isinstance(flag, bool):
            raise wrong
        return Filter(column.name, flag=flag)
    least, most = (_limit(column, raw.pop(name, None), wrong) for name in ("least", "most"))
    if raw or (least is None and most is None):
        raise wrong
    if least is not None and most is not None and least > most:  # type: ignore[operator]
        raise CompositionError(f"“{column.meaning}”的下限大于上限，没有记录会符合。", where)
    return Filter(column.name, least=least, most=most)


def _limit(column: Column, raw: Any, wrong: CompositionError) -> int | date | None:
    if raw is None:
        return None
    if column.kind is ColumnKind.DATE:
        try:
            return date.fromisoformat(raw)
        except (TypeError, ValueError) as error:
            raise wrong from error
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST:
        raise wrong
    return raw


def _one(kinds: Any, raw: Any, where: str) -> Any:
    if not isinstance(raw, str) or raw not in kinds.__members__:
        raise CompositionError("请从所列的选项中选择。", where)
    return kinds[raw]


def _text(raw: Any, where: str, most: int, *, empty: bool = False) -> str:
    if not isinstance(raw, str) or len(raw) > most or raw != raw.strip() or not (raw or empty):
        raise CompositionError(f"请填写，最多 {most} 字。", where)
    return raw


def _yes(raw: Any, where: str) -> bool:
    if not isinstance(raw, bool):
        raise CompositionError("请选择是或否。", where)
    return raw


def _whole(raw: Any, where: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST:
        raise CompositionError(f"应为 0 到 {MOST} 的整数。", where)
    return raw


def in_words(offer: Offer, filters: Iterable[Filter]) -> str:
    """Filters as a reader says them."""
    parts = []
    for one in filters:
        column = offer.column(one.column)
        assert column is not None
        if one.codes:
            labels = dict(column.choices)
            parts.append(f"{column.meaning}为{'、'.join(labels[code] for code in one.codes)}")
        elif one.flag is not None:
            parts.append(f"{column.meaning}：{'是' if one.flag else '否'}")
        else:
            bounds = [
                f"{text} {value}" for text, value in (("不小于", one.least), ("不大于", one.most)) if value is not None
            ]
            if column.kind is ColumnKind.DATE:
                bounds = [f"{text} {value}" for text, value in (("不早于", one.least), ("不晚于", one.most)) if value]
            parts.append(column.meaning + "、".join(bounds))
    return "；".join(parts)
