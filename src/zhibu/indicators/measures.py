"""Frames that several indicators share, each evaluated once per computation.

Everything is aggregated at its own grain before it is joined, and every sum is one of whole numbers, so that
the engines agree to the last digit. Many quarters are computed in one pass: small calendars say which quarter a month
counts for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa

from zhibu.indicators.counts import by_month
from zhibu.indicators.definition import Frame
from zhibu.indicators.periods import Period
from zhibu.indicators.results import KEYS as KEYS
from zhibu.meetings.enums import Kind as MeetingKind
from zhibu.meetings.enums import Presence
from zhibu.organizations.enums import BRANCH_KINDS, Kind
from zhibu.warehouse.lake import Lake

RuleSource = Callable[[str, date], int]
BRANCHES = sorted(kind.value for kind in BRANCH_KINDS)
THERE = [Presence.PRESENT.value, Presence.LATE.value, Presence.EARLY.value]
# Meetings that every member is called to; talks and committee meetings call only some.
FOR_ALL = [
    kind.value
    for kind in (
        MeetingKind.GENERAL, MeetingKind.GROUP, MeetingKind.LECTURE, MeetingKind.THEME_DAY, MeetingKind.LIFE,
        MeetingKind.APPRAISAL,
    )
]  # fmt: skip
# Before the first quarter asked for, as far back as its year may reach.
EARLIER_QUARTERS = 4
# One bit a quarter in a signed 64-bit number that Spark divides as a double.
MOST_QUARTERS = 48


def whole(expression: nw.Expr) -> nw.Expr:
    """A sum of whole numbers or flags as a 64-bit whole number on every engine."""
    return expression.cast(nw.Int64).sum().cast(nw.Int64)


def at_most(expression: nw.Expr, limit: nw.Expr) -> nw.Expr:
    return nw.when(expression < limit).then(expression).otherwise(limit)


def either(condition: nw.Expr, yes: nw.Expr, no: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(yes).otherwise(no)


@cache
def _edition() -> str:
    """Changes with this module, so that nothing kept outlives the way in which it was counted."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]


