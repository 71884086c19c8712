"""A proposal: what the cadence asks for in a period, on the branch's usual days; or an earlier plan moved forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.cadence import DEMOCRATIC_LIFE, DUTIES, Due, Unit
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import PlannedMeeting
from zhibu.meetings.planning.enums import Source
from zhibu.meetings.planning.queries import planned
from zhibu.meetings.planning.rules import Habit, Line, Period, free_day, shifted, week_of, weekday_in
from zhibu.meetings.queries.due import due
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.regulations.dates import add_months

DUTIES_PLANNED = (*(duty for duty in DUTIES if duty.satisfied_by), DEMOCRATIC_LIFE)
_AFTERNOON = (time(14, 30), time(16, 0))
# Where nothing was planned before: spread over the month, so that one does not fall upon the other.
USUAL = {
    Kind.COMMITTEE: Habit(1, 3, *_AFTERNOON), Kind.THEME_DAY: Habit(2, 3, *_AFTERNOON),
    Kind.GROUP: Habit(3, 3, *_AFTERNOON), Kind.LECTURE: Habit(3, 2, *_AFTERNOON),
    Kind.GENERAL: Habit(4, 3, *_AFTERNOON), Kind.LIFE: Habit(2, 2, *_AFTERNOON),
    Kind.APPRAISAL: Habit(3, 3, *_AFTERNOON), Kind.DEMOCRATIC_LIFE: Habit(3, 4, *_AFTERNOON),
}  # fmt: skip
# Which month of its quarter; the yearly ones are proposed for the last month of the fourth.
MONTH_IN_QUARTER = {Kind.LECTURE: 1, Kind.GENERAL: 2}


def dues(scope: Scope, node: Organization, period: Period) -> list[Due]:
    """What the organization owes in the period, less what was held. A year that reaches out of the period is left to
    the plan of its fourth quarter."""
    among = organizations(scope, Right.RECORD_MEETING).filter(pk=node.pk)
    found = due(scope, period.end, since=period.start, among=among, duties=DUTIES_PLANNED)
    return [one for one in found if period.start <= _month_of(one) <= period.end]


def habits(scope: Scope, node: Organization, kinds: Iterable[Kind]) -> dict[Kind, Habit]:
    """The usual day of each kind: as it was planned last, else as the platform suggests."""
    rows = (
        PlannedMeeting.objects.filter(organization=node, kind__in=list(kinds))
        .order_by("kind", "-held_on", "-pk")
        .distinct("kind")
    )
    last = {
        Kind(row.kind): Habit(week_of(row.held_on), row.held_on.weekday(), row.starts_at, row.ends_at, row.place)
        for row in rows
    }
    return {kind: last.get(kind, USUAL[kind]) for kind in kinds}


def proposed(
    scope: Scope, node: Organization, period: Period, found: list[Due], usual: dict[Kind, Habit]
) -> list[Line]:
    """What is still to be planned in the period so that nothing owed is missing. Days passed are not offered."""
    known = _known(scope, node, period)
    lines: list[Line] = []
    merged = {one.duty.kind for one in found if one.missing} >= {Kind.LIFE, Kind.APPRAISAL}
    for one in found:
        if merged and one.duty.kind is Kind.APPRAISAL:
            continue  # proposed together with the life meeting (ZB18-18)
        there = sum(
            (one.span.start <= row.held_on <= one.span.end and row.kind in one.duty.satisfied_by)
            or (one.duty.kind is Kind.APPRAISAL and row.with_appraisal and row.held_on.year == one.span.start.year)
            for row in known
        )
        for number in range(one.missing - there):
            line = _line(one, usual[one.duty.kind], number, merged and one.duty.kind is Kind.LIFE, scope.today)
            if line is not None:
                lines.append(line)
    return sorted(lines, key=lambda line: (line.held_on, line.starts_at))


def copied(scope: Scope, node: Organization, period: Period, source: Source) -> list[Line]:
    """The plan of the term or the year before, in the same weeks and on the same weekdays. What is planned already and
    what has passed is left out."""
    months = 6 if source is Source.TERM else 12
    start, until = add_months(period.start, -months), add_months(period.end + timedelta(days=1), -months)
    rows = PlannedMeeting.objects.filter(
        organization=node, held_on__gte=start, held_on__lt=until, cancelled_at__isnull=True
    )
    taken = {(row.kind, row.held_on) for row in _known(scope, node, period)}
    lines = [shifted(_of(row), months) for row in rows]
    return [line for line in lines if line.held_on >= scope.today and (line.kind, line.held_on) not in taken]


def _known(scope: Scope, node: Organization, period: Period) -> list[PlannedMeeting]:
    """Planned and not yet held; what was held counts by its record."""
    rows = planned(scope).filter(organization=node, cancelled_at__isnull=True, held_on__gte=scope.today)
    first = period.start.replace(month=1, day=1)
    return list(rows.filter(held_on__gte=first, held_on__lte=period.end).exclude(meeting__state="recorded"))


def _of(row: PlannedMeeting) -> Line:
    return Line(Kind(row.kind), row.title, row.held_on, row.starts_at, row.ends_at, row.place, row.with_appraisal)


def _month_of(one: Due) -> date:
    """The first day of the month in which it is proposed."""
    offset = {Unit.MONTH: 0, Unit.QUARTER: MONTH_IN_QUARTER.get(one.duty.kind, 2), Unit.YEAR: 11}[one.span.unit]
    return add_months(one.span.start, offset)


def _line(one: Due, habit: Habit, number: int, with_appraisal: bool, today: date) -> Line | None:
    day = next((found for found in _days(one, habit, number) if found[0] >= today), None)
    if day is None:
        return None
    when = f"{day[0].year} 年度" if one.span.unit is Unit.YEAR else f"{day[0].month} 月"
    title = f"{when}{one.duty.kind.label}"
    line = Line(one.duty.kind, title, day[0], habit.starts_at, habit.ends_at, habit.place, note=day[1])
    if with_appraisal:
        return replace(line, title=f"{title}和民主评议党员", with_appraisal=True)
    return line


def _days(one: Due, habit: Habit, number: int) -> Iterator[tuple[date, str]]:
    """The usual day of the proposed month, then every later such weekday of the span."""
    first = free_day(weekday_in(_month_of(one), habit.week + number, habit.weekday))
    yield first
    later = first[0] + timedelta(days=7)
    while later <= one.span.end:
        yield free_day(later)
        later += timedelta(days=7)
