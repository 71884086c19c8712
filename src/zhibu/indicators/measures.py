"""What several indicators share, each counted once per computation.

The engine reads facts and counts: sums by organization and month, persons reached, lecturers heard. Everything is
counted at its own grain before it is joined, in whole numbers, so that the engines agree to the last digit. Many
periods are computed in one pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, partial
from pathlib import Path

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhibu.indicators.counts import MonthlySums, Share, Whole, by_month, stacked
from zhibu.indicators.definition import Frame
from zhibu.indicators.life import BRANCHES as BRANCHES
from zhibu.indicators.life import Life, Recorded
from zhibu.indicators.life import RuleSource as RuleSource
from zhibu.indicators.periods import Period
from zhibu.indicators.results import KEYS as KEYS
from zhibu.meetings.enums import Kind as MeetingKind
from zhibu.meetings.enums import Presence
from zhibu.warehouse.engines import Question, Source
from zhibu.warehouse.lake import Lake

THERE = [Presence.PRESENT.value, Presence.LATE.value, Presence.EARLY.value]
# Meetings that every member is called to; talks and committee meetings call only some.
FOR_ALL = [
    kind.value
    for kind in (
        MeetingKind.GENERAL, MeetingKind.GROUP, MeetingKind.LECTURE, MeetingKind.THEME_DAY, MeetingKind.LIFE,
        MeetingKind.APPRAISAL,
    )
]  # fmt: skip


def whole(expression: nw.Expr) -> nw.Expr:
    """A sum of whole numbers or flags as a 64-bit whole number on every engine."""
    return expression.cast(nw.Int64).sum().cast(nw.Int64)


def at_most(expression: nw.Expr, limit: nw.Expr) -> nw.Expr:
    return nw.when(expression < limit).then(expression).otherwise(limit)


@cache
def _edition() -> str:
    """Changes with this module, so that nothing kept outlives the way in which it was counted."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


def months_table(rows: Sequence[tuple[date, Period]], year_starts: Sequence[date] | None = None) -> pa.Table:
    """A table of ``month`` and ``period``; with ``year_start``, the first day of the year that ends with it."""
    found = {
        "month": pa.array([month for month, _period in rows], pa.date32()),
        "period": pa.array([period.number for _month, period in rows], pa.int64()),
    }
    if year_starts is not None:
        found["year_start"] = pa.array(year_starts, pa.date32())
    return pa.table(found)


def _organizations(rows: Frame) -> Frame:
    return rows.select("month", "organization_id", "kind", "category", "parent_id")


def _superiors(tree: Frame) -> Frame:
    above = tree.filter(nw.col("ancestor_id") != nw.col("organization_id"))
    return above.select("month", "organization_id", "ancestor_id")


def _reached(rows: Frame, *_: Sequence[str]) -> Frame:
    """Per person and month of attendance: whether they took part in an appraisal or a talk."""
    talk = nw.col("kind") == MeetingKind.TALK.value
    return (
        rows.filter(nw.col("appraisal") | talk, nw.col("presence").is_in(THERE))
        .select("person_id", "month", appraised=nw.col("appraisal").cast(nw.Int64), talked=talk.cast(nw.Int64))
        .group_by("person_id", "month")
        .agg(nw.col("appraised").max(), nw.col("talked").max())
    )


def _settled(reached: Frame, members: Frame, years: Frame, ends: Frame) -> Frame:
    """Of the ``members`` at the end of periods those who were it all year, and who of them was ``reached`` in it."""
    persons = (
        reached.join(years, on="month", how="inner")
        .group_by("person_id", "period")
        .agg(nw.col("appraised").max(), nw.col("talked").max())
    )
    return (
        members.join(ends, on="month", how="inner")
        .filter(nw.col("member_since") <= nw.col("year_start"))
        .join(persons, on=["person_id", "period"], how="left")
        .with_columns(nw.col("appraised").fill_null(0), nw.col("talked").fill_null(0))
        .group_by(*KEYS)
        .agg(settled=nw.len().cast(nw.Int64), appraised=whole(nw.col("appraised")), talked=whole(nw.col("talked")))
    )