@dataclass
class Measures:
    """One computation: a lake, the quarters asked for, the rules in force and the assumptions of a scheme."""

    lake: Lake
    periods: Sequence[Period]
    rules: RuleSource
    assumptions: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.periods = sorted(set(self.periods))
        known = self.lake.manifest.months("organizations.organization_month")
        self._first_month = min(known, default=date.max)
        self._last_month = max(known, default=date.min)
        self._records_from = min(self.lake.manifest.months("meetings.meeting"), default=date.max)
        span = self.periods[-1].number - self.periods[0].number + EARLIER_QUARTERS + 1 if self.periods else 0
        if span > MOST_QUARTERS:
            raise ValueError(f"一次最多计算 {MOST_QUARTERS - EARLIER_QUARTERS} 个季度。")

    # Calendars -----------------------------------------------------------------------------------------------------

    @property
    def yearly(self) -> list[Period]:
        """Quarters whose twelve months all lie after the first record: before it, nothing says what was neglected."""
        return [period for period in self.periods if self.year_of(period)[0] >= self._records_from]

    def under_way(self, period: Period) -> bool:
        """Whether the quarter was not over on the lake's last day."""
        return period.last >= (self.lake.manifest.today or date.max)

    def year_of(self, period: Period) -> tuple[date, ...]:
        """The months by which a yearly duty is judged for a quarter."""
        return period.duty_months(under_way=self.under_way(period))

    def end_month(self, period: Period) -> date:
        """The month whose end counts as the quarter's: the last one known while it is under way."""
        return min(period.months[-1], self._last_month)

    @cached_property
    def quarter_calendar(self) -> Frame:
        """Month → quarter, with the rules in force at the end of the month."""
        rows = []
        for period in self.periods:
            for month in period.months:
                end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
                rows.append(
                    {
                        "month": month,
                        "period": period.number,
                        "committee_min": self.rules("org.committee_min", end),
                        "general_due": self.rules("life.meeting", period.last),
                        "lecture_due": self.rules("life.lecture", period.last),
                        "committee_due": self.rules("life.committee", end),
                        "group_due": self.rules("life.group", end),
                        "theme_due": self.rules("life.theme_day", end),
                    }
                )
        dues = ("general_due", "lecture_due", "committee_due", "group_due", "theme_due")
        return self._table(rows, ("period", "committee_min", *dues))

    @cached_property
    def year_calendar(self) -> Frame:
        """Month → each quarter in whose year it lies."""
        rows = [{"month": month, "period": period.number} for period in self.yearly for month in self.year_of(period)]
        return self._table(rows, ("period",))

    @cached_property
    def end_calendar(self) -> Frame:
        """Last month → quarter; ``year_start``, ``first_bit`` and ``span`` (a power of two) describe its year."""
        rows = [
            {
                "month": self.end_month(period),
                "period": period.number,
                "year_start": self.year_of(period)[0] if period in self.yearly else date(1900, 1, 1),
                "first_bit": self._bit(Period.of(self.year_of(period)[0])),
                "span": 2 ** (len(self.year_of(period)) // 3),
            }
            for period in self.periods
            if self.end_month(period) >= period.first
        ]
        return self._table(rows, ("period", "first_bit", "span"), ("year_start",))

    @cached_property
    def bit_calendar(self) -> Frame:
        """Month → a number with one bit set for its quarter."""
        months = set(self.year_months)
        return self._table([{"month": month, "bit": self._bit(Period.of(month))} for month in sorted(months)], ("bit",))

    def _bit(self, period: Period) -> int:
        return int(2 ** (period.number - self.periods[0].number + EARLIER_QUARTERS))

    def _table(self, rows: list[dict[str, Any]], numbers: Iterable[str], days: Iterable[str] = ()) -> Frame:
        schema = pa.schema(
            [("month", pa.date32()), *((name, pa.int64()) for name in numbers), *((name, pa.date32()) for name in days)]
        )
        return self.lake.engine.table(pa.Table.from_pylist(rows, schema=schema))

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
        found = by_month(read, name, fact, present, lambda rows, columns: count(rows), made_by=_edition())
        return read.engine.table(pa.concat_tables(found.values()))

    @property
    def quarter_months(self) -> list[date]:
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
        """Organizations at the end of each quarter."""
        found = self.scan("organizations.organization_month", self.end_months)
        return self.keep(found.join(self.end_calendar, on="month", how="inner").drop("month"))

    @property
    def branches(self) -> Frame:
        """Of those, the branches."""
        return self.standing.filter(nw.col("kind").is_in(BRANCHES))

    @cached_property
    def ancestry(self) -> Frame:
        """organization_id, ancestor_id, period: the tree at the quarter's end, each organization its own ancestor."""
        found = self.scan("organizations.ancestry_month", self.end_months)
        return found.join(self.end_calendar, on="month", how="inner").select("organization_id", "ancestor_id", "period")

    @cached_property
    def unrecorded(self) -> Frame:
        """Organizations that kept their records elsewhere for a part of a quarter's year: nothing says what they
        neglected then. The month under way, which is not closed for anybody, does not count."""
        return (
            self.scan("organizations.organization_month", set(self.year_months) - {self._last_month})
            .filter(~nw.col("closed"))
            .select("organization_id", "month")
            .join(self.year_calendar, on="month", how="inner")
            .select("organization_id", "period")
            .unique()
            .with_columns(unrecorded=nw.lit(True))
        )

    # Meetings ------------------------------------------------------------------------------------------------------

    @cached_property
    def life(self) -> Frame:
        """Per organization and quarter: what was due of each kind of meeting and what was held and recorded completely.

        What is held beyond the due number of its own month does not make up for another. In a month or quarter under
        way nothing is missing yet, nor in one before the organization's records were kept here: only what was held
        counts as due.
        """
        kind, complete = nw.col("kind"), nw.col("complete")
        general = kind.is_in([MeetingKind.GENERAL.value, MeetingKind.ELECTION.value])  # an election is held in one
        met = self.monthly(
            "life",
            "meetings.meeting",
            self.quarter_months,
            lambda rows: rows.group_by("organization_id", "month").agg(
                general=whole(complete & general),
                general_held=whole(general),
                committee=whole(complete & (kind == MeetingKind.COMMITTEE.value)),
                group=whole(complete & (kind == MeetingKind.GROUP.value)),
                lecture=whole(complete & (kind == MeetingKind.LECTURE.value)),
                theme=whole(kind == MeetingKind.THEME_DAY.value),
            ),
        )
        formal = self.monthly(
            "formal",
            "people.membership_month",
            self.quarter_months,
            lambda rows: rows.group_by("organization_id", "month").agg(formal=whole(nw.col("formal"))),
        )
        names = ("general", "general_held", "committee", "group", "lecture", "theme", "formal")
        months = (
            self.scan("organizations.organization_month", self.quarter_months)
            .filter(nw.col("kind").is_in([*BRANCHES, Kind.GROUP.value]))
            .select("organization_id", "month", "kind", "closed")
            .join(self.quarter_calendar, on="month", how="inner")
            .join(met, on=["organization_id", "month"], how="left")
            .join(formal, on=["organization_id", "month"], how="left")
            .with_columns(nw.col(name).fill_null(0) for name in names)
        )
        return self.keep(_quarters_of_life(months))

    @cached_property
    def lecturers(self) -> Frame:
        """Per branch and quarter: different persons who lectured in the twelve months."""
        given = (nw.col("kind") == MeetingKind.LECTURE.value) & nw.col("complete") & ~nw.col("lecturer_id").is_null()
        return (
            self.monthly(
                "lecturers",
                "meetings.meeting",
                self.year_months,
                lambda rows: rows.filter(given).select("organization_id", "month", "lecturer_id").unique(),
            )
            .join(self.year_calendar, on="month", how="inner")
            .select("organization_id", "period", "lecturer_id")
            .unique()
            .group_by(*KEYS)
            .agg(lecturers=nw.len().cast(nw.Int64))
        )

    # Persons -------------------------------------------------------------------------------------------------------

    @cached_property
    def reached(self) -> Frame:
        """Per person: the quarters in which they took part in an appraisal or a talk, one bit each."""
        talk = nw.col("kind") == MeetingKind.TALK.value

        def persons(rows: Frame) -> Frame:
            return (
                rows.filter(nw.col("appraisal") | talk, nw.col("presence").is_in(THERE))
                .select("person_id", "month", appraised=nw.col("appraisal").cast(nw.Int64), talked=talk.cast(nw.Int64))
                .group_by("person_id", "month")
                .agg(nw.col("appraised").max(), nw.col("talked").max())
            )

        quarters = (
            self.monthly("reached", "meetings.attendance", self.year_months, persons, lake=self.lake.whole)
            .join(self.bit_calendar, on="month", how="inner")
            .group_by("person_id", "bit")
            .agg(nw.col("appraised").max(), nw.col("talked").max())
        )
        return quarters.group_by("person_id").agg(
            appraised_bits=whole(nw.col("appraised") * nw.col("bit")),
            talked_bits=whole(nw.col("talked") * nw.col("bit")),
        )

    @cached_property
    def settled(self) -> Frame:
        """Per branch and quarter: those who were members all year, and who of them was reached. A branch whose records
        were kept elsewhere during the year is not asked."""

        def in_window(bits: str) -> nw.Expr:
            return (nw.col(bits).fill_null(0) // nw.col("first_bit")) % nw.col("span") > 0

        return self.keep(
            self.scan("people.membership_month", self.end_months)
            .join(self.end_calendar, on="month", how="inner")
            .filter(nw.col("member_since") <= nw.col("year_start"))
            .join(self.reached, on="person_id", how="left")
            .select(*KEYS, appraised=in_window("appraised_bits"), talked=in_window("talked_bits"))
            .group_by(*KEYS)
            .agg(settled=nw.len().cast(nw.Int64), appraised=whole(nw.col("appraised")), talked=whole(nw.col("talked")))
            .join(self.unrecorded, on=list(KEYS), how="anti")
        )


def _quarters_of_life(months: Frame) -> Frame:
    """From one row a month to one row a quarter."""
    branch = nw.col("kind").is_in(BRANCHES)
    closed = nw.col("closed")
    none = nw.lit(0)
    must_sit = branch & (nw.col("formal") >= nw.col("committee_min"))
    monthly = months.with_columns(
        committee_done=either(must_sit, at_most(nw.col("committee"), nw.col("committee_due")), none),
        group_done=either(branch, none, at_most(nw.col("group"), nw.col("group_due"))),
        theme_done=either(branch, at_most(nw.col("theme"), nw.col("theme_due")), none),
        committee_due=either(must_sit, nw.col("committee_due"), none),
        group_due=either(branch, none, nw.col("group_due")),
        theme_due=either(branch, nw.col("theme_due"), none),
        general_due=either(branch, nw.col("general_due"), none),
        lecture_due=either(branch, nw.col("lecture_due"), none),
    ).with_columns(
        either(closed, nw.col(f"{name}_due"), nw.col(f"{name}_done")).alias(f"{name}_due")
        for name in ("committee", "group", "theme")
    )
    sums = ("general", "general_held", "lecture", "committee_done", "committee_due", "group_done", "group_due")
    quarters = monthly.group_by(*KEYS).agg(
        *(whole(nw.col(name)) for name in (*sums, "theme_done", "theme_due")),
        general_due=nw.col("general_due").max(),
        lecture_due=nw.col("lecture_due").max(),
        months=whole(closed),
    )
    over = nw.col("months") == 3
    limited = quarters.with_columns(
        general=at_most(nw.col("general"), nw.col("general_due")),
        general_held=at_most(nw.col("general_held"), nw.col("general_due")),
        lecture=at_most(nw.col("lecture"), nw.col("lecture_due")),
    )
    return limited.select(
        *KEYS,
        nw.col("committee_done", "committee_due", "group_done", "group_due", "theme_done", "theme_due"),
        general_done=nw.col("general"),
        general_held=nw.col("general_held"),
        general_due=either(over, nw.col("general_due"), nw.col("general")),
        held_due=either(over, nw.col("general_due"), nw.col("general_held")),
        lecture_done=nw.col("lecture"),
        lecture_due=either(over, nw.col("lecture_due"), nw.col("lecture")),
    )
