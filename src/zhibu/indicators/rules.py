"""Rule values for computations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from zhibu.indicators.definition import Indicator
from zhibu.indicators.periods import Period
from zhibu.regulations import queries as regulations
from zhibu.regulations.models import Value


def number_in_force(rule_id: str, on: date) -> int:
    """A rule's whole number on a day. Raises `NotInForce` before the rule's first date."""
    return regulations.value(rule_id, on).number


def citations(item: Indicator, period: Period) -> list[Value]:
    """What the indicator's rules say at the end of a quarter, with the article of each."""
    return [
        regulations.value(rule_id, period.last) for rule_id in item.rules if regulations.in_force(rule_id, period.last)
    ]


def readings(indicators: Iterable[Indicator], periods: Iterable[Period]) -> list[tuple[str, str, str]]:
    """Every rule value that a computation rests on, as text: part of what makes two computations the same."""
    ids = sorted({rule_id for item in indicators for rule_id in item.rules})
    found = []
    for period in periods:
        for rule_id in ids:
            shown = regulations.value(rule_id, period.last).shown if regulations.in_force(rule_id, period.last) else "-"
            found.append((str(period), rule_id, shown))
    return found