def _settled_among_rows(attendance: Frame, members: Frame, years: Frame, ends: Frame) -> Frame:
    return _settled(_reached(attendance), members, years, ends)


@dataclass
class Measures:
    """One computation: a lake, the periods asked for (of one cycle), the rules in force and a scheme's assumptions."""

    lake: Lake
    periods: Sequence[Period]
    rules: RuleSource
    assumptions: Mapping[str, int] = field(default_factory=dict)
    _years: dict[Period, tuple[date, ...]] = field(default_factory=dict)
    _more: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.periods = sorted(set(self.periods))
        known = self.lake.manifest.months("organizations.organization_month")
        self._last_month = max(known, default=date.min)
        self._records_from = min(self.lake.manifest.months("meetings.meeting"), default=date.max)

    # Calendars -----------------------------------------------------------------------------------------------------

    @cached_property
    def yearly(self) -> list[Period]:
        """Periods whose twelve months all lie after the first record: before it, nothing says what was neglected."""
        return [period for period in self.periods if self.year_of(period)[0] >= self._records_from]

    def under_way(self, period: Period) -> bool:
        """Whether the period was not over on the lake's last day."""
        return period.last >= (self.lake.manifest.today or date.max)

    def year_of(self, period: Period) -> tuple[date, ...]:
        """The months by which a yearly duty is judged for a period."""
        if period not in self._years:
            self._years[period] = period.duty_months(under_way=self.under_way(period))
        return self._years[period]

    def end_month(self, period: Period) -> date:
        """The month whose end counts as the period's: the last one known while it is under way."""
        return min(period.months[-1], self._last_month)

    @cached_property
    def end_calendar(self) -> Frame:
        """Last month → period."""
        return self.lake.engine.table(months_table([(self.end_month(period), period) for period in self.begun]))

    @property
    def begun(self) -> list[Period]:
        return [period for period in self.periods if self.end_month(period) >= period.first]

    def scan(self, fact: str, months: Iterable[date]) -> Frame:
        return self.lake.scan(fact, set(months))

    def keep(self, frame: Frame) -> Frame:
        return self.lake.engine.keep(frame)

    @property
    def period_months(self) -> list[date]:
        return [month for period in self.periods for month in period.months]

    @property
    def year_months(self) -> list[date]:
        return [month for period in self.yearly for month in self.year_of(period)]

    @property
    def end_months(self) -> list[date]:
        return [self.end_month(period) for period in self.periods]

    # Counting ------------------------------------------------------------------------------------------------------

    def ask_lecturers(self) -> None:
        """`lecturers` will be wanted."""
        self._more["lecturers"] = lambda: self._lectures

    def ask_settled(self) -> None:
        """`settled` will be wanted, and with it who was `recorded`."""
        assert self.recorded
        if self.yearly:
            self._more["settled"] = lambda: self._settled

    def count(self) -> None:
        """All that was asked for, several facts at once as far as the engine bears it."""
        asked: list[Callable[[], object]] = [*self._more.values()]
        asked += [partial(self.sums.count, fact) for fact in self.sums.asked()]
        asked += [lambda: self.superiors, lambda: self.organizations]
        pool = ThreadPoolExecutor(self.lake.engine.at_once)
        try:
            for counted in as_completed([pool.submit(one) for one in asked]):
                counted.result()
        finally:
            pool.shutdown(cancel_futures=True)  # where one failed, those that have not begun need not begin

    # Organizations -------------------------------------------------------------------------------------------------

    @cached_property
    def organizations(self) -> pa.Table:
        """Organizations at the end of each period: ``month``, ``organization_id``, ``kind``, ``category``,
        ``parent_id``."""
        ends = self.lake.stored("organizations.organization_month", self.end_months)
        return self.lake.engine.answer("organizations", _organizations, ends)

    @cached_property
    def superiors(self) -> pa.Table:
        """Each organization at the end of each period and those above it: ``month``, ``organization_id``,
        ``ancestor_id``."""
        ends = self.lake.stored("organizations.ancestry_month", self.end_months)
        return self.lake.engine.answer("superiors", _superiors, ends)

    @cached_property
    def standing(self) -> Frame:
        """Organizations at the end of each period."""
        found = self.scan("organizations.organization_month", self.end_months)
        return self.keep(found.join(self.end_calendar, on="month", how="inner").drop("month"))

    @property
    def branches(self) -> Frame:
        """Of those, the branches."""
        return self.standing.filter(nw.col("kind").is_in(BRANCHES))

    # Meetings ------------------------------------------------------------------------------------------------------

    @cached_property
    def sums(self) -> MonthlySums:
        """What indicators ask to be counted, all of it before any of it is read."""
        return MonthlySums(self.lake)

    @cached_property
    def life(self) -> Life:
        """What was due of each kind of meeting and what was held."""
        return Life(self.sums, self.rules, list(self.periods))

    @cached_property
    def recorded(self) -> Recorded:
        """Whose records of a period's year were kept here."""
        found = Recorded(self.sums, self._last_month)
        found.ask([*self.year_months, *self.end_months])
        return found

    @cached_property
    def _lectures(self) -> Mapping[date, pa.Table]:
        given = (nw.col("kind") == MeetingKind.LECTURE.value) & nw.col("complete") & ~nw.col("lecturer_id").is_null()

        def lecturers(rows: Frame, *_: Sequence[str]) -> Frame:
            return rows.filter(given).select("organization_id", "month", "lecturer_id").unique()

        return by_month(self.lake, "lecturers", "meetings.meeting", self.year_months, lecturers, made_by=_edition())

    def lecturers(self, period: Period) -> tuple[Whole, Whole]:
        """Organizations with lectures in the period's year, sorted, and how many different persons gave them."""
        tables = [self._lectures[month] for month in self.year_of(period) if month in self._lectures]
        if not tables:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        pairs = stacked(tables).group_by(["organization_id", "lecturer_id"]).aggregate([])
        organizations, numbers = np.unique(pairs["organization_id"].to_numpy(), return_counts=True)
        return organizations.astype(np.int64), numbers.astype(np.int64)

    # Persons -------------------------------------------------------------------------------------------------------

    @cached_property
    def _settled(self) -> pa.Table:
        """Per branch and period: those who were members all year, and who of them was reached."""
        question, attended = self._attended()
        judged = [period for period in self.begun if period in self.yearly]
        return self.lake.engine.answer(
            question.__name__,
            question,
            attended,
            self.lake.stored("people.membership_month", [self.end_month(period) for period in judged]),
            months_table([(month, period) for period in judged for month in self.year_of(period)]),
            months_table([(self.end_month(period), period) for period in judged], [self.year_of(p)[0] for p in judged]),
        )

    def _attended(self) -> tuple[Question, Source]:
        """Months counted before are not read again by the engine in this process; a cluster counts what it has."""
        lake, attendance = self.lake.whole, "meetings.attendance"
        if lake.engine.name != "duckdb" or not set(self.year_months) & set(lake.manifest.months(attendance)):
            return _settled_among_rows, lake.stored(attendance, self.year_months)
        found = by_month(lake, "reached", attendance, self.year_months, _reached, made_by=_edition())
        return _settled, stacked(found.values())

    def settled(self, period: Period, reached: str) -> Share:
        """Of those who were members all year, those ``appraised`` or ``talked`` with. A branch whose records were kept
        elsewhere during the year is not asked."""
        table = self._settled.filter(pc.equal(self._settled["period"], period.number)) if self.yearly else None
        if table is None or not len(table):
            return Share(*(np.zeros(0, np.int64) for _ in range(3)))
        organizations = table["organization_id"].to_numpy()
        asked = self.recorded.all_here(organizations, self.year_of(period))
        return Share(
            organizations,
            np.where(asked, table[reached].to_numpy(), 0),
            np.where(asked, table["settled"].to_numpy(), 0),
        )
