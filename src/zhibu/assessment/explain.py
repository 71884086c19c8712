"""Why a score is what it is, and what would raise it: computed from the same definitions as the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

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
class Explanation:
    """One indicator of one score."""

    total: OrganizationScore
    score: IndicatorScore
    indicator: Indicator
    weighted: Weighted
    rules: tuple[Value, ...]
    smoothed: bool
    records: RecordsFilter
    gaps: RecordsFilter | None
    borrowed: int  # cases of the category that the ratio leans on

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
    """First and last day that count for a period's value; no first day for a state at its end."""
    first = {Window.PERIOD: period.first, Window.YEAR: period.duty_months(under_way=under_way)[0], Window.END: None}[
        window
    ]
    return first, period.last


def explain_line(score: OrganizationScore, line: IndicatorScore, item: Weighted, scheme: Scheme) -> Explanation:
    """Everything behind one line of a score."""
    definition, period = item.indicator, score.run.span
    first, last = days_of(definition.window, period, under_way=score.run.is_provisional)

    def opens(filters: Mapping[str, Any], since: date | None = first) -> RecordsFilter:
        return RecordsFilter(
            definition.opens.record, definition.opens.label, line.organization_id, since, last, filters
        )

    wanting = period.quarters[0].first if definition.quarterly else first

    k = smoothing_of(score, item, scheme)
    return Explanation(
        score, line, definition, item, tuple(citations(definition, period)), bool(k), opens(definition.opens.filters),
        opens(definition.opens.gaps, wanting) if definition.opens.gaps else None, k,
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
    ratio = half_up(top, bottom)
    zero, full = int(item.zero_at * MILLION), int(item.full_at * MILLION)
    inside = min(max(ratio, min(zero, full)), max(zero, full))
    normalised = half_up(abs(inside - zero) * MILLION, abs(full - zero))
    return Decimal(half_up(int(item.weight * 100) * normalised, MILLION)).scaleb(-2)


def half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)
