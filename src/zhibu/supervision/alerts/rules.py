"""Whether a rule's condition holds, and what may be done with an alert. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.indicators.periods import Period
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.alerts.definition import AlertRule
from zhibu.supervision.alerts.enums import LIVING, AlertKind, AlertState
from zhibu.supervision.rules import is_above

if TYPE_CHECKING:
    from zhibu.supervision.alerts.models import Alert


@dataclass(frozen=True)
class Reading:
    """What an indicator counted in a period; of problems how many there are (``period`` None, denominator 1)."""

    period: Period | None
    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def shown(self) -> str:
        if self.period is None:
            return f"{self.numerator} 个"
        return f"{float(self.value):.1%}（{self.numerator} ÷ {self.denominator}）"

    def stored(self) -> dict[str, Any]:
        return {"period": str(self.period or ""), "numerator": self.numerator, "denominator": self.denominator}


def restored(raw: dict[str, Any]) -> Reading:
    """A reading as an alert keeps it."""
    period = Period.parse(raw["period"]) if raw["period"] else None
    return Reading(period, raw["numerator"], raw["denominator"])


@dataclass(frozen=True)
class Verdict:
    """What a look at one organization found. ``since`` is None where the condition does not hold."""

    readings: tuple[Reading, ...]
    since: date | None = None

    @property
    def holds(self) -> bool:
        return self.since is not None


def judge_count(rule: AlertRule, number: int, oldest: date) -> Verdict:
    """Of a number of problems; ``oldest`` is the day on which the first of them became one of them."""
    reading = Reading(None, number, 1)
    return Verdict((reading,), oldest if rule.is_beyond(reading.value) else None)


def judge(rule: AlertRule, readings: Iterable[Reading], last: Period) -> Verdict:
    """Of an indicator's periods up to ``last``. A period with fewer cases than the rule asks for says nothing, and
    a period that says nothing interrupts what lasts."""
    told = {
        one.period.number: one
        for one in readings
        if one.period is not None and one.period <= last and one.denominator >= rule.at_least_cases
    }
    newest = told.get(last.number)
    if newest is None:
        return Verdict(())
    if rule.kind is AlertKind.TREND:
        return _trend(rule, told, last)
    run: list[Reading] = []
    number = last.number
    while (one := told.get(number)) is not None and rule.is_beyond(one.value):
        run.insert(0, one)
        number -= 1
    if len(run) < rule.periods:
        return Verdict((newest,))
    assert run[0].period is not None
    return Verdict(tuple(run), run[0].period.first)


def _trend(rule: AlertRule, told: dict[int, Reading], last: Period) -> Verdict:
    newest, earlier = told[last.number], told.get(last.number - rule.periods)
    if earlier is None or earlier.period is None:
        return Verdict((newest,))
    change = newest.value - earlier.value
    worse = -change if rule.below else change
    between = tuple(told[number] for number in range(earlier.period.number, last.number + 1) if number in told)
    return Verdict(between, earlier.period.last + timedelta(days=1) if worse >= Fraction(rule.limit) else None)


def is_quiet(rule: AlertRule, closed_on: date | None, today: date) -> bool:
    """Whether the rule still keeps quiet about an organization, after its alert was closed on that day."""
    return closed_on is not None and (today - closed_on).days < rule.quiet_days


def longest_snooze(on: date) -> int:
    return value("supervise.snooze", on).number


class AlertAct(Enum):
    """What can be done with an alert; the value is its name on screen."""

    ACKNOWLEDGE = "确认"
    SNOOZE = "暂缓提醒"
    FALSE = "标为误报"
    PROBLEM = "转为问题"


FROM: dict[AlertAct, tuple[AlertState, ...]] = {
    AlertAct.ACKNOWLEDGE: (AlertState.RAISED, AlertState.SNOOZED, AlertState.FALSE),
    AlertAct.SNOOZE: (AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.SNOOZED),
    AlertAct.FALSE: (AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.SNOOZED),
    AlertAct.PROBLEM: tuple(state for state in LIVING if state is not AlertState.FALSE),
}


def why_not(scope: Scope, act: AlertAct, alert: Alert) -> Refusal | None:
    """Why this reader cannot do that now; None if they can. The page hides what this refuses.

    Whether an alert was false, and whether it was after all not, the superior says: an organization does not judge its
    own alerts.
    """
    path = alert.organization.path
    if alert.state not in FROM[act]:
        return Refusal(
            f"这条预警{alert.get_state_display()}，现在不能办理“{act.value}”。", remedy="请刷新页面，看预警现在的状态。"
        )
    if act is AlertAct.PROBLEM and alert.problem_id is not None:
        return Refusal("这条预警已转为问题。", remedy="请在问题清单中办理。")
    if not scope.may(Right.HANDLE_PROBLEM, path):
        return Refusal(f"您在这个党组织没有“{Right.HANDLE_PROBLEM.label}”的权限。", remedy="请由这个党组织办理。")
    judges = act is AlertAct.FALSE or alert.state == AlertState.FALSE
    if judges and not is_above(scope, path):
        return Refusal("是不是误报由上级党组织认定。", remedy="请向上级党组织说明情况；需要时间的，可以暂缓提醒。")
    return None
