"""Sums over the rows of one fact by organization and month: what most indicators are made of.

All that is asked of a fact is counted in one scan, month by month, and kept beside the lake, so that the next
computation scans only the months that changed. What is added up over months and over the tree are whole numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhibu.indicators.definition import Frame
from zhibu.indicators.periods import Period
from zhibu.warehouse.lake import Lake

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BY = ("organization_id", "month")
Count = Callable[..., Frame]  # rows of a fact and the columns wanted
FEW = 4  # periods that are counted one by one rather than by month in one scan
EACH = ~nw.col("month").is_null()  # every row counts one


@dataclass(frozen=True)
class Counts:
    """An indicator that adds up: of ``denominator`` the ``numerator``, each a flag or whole number per row of ``fact``,
    summed over the months of the indicator's window. ``closed``: only over months that were over and whose records
    the organization kept here.
    """

    fact: str
    numerator: nw.Expr
    denominator: nw.Expr
    closed: bool = False


@dataclass(frozen=True)
class Share:
    """Numbers of single organizations in one period: each once, in any order."""

    organization: Whole
    numerator: Whole
    denominator: Whole


@dataclass(frozen=True)
class Reckoned:
    """An indicator that is more than two sums, reckoned from sums: ``of`` gives the shares of a period."""

    of: Callable[[Period], Share]


def spread(organizations: Whole, known: Whole, *numbers: Whole) -> list[Whole]:
    """The numbers of ``known`` organizations, which are sorted, for these; 0 where there is none."""
    if not len(known):
        return [np.zeros(len(organizations), np.int64) for _ in numbers]
    if len(known) == len(organizations) and np.array_equal(known, organizations):
        return list(numbers)
    found = np.minimum(np.searchsorted(known, organizations), len(known) - 1)
    here = known[found] == organizations
    return [np.where(here, number[found], 0) for number in numbers]


def among(organizations: Whole, known: Whole) -> Flags:
    """Which of the organizations are among the known ones, which are sorted."""
    return spread(organizations, known, np.ones(len(known), np.int64))[0] > 0


def union(*sorted_ones: Whole) -> Whole:
    """Every organization of the lists, once, sorted."""
    found = np.sort(np.concatenate(sorted_ones), kind="stable")
    return found[np.diff(found, prepend=-1) != 0]


@dataclass
class MonthlySums:
    """What is asked of the facts of a lake, counted at once where several ask of the same one."""

    lake: Lake
    _months: dict[str, set[date]] = field(default_factory=dict)
    _asked: dict[str, dict[str, nw.Expr]] = field(default_factory=dict)
    _found: dict[str, Mapping[date, pa.Table]] = field(default_factory=dict)
    _columns: dict[tuple[str, date, str], Whole] = field(default_factory=dict)
    _together: dict[str, set[tuple[date, ...]]] = field(default_factory=dict)
    _apart: set[str] = field(default_factory=set)
    _names: dict[int, tuple[nw.Expr, str]] = field(default_factory=dict)

    def ask(
        self, fact: str, months: Iterable[date], *expressions: nw.Expr, together: Iterable[tuple[date, ...]] = ()
    ) -> None:
        """Before anything of the fact is read. ``together``: months of which only the sum is wanted; where nobody asks
        for them apart and nothing is kept, they are counted as one and stand under the first."""
        self._months.setdefault(fact, set()).update(months)
        groups = self._together.setdefault(fact, set())
        groups.update(together)
        if not together:
            self._apart.add(fact)
        self._asked.setdefault(fact, {}).update({self._name(expression): expression for expression in expressions})

    def asked(self) -> list[str]:
        """The facts that were asked for, those of the most months first."""
        return sorted(self._asked, key=lambda fact: -len(self._months[fact]))

    def count(self, fact: str) -> Mapping[date, pa.Table]:
        """What was asked of the fact, counted once, by month."""
        if fact not in self._found:
            self._found[fact] = self._counted(fact)
        return self._found[fact]

    def of(self, fact: str, month: date, expression: nw.Expr) -> tuple[Whole, Whole]:
        """Organizations with rows in the month, and the sum of the expression for each. It must have been asked for."""
        table = self.count(fact).get(month)
        if table is None:
            return _NONE, _NONE
        names = ("organization_id", self._name(expression))
        organizations, sums = (self._column(fact, month, table, name) for name in names)
        return organizations, sums

    def _column(self, fact: str, month: date, table: pa.Table, name: str) -> Whole:
        place = (fact, month, name)
        if place not in self._columns:
            self._columns[place] = _whole(table, name)
        return self._columns[place]

    def _name(self, expression: nw.Expr) -> str:
        """A column's name that says what was counted: two expressions that read alike are the same one."""
        known = self._names.get(id(expression))
        if known is None or known[0] is not expression:
            name = "n" + hashlib.sha256(repr(expression).encode()).hexdigest()[:16]
            known = self._names[id(expression)] = (expression, name)
        return known[1]

    def _counted(self, fact: str) -> Mapping[date, pa.Table]:
        asked, lake = self._asked[fact], self.lake

        def count(rows: Frame, names: Sequence[str], apart: Sequence[str] = BY) -> Frame:
            sums = (asked[name].cast(nw.Int64).sum().cast(nw.Int64).alias(name) for name in names)
            return rows.group_by(*apart).agg(*sums)

        names = sorted(asked)
        if lake.kept or fact in self._apart or len(self._together[fact]) > FEW:
            return by_month(lake, "sums", fact, self._months[fact], count, names)
        key, question = f"{fact} together {' '.join(names)}", partial(_together, count, names)
        return {
            months[0]: lake.engine.answer(key, question, lake.stored(fact, months)) for months in self._together[fact]
        }


