"""The periods that indicators are computed for: months, quarters, half years or years of the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import total_ordering

NUMERALS = "一二三四"
YEAR_MONTHS = 12


class Cycle(Enum):
    """How often an assessment comes round (考核周期), by what stands for it in a period's text."""

    MONTH = "M"
    QUARTER = "Q"
    HALF_YEAR = "H"
    YEAR = "Y"

    @property
    def months(self) -> int:
        return {"M": 1, "Q": 3, "H": 6, "Y": 12}[self.value]

    @property
    def label(self) -> str:
        return {"M": "按月", "Q": "按季度", "H": "按半年", "Y": "按年"}[self.value]

    @property
    def a_year(self) -> int:
        """How many periods a year has."""
        return YEAR_MONTHS // self.months


@total_ordering
@dataclass(frozen=True)
class Period:
    """One period of a year, counted from 1: ``Period(2026, 3)`` is the third quarter, 2026Q3. In order of time: what
    ends earlier comes first, of what ends together the shorter."""

    year: int
    place: int
    cycle: Cycle = Cycle.QUARTER

    @classmethod
    def parse(cls, text: str) -> Period:
        """``2026Q3``, ``2026M09``, ``2026H1``, ``2026Y1``. Raises `ValueError` with a sentence for anything else."""
        found = re.fullmatch(r"(\d{4})([MQHY])(\d{1,2})", text.strip().upper())
        cycle = Cycle(found[2]) if found else Cycle.QUARTER
        if not found or not 1 <= int(found[3]) <= cycle.a_year or not 1 <= int(found[1]) < 9999:
            raise ValueError(
                f"考核期 {text!r} 写法不对，应为四位年份加季度、月、半年或全年，例如 2026Q3、2026M09、2026H1、2026Y1。"
            )
        return cls(int(found[1]), int(found[3]), cycle)

    @classmethod
    def of(cls, day: date, cycle: Cycle = Cycle.QUARTER) -> Period:
        return cls(day.year, (day.month - 1) // cycle.months + 1, cycle)

    @classmethod
    def numbered(cls, number: int, cycle: Cycle = Cycle.QUARTER) -> Period:
        year, place = divmod(number, cycle.a_year)
        return cls(year, place + 1, cycle)

    @property
    def number(self) -> int:
        """Consecutive whole number among those of its cycle: the next one has the next number."""
        return self.year * self.cycle.a_year + self.place - 1

    def moved(self, by: int) -> Period:
        """So many periods later, or earlier where negative."""
        return Period.numbered(self.number + by, self.cycle)

    @property
    def months(self) -> tuple[date, ...]:
        first = (self.place - 1) * self.cycle.months
        return tuple(date(self.year, first + step + 1, 1) for step in range(self.cycle.months))

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters that it is made of, or the one that it lies in."""
        return tuple(dict.fromkeys(map(Period.of, self.months)))

    @property
    def window(self) -> tuple[date, ...]:
        """The twelve months that end with the period: what a yearly duty is judged by."""
        before = range(self.cycle.a_year - 1, -1, -1)
        return tuple(month for back in before for month in self.moved(-back).months)

    def duty_months(self, *, under_way: bool) -> tuple[date, ...]:
        """The months by which a yearly duty is judged: twelve, and while the period lasts also those a year before it.

        What is done once a year (the appraisal each December) is not yet missing in October.
        """
        return (*self.moved(-self.cycle.a_year).months, *self.window) if under_way else self.window

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        return self.moved(1).first - timedelta(days=1)

    @property
    def label(self) -> str:
        if self.cycle is Cycle.MONTH:
            return f"{self.year}年{self.place}月"
        if self.cycle is Cycle.QUARTER:
            return f"{self.year}年第{NUMERALS[self.place - 1]}季度"
        return f"{self.year}年" + ("度" if self.cycle is Cycle.YEAR else "上下"[self.place - 1] + "半年")

    @property
    def short(self) -> str:
        """For the axis of a chart."""
        if self.cycle is Cycle.MONTH:
            return f"{self.first:%Y-%m}"
        return str(self) if self.cycle is Cycle.QUARTER else self.label.replace("年度", "年")

    def __str__(self) -> str:
        return f"{self.year}{self.cycle.value}{self.place:0{2 if self.cycle is Cycle.MONTH else 1}}"

    def __lt__(self, other: Period) -> bool:
        return (self.last, self.cycle.months) < (other.last, other.cycle.months)


def between(first: Period, last: Period) -> list[Period]:
    """All periods of the cycle of ``first`` from it to ``last``."""
    return [Period.numbered(number, first.cycle) for number in range(first.number, last.number + 1)]
