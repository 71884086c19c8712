"""The quarters that indicators are computed for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

NUMERALS = "一二三四"
WINDOW_MONTHS = 12


@dataclass(frozen=True, order=True)
class Period:
    """One quarter of a year: ``Period(2026, 3)`` is 2026Q3."""

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> Period:
        found = re.fullmatch(r"(\d{4})[Qq]([1-4])", text.strip())
        if not found:
            raise ValueError(f"考核期 {text!r} 写法不对，应为四位年份加 Q 和季度，例如 2026Q3。")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def numbered(cls, number: int) -> Period:
        return cls(number // 4, number % 4 + 1)

    @property
    def number(self) -> int:
        """Consecutive whole number: the next quarter has the next one."""
        return self.year * 4 + self.quarter - 1

    @property
    def months(self) -> tuple[date, ...]:
        return tuple(date(self.year, self.quarter * 3 - 2 + step, 1) for step in range(3))

    @property
    def window(self) -> tuple[date, ...]:
        """The twelve months that end with the quarter: what a yearly duty is judged by."""
        return tuple(month for back in (3, 2, 1, 0) for month in Period.numbered(self.number - back).months)

    def duty_months(self, *, under_way: bool) -> tuple[date, ...]:
        """The months by which a yearly duty is judged: twelve, and while the quarter lasts also those a year before it.

        What is done once a year (the appraisal each December) is not yet missing in October.
        """
        return (*Period.numbered(self.number - 4).months, *self.window) if under_way else self.window

    @property
    def first(self) -> date:
        return self.months[0]

    @property
    def last(self) -> date:
        return Period.numbered(self.number + 1).first - timedelta(days=1)

    @property
    def label(self) -> str:
        return f"{self.year}年第{NUMERALS[self.quarter - 1]}季度"

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"


def between(first: Period, last: Period) -> list[Period]:
    return [Period.numbered(number) for number in range(first.number, last.number + 1)]
