"""What the sides gave, read from the lake. It is given for a quarter, whatever the cycle of the scheme: for a period
counts the newest of its quarters, or of the year where a side lasts a year; a month has what its quarter was given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from zhibu.assessment.evaluators.blending import Gift, Given, half_up
from zhibu.assessment.evaluators.enums import Evaluator, Lasting
from zhibu.indicators.periods import Period
from zhibu.warehouse.lake import Lake

if TYPE_CHECKING:
    from zhibu.assessment.evaluators.parts import Part
    from zhibu.assessment.scheme import Scheme

FULL = 10_000
# organization, quarter's (or period's) number → what was given
Found = dict[tuple[int, int], Gift]


def given_of(lake: Lake, scheme: Scheme, periods: Sequence[Period]) -> Given:
    """For a scheme that names other sides than the system's data; nothing for the others."""
    if not scheme.has_sides:
        return Given()
    sides: dict[tuple[int, int], dict[Evaluator, Gift]] = defaultdict(dict)
    entered = _entered(lake)
    for part in scheme.parts:
        report = part.evaluator is Evaluator.REPORT
        found = _reports(lake, part) if report else entered.get(part.evaluator, {})
        for (organization, period), gift in _lasting(found, part, periods, lake).items():
            sides[organization, period][part.evaluator] = gift
    bonus: dict[tuple[int, int], list[Gift]] = defaultdict(list)
    wanted: dict[int, list[int]] = defaultdict(list)
    for each in periods:
        for quarter in each.quarters:
            wanted[quarter.number].append(each.number)
    for row in sorted(_rows(lake, "assessment.bonus"), key=lambda row: row["action_id"]):
        for at in wanted[Period.of(row["month"]).number]:
            bonus[row["organization_id"], at].append(Gift(row["hundredths"], row["action_id"]))
    return Given(sides, bonus)


def _entered(lake: Lake) -> dict[Evaluator, Found]:
    found: dict[Evaluator, Found] = defaultdict(dict)
    for row in _rows(lake, "assessment.grade"):
        gift = Gift(half_up(row["given"] * FULL, row["most"]), row["grading_id"])
        found[Evaluator(row["evaluator"])][row["organization_id"], Period.of(row["month"]).number] = gift
    return found


def _reports(lake: Lake, part: Part) -> Found:
    """The superior's conclusion and, where they were asked, the mean of those present, by the scheme's worth of each.

    Graded twice within a quarter (two years' reports), that of the later year counts, whichever was called for first.
    """
    worth = {grade.value: int(points * 100) for grade, points in part.grades.items()}
    present = int(part.present * 100)
    found: Found = {}
    for row in sorted(_rows(lake, "assessment.work_report"), key=lambda row: (row["year"], row["report_id"])):
        own, ticks = worth[row["conclusion"]], {name: row[name] or 0 for name in worth}
        if total := sum(ticks.values()):
            voted = sum(ticks[name] * worth[name] for name in worth)
            own = half_up(own * (FULL - present) * total + present * voted, FULL * total)
        quarter = Period.of(row["month"]).number
        found[row["organization_id"], quarter] = Gift(own, row["report_id"])
    return found


def _rows(lake: Lake, fact: str) -> list[dict[str, Any]]:
    """All rows: there are a few per organization and quarter. A lake from before the fact has none."""
    if not lake.rows(fact):
        return []
    table = lake.engine.collect(lake.scan(fact))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _lasting(found: Found, part: Part, periods: Iterable[Period], lake: Lake) -> Found:
    """What counts for each period: its own, or for a year's side the newest within the months of a yearly duty."""
    if not found:
        return {}
    organizations = sorted({organization for organization, _quarter in found})
    kept: Found = {}
    for period in periods:
        months = period.months
        if part.lasting is Lasting.YEAR:
            months = period.duty_months(under_way=period.last >= (lake.manifest.today or date.max))
        quarters = sorted({Period.of(month).number for month in months}, reverse=True)
        for organization in organizations:
            newest = next((found[organization, at] for at in quarters if (organization, at) in found), None)
            if newest is not None:
                kept[organization, period.number] = newest
    return kept
