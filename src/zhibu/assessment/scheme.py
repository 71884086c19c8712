"""Schemes: which indicators count how much. Versioned YAML, read strictly; nothing in it is guessed."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.parts import (
    HUNDRED,
    OPTIONAL,
    BonusLimit,
    Part,
    PartsError,
    read_bonus,
    read_parts,
)
from zhibu.indicators.definition import Indicator, Role, catalogue
from zhibu.indicators.guard import refuse_forbidden
from zhibu.indicators.periods import Cycle
from zhibu.indicators.queries import composed

FOLDER = Path(__file__).parent / "schemes"
MILLION = 1_000_000


def _percent(share: Decimal) -> str:
    """As the designer writes it: 0.95 is 95%, 1 is 100%."""
    return f"{(share * 100).normalize():f}%"


class SchemeError(ValueError):
    """A scheme cannot be used; the text names the file, the place and the remedy."""


@dataclass(frozen=True)
class Weighted:
    """One indicator of a scheme: points out of ``weight``, none at ``zero_at``, all from ``full_at`` on."""

    indicator: Indicator
    weight: Decimal
    full_at: Decimal
    zero_at: Decimal
    smooth: bool
    note: str

    @property
    def full_percent(self) -> str:
        return _percent(self.full_at)

    @property
    def zero_percent(self) -> str:
        return _percent(self.zero_at)


@dataclass(frozen=True)
class Cap:
    """A serious breach: where the check's numerator is 0 though something was due, the total stays below a limit."""

    check: Indicator
    title: str
    total_at_most: Decimal
    note: str


@dataclass(frozen=True)
class Smoothing:
    """Branches with fewer than ``under_members`` borrow ``weight`` cases at the rate of their category."""

    under_members: int
    weight: int
    note: str


@dataclass(frozen=True)
class HonourLimit:
    """Who may be proposed for an honour: at most this share of each category, none below a score."""

    share: Fraction
    least: Decimal


@dataclass(frozen=True)
class Scheme:
    key: str
    version: str
    title: str
    starts_on: date
    purpose: str
    sources: tuple[str, ...]
    assumptions_stated: tuple[str, ...]
    indicators: tuple[Weighted, ...]
    smoothing: Smoothing
    caps: tuple[Cap, ...]
    assumptions: Mapping[str, int]
    digest: str
    document: Mapping[str, Any]
    # The sides and the limit of bonus points, where the document has them; without, the system's data are all.
    evaluators: tuple[Part, ...] = ()
    bonus: BonusLimit | None = None
    # Without it the school's rule holds (`assess.honour`).
    honours: HonourLimit | None = None
    # Without it an assessment comes round every quarter.
    cycle: Cycle = Cycle.QUARTER

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.evaluators or (Part(Evaluator.SYSTEM, HUNDRED, ""),)

    @property
    def has_sides(self) -> bool:
        """Whether anything besides the system's data may count."""
        return len(self.evaluators) > 1 or self.bonus is not None

    @property
    def needed(self) -> tuple[Indicator, ...]:
        """What must be computed: weighted indicators, checks of caps, and sizes."""
        sizes = [item for item in catalogue().values() if item.role is Role.SIZE]
        return (*(item.indicator for item in self.indicators), *(cap.check for cap in self.caps), *sizes)

    def weighted(self, key: str) -> Weighted | None:
        return next((item for item in self.indicators if item.indicator.key == key), None)


TOP = [
    "key",
    "version",
    "title",
    "starts_on",
    "purpose",
    "sources",
    "assumptions_stated",
    "indicators",
    "smoothing",
    "caps",
    "assumptions",
]


def load(file: Path) -> Scheme:
    """Read one scheme. Raises `SchemeError`, or `ForbiddenIndicator` where it counts what must not be counted."""
    content = file.read_bytes()
    try:
        raw = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise SchemeError(f"{file.name}：不是有效的 YAML({error})。") from error
    return read(raw, file.name, hashlib.sha256(content).hexdigest()[:16])


