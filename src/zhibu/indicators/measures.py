"""What several indicators share, each counted once per computation.

The engine reads facts and counts: sums by organization and month, persons reached, lecturers heard. Everything is
counted at its own grain before it is joined, in whole numbers, so that the engines agree to the last digit. Many
periods are computed in one pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhibu.indicators.counts import MonthlySums, Share, Whole, by_month
from zhibu.indicators.definition import Frame
from zhibu.indicators.life import BRANCHES as BRANCHES
from zhibu.indicators.life import Life, Recorded
from zhibu.indicators.life import RuleSource as RuleSource
from zhibu.indicators.periods import Period
from zhibu.indicators.results import KEYS as KEYS
from zhibu.meetings.enums import Kind as MeetingKind
from zhibu.meetings.enums import Presence
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


@dataclass
class Measures:
    """One computation: a lake, the periods asked for (of one cycle), the rules in force and a scheme's assumptions."""

    lake: Lake
    periods: Sequence[Period]
    rules: RuleSource
    assumptions: Mapping[str, int] = field(default_factory=dict)
    _years: dict[Period, tuple[date, ...]] = field(default_factory=dict)

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
        """Last month → period; ``year_start`` is the first day of its year."""
        return self.calendar(
            [
                (self.end_month(period), period, self.year_of(period)[0] if period in self.yearly else date(1900, 1, 1))
                for period in self.periods
                if self.end_month(period) >= period.first
            ]
        )

    def calendar(self, rows: Iterable[tuple[date, Period, date]]) -> Frame:
        """A table of ``month``, ``period`` and ``year_start``."""
        found = [{"month": month, "period": period.number, "year_start": start} for month, period, start in rows]
        schema = pa.schema([("month", pa.date32()), ("period", pa.int64()), ("year_start", pa.date32())])
        return self.lake.engine.table(pa.Table.from_pylist(found, schema=schema))

    def scan(self, fact: str, months: Iterable[date]) -> Frame:
        return self.lake.scan(fact, set(months))

    def keep(self, frame: Frame) -> Frame:
        return self.lake.engine.keep(frame)

    def monthly(
        self,
        name: str,
        fact: str,
        months: Iterable[date],
        count: Callable[[Frame], Frame],
        *,
        lake: Lake | None = None,
    ) -> Frame:
        """What ``count`` makes of the fact's rows, each month apart: on the embedded engine months that were counted
        before are not read again. A cluster counts what it has at hand."""
        read = lake or self.lake
        present = set(months) & set(read.manifest.months(fact))
        if not (read.kept and read.engine.name == "duckdb" and present):
            return count(read.scan(fact, set(months)))
        found = by_month(read, name, fact, present, lambda rows, *_: count(rows), made_by=_edition())
        return read.engine.table(pa.concat_tables(found.values()))

    @property
    def period_months(self) -> list[date]:
        return [month for period in self.periods for month in period.months]

    @property
    def year_months(self) -> list[date]:
        return [month for period in self.yearly for month in self.year_of(period)]

    @property
    def end_months(self) -> list[date]:
        return [self.end_month(period) for period in self.periods]

    # Organizations -------------------------------------------------------------------------------------------------

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
        pairs = pa.concat_tables(tables).group_by(["organization_id", "lecturer_id"]).aggregate([])
        organizations, numbers = np.unique(pairs["organization_id"].to_numpy(), return_counts=True)
        return organizations, numbers.astype(np.int64)

    # Persons -------------------------------------------------------------------------------------------------------

    @cached_property
    def reached(self) -> Frame:
        """Per person and period: whether they took part in an appraisal or a talk in its year."""
        talk = nw.col("kind") == MeetingKind.TALK.value

        def persons(rows: Frame) -> Frame:
            return (
                rows.filter(nw.col("appraisal") | talk, nw.col("presence").is_in(THERE))
                .select("person_id", "month", appraised=nw.col("appraisal").cast(nw.Int64), talked=talk.cast(nw.Int64))
                .group_by("person_id", "month")
                .agg(nw.col("appraised").max(), nw.col("talked").max())
            )

        years = [(month, period, period.first) for period in self.yearly for month in self.year_of(period)]
        return (
            self.monthly("reached", "meetings.attendance", self.year_months, persons, lake=self.lake.whole)
            .join(self.calendar(years), on="month", how="inner")
            .group_by("person_id", "period")
            .agg(nw.col("appraised").max(), nw.col("talked").max())
        )

    @cached_property
    def _settled(self) -> pa.Table:
        """Per branch and period: those who were members all year, and who of them was reached."""
        return self.lake.engine.collect(
            self.scan("people.membership_month", [self.end_month(period) for period in self.yearly])
            .join(self.end_calendar, on="month", how="inner")
            .filter(nw.col("member_since") <= nw.col("year_start"))
            .join(self.reached, on=["person_id", "period"], how="left")
            .with_columns(nw.col("appraised").fill_null(0), nw.col("talked").fill_null(0))
            .group_by(*KEYS)
            .agg(settled=nw.len().cast(nw.Int64), appraised=whole(nw.col("appraised")), talked=whole(nw.col("talked")))
        )

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
