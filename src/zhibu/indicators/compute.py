"""All indicators for every organization and many quarters in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa

from zhibu.indicators.counts import Counts, MonthlySums, Whole
from zhibu.indicators.definition import Frame, Indicator, Window, catalogue
from zhibu.indicators.measures import KEYS, Measures, RuleSource
from zhibu.indicators.periods import Period
from zhibu.indicators.results import CELLS, COLUMNS
from zhibu.indicators.results import Computed as Computed
from zhibu.indicators.slices import merged
from zhibu.warehouse.lake import Lake

ORGANIZATIONS = "organizations.organization_month"
CLOSED = nw.col("closed")


def default_assumptions(indicators: Sequence[Indicator]) -> dict[str, int]:
    """The numbers that no rule gives, as the indicators propose them."""
    return {name: value for item in indicators for name, (value, _) in item.assumptions.items()}


def compute(
    lake: Lake,
    periods: Sequence[Period],
    rules: RuleSource,
    *,
    indicators: Sequence[Indicator] | None = None,
    assumptions: Mapping[str, int] | None = None,
) -> Computed:
    """Evaluate the indicators (all by default) on the lake's engine and sum them up the tree.

    ``rules(id, day)`` gives a rule's value on a day. Quarters that have not begun on the lake's last day give no rows.
    The engine counts what each organization has of its own; adding that up takes no engine. A lake in bands is counted
    band by band.
    """
    chosen = tuple(catalogue().values() if indicators is None else indicators)
    numbers = default_assumptions(chosen) | dict(assumptions or {})
    if bands := lake.bands:
        return merged(_computed(lake.only(band), periods, rules, chosen, numbers) for band in bands)
    return _computed(lake, periods, rules, chosen, numbers)


def _computed(
    lake: Lake,
    periods: Sequence[Period],
    rules: RuleSource,
    chosen: tuple[Indicator, ...],
    assumptions: Mapping[str, int],
) -> Computed:
    measures = Measures(lake, periods, rules, assumptions)
    defined = [item.define(measures) for item in chosen]
    frames = [_labelled(found, place) for place, found in enumerate(defined) if not isinstance(found, Counts)]
    counts = [(place, chosen[place].window, found) for place, found in enumerate(defined) if isinstance(found, Counts)]
    own = _Own(len(chosen), measures)
    if frames:
        own.add_rows(lake.engine.collect(nw.concat(frames)))
    own.add_counts(counts)
    organizations = lake.engine.collect(measures.standing.select(*KEYS, "kind", "category", "parent_id"))
    return Computed(chosen, tuple(measures.periods), own.rolled_up(), organizations)


def _labelled(found: Frame, place: int) -> Frame:
    return found.filter(nw.col("denominator") > 0).select(
        *KEYS,
        nw.lit(place).cast(nw.Int64).alias("indicator"),
        nw.col("numerator").cast(nw.Int64),
        nw.col("denominator").cast(nw.Int64),
    )


@dataclass(frozen=True)
class _Cells:
    """Some numbers of single organizations in one quarter, for one indicator."""

    place: int
    organization: Whole
    numerator: Whole
    denominator: Whole


class _Own:
    """What each organization has of its own, without those below it, by quarter."""

    def __init__(self, indicators: int, measures: Measures) -> None:
        self._indicators, self._measures = indicators, measures
        self._cells: dict[int, list[_Cells]] = {period.number: [] for period in measures.periods}

    def add_rows(self, table: pa.Table) -> None:
        ordered = table.sort_by([("period", "ascending"), ("indicator", "ascending")])
        columns = {name: _column(ordered, name) for name in COLUMNS}
        changes = np.diff(columns["period"]) | np.diff(columns["indicator"])
        for piece in np.split(np.arange(len(table)), np.flatnonzero(changes) + 1) if len(table) else ():
            period, place, *cells = (columns[name][piece] for name in ("period", "indicator", *CELLS))
            self._cells[int(period[0])].append(_Cells(int(place[0]), *cells))

    def add_counts(self, counts: Iterable[tuple[int, Window, Counts]]) -> None:
        counts, sums = list(counts), MonthlySums(self._measures.lake)
        for _place, window, found in counts:
            months = [month for period in self._measures.periods for month in self._months(period, window)]
            sums.ask(found.fact, months, found.numerator, found.denominator)
            if found.closed:
                sums.ask(ORGANIZATIONS, months, CLOSED)
        for period in self._measures.periods:
            for place, window, found in counts:
                for month in self._months(period, window):
                    organization, top = sums.of(found.fact, month, found.numerator)
                    bottom = sums.of(found.fact, month, found.denominator)[1]
                    if found.closed:
                        known, closed = sums.of(ORGANIZATIONS, month, CLOSED)
                        bottom = np.where(np.isin(organization, known[closed > 0]), bottom, 0)
                        top = np.where(bottom > 0, top, 0)
                    self._cells[period.number].append(_Cells(place, organization, top, bottom))

    def _months(self, period: Period, window: Window) -> Sequence[date]:
        if window is Window.QUARTER:
            return period.months
        if window is Window.YEAR:
            return self._measures.year_of(period) if period in self._measures.yearly else ()
        end = self._measures.end_month(period)
        return (end,) if end >= period.first else ()

    def rolled_up(self) -> pa.Table:
        """Each organization's own numbers with those of everything below it."""
        above = self._measures.lake.engine.collect(
            self._measures.ancestry.filter(nw.col("ancestor_id") != nw.col("organization_id"))
        ).sort_by([("period", "ascending"), ("ancestor_id", "ascending")])
        below, ancestor, when = (_column(above, name) for name in ("organization_id", "ancestor_id", "period"))
        parts = []
        for period, cells in self._cells.items():
            first, after = np.searchsorted(when, [period, period + 1])
            parts.append(self._quarter(period, cells, below[first:after], ancestor[first:after]))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [_NONE] * len(COLUMNS)
        return pa.table({name: pa.array(column, pa.int64()) for name, column in zip(COLUMNS, columns, strict=True)})

    def _quarter(self, period: int, cells: list[_Cells], below: Whole, ancestor: Whole) -> list[Whole]:
        organizations = np.unique(np.concatenate([below, ancestor, *(cell.organization for cell in cells)]))
        # One row an organization, so that those below one are added in a single sweep for all indicators.
        wide = np.zeros((len(organizations), 2, self._indicators), np.int64)
        for cell in cells:
            here = np.searchsorted(organizations, cell.organization)
            wide[here, 0, cell.place] += cell.numerator
            wide[here, 1, cell.place] += cell.denominator
        wide[:, 0][wide[:, 1] <= 0] = 0
        if len(ancestor):
            starts = np.flatnonzero(np.diff(ancestor, prepend=-1))
            sums = np.add.reduceat(wide[np.searchsorted(organizations, below)], starts, axis=0)
            wide[np.searchsorted(organizations, ancestor[starts])] += sums
        row, place = np.nonzero(wide[:, 1] > 0)
        return [
            organizations[row], np.full(len(row), period), place.astype(np.int64), wide[row, 0, place],
            wide[row, 1, place],
        ]  # fmt: skip


_NONE: Whole = np.zeros(0, np.int64)


def _column(table: pa.Table, name: str) -> Whole:
    found: Whole = table[name].combine_chunks().to_numpy(zero_copy_only=False)
    return found