def _together(count: Count, names: Sequence[str], rows: Frame) -> Frame:
    return count(rows, names, BY[:1]).sort(BY[0])


_NONE: Whole = np.zeros(0, np.int64)


def _whole(table: pa.Table, name: str) -> Whole:
    column = table[name].combine_chunks()
    found = (pc.fill_null(column, 0) if column.null_count else column).to_numpy(zero_copy_only=False)
    return found.astype(np.int64, copy=False)


def by_month(
    lake: Lake,
    name: str,
    fact: str,
    months: Iterable[date],
    count: Count,
    columns: Sequence[str] = (),
    made_by: str = "",
) -> Mapping[date, pa.Table]:
    """What ``count`` makes of each month of the fact, from what is kept, else counted in one scan and kept.

    With ``columns``, whose names say how each is counted, ``count`` gives one row to every organization and month that
    has any; without, ``made_by`` says how the whole is counted.
    """
    present = sorted(set(months) & set(lake.manifest.months(fact)))
    keys = {month: f"{made_by} {lake.counted_from(fact, month)}" for month in present}
    kind, name = name, ".".join([fact, name, *([] if lake.band is None else [str(lake.band)])])
    kept = lake.kept
    asked = (*BY, *columns) if columns else ()
    known = {month: kept.read(name, month, keys[month], asked) if kept else None for month in present}
    missing: dict[tuple[str, ...], list[date]] = {}
    for month, table in known.items():
        wanted = columns if table is None else [column for column in columns if column not in table.column_names]
        if wanted or table is None:
            missing.setdefault(tuple(wanted), []).append(month)
    found = {month: table for month, table in known.items() if table is not None}
    for wanted, group in missing.items():
        order = ("month", "organization_id") if columns else ("month",)
        question = partial(_asked, count, wanted, order)
        key = f"{fact} {kind} {made_by} {' '.join(wanted)}"
        counted = lake.engine.answer(key, question, lake.stored(fact, group))
        for month, table in _split(counted, group):
            # What was kept of it before stays, also what is not asked for now.
            before = found.get(month)
            if before is not None:
                whole = kept.read(name, month, keys[month]) if kept else None
                before = before if whole is None else whole
                table = pa.table({**_columns(before), **_columns(table)})
            found[month] = table
            if kept:
                kept.write(name, month, keys[month], found[month])
    return found


def stacked(tables: Iterable[pa.Table]) -> pa.Table:
    """The rows of several months as one table, though some were kept in narrower columns than others."""
    return pa.concat_tables(tables, promote_options="permissive")


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _asked(count: Count, wanted: Sequence[str], order: Sequence[str], rows: Frame) -> Frame:
    return count(rows, wanted).sort(*order)


def _split(table: pa.Table, months: Sequence[date]) -> Iterable[tuple[date, pa.Table]]:
    """The rows of each month from a table in the order of months."""
    numbers = table["month"].combine_chunks().cast(pa.int32()).to_numpy(zero_copy_only=False)
    for month in months:
        day = pc.cast(pa.scalar(month, pa.date32()), pa.int32()).as_py()
        first, after = np.searchsorted(numbers, [day, day + 1])
        yield month, table.slice(first, after - first)
