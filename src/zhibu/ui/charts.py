"""Chart data, independent of the library that draws it. Every point may lead to its records by ``url``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Number = int | float | None
KINDS = ("bar", "line", "pie", "doughnut")


@dataclass(frozen=True)
class Point:
    """One mark. None is a gap ("no data"), never a zero. ``tone`` colours a part of a pie by its meaning, as badges are
    coloured."""

    value: Number
    url: str = ""
    tone: str = ""

    def as_json(self) -> dict[str, Any]:
        more = {name: value for name, value in (("url", self.url), ("tone", self.tone)) if value}
        return {"value": self.value, **more}


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class TableTwin:
    """The same numbers as a table: header cells, then rows of (name, points)."""

    heads: list[str]
    rows: list[tuple[str, list[Point]]]


@dataclass(frozen=True)
class Chart:
    """Bars, lines, or (one series) a pie or doughnut. As many points as labels, or it is a ValueError."""

    kind: Literal["bar", "line", "pie", "doughnut"]
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind={self.kind!r}; there are {', '.join(KINDS)}, Heatmap and Treemap.")
        if self.kind in {"pie", "doughnut"} and len(self.series) != 1:
            raise ValueError("A pie shows one series.")
        for one in self.series:
            if len(one.points) != len(self.labels):
                raise ValueError(f"{one.name}: {len(one.points)} points for {len(self.labels)} labels.")

    def as_json(self) -> dict[str, Any]:
        series = [{"name": one.name, "points": [point.as_json() for point in one.points]} for one in self.series]
        return {"kind": self.kind, "labels": list(self.labels), "series": series, "unit": self.unit}

    def twin(self) -> TableTwin:
        rows = [(label, [one.points[at] for one in self.series]) for at, label in enumerate(self.labels)]
        return TableTwin(["", *(one.name for one in self.series)], rows)


@dataclass(frozen=True)
class Heatmap:
    """``points[row][column]``: for instance branches by months.

    ``scale``: "amount" grows darker from 0; "share" runs from 0 to 100, little in red and all in blue.
    """

    columns: Sequence[str]
    rows: Sequence[str]
    points: Sequence[Sequence[Point]]
    unit: str = ""
    scale: Literal["amount", "share"] = "amount"

    def __post_init__(self) -> None:
        if len(self.points) != len(self.rows) or any(len(line) != len(self.columns) for line in self.points):
            raise ValueError("points must be rows × columns.")

    def as_json(self) -> dict[str, Any]:
        marks = [
            {"value": [column, row, point.value], "url": point.url}
            for row, line in enumerate(self.points)
            for column, point in enumerate(line)
            if point.value is not None
        ]
        values = [mark["value"][2] for mark in marks] or [0]
        return {
            "kind": "heatmap", "columns": list(self.columns), "rows": list(self.rows), "points": marks,
            "unit": self.unit, "low": min(values), "high": max(values), "scale": self.scale,
        }  # fmt: skip

    def twin(self) -> TableTwin:
        return TableTwin(["", *self.columns], [(row, list(self.points[at])) for at, row in enumerate(self.rows)])


@dataclass(frozen=True)
class Box:
    """How the values of many lie on one line of `Boxes`: 10th percentile, quartiles and median, 90th percentile."""

    low: Number
    quarter: Number
    middle: Number
    three_quarters: Number
    high: Number

    @property
    def values(self) -> list[Number]:
        return [self.low, self.quarter, self.middle, self.three_quarters, self.high]


@dataclass(frozen=True)
class Boxes:
    """One lying box a label, and on it the marks of those that are named. None where there are too few for a box."""

    labels: Sequence[str]
    boxes: Sequence[Box | None]
    marks: Sequence[Series]
    unit: str = ""

    HEADS = ("第 10 百分位", "四分之一", "中位数", "四分之三", "第 90 百分位")

    def __post_init__(self) -> None:
        if any(len(each) != len(self.labels) for each in (self.boxes, *(one.points for one in self.marks))):
            raise ValueError("One box and one mark of each series a label.")

    def as_json(self) -> dict[str, Any]:
        series = [{"name": one.name, "points": [point.as_json() for point in one.points]} for one in self.marks]
        boxes = [box.values if box else None for box in self.boxes]
        return {"kind": "boxes", "labels": list(self.labels), "boxes": boxes, "series": series, "unit": self.unit}

    def twin(self) -> TableTwin:
        rows = [
            (label, [*map(Point, box.values if box else [None] * 5), *(one.points[at] for one in self.marks)])
            for at, (label, box) in enumerate(zip(self.labels, self.boxes, strict=True))
        ]
        return TableTwin(["", *self.HEADS, *(one.name for one in self.marks)], rows)


@dataclass(frozen=True)
class Leaf:
    """One field of a treemap; a branch of the tree carries its parts in ``children``. ``tone`` colours it by meaning
    (`zhibu.ui.parts.TONES`); without it fields are only told apart."""

    name: str
    value: int | float
    url: str = ""
    children: Sequence[Leaf] = field(default=())
    tone: str = ""

    def as_json(self) -> dict[str, Any]:
        node: dict[str, Any] = {"name": self.name, "value": self.value, "url": self.url}
        if self.tone:
            node["tone"] = self.tone
        if self.children:
            node["children"] = [child.as_json() for child in self.children]
        return node

    def lines(self, depth: int = 0) -> list[tuple[str, list[Point]]]:
        own = ("\u3000" * depth + self.name, [Point(self.value, self.url)])
        return [own, *(line for child in self.children for line in child.lines(depth + 1))]


@dataclass(frozen=True)
class Treemap:
    leaves: Sequence[Leaf]
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"kind": "treemap", "leaves": [leaf.as_json() for leaf in self.leaves], "unit": self.unit}

    def twin(self) -> TableTwin:
        return TableTwin(["", self.unit or "数量"], [line for leaf in self.leaves for line in leaf.lines()])