def read(raw: Any, name: str, digest: str = "", *, whole: bool = True) -> Scheme:
    """A scheme from its parsed document; ``name`` stands in messages. A draft need not be ``whole``: its weights may
    not yet sum to 100."""
    refuse_forbidden(name, *_texts(raw))
    _keys(raw, TOP, name, (*OPTIONAL, "honours", "period"))
    weighted = tuple(_weighted(item, f"{name}：indicators 第 {n} 项") for n, item in enumerate(raw["indicators"], 1))
    caps = tuple(_cap(item, f"{name}：caps 第 {n} 项") for n, item in enumerate(raw["caps"], 1))
    _keys(raw["smoothing"], ("under_members", "weight", "note"), f"{name}：smoothing")
    smoothing = Smoothing(**raw["smoothing"])
    keys = [item.indicator.key for item in weighted]
    if len(set(keys)) != len(keys):
        raise SchemeError(f"{name}：有指标出现两次。")
    if (total := sum(item.weight for item in weighted)) != 100 and whole:
        raise SchemeError(f"{name}：权重合计 {total}，应为 100。")
    if smoothing.weight < 0 or smoothing.under_members < 0:
        raise SchemeError(f"{name}：smoothing 的数值不能为负。")
    used = [item.indicator for item in weighted] + [cap.check for cap in caps]
    known = {key for item in used for key in item.assumptions}
    if unknown := set(raw["assumptions"]) ^ known:
        raise SchemeError(
            f"{name}：assumptions 应恰好包含 {'、'.join(sorted(known))}；不符的有 {'、'.join(sorted(unknown))}。"
        )
    if not isinstance(raw["starts_on"], date):
        raise SchemeError(f"{name}：starts_on 应为日期，例如 2026-01-01。")
    evaluators, bonus = _sides(raw, name, whole=whole)
    return Scheme(
        str(raw["key"]), str(raw["version"]), str(raw["title"]), raw["starts_on"], str(raw["purpose"]),
        tuple(raw["sources"]), tuple(raw["assumptions_stated"]), weighted, smoothing, caps,
        dict(raw["assumptions"]), digest, raw, evaluators, bonus, _honours(raw, name),
        _cycle(raw, name),
    )  # fmt: skip


def _cycle(raw: Mapping[str, Any], name: str) -> Cycle:
    """``period``: month, quarter, half_year or year."""
    try:
        return Cycle[str(raw.get("period", "quarter")).upper()]
    except KeyError as error:
        known = "、".join(cycle.name.lower() for cycle in Cycle)
        raise SchemeError(f"{name}：period 应为 {known} 之一。") from error


def _honours(raw: Mapping[str, Any], name: str) -> HonourLimit | None:
    if "honours" not in raw:
        return None
    where = f"{name}：honours"
    _keys(raw["honours"], ("share", "least"), where)
    try:
        share = Fraction(str(raw["honours"]["share"]))
    except (ValueError, ZeroDivisionError) as error:
        raise SchemeError(f"{where}：share 应为分数，例如 1/3。") from error
    least = _number(raw["honours"]["least"], where)
    if not 0 < share <= 1 or not 0 <= least <= 100:
        raise SchemeError(f"{where}：share 应大于 0、不大于 1，least 应在 0 到 100 之间。")
    return HonourLimit(share, least)


def _sides(raw: Mapping[str, Any], name: str, *, whole: bool) -> tuple[tuple[Part, ...], BonusLimit | None]:
    try:
        found = read_parts(raw["evaluators"], name, _keys, _number, whole=whole) if "evaluators" in raw else ()
        return found, read_bonus(raw["bonus"], name, _keys, _number) if "bonus" in raw else None
    except PartsError as error:
        raise SchemeError(str(error)) from error


