"""When each organization met: the statutory cadence, a little human delay, and the gaps put in on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import chinese_calendar

from zhibu.demo.world import STUDENTS, Node, World, between
from zhibu.meetings.enums import Kind
from zhibu.regulations.dates import add_months


def workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the calendar of that year is not published yet
        return day.weekday() < 5


def near(day: date, latest: date) -> date:
    """``day`` or the next working day, but not after ``latest``."""
    found = day
    while not workday(found):
        found += timedelta(days=1)
    return min(found, latest)


def months(node: Node, world: World) -> Iterator[tuple[date, date]]:
    """First and last day of every month in which the organization existed and the world is told."""
    month = world.start.replace(day=1)
    last = min(node.dissolved or world.today, world.today)
    while month <= last:
        end = add_months(month, 1) - timedelta(days=1)
        if end >= max(node.established, world.start) + timedelta(days=20):
            yield max(month, node.established, world.start), min(end, last)
        month = add_months(month, 1)


def silent(node: Node, kind: Kind, day: date) -> bool:
    """Whether a flaw of the organization lies over that day: a gap in everything, or general meetings too late."""
    gap = node.flaws.get("gap")
    if gap and gap[0] <= day < gap[1]:
        return True
    month = node.flaws.get("late_theme_day")
    if month and kind is Kind.THEME_DAY and month <= day < add_months(month, 1):
        return True
    late = node.flaws.get("late_general")
    return bool(late and kind is Kind.GENERAL and late <= day)


def general_meetings(node: Node, world: World) -> list[date]:
    """Once a quarter; student branches also before the holidays, when members are admitted."""
    rng = world.rng(f"general {node.code}")
    found = []
    for first, last in months(node, world):
        quarter_end = first.month % 3 == 0
        extra = node.category in STUDENTS and first.month in {5, 11}
        if not (quarter_end or extra):
            continue
        # In a quarter that has only begun, nobody is late yet: some have met already.
        day = near(between(rng, first.replace(day=max(first.day, 3)), last.replace(day=min(last.day, 27))), last)
        if day <= last and not silent(node, Kind.GENERAL, day):
            found.append(day)
    return found


def plan_general(world: World) -> None:
    """Before there are people: admissions are dated by these meetings."""
    for node in world.branches:
        node.general_meetings = general_meetings(node, world)


def days(node: Node, world: World, kind: Kind, rng: Random) -> list[date]:
    """All days on which this kind of meeting was held."""
    found: list[date] = []
    home = rng.randint(6, 22)
    kept = 0.995 if not node.flaws.get("sparse") else 0.7
    for first, last in months(node, world):
        if not _due(kind, first, node):
            continue
        if kind in {Kind.LIFE, Kind.APPRAISAL}:
            wanted = first.replace(day=home)
        else:
            wanted = first.replace(day=1) + timedelta(days=max(0, home - 1 + rng.randint(-3, 3)))
        day = near(max(first, wanted), last)
        if wanted > last or rng.random() > kept or silent(node, kind, day):
            continue
        found.append(day)
    return found


def _due(kind: Kind, month: date, node: Node) -> bool:
    if kind is Kind.LECTURE:
        # No regulation says how often; most branches hold one a quarter, some two a year.
        return month.month in ({3, 6, 9, 11} if int(node.code.encode().hex(), 16) % 5 else {6, 11})
    if kind in {Kind.LIFE, Kind.APPRAISAL}:
        return month.month == 12
    if kind is Kind.DEMOCRATIC_LIFE:
        return month.month == 12
    if kind is Kind.STUDY:
        return month.month in {3, 5, 9, 11}
    return True
