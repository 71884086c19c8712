"""What the superior does: review, reopen, stop and resume the clock, extend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.scope import Scope
from zhibu.meetings.life.actions import give_time
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions.common import enter, locked, words
from zhibu.supervision.enums import EntryKind, ProblemState, Source
from zhibu.supervision.models import Problem
from zhibu.supervision.rules import Act, why_not

MOST_AT_ONCE = 200


@transaction.atomic
def review(scope: Scope, pk: int, *, accept: bool, reason: str = "", due_on: date | None = None) -> Problem:
    """Accept a report, which strikes the problem off, or send it back with a reason and, if wanted, a new day.

    Refuses whoever reported it, and sending back without a reason. Audited as ``supervision.accept`` or
    ``supervision.send_back``.
    """
    found = locked(scope, pk, Act.REVIEW)
    if accept:
        return _accept(scope, found, reason.strip())
    said = words(reason, "reason", "没有附会议记录，请补充。")
    before = found.due_on
    found.due_on = _later(scope, due_on, "due_on") or found.due_on
    found.state, found.done_on = ProblemState.UNDER_WAY, None
    days = {"due_on": [str(before), str(found.due_on)]} if before != found.due_on else {}
    changed = ("state", "done_on", "due_on")
    enter(scope, found, EntryKind.RETURNED, "supervision.send_back", said, changed, **days)
    return found


def _accept(scope: Scope, found: Problem, text: str) -> Problem:
    found.state, found.closed_on, found.escalation = ProblemState.CLOSED, scope.today, 0
    found.milestones.filter(done_on__isnull=True).update(done_on=found.done_on)
    changed = ("state", "closed_on", "escalation")
    enter(scope, found, EntryKind.ACCEPTED, "supervision.accept", text, changed)
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of one of several: accepted, or why not."""

    problem: Problem
    refused: str = ""


@transaction.atomic
def accept_chosen(scope: Scope, chosen: QuerySet[Problem], *, reason: str = "") -> list[Outcome]:
    """Accept several reports at once; each that cannot be is passed over and says why. Nothing is ever sent back in
    bulk: that needs words of its own. Audited one by one as ``supervision.accept``."""
    pks = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(pks) > MOST_AT_ONCE:
        raise Refusal(f"一次最多复核 {MOST_AT_ONCE} 个问题。", remedy="请先筛选，再分次办理。")
    rows = Problem.objects.select_related("organization").select_for_update(of=("self",)).filter(pk__in=pks)
    outcomes = []
    for found in rows.order_by("pk"):
        refusal = why_not(scope, Act.REVIEW, found)
        if refusal is None:
            _accept(scope, found, reason.strip())
        outcomes.append(Outcome(found, refusal.message if refusal else ""))
    return outcomes


@transaction.atomic
def reopen(scope: Scope, pk: int, *, reason: str, due_on: date) -> Problem:
    """Put a problem that was struck off back onto the list. Refuses without reason or with a day that is past.
    Audited as ``supervision.reopen``."""
    found = locked(scope, pk, Act.REOPEN)
    said = words(reason, "reason", "回访时发现同样的情况再次发生。")
    found.due_on = _later(scope, due_on, "due_on") or found.due_on
    found.state, found.closed_on, found.done_on = ProblemState.REOPENED, None, None
    changed = ("state", "closed_on", "done_on", "due_on")
    enter(scope, found, EntryKind.REOPENED, "supervision.reopen", said, changed, due_on=str(found.due_on))
    return found


@transaction.atomic
def stop_clock(scope: Scope, pk: int, *, reason: str) -> Problem:
    """Let no time count for a problem until it is resumed, for a stated reason. Audited as ``supervision.stop``."""
    found = locked(scope, pk, Act.STOP)
    said = words(reason, "reason", "须等待上级批复后才能继续整改。")
    found.state, found.stopped_on = ProblemState.STOPPED, scope.today
    enter(scope, found, EntryKind.STOPPED, "supervision.stop", said, ("state", "stopped_on"))
    return found


@transaction.atomic
def resume_clock(scope: Scope, pk: int, *, reason: str) -> Problem:
    """Let time count again: the day it is due moves by as many days as it stood still. Audited as
    ``supervision.resume``."""
    found = locked(scope, pk, Act.RESUME)
    said = words(reason, "reason", "批复已到，可以继续整改。")
    assert found.stopped_on is not None
    before, days = found.due_on, (scope.today - found.stopped_on).days
    found.due_on = before + timedelta(days=days)
    found.state = ProblemState.UNDER_WAY if found.measure else ProblemState.UNCLAIMED
    found.stopped_on = None
    moved = [str(before), str(found.due_on)]
    changed = ("state", "stopped_on", "due_on")
    enter(scope, found, EntryKind.RESUMED, "supervision.resume", said, changed, due_on=moved, days=days)
    return found


@transaction.atomic
def extend(scope: Scope, pk: int, *, reason: str, due_on: date) -> Problem:
    """Give more time, with a reason. Refuses a day that is not later. What upper levels were told begins anew.
    Audited as ``supervision.extend``."""
    found = locked(scope, pk, Act.EXTEND)
    said = words(reason, "reason", "涉及的党员本月在外实习，下月返校后补开。")
    if due_on <= found.due_on:
        raise Refusal(f"新的期限须晚于原来的期限（{found.due_on}）。", field="due_on", remedy="请选择更晚的日期。")
    _later(scope, due_on, "due_on")
    moved = [str(found.due_on), str(due_on)]
    found.due_on, found.escalation = due_on, 0
    enter(scope, found, EntryKind.EXTENDED, "supervision.extend", said, ("due_on", "escalation"), due_on=moved)
    if found.source == Source.LIFE_MEETING:
        give_time(scope, found.key, due_on, reason=said)
    return found


def _later(scope: Scope, day: date | None, field: str) -> date | None:
    if day is not None and day < scope.today:
        raise Refusal("整改期限不能早于今天。", field=field, remedy="请另选一个日期。")
    return day
