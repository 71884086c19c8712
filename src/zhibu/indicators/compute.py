"""All indicators for every organization and many periods in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhibu.indicators.counts import Counts, Reckoned, Whole, among, union
from zhibu.indicators.definition import Frame, Indicator, Window, catalogue
from zhibu.indicators.life import CLOSED, ORGANIZATIONS, RuleSource
from zhibu.indicators.measures import KEYS, Measures
from zhibu.indicators.periods import Period
from zhibu.indicators.results import CELLS, COLUMNS
from zhibu.indicators.results import Computed as Computed
from zhibu.indicators.slices import merged
from zhibu.warehouse.lake import Lake


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

    ``rules(id, day)`` gives a rule's value on a day. Periods that have not begun on the lake's last day give no rows.
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
    own = _Own(len(chosen), measures)
    frames = []
    # All is asked for before any of it is counted: what several ask of one fact is one scan.
    for place, item in enumerate(chosen):
        found = item.define(measures)
        if isinstance(found, Counts):
            own.ask(place, item.window, found)
        elif isinstance(found, Reckoned):
            own.reckoned.append((place, found))
        else:
            frames.append(_labelled(found, place))
    measures.count()
    if frames:
        own.add_rows(lake.engine.collect(nw.concat(frames)))
    own.add_sums()
    return Computed(chosen, tuple(measures.periods), own.rolled_up(), _by_period(measures, measures.organizations))


def _by_period(measures: Measures, table: pa.Table) -> pa.Table:
    """Rows of the periods' last months, with the period in place of the month; in order of the periods."""
    ends = {measures.end_month(period): period.number for period in measures.begun}
    months = pa.array(sorted(ends), pa.date32())
    numbers = pa.array([ends[month] for month in sorted(ends)], pa.int64())
    period = numbers.take(pc.index_in(table["month"], value_set=months).combine_chunks())
    return table.drop_columns(["month"]).append_column("period", period)


def _labelled(found: Frame, place: int) -> Frame:
    return found.filter(nw.col("denominator") > 0).select(
        *KEYS,
        nw.lit(place).cast(nw.Int64).alias("indicator"),
        nw.col("numerator").cast(nw.Int64),
        nw.col("denominator").cast(nw.Int64),
    )


@dataclass(frozen=True)
class _Cells:
    """Some numbers of single organizations in one period, for one indicator."""

    place: int
    organization: Whole
    numerator: Whole
    denominator: Whole


class _Own:
    """What each organization has of its own, without those below it, by period."""

    def __init__(self, indicators: int, measures: Measures) -> None:
        self._indicators, self._measures = indicators, measures
        self._counts: list[tuple[int, Window, Counts]] = []
        self.reckoned: list[tuple[int, Reckoned]] = []
        self._cells: dict[int, list[_Cells]] = {period.number: [] for period in measures.periods}

    def add_rows(self, table: pa.Table) -> None:
        ordered = table.sort_by([("period", "ascending"), ("indicator", "ascending")])
        columns = {name: _column(ordered, name) for name in COLUMNS}
        changes = np.diff(columns["period"]) | np.diff(columns["indicator"])
        for piece in np.split(np.arange(len(table)), np.flatnonzero(changes) + 1) if len(table) else ():
            period, place, *cells = (columns[name][piece] for name in ("period", "indicator", *CELLS))
            self._cells[int(period[0])].append(_Cells(int(place[0]), *cells))

    def ask(self, place: int, window: Window, counts: Counts) -> None:
        self._counts.append((place, window, counts))
        months = [month for period in self._measures.periods for month in self._months(period, window)]
        spans = [period.months for period in self._measures.periods]
        together = spans if window is Window.PERIOD and not counts.closed else ()
        self._measures.sums.ask(counts.fact, months, counts.numerator, counts.denominator, together=together)
        if counts.closed:
            self._measures.sums.ask(ORGANIZATIONS, months, CLOSED)

    def add_sums(self) -> None:
        """What was asked for, period by period."""
        sums = self._measures.sums
        for period in self._measures.periods:
            cells = self._cells[period.number]
            for place, window, counts in self._counts:
                for month in self._months(period, window):
                    organization, top = sums.of(counts.fact, month, counts.numerator)
                    bottom = sums.of(counts.fact, month, counts.denominator)[1]
                    if counts.closed:
                        known, closed = sums.of(ORGANIZATIONS, month, CLOSED)
                        here = among(organization, known[closed > 0])
                        top, bottom = np.where(here, top, 0), np.where(here, bottom, 0)
                    cells.append(_Cells(place, organization, top, bottom))
            for place, reckoned in self.reckoned:
                share = reckoned.of(period)
                due = share.denominator > 0
                numbers = (np.where(due, part, 0) for part in (share.numerator, share.denominator))
                cells.append(_Cells(place, share.organization, *numbers))

    def _months(self, period: Period, window: Window) -> Sequence[date]:
        if window is Window.PERIOD:
            return period.months
        if window is Window.YEAR:
            return self._measures.year_of(period) if period in self._measures.yearly else ()
        end = self._measures.end_month(period)
        return (end,) if end >= period.first else ()

    def rolled_up(self) -> pa.Table:
        """Each organization's own numbers with those of everything below it."""
        measures = self._measures
        above = _by_period(measures, measures.superiors)
        order = np.argsort(_column(above, "period"), kind="stable")
        below, ancestor, when = (_column(above, name)[order] for name in ("organization_id", "ancestor_id", "period"))
        parts = []
        for period, cells in self._cells.items():
            first, after = np.searchsorted(when, [period, period + 1])
            parts.append(self._period(period, cells, below[first:after], ancestor[first:after]))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [_NONE] * len(COLUMNS)
        return pa.table({name: pa.array(column, pa.int64()) for name, column in zip(COLUMNS, columns, strict=True)})

    def _period(self, period: int, cells: list[_Cells], below: Whole, ancestor: Whole) -> list[Whole]:
        from scipy.sparse import csr_array  # half a second to load, and only a computation needs it

        # Cells counted from one month of one fact share their organizations: those are looked up once.
        lists = {id(cell.organization): cell.organization for cell in cells}
        superiors, superior = np.unique(ancestor, return_inverse=True)
        organizations = union(superiors, *lists.values())
        rows = {key: np.searchsorted(organizations, found) for key, found in lists.items()}
        tops, bottoms = np.zeros((2, self._indicators, len(organizations)), np.int64)
        for cell in cells:
            here = rows[id(cell.organization)]
            tops[cell.place, here] += cell.numerator
            bottoms[cell.place, here] += cell.denominator
        tops[bottoms <= 0] = 0
        if len(superiors):
            # A row for each superior with a one for everything below it that has numbers of its own.
            known = among(below, organizations)
            ones = np.ones(np.count_nonzero(known), np.int64)
            places = (superior[known], np.searchsorted(organizations, below[known]))
            tree = csr_array((ones, places), shape=(len(superiors), len(organizations)))
            target = np.searchsorted(organizations, superiors)
            for own in (tops, bottoms):
                own[:, target] += (tree @ own.T).T
        due = bottoms > 0
        place, row = np.nonzero(due)
        return [organizations[row], np.full(len(row), period), place.astype(np.int64), tops[due], bottoms[due]]


_NONE: Whole = np.zeros(0, np.int64)


def _column(table: pa.Table, name: str) -> Whole:
    found: Whole = table[name].combine_chunks().to_numpy(zero_copy_only=False)
    return found
