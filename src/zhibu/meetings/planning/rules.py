"""Days and clashes of a plan, judged without a database."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from zhibu.meetings.enums import Kind, State
from zhibu.meetings.planning.enums import Stand
from zhibu.regulations.dates import add_months, is_working_day, working_day_known

LAST_WEEK = 5
WEEKS = [(1, "第一周"), (2, "第二周"), (3, "第三周"), (4, "第四周"), (LAST_WEEK, "最后一周")]
WEEKDAYS = [(0, "周一"), (1, "周二"), (2, "周三"), (3, "周四"), (4, "周五"), (5, "周六"), (6, "周日")]


@dataclass(frozen=True)
class Habit:
    """When and where a branch usually holds one kind of meeting."""

    week: int
    weekday: int
    starts_at: time
    ends_at: time
    place: str = ""


@dataclass(frozen=True)
class Line:
    """One meeting of a proposal. ``note`` says why the day is not the usual one, or what to check about it."""

    kind: Kind
    title: str
    held_on: date
    starts_at: time
    ends_at: time
    place: str = ""
    with_appraisal: bool = False
    note: str = ""


@dataclass(frozen=True)
class Period:
    """What is planned in one go: a year, or a term. The limits of the terms are the platform's assumption."""

    key: str
    label: str
    start: date
    end: date


def period_of(key: str, today: date) -> Period:
    """``2027``, ``2027-spring`` or ``2026-autumn``; anything else means the next year."""
    year, _, term = key.partition("-")
    number = int(year) if len(year) == 4 and year.isdecimal() and abs(int(year) - today.year) <= 2 else today.year + 1
    if term == "spring":
        last = calendar.monthrange(number, 7)[1]
        return Period(key, f"{number} 年春季学期（2 月至 7 月）", date(number, 2, 1), date(number, 7, last))
    if term == "autumn":
        return Period(key, f"{number} 年秋季学期（8 月至次年 1 月）", date(number, 8, 1), date(number + 1, 1, 31))
    return Period(str(number), f"{number} 年", date(number, 1, 1), date(number, 12, 31))


def periods(today: date) -> list[Period]:
    """What may be planned: this year and the next, and their terms that have not ended."""
    keys = [
        f"{year}{term}" for year in (today.year - 1, today.year, today.year + 1) for term in ("", "-spring", "-autumn")
    ]
    return [found for found in (period_of(key, today) for key in keys) if found.end >= today]


def weekday_in(month: date, week: int, weekday: int) -> date:
    """The so many-eth such weekday of a month; the last one where there are not so many, or the last is meant."""
    first = month.replace(day=1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    days = [day + timedelta(days=7 * n) for n in range(5) if (day + timedelta(days=7 * n)).month == first.month]
    return days[-1] if week >= LAST_WEEK else days[week - 1]


def week_of(day: date) -> int:
    """Which of its weekday in its month a day is; the fifth is the last."""
    return (day.day - 1) // 7 + 1


def is_holiday(day: date) -> bool:
    """Whether the day belongs to a holiday: a run of days off that is more than a weekend."""
    if is_working_day(day):
        return False
    run = [day]
    for step in (-1, 1):
        other = day + timedelta(days=step)
        while not is_working_day(other):
            run.append(other)
            other += timedelta(days=step)
    return any(one.weekday() < 5 for one in run)


def remark(day: date) -> str:
    """What is to be checked about a day that somebody chose."""
    if is_holiday(day):
        return "这一天放假"
    if day.weekday() > 4 and is_working_day(day):
        return "调休上班日"
    return "" if working_day_known(day.year) else "放假安排未公布，请届时核对"


def free_day(day: date) -> tuple[date, str]:
    """The day, or where it is a holiday the nearest such weekday of the month that is none, with the reason."""
    if not is_holiday(day):
        return day, remark(day)
    for weeks in (1, -1, 2, -2, 3, -3):
        other = day + timedelta(days=7 * weeks)
        if other.month == day.month and not is_holiday(other):
            return other, f"{day.month} 月 {day.day} 日放假，改到这一天"
    return day, remark(day)


def shifted(line: Line, months: int) -> Line:
    """The same meeting so many months later, in the same week and on the same weekday."""
    month = add_months(line.held_on.replace(day=1), months)
    day, note = free_day(weekday_in(month, week_of(line.held_on), line.held_on.weekday()))
    title = line.title.replace(f"{line.held_on.month} 月", f"{month.month} 月")
    title = title.replace(f"{line.held_on.year} 年", f"{month.year} 年")
    return Line(line.kind, title, day, line.starts_at, line.ends_at, line.place, line.with_appraisal, note)


@dataclass(frozen=True)
class Slot:
    """When somebody is taken: by a line of a proposal or a planned meeting. ``persons``: who should be there."""

    key: str
    label: str
    on: date
    starts_at: time
    ends_at: time
    place: str
    persons: frozenset[int]

    def meets(self, other: Slot) -> bool:
        return self.on == other.on and self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Clash:
    """Two meetings at one time that want the same place or the same persons."""

    first: Slot
    second: Slot
    same_place: bool
    persons: frozenset[int]


def clashes(slots: Iterable[Slot], others: Iterable[Slot] = ()) -> Iterator[Clash]:
    """Among the slots, and between them and the others."""
    days: dict[date, list[Slot]] = defaultdict(list)
    taken: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        days[slot.on].append(slot)
    for slot in others:
        taken[slot.on].append(slot)
    for day in sorted(days):
        for at, first in enumerate(days[day]):
            for second in (*days[day][at + 1 :], *taken[day]):
                if first.meets(second):
                    same = bool(first.place) and first.place == second.place
                    shared = first.persons & second.persons
                    if same or shared:
                        yield Clash(first, second, same, shared)


def stand_of(cancelled: bool, record: str | None, held_on: date, today: date) -> Stand:
    """Where a planned meeting stands. ``record`` is the state of its record, None without one."""
    if cancelled:
        return Stand.CANCELLED
    if record == State.RECORDED:
        return Stand.HELD
    if held_on < today:
        return Stand.OVERDUE
    return Stand.PREPARING if record else Stand.PLANNED
