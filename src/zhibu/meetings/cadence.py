"""The statutory cadence as data, and what is due and late by it. Pure: loading stands in `queries.due`.

A duty holds for full periods only: an organization established on 2 March owes nothing for March, for the first quarter
or for that year; established on the 1st it does. The same from the day since which its records are kept here, at the
other end, and where an organization changed its kind.
Temporary branches (ZB18-8: members' ties stay elsewhere) owe what concerns education, theme day and lecture; what rests
on the tie (general and committee meetings, organization life meeting, appraisal) their members do at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

from zhibu.meetings.enums import Kind
from zhibu.organizations.enums import BRANCH_KINDS, TEMPORARY_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind


class Unit(Enum):
    """A calendar period; the value is its length in months."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12


@dataclass(frozen=True, order=True)
class Span:
    """A month, quarter or year, both days included."""

    start: date
    end: date
    unit: Unit

    @property
    def label(self) -> str:
        if self.unit is Unit.MONTH:
            return f"{self.start.year} 年 {self.start.month} 月"
        if self.unit is Unit.QUARTER:
            return f"{self.start.year} 年第 {(self.start.month + 2) // 3} 季度"
        return f"{self.start.year} 年"

    @property
    def short(self) -> str:
        if self.unit is Unit.MONTH:
            return f"{self.start.month}月"
        return f"{(self.start.month + 2) // 3}季度" if self.unit is Unit.QUARTER else "全年"


@lru_cache(maxsize=8192)
def span_of(unit: Unit, day: date) -> Span:
    """The period that contains a day."""
    first = (day.month - 1) // unit.value * unit.value + 1
    start = date(day.year, first, 1)
    following = date(day.year + (first + unit.value > 12), (first + unit.value - 1) % 12 + 1, 1)
    return Span(start, following - timedelta(days=1), unit)


def spans(unit: Unit, since: date, until: date) -> Iterator[Span]:
    """The periods from the one containing ``since`` to the one containing ``until``."""
    span = span_of(unit, since)
    while span.start <= until:
        yield span
        span = span_of(unit, span.end + timedelta(days=1))


@dataclass(frozen=True)
class Duty:
    """What an organization of certain kinds owes in every period. How often, how strictly and by which article says the
    rule in `regulations`."""

    key: str
    label: str
    kind: Kind
    unit: Unit
    holders: frozenset[OrganizationKind]
    satisfied_by: frozenset[Kind]
    rule: str


REGULAR_BRANCHES = BRANCH_KINDS - TEMPORARY_KINDS
_GROUPS = frozenset({OrganizationKind.GROUP})
_COMMITTEES = frozenset({OrganizationKind.COMMITTEE, OrganizationKind.LEADING_GROUP})

DUTIES: tuple[Duty, ...] = (
    Duty(
        "general", "支部党员大会", Kind.GENERAL, Unit.QUARTER, REGULAR_BRANCHES,
        frozenset({Kind.GENERAL, Kind.ELECTION}), "life.meeting",
    ),
    Duty(
        "committee", "支部委员会会议", Kind.COMMITTEE, Unit.MONTH, REGULAR_BRANCHES,
        frozenset({Kind.COMMITTEE}), "life.committee",
    ),
    Duty(
        "group", "党小组会", Kind.GROUP, Unit.MONTH, _GROUPS,
        frozenset({Kind.GROUP}), "life.group",
    ),
    Duty(
        "theme_day", "主题党日", Kind.THEME_DAY, Unit.MONTH, BRANCH_KINDS,
        frozenset({Kind.THEME_DAY}), "life.theme_day",
    ),
    Duty(
        "lecture", "党课", Kind.LECTURE, Unit.QUARTER, BRANCH_KINDS,
        frozenset({Kind.LECTURE}), "life.lecture",
    ),
    Duty(
        "life", "组织生活会", Kind.LIFE, Unit.YEAR, REGULAR_BRANCHES,
        frozenset({Kind.LIFE}), "life.org_life",
    ),
    Duty(
        "appraisal", "民主评议党员", Kind.APPRAISAL, Unit.YEAR, REGULAR_BRANCHES,
        frozenset({Kind.APPRAISAL}), "life.review",
    ),
    Duty(
        "secretary_lecture", "党委书记讲党课", Kind.LECTURE, Unit.YEAR, _COMMITTEES,
        frozenset(), "life.secretary_lecture",
    ),
)  # fmt: skip
DUTY = {duty.key: duty for duty in DUTIES}
# Proposed in plans, but nobody is called late by it: its article has not been read (regulations.md 3.1).
DEMOCRATIC_LIFE = Duty(
    "democratic_life", "民主生活会", Kind.DEMOCRATIC_LIFE, Unit.YEAR, _COMMITTEES,
    frozenset({Kind.DEMOCRATIC_LIFE}), "life.democratic_life",
)  # fmt: skip


class Standing(Enum):
    """Where one duty of one period stands on a day."""

    HELD = "已开展"
    OPEN = "待开展"
    LATE = "缺"


@dataclass(slots=True)
class Due:
    """One duty of one organization in one period, and how often it was fulfilled. Made by the thousand: not frozen."""

    organization_id: int
    duty: Duty
    span: Span
    required: int
    held: int
    is_must: bool = False  # 应当; otherwise 一般 or custom

    @property
    def missing(self) -> int:
        return max(self.required - self.held, 0)

    @property
    def due_until(self) -> date:
        """The last day on which it is in time."""
        return self.span.end

    @property
    def late_since(self) -> date | None:
        """The day after, if something is missing; compare with today before calling it late."""
        return self.span.end + timedelta(days=1) if self.missing else None

    def standing(self, on: date) -> Standing:
        if not self.missing:
            return Standing.HELD
        return Standing.LATE if on > self.span.end else Standing.OPEN


@dataclass(frozen=True)
class Held:
    """From ``start`` until before ``end`` an organization was of this kind."""

    start: date
    end: date | None
    kind: str


def covers(history: Iterable[Held], span: Span, kinds: frozenset[OrganizationKind]) -> bool:
    """Whether an organization was of one of these kinds on every day of the period."""
    day = span.start
    for held in sorted(history, key=lambda held: held.start):
        if held.kind not in kinds or (held.end is not None and held.end <= day):
            continue
        if held.start > day:
            return False
        if held.end is None or held.end > span.end:
            return True
        day = held.end
    return False
