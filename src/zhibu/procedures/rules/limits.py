"""Date limits of a step: from when on, until when, counted from which day, by which article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from zhibu.procedures.anchors import LABELS, day_of
from zhibu.procedures.definition import Limit, Procedure, Step
from zhibu.procedures.enums import Late, LimitKind
from zhibu.procedures.rules.findings import Finding, said
from zhibu.procedures.state import State
from zhibu.regulations.dates import WorkingDays, add_months, add_working_days, add_years
from zhibu.regulations.enums import Binding
from zhibu.regulations.models import Value

UNCERTAIN = "国务院尚未公布该年的节假日安排，暂按周末推算"


@dataclass(frozen=True)
class Bound:
    """One limit with its day. ``anchor`` says in words what it counts from."""

    limit: Limit
    day: date
    anchor: str
    anchored_on: date
    value: Value
    is_certain: bool = True

    @property
    def binds(self) -> bool:
        """Whether it is a last day. What is only to be done in good time (及时) gets one by being put off."""
        return self.limit.kind is LimitKind.UNTIL or (
            self.limit.kind is LimitKind.DUE and self.value.rule_id == self.limit.extended_by
        )

    @property
    def words(self) -> str:
        since = f"{self.anchor}（{self.anchored_on}）"
        if self.limit.exact:
            return f"{since}"
        return f"{since}起 {self.value.shown}"


@lru_cache(maxsize=65536)
def counted(day: date, number: int, unit: str) -> WorkingDays:
    """``number`` units after ``day``; only working days can be uncertain."""
    if unit == "个工作日":
        return add_working_days(day, number)
    if unit == "个月":
        return WorkingDays(add_months(day, number), True)
    if unit in {"年", "岁"}:
        return WorkingDays(add_years(day, number), True)
    if unit == "天":
        return WorkingDays(day + timedelta(days=number), True)
    raise ValueError(f"No calendar for the unit {unit!r}.")


def bound(procedure: Procedure, step: Step, limit: Limit, state: State, on: date) -> Bound | None:
    """The limit's day by the edition of ``on``; None while its anchor is not known or no edition has it."""
    known = [(day, name) for name in limit.after if (day := day_of(name, state, on)) is not None]
    if not known:
        return None
    day, name = max(known)
    label = LABELS.get(name) or f"“{procedure[name].label}”"
    found = said(limit.rule, on)
    if found is None:
        return None
    if limit.extended_by and step.id in state.extended:
        longer = said(limit.extended_by, on)
        if longer is not None:
            last = counted(day, longer.number, longer.unit)
            return Bound(limit, last.day, label, day, longer, last.certain)
    if limit.exact:
        return Bound(limit, day, label, day, found)
    last = counted(day, found.number, found.unit)
    return Bound(limit, last.day, label, day, found, last.certain)


def bounds(procedure: Procedure, step: Step, state: State, on: date) -> list[Bound]:
    """All limits of the step whose day is known, by the edition that holds for it on ``on``."""
    if not step.limits:
        return []
    law = state.law_day(step.id, on)
    return [found for limit in step.limits if (found := bound(procedure, step, limit, state, law)) is not None]


def due(procedure: Procedure, step: Step, state: State, on: date) -> Bound | None:
    """The first day on which the step becomes late; None where no article says when."""
    return first_end(bounds(procedure, step, state, on))


def first_end(found: Iterable[Bound]) -> Bound | None:
    """The earliest of the bounds that say until when."""
    return min((one for one in found if one.limit.kind is not LimitKind.FROM), key=lambda one: one.day, default=None)


def findings(procedure: Procedure, step: Step, state: State, on: date) -> list[Finding]:
    """What the calendar says against taking the step on ``on``."""
    found = []
    for one in bounds(procedure, step, state, on):
        if one.limit.kind is LimitKind.FROM and on < one.day:
            found.append(_too_early(step, one, on))
        elif one.binds and on > one.day and step.id not in state.explained:
            found.append(_too_late(procedure, step, one, on))
    return found


def _too_early(step: Step, one: Bound, on: date) -> Finding:
    uncertain = f"（{UNCERTAIN}）" if not one.is_certain else ""
    what = f"须满 {one.value.shown}" if not one.limit.exact else "期满之后才可以办理"
    return Finding(
        f"自{one.anchor}（{one.anchored_on}）起{what}，还差 {(one.day - on).days} 天，最早 {one.day}{uncertain}",
        one.value.binding, one.value.rule_id, one.value.citation, one.day, "on", caveat=one.value.caveat,
    )  # fmt: skip


def _too_late(procedure: Procedure, step: Step, one: Bound, on: date) -> Finding:
    if one.value.binding is Binding.NORMALLY:
        remedy = "仍要办理的，请在说明中写明原因。"
    elif one.limit.late is Late.REDO:
        remedy = f"请退回“{procedure[one.limit.redo].label}”重新办理。"
    elif one.limit.extended_by and step.id not in (one.limit.redo,):
        remedy = "有特殊情况的，可由上级党组织登记延长期限；已经超期的，由上级党组织登记超期说明后继续。"
    else:
        remedy = "由上级党组织登记超期说明后，可以继续办理。"
    over = (on - one.day).days
    counted = not one.limit.exact or one.value.rule_id == one.limit.extended_by
    within = f"（{one.anchored_on}）后 {one.value.shown}内" if counted else "之前"
    return Finding(
        f"应在{one.anchor}{within}办理，最晚 {one.day}，已超过 {over} 天",
        one.value.binding, one.value.rule_id, one.value.citation, None, "on", remedy, one.value.caveat,
    )  # fmt: skip
