"""Composed indicators of every kind, each beside a plain loop over the rows that says what it should come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.indicators.plain import BRANCHES, Plain, Share
from zhibu.indicators.composed import as_indicator
from zhibu.indicators.composing import key_of, parse
from zhibu.indicators.definition import Indicator

THERE = {"present", "late"}


def document(**changes: Any) -> dict[str, Any]:
    """An honest one: theme days by the 25th of the month."""
    return {
        "composer": 1, "title": "主题党日月内早办", "fact": "meetings.meeting", "kind": "ON_TIME", "window": "PERIOD",
        "dimension": "MANAGE", "basis": "党委常委会议定", "higher_is_better": True,
        "filters": [{"column": "kind", "codes": ["theme_day"]}], "condition": [], "column": "held_on", "over": "",
        "per": None, "target": 0, "limit": 20, "against": None, **changes,
    }  # fmt: skip


def indicator(**changes: Any) -> Indicator:
    made = document(**changes)
    return as_indicator(parse(made), key_of(made), made)


LECTURES = [{"column": "kind", "codes": ["lecture"]}, {"column": "complete", "flag": True}]
ON_TIME = indicator()
SHARE = indicator(
    title="到会", fact="meetings.attendance", kind="SHARE", column="", limit=0,
    filters=[{"column": "part", "codes": ["voter"]}, {"column": "held_on", "least": "2025-02-01"}],
    condition=[{"column": "presence", "codes": ["present", "late"]}],
)  # fmt: skip
COUNT = indicator(title="党课", kind="COUNT", column="", limit=0, per="ORGANIZATION", target=2, filters=LECTURES)
DISTINCT = indicator(
    title="参加党课的人", fact="meetings.attendance", kind="DISTINCT", window="YEAR", column="person_id", limit=0,
    per="MEMBER", target=1,
    filters=[{"column": "kind", "codes": ["lecture"]}, {"column": "presence", "codes": ["present", "late"]}],
)  # fmt: skip
TREND = indicator(title="会议不减", kind="TREND", column="", limit=0, against="LAST_YEAR", filters=[])
SUM = indicator(
    title="班子配备", fact="organizations.organization_month", kind="SUM", window="END", column="posts_filled",
    over="posts_required", per="COLUMN", limit=0, filters=[{"column": "posts_required", "least": 2, "most": 4}],
)  # fmt: skip
FEWER = indicator(
    title="应到不过多", kind="SUM", column="expected", limit=0, per="ORGANIZATION", target=30, higher_is_better=False,
    filters=[],
)  # fmt: skip


class PlainComposed(Plain):
    """The same, written plainly."""

    def rows(self, fact: str, organization: int, months: tuple[date, ...]) -> list[dict]:
        return [
            row for row in self.facts[fact]
            if row["organization_id"] == organization and row["month"] in months and row.get("kind") != "talk"
        ]  # fmt: skip

    def on_time(self, organization: int) -> Share:
        found = [row for row in self.rows("meetings.meeting", organization, self.period.months)
                 if row["kind"] == "theme_day"]  # fmt: skip
        return sum(row["held_on"].day <= 20 for row in found), len(found)

    def share(self, organization: int) -> Share:
        found = [row for row in self.rows("meetings.attendance", organization, self.period.months)
                 if row["part"] == "voter" and row["held_on"] >= date(2025, 2, 1)]  # fmt: skip
        return sum(row["presence"] in THERE for row in found), len(found)

    def _asked(self, organization: int, months: tuple[date, ...], wanted: int) -> bool:
        rows = [self.organizations(month).get(organization) for month in months]
        return sum(bool(row and row["closed"]) for row in rows) >= wanted

    def _branch(self, organization: int) -> bool:
        row = self.organizations(self.end).get(organization)
        return row is not None and row["kind"] in BRANCHES

    def count(self, organization: int) -> Share:
        if not self._branch(organization):
            return 0, 0
        found = [row for row in self.rows("meetings.meeting", organization, self.period.months)
                 if row["kind"] == "lecture" and row["complete"]]  # fmt: skip
        reached = min(len(found), 2)
        return reached, 2 if self._asked(organization, self.period.months, len(self.period.months)) else reached

    def distinct(self, organization: int) -> Share:
        heads = len(self.members(organization, self.end))
        if not (self.yearly and self._branch(organization) and heads):
            return 0, 0
        found = [row for row in self.rows("meetings.attendance", organization, self.year)
                 if row["kind"] == "lecture" and row["presence"] in THERE]  # fmt: skip
        reached = min(len({row["person_id"] for row in found}), heads)
        return reached, heads if self._asked(organization, self.year, 12) else reached

    def trend(self, organization: int) -> Share:
        if self.under_way:
            return 0, 0
        before = tuple(date(month.year - 1, month.month, 1) for month in self.period.months)
        now, then = (len(self.rows("meetings.meeting", organization, at)) for at in (self.period.months, before))
        return min(now, then), then

    def sum(self, organization: int) -> Share:
        row = self.organizations(self.end)[organization]
        return (row["posts_filled"], row["posts_required"]) if 2 <= row["posts_required"] <= 4 else (0, 0)

    def fewer(self, organization: int) -> Share:
        if not self._branch(organization) or not self._asked(organization, self.period.months, len(self.period.months)):
            return 0, 0
        found = self.rows("meetings.meeting", organization, self.period.months)
        return min(sum(row["expected"] for row in found), 30), 30


PLAIN: dict[str, tuple[Indicator, Callable[[PlainComposed, int], Share]]] = {
    item.key: (item, plainly)
    for item, plainly in (
        (ON_TIME, PlainComposed.on_time), (SHARE, PlainComposed.share), (COUNT, PlainComposed.count),
        (DISTINCT, PlainComposed.distinct), (TREND, PlainComposed.trend), (SUM, PlainComposed.sum),
        (FEWER, PlainComposed.fewer),
    )
}  # fmt: skip
COMPOSED = tuple(item for item, _plainly in PLAIN.values())
