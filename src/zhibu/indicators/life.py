"""Meetings due and held, from sums by organization and month (regulations.md 3.1).

What is held beyond the due number of its own month does not make up for another. In a month or quarter under way
nothing is missing yet, nor in one before the organization's records were kept here: only what was held counts as due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import narwhals as nw
import numpy as np

from zhibu.indicators.counts import Flags, MonthlySums, Whole, among, spread, union
from zhibu.indicators.periods import Cycle, Period
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
    """Per branch or group and period: what was due of each kind of meeting and what was held and recorded.

    What is due once a quarter is missing at the quarter's end, not before: of three months the last one answers for
    what none of them held, and together they say what the quarter says.
    """

    sums: MonthlySums
    rules: RuleSource
    periods: list[Period]
    _found: dict[Period, Mapping[str, Whole]] = field(default_factory=dict)
    _months: dict[date, dict[str, Whole]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        months = {month for period in self.periods for quarter in period.quarters for month in quarter.months}
        self.sums.ask(ORGANIZATIONS, months, BRANCH, GROUP, CLOSED)
        self.sums.ask(MEETING, months, *HELD.values())
        self.sums.ask(MEMBERSHIP, months, FORMAL)

    def of(self, period: Period) -> Mapping[str, Whole]:
        """``organization``, and by organization ``…_done`` and ``…_due`` of lecture, general, committee, group, theme;
        ``general_held`` and ``held_due`` whether or not the record is complete."""
        if period not in self._found:
            quarterly = [self._quarter(quarter, period.months[-1]) for quarter in period.quarters]
            if period.cycle is Cycle.MONTH and period.first != period.quarters[0].first:
                before = self._quarter(Period.of(period.first), period.moved(-1).first)
                quarterly.append({name: -n if name != "organization" else n for name, n in before.items()})
            self._found[period] = _added([self._monthly(period), *quarterly])
        return self._found[period]

    def _monthly(self, period: Period) -> dict[str, Whole]:
        """What is due every month."""
        names = [f"{name}_{end}" for name in DUTIES for end in ("done", "due")]
        months = [self._month(month) for month in period.months]
        return _added([{name: month[name] for name in ("organization", *names)} for month in months])

    def _quarter(self, quarter: Period, until: date) -> dict[str, Whole]:
        """What is due once a quarter, as it stands at the end of the month ``until``."""
        months = [self._month(month) for month in quarter.months if month <= until]
        total = _added([{name: month[name] for name in ("organization", *SUMS)} for month in months])
        units = total["organization"]
        branch = np.zeros(len(units), np.int64)
        for month in months:
            here = np.searchsorted(units, month["organization"])
            branch[here] = np.maximum(branch[here], month["branch"])
        general_due = branch * self.rules("life.meeting", quarter.last)
        lecture_due = branch * self.rules("life.lecture", quarter.last)
        over = total["closed"] == len(quarter.months)
        general, held = (np.minimum(total[name], general_due) for name in ("general", "general_held"))
        lecture = np.minimum(total["lecture"], lecture_due)
        return {
            "organization": units, "general_done": general, "general_due": np.where(over, general_due, general),
            "general_held": held, "held_due": np.where(over, general_due, held),
            "lecture_done": lecture, "lecture_due": np.where(over, lecture_due, lecture),
        }  # fmt: skip

    def _month(self, month: date) -> dict[str, Whole]:
        """Branches and groups of one month: what they held, what of it counts, and what was due."""
        if month not in self._months:
            self._months[month] = self._counted(month)
        return self._months[month]

    def _counted(self, month: date) -> dict[str, Whole]:
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


def _added(parts: Sequence[Mapping[str, Whole]]) -> dict[str, Whole]:
    """Every organization of the parts, once, and its numbers of all of them."""
    units = union(*(part["organization"] for part in parts))
    total = {name: np.zeros(len(units), np.int64) for part in parts for name in part if name != "organization"}
    for part in parts:
        here = np.searchsorted(units, part["organization"])
        for name in part.keys() - {"organization"}:
            total[name][here] += part[name]
    return {"organization": units, **total}


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
