"""The rubric: criteria with points, when a second reviewer is needed, when a third person decides. Read strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibu.indicators.guard import refuse_forbidden

FOLDER = Path(__file__).parent / "rubrics"
TOP = ("key", "version", "title", "starts_on", "two_above", "settle_above", "note", "criteria")


class RubricError(ValueError):
    """A rubric cannot be used; the text names the file and the place."""


@dataclass(frozen=True)
class Criterion:
    key: str
    title: str
    most: Decimal
    note: str


@dataclass(frozen=True)
class Rubric:
    key: str
    version: str
    title: str
    starts_on: date
    two_above: Decimal
    settle_above: Decimal
    note: str
    criteria: tuple[Criterion, ...]
    document: Mapping[str, Any]

    @property
    def most(self) -> Decimal:
        return sum((one.most for one in self.criteria), Decimal(0))

    def needs_two(self, points: Decimal) -> bool:
        return points > self.two_above


def read(raw: Any, name: str) -> Rubric:
    """A rubric from its document, also from the copy that a review keeps."""
    _keys(raw, TOP, name)
    if not isinstance(raw["criteria"], list) or not raw["criteria"]:
        raise RubricError(f"{name}:criteria 应为列表，至少一项。")
    criteria = []
    for n, item in enumerate(raw["criteria"], 1):
        where = f"{name}:criteria 第 {n} 项"
        _keys(item, ("key", "title", "most", "note"), where)
        refuse_forbidden(where, str(item["title"]))
        criteria.append(
            Criterion(str(item["key"]), str(item["title"]), _points(item["most"], where), str(item["note"]))
        )
    if len({one.key for one in criteria}) != len(criteria):
        raise RubricError(f"{name}:有评审项目出现两次。")
    starts_on = raw["starts_on"]
    return Rubric(
        str(raw["key"]), str(raw["version"]), str(raw["title"]),
        starts_on if isinstance(starts_on, date) else date.fromisoformat(starts_on), _points(raw["two_above"], name),
        _points(raw["settle_above"], name), str(raw["note"]), tuple(criteria), raw,
    )  # fmt: skip


def _keys(raw: Any, expected: Iterable[str], where: str) -> None:
    wanted = set(expected)
    if not isinstance(raw, dict) or set(raw) != wanted:
        known = set(raw) if isinstance(raw, dict) else set()
        wrong = "、".join(sorted(map(str, known ^ wanted)))
        raise RubricError(f"{where}:应恰好包含 {'、'.join(sorted(wanted))}；不符的有 {wrong}。")


def _points(raw: Any, where: str) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise RubricError(f'{where}:应写整数，或加引号的小数，例如 "0.5"。')
    try:
        number = Decimal(raw)
    except ArithmeticError as error:
        raise RubricError(f"{where}:{raw!r} 不是数字。") from error
    if not 0 < number <= 100 or number != round(number, 2):
        raise RubricError(f"{where}:分数应大于 0、不超过 100，最多两位小数。")
    return number


@cache
def rubrics() -> tuple[Rubric, ...]:
    """All that are delivered, the oldest first."""
    found = [read(yaml.safe_load(file.read_text(encoding="utf-8")), file.name) for file in FOLDER.glob("*.yaml")]
    return tuple(sorted(found, key=lambda one: (one.starts_on, one.version)))


def rubric_for(day: date) -> Rubric:
    """The one in force on a day."""
    fitting = [one for one in rubrics() if one.starts_on <= day]
    if not fitting:
        raise RubricError(f"{day} 没有生效的评审标准。")
    return fitting[-1]
