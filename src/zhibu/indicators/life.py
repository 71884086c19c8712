"""Meetings due and held, from sums by organization and month (regulations.md 3.1).

What is held beyond the due number of its own month does not make up for another. In a month or quarter under way
nothing is missing yet, nor in one before the organization's records were kept here: only what was held counts as due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import narwhals as nw
import numpy as np

from zhibu.indicators.counts import Flags, MonthlySums, Whole, among, spread, union
from zhibu.indicators.periods import Period
from zhibu.meetings.enums import Kind as MeetingKind
from zhibu.organizations.enums import BRANCH_KINDS, Kind

RuleSource = Callable[[str, date], int]
MEETING, MEMBERSHIP = "meetings.meeting", "people.membership_month"
ORGANIZATIONS = "organizations.organization_month"
BRANCHES = sorted(kind.value for kind in BRANCH_KINDS)
BRANCH = nw.col("kind").is_in(BRANCHES)
GROUP = nw.col("kind") == Kind.GROUP.value
CLOSED, FORMAL = nw.col("closed"), nw.col("formal")
_kind = nw.col("kind")
_complete = nw.col("complete")
_general = _kind.is_in([MeetingKind.GENERAL.value, MeetingKind.ELECTION.value])  # an election is held in one
HELD: Mapping[str, nw.Expr] = {
    "general": _complete & _general,
    "general_held": _general,
    "committee": _complete & (_kind == MeetingKind.COMMITTEE.value),
    "group": _complete & (_kind == MeetingKind.GROUP.value),
    "lecture": _complete & (_kind == MeetingKind.LECTURE.value),
    "theme": _kind == MeetingKind.THEME_DAY.value,
}
SUMS = ("general", "general_held", "lecture", "closed")
DUTIES = ("committee", "group", "theme")


@dataclass
class Life:
    """Per branch or group and quarter: what was due of each kind of meeting and what was held and recorded."""

    sums: MonthlySums
    rules: RuleSource
    periods: list[Period]
    _found: dict[Period, Mapping[str, Whole]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        months = [month for period in self.periods for month in period.months]
        self.sums.ask(ORGANIZATIONS, months, BRANCH, GROUP, CLOSED)
        self.sums.ask(MEETING, months, *HELD.values())
        self.sums.ask(MEMBERSHIP, months, FORMAL)

    def of(self, period: Period) -> Mapping[str, Whole]:
        """``organization``, and by organization ``…_done`` and ``…_due`` of lecture, general, committee, group, theme;
        ``general_held`` and ``held_due`` whether or not the record is complete."""
        if period not in self._found:
            self._found[period] = self._quarter(period)
        return self._found[period]

    def _quarter(self, period: Period) -> Mapping[str, Whole]:
        months = [self._month(month) for month in period.months]
        units = union(*(month["organization"] for month in months))
        names = (*SUMS, *(f"{name}_{end}" for name in DUTIES for end in ("done", "due")))
        total = {name: np.zeros(len(units), np.int64) for name in names}
        branch = np.zeros(len(units), np.int64)
        for month in months:
            here = np.searchsorted(units, month["organization"])
            for name in names:
                total[name][here] += month[name]
            branch[here] = np.maximum(branch[here], month["branch"])
        general_due = branch * self.rules("life.meeting", period.last)
        lecture_due = branch * self.rules("life.lecture", period.last)
        over = total["closed"] == 3
        general, held = (np.minimum(total[name], general_due) for name in ("general", "general_held"))
        lecture = np.minimum(total["lecture"], lecture_due)
        return {
            **{name: total[name] for name in names if name.endswith(("_done", "_due"))},
            "organization": units, "general_done": general, "general_due": np.where(over, general_due, general),
            "general_held": held, "held_due": np.where(over, general_due, held),
            "lecture_done": lecture, "lecture_due": np.where(over, lecture_due, lecture),
        }  # fmt: skip

    def _month(self, month: date) -> dict[str, Whole]:
        """Branches and groups of one month: what they held, what of it counts, and what was due."""
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        known, branch = self.sums.of(ORGANIZATIONS, month, BRANCH)
        unit = branch + self.sums.of(ORGANIZATIONS, month, GROUP)[1] > 0
        organizations, branch = known[unit], branch[unit]
        closed = self.sums.of(ORGANIZATIONS, month, CLOSED)[1][unit]
        held = [self.sums.of(MEETING, month, what) for what in HELD.values()]
        found = dict(zip(HELD, spread(organizations, held[0][0], *(numbers for _known, numbers in held)), strict=True))
        formal = spread(organizations, *self.sums.of(MEMBERSHIP, month, FORMAL))[0]
        must_sit = branch * (formal >= self.rules("org.committee_min", end))
        found |= {"organization": organizations, "branch": branch, "closed": closed}
        for name, asked, rule in (
            ("committee", must_sit, "life.committee"),
            ("group", 1 - branch, "life.group"),
            ("theme", branch, "life.theme_day"),
        ):
            due = asked * self.rules(rule, end)
            found[f"{name}_done"] = np.minimum(found[name], due)
            found[f"{name}_due"] = np.where(closed > 0, due, found[f"{name}_done"])
        return found


@dataclass(frozen=True)
class Recorded:
    """Since when organizations stand, and whether all their records of some months were kept here."""

    sums: MonthlySums
    last_month: date

    def ask(self, months: list[date]) -> None:
        self.sums.ask(ORGANIZATIONS, months, BRANCH, CLOSED)

    def branches(self, month: date) -> Whole:
        known, branch = self.sums.of(ORGANIZATIONS, month, BRANCH)
        return known[branch > 0]

    def stood(self, organizations: Whole, month: date) -> Flags:
        return among(organizations, self.sums.of(ORGANIZATIONS, month, CLOSED)[0])

    def all_here(self, organizations: Whole, months: tuple[date, ...]) -> Flags:
        """Of the organizations those that kept no month elsewhere: of such nothing says what they neglected. The month
        under way, which is not closed for anybody, does not count."""
        here = np.ones(len(organizations), np.bool_)
        for month in months:
            if month != self.last_month:
                known, closed = self.sums.of(ORGANIZATIONS, month, CLOSED)
                here &= ~among(organizations, known[closed == 0])
        return here
