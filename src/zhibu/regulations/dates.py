"""Dates that carry law: calendar months, working days, periods. Nothing here knows what day it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import chinese_calendar
from dateutil.relativedelta import relativedelta

from zhibu.regulations.loader import DATA
from zhibu.regulations.reading import Place, read_mapping, read_yaml

LIBRARY_YEARS = range(2004, 2027)


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later; where that month is shorter, its last day."""
    return day + relativedelta(months=months)


def add_years(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    return day + relativedelta(years=years)


@dataclass(frozen=True)
class Corrections:
    """What `chinesecalendar` lacks or has wrong: whole years, single days off, single working days."""

    years: frozenset[int]
    days_off: frozenset[date]
    working_days: frozenset[date]


def load_corrections(file: Path = DATA / "working_days.yaml") -> Corrections:
    """Raises `RuleError` where the table is not right."""
    keys = {"years", "days_off", "working_days"}
    raw = read_mapping(Place(file), read_yaml(file), keys, keys)
    for key, kind in (("years", int), ("days_off", date), ("working_days", date)):
        if not isinstance(raw[key], list) or any(type(item) is not kind for item in raw[key]):
            raise Place(file).at(raw, key).error("应是列表，逐项是年份（years）或日期，例如 [2027-01-01]。")
    found = Corrections(*(frozenset(raw[key]) for key in ("years", "days_off", "working_days")))
    if both := found.days_off & found.working_days:
        raise Place(file).at(raw, "working_days").error(f"{min(both)} 不能既休息又上班。")
    return found


@lru_cache(maxsize=1)
def _corrections() -> Corrections:
    return load_corrections()


def working_day_known(year: int) -> bool:
    """Whether the adjusted holidays of the year are known; else working days are reckoned by weekends."""
    return year in LIBRARY_YEARS or year in _corrections().years


def is_working_day(day: date) -> bool:
    """Whether the State Council's calendar makes it a working day (adjusted holidays included)."""
    corrections = _corrections()
    if day in corrections.days_off or day in corrections.working_days:
        return day in corrections.working_days
    if day.year in LIBRARY_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


@dataclass(frozen=True)
class WorkingDays:
    """The day on which a number of working days is complete; ``certain`` is false where weekends had to do."""

    day: date
    certain: bool


def add_working_days(day: date, count: int) -> WorkingDays:
    """The count-th working day after ``day``; the day itself does not count."""
    certain = True
    while count > 0:
        day += timedelta(days=1)
        certain = certain and working_day_known(day.year)
        count -= is_working_day(day)
    return WorkingDays(day, certain)
