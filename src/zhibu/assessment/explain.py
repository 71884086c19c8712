"""Why a score is what it is, and what would raise it: computed from the same definitions as the score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhibu.assessment.evaluators.showing import system_part
from zhibu.assessment.models import IndicatorScore, OrganizationScore
from zhibu.assessment.scheme import MILLION, Scheme, Weighted
from zhibu.indicators.definition import Indicator, Window
from zhibu.indicators.periods import Period
from zhibu.indicators.rules import citations
from zhibu.regulations.models import Value

CENT = Decimal("0.01")


@dataclass(frozen=True)
class RecordsFilter:
    """What a page passes to a list of records: ``record`` is ``room.model``; organization means its whole subtree."""

    record: str
    label: str
    organization_id: int
    first: date | None
    last: date
    filters: Mapping[str, Any]


@dataclass(frozen=True)
class Improvement:
    """The cheapest honest step on one indicator: ``units`` more of its numerator add ``gain`` points to the total."""

    indicator: Indicator
    units: int
    gain: Decimal
    sentence: str
    to_full: bool


@dataclass(frozen=True)
class Explanation:
    """One indicator of one score."""

    score: IndicatorScore
    indicator: Indicator
    weighted: Weighted
    rules: tuple[Value, ...]
    smoothed: bool
    records: RecordsFilter
    gaps: RecordsFilter | None
    improvement: Improvement | None

    @property
    def sentence(self) -> str:
        """The numbers in words, as a page shows them under the formula."""
        line = self.score
        text = f"{line.numerator} ÷ {line.denominator} {self.indicator.unit} = {percent(line.raw)}"
        if self.smoothed:
            text += f"，人数较少，向同类支部靠拢后为 {percent(line.smoothed)}"
        item = self.weighted
        return (
            f"{text}；满分线 {percent(item.full_at)}，零分线 {percent(item.zero_at)}，"
            f"得分率 {percent(line.normalised)}，得 {line.points} 分（满分 {line.weight}）。"
        )


def percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(CENT, ROUND_HALF_UP):f}%"


def days_of(window: Window, period: Period, *, under_way: bool) -> tuple[date | None, date]:
    """First and last day that count for a quarter's value; no first day for a state at its end."""
    first = {Window.QUARTER: period.first, Window.YEAR: period.duty_months(under_way=under_way)[0], Window.END: None}[
        window
    ]
    return first, period.last


def explain_line(score: OrganizationScore, line: IndicatorScore, item: Weighted, scheme: Scheme) -> Explanation:
    """Everything behind one line of a score."""
    definition, period = item.indicator, score.run.quarter
    first, last = days_of(definition.window, period, under_way=score.run.is_provisional)

    def opens(filters: Mapping[str, Any]) -> RecordsFilter:
        return RecordsFilter(
            definition.opens.record, definition.opens.label, line.organization_id, first, last, filters
        )

    k = smoothing_of(score, item, scheme)
    return Explanation(
        line, definition, item, tuple(citations(definition, period)), bool(k), opens(definition.opens.filters),
        opens(definition.opens.gaps) if definition.opens.gaps else None, improvement_of(score, line, item, k),
    )  # fmt: skip


def smoothing_of(score: OrganizationScore, item: Weighted, scheme: Scheme) -> int:
    """How many cases of its category this score's indicator borrows: 0 for most."""
    small = score.level in _branches() and score.members < scheme.smoothing.under_members
    return scheme.smoothing.weight if small and item.smooth else 0


def _branches() -> set[str]:
    from zhibu.organizations.enums import BRANCH_KINDS

    return {kind.value for kind in BRANCH_KINDS}


def points_with(line: IndicatorScore, item: Weighted, k: int, more: int) -> Decimal:
    """The line's points were its numerator larger by ``more``, other branches unchanged: the steps of `scoring`.

    The smoothed ratio moves by ``more`` cases of ``denominator + k``.
    """
    top, bottom = (line.numerator + more) * MILLION, line.denominator
    if k:
        # What the category lent is what the stored ratio has beyond the branch's own cases.
        lent = int(line.smoothed * MILLION) * (bottom + k) - line.numerator * MILLION
        top, bottom = top + lent, bottom + k
    ratio = _half_up(top, bottom)
    zero, full = int(item.zero_at * MILLION), int(item.full_at * MILLION)
    inside = min(max(ratio, min(zero, full)), max(zero, full))
    normalised = _half_up(abs(inside - zero) * MILLION, abs(full - zero))
    return Decimal(_half_up(int(item.weight * 100) * normalised, MILLION)).scaleb(-2)


def _half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def improvement_of(score: OrganizationScore, line: IndicatorScore, item: Weighted, k: int) -> Improvement | None:
    """The fewest additional cases that reach full points, or as many as were due; None where nothing is left to gain.

    A breach that caps the total hides the gain until it is gone; then the gain is that of the line alone.
    """
    step = 1 if item.indicator.higher_is_better else -1
    room = line.denominator - line.numerator if step > 0 else line.numerator
    if line.points >= line.weight or room <= 0:
        return None
    low, high = 1, room
    while low < high:
        middle = (low + high) // 2
        if points_with(line, item, k, step * middle) >= points_with(line, item, k, step * room):
            high = middle
        else:
            low = middle + 1
    points = points_with(line, item, k, step * low)
    # Of the total only the part of the system's data moves, where the scheme has other sides too.
    gain = ((points - line.points) * 100 / score.weight * system_part(score)).quantize(CENT, ROUND_HALF_UP)
    if gain <= 0:
        return None
    sentence = f"{item.indicator.remedy.format(n=low)}，总分约可提高 {gain} 分。"
    return Improvement(item.indicator, low, gain, sentence, points >= line.weight)


def improvements_of(score: OrganizationScore, lines: Iterable[Explanation]) -> list[Improvement]:
    """All improvements, the most points for each additional case first."""
    found = [line.improvement for line in lines if line.improvement]
    return sorted(found, key=lambda item: (-item.gain / item.units, -item.gain))
