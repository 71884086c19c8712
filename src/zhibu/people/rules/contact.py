"""Who counts as away, and by when contact is due: by `zhibu.regulations`, on the day of the question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zhibu.regulations.dates import add_months, add_years
from zhibu.regulations.queries import in_force, value
from zhibu.regulations.refusal import Refusal


def refuse_mobility(since: date, expected_on: date | None, today: date, before: date | None) -> Iterator[Refusal]:
    """Why somebody does not count as away. ``before``: the day they returned the last time."""
    if since > today:
        yield Refusal("外出日期不能晚于今天。", field="since", remedy="请在外出之后登记。")
    if before is not None and since < before:
        yield Refusal(f"外出日期早于上一次返回的日期 {before}。", field="since", remedy="请核对日期。")
    if expected_on is None or not in_force("move.mobile", today):
        return
    months = value("move.mobile", today).number
    if expected_on < (least := add_months(since, months)):
        yield Refusal(
            f"外出不满 {months} 个月（{since} 至 {expected_on}），不登记为流动党员，满 {months} 个月为 {least}。",
            field="expected_on", rule="move.mobile", on=today, remedy="请核对日期；短期外出的照常参加组织生活。",
        )  # fmt: skip


def contact_due(since: date, last: date | None, today: date) -> date | None:
    """By when a member studying abroad is to be contacted again (move.abroad_contact); None before the rule."""
    if not in_force("move.abroad_contact", today):
        return None
    return add_months(max(since, last or since), value("move.abroad_contact", today).number)


def is_abroad_too_long(since: date, today: date) -> bool:
    """Whether somebody abroad has been away for longer than a membership usually lasts (lost.abroad)."""
    return in_force("lost.abroad", today) and add_years(since, value("lost.abroad", today).number) < today
