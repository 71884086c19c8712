"""The sides of a scheme as it is written: shares that sum to 100, scales, and the limit of bonus points. Both sections
are optional; a scheme without them rests on the system's data alone, as every scheme did before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from zhibu.assessment.evaluators.enums import ENTERED, Evaluator, Lasting, ReportGrade

OPTIONAL = ("evaluators", "bonus")
HUNDRED = Decimal(100)
Keys = Callable[[Any, Iterable[str], str], None]
Number = Callable[[Any, str], Decimal]


@dataclass(frozen=True)
class Part:
    """One side: ``share`` of 100. Only reports have ``grades`` and ``present``, the percent of those present."""

    evaluator: Evaluator
    share: Decimal
    note: str
    most: Decimal = HUNDRED
    lasting: Lasting = Lasting.QUARTER
    grades: Mapping[ReportGrade, Decimal] = field(default_factory=dict)
    present: Decimal = Decimal(0)


@dataclass(frozen=True)
class BonusLimit:
    """Chosen actions add at most so many points; the total never passes 100."""

    at_most: Decimal
    note: str


SHAPES: dict[Evaluator, tuple[str, ...]] = {
    Evaluator.SYSTEM: ("key", "share", "note"),
    Evaluator.REPORT: ("key", "share", "lasting", "grades", "present", "note"),
    **dict.fromkeys(ENTERED, ("key", "share", "most", "lasting", "note")),
}


class PartsError(ValueError):
    """A section cannot be used; `zhibu.assessment.scheme` says so in the name of the scheme."""


def read_parts(raw: Any, where: str, keys: Keys, number: Number, *, whole: bool) -> tuple[Part, ...]:
    """The sides in their order, each at most once; in a ``whole`` one the system's data among them, the sum 100."""
    if not isinstance(raw, list):
        raise PartsError(f"{where}:evaluators 应为列表。")
    found = tuple(_part(item, f"{where}:evaluators 第 {n} 项", keys, number) for n, item in enumerate(raw, 1))
    known = [part.evaluator for part in found]
    if len(set(known)) != len(known):
        raise PartsError(f"{where}:有评价方出现两次。")
    if Evaluator.SYSTEM not in known and whole:
        raise PartsError(f"{where}:evaluators 应包含系统数据（system）。")
    if (total := sum(part.share for part in found)) != HUNDRED and whole:
        raise PartsError(f"{where}:各评价方的占比合计 {total}，应为 100。")
    return found


def _part(raw: Any, where: str, keys: Keys, number: Number) -> Part:
    given = raw.get("key") if isinstance(raw, dict) else None
    if given not in Evaluator.values:
        raise PartsError(f"{where}:没有评价方 {given!r}，可用的是 {'、'.join(Evaluator.values)}。")
    evaluator = Evaluator(given)
    keys(raw, SHAPES[evaluator], where)
    share = number(raw["share"], f"{where} share")
    if not 0 < share <= HUNDRED or share != round(share, 2):
        raise PartsError(f"{where}:占比应大于 0、不超过 100，最多两位小数。")
    if evaluator is Evaluator.SYSTEM:
        return Part(evaluator, share, str(raw["note"]))
    if raw["lasting"] not in Lasting.values:
        raise PartsError(f"{where}:lasting 应为 quarter 或 year。")
    lasting = Lasting(raw["lasting"])
    if evaluator is Evaluator.REPORT:
        grades, present = _grades(raw["grades"], where, keys, number), number(raw["present"], f"{where} present")
        if not 0 <= present <= HUNDRED:
            raise PartsError(f"{where}:present 应在 0 到 100 之间。")
        return Part(evaluator, share, str(raw["note"]), HUNDRED, lasting, grades, present)
    most = number(raw["most"], f"{where} most")
    if not 1 <= most <= 1000:
        raise PartsError(f"{where}:most 是满分，应在 1 到 1000 之间。")
    return Part(evaluator, share, str(raw["note"]), most, lasting)


def _grades(raw: Any, where: str, keys: Keys, number: Number) -> dict[ReportGrade, Decimal]:
    keys(raw, ReportGrade.values, f"{where} grades")
    found = {grade: number(raw[grade.value], f"{where} {grade.label}") for grade in ReportGrade}
    order = list(found.values())
    if any(not 0 <= value <= HUNDRED or value != round(value, 2) for value in order) or order != sorted(order)[::-1]:
        raise PartsError(f"{where}:各等次的分数应在 0 到 100 之间，由好到差不升高。")
    return found


def read_bonus(raw: Any, where: str, keys: Keys, number: Number) -> BonusLimit:
    keys(raw, ("at_most", "note"), f"{where}:bonus")
    at_most = number(raw["at_most"], f"{where}:bonus")
    if not 0 < at_most <= HUNDRED or at_most != round(at_most, 2):
        raise PartsError(f"{where}:加分上限应大于 0、不超过 100，最多两位小数。")
    return BonusLimit(at_most, str(raw["note"]))