def _weighted(raw: Any, where: str) -> Weighted:
    _keys(raw, ("key", "weight", "full_at", "zero_at", "smooth", "note"), where)
    item = _known(raw["key"], Role.SCORED, where)
    weight, full, zero = (_number(raw[name], f"{where} {name}") for name in ("weight", "full_at", "zero_at"))
    if weight <= 0 or weight != round(weight, 2):
        raise SchemeError(f"{where}：权重应大于 0，最多两位小数。")
    if not (0 <= full <= 1 and 0 <= zero <= 1) or any(value * MILLION % 1 for value in (full, zero)):
        raise SchemeError(f"{where}：满分线和零分线应在 0 到 1 之间，最多六位小数。")
    if (full > zero) != item.higher_is_better or full == zero:
        order = "高于" if item.higher_is_better else "低于"
        raise SchemeError(f"{where}：“{item.title}”的满分线应{order}零分线。")
    if not isinstance(raw["smooth"], bool):
        raise SchemeError(f"{where}：smooth 应为 true 或 false。")
    return Weighted(item, weight, full, zero, raw["smooth"], str(raw["note"]))


def _cap(raw: Any, where: str) -> Cap:
    _keys(raw, ("check", "title", "total_at_most", "note"), where)
    limit = _number(raw["total_at_most"], where)
    if not 0 <= limit <= 100 or limit != round(limit, 2):
        raise SchemeError(f"{where}：total_at_most 应在 0 到 100 之间，最多两位小数。")
    return Cap(_known(raw["check"], Role.CHECK, where), str(raw["title"]), limit, str(raw["note"]))


def _known(key: Any, role: Role, where: str) -> Indicator:
    fitting = {name: item for name, item in catalogue().items() if item.role is role}
    if key not in fitting and role is Role.SCORED:
        fitting |= composed([str(key)])  # one that the office composed
    if key not in fitting:
        near = difflib.get_close_matches(str(key), fitting, n=3)
        raise SchemeError(f"{where}：没有可用的指标 {key!r}。" + (f"是不是 {'、'.join(near)}?" if near else ""))
    return fitting[key]


def _number(raw: Any, where: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise SchemeError(f'{where}：应写整数，或加引号的小数，例如 "0.95"。')
    try:
        number = Decimal(raw)
    except ArithmeticError as error:
        raise SchemeError(f"{where}：{raw!r} 不是数字。") from error
    if not number.is_finite():
        raise SchemeError(f"{where}：{raw!r} 不是数字。")
    return number


def _keys(raw: Any, expected: Iterable[str], where: str, optional: Iterable[str] = ()) -> None:
    wanted = set(expected)
    known = wanted | set(optional)
    if not isinstance(raw, dict):
        raise SchemeError(f"{where}：应为键值表。")
    problems = [f"缺少 {key}" for key in sorted(wanted - set(raw))]
    for key in sorted(set(raw) - known, key=str):
        near = difflib.get_close_matches(str(key), known, n=1)
        problems.append(f"不认识 {key!r}" + (f",是不是 {near[0]}" if near else ""))
    if problems:
        raise SchemeError(f"{where}：{';'.join(problems)}。")


def _texts(raw: Any) -> Iterable[str]:
    """The words that name what is counted; statements of purpose may say what is not done."""
    if isinstance(raw, dict):
        listed = [raw.get(name) for name in ("indicators", "caps", "evaluators")]
        for item in (*(item for found in listed if isinstance(found, list) for item in found), raw.get("bonus")):
            if isinstance(item, dict):
                yield from (str(item[name]) for name in ("key", "check", "title", "note") if name in item)
        yield from (str(name) for name in raw.get("assumptions") or ())


@cache
def schemes() -> dict[tuple[str, str], Scheme]:
    """All schemes delivered, by key and version."""
    found = [load(file) for file in sorted(FOLDER.glob("*.yaml"))]
    return {(scheme.key, scheme.version): scheme for scheme in found}


def latest(known: Iterable[Scheme], day: date, key: str = "default") -> Scheme | None:
    """Of some schemes the one that a day falls under."""
    fitting = [scheme for scheme in known if scheme.key == key and scheme.starts_on <= day]
    return max(fitting, key=lambda scheme: (scheme.starts_on, scheme.version), default=None)


def delivered_for(day: date, key: str = "default") -> Scheme:
    """The delivered scheme of a day. Raises `SchemeError` before the first one."""
    if (found := latest(schemes().values(), day, key)) is None:
        raise SchemeError(f"{day} 没有生效的评价方案 {key!r}。")
    return found
