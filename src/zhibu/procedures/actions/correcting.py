"""Putting an earlier entry right: by a new entry, never by overwriting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.people import actions as people
from zhibu.people.models import Stage
from zhibu.procedures.actions.common import Held, add_entry, hold, need_reason, require_actor, settle, write_down
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import Deed, EntryKind
from zhibu.procedures.models import Entry
from zhibu.procedures.queries.cases import marks_of
from zhibu.procedures.rules.checks import known_before
from zhibu.procedures.rules.review import broken, review
from zhibu.procedures.state import Mark, corrected
from zhibu.regulations.refusal import Refusal, Refusals

OF_OFFICES = frozenset({Deed.FILL_POSTS, Deed.FILL_VACANCIES, Deed.EXTEND_TERM})


@transaction.atomic
def correct(
    scope: Scope, pk: int, position: int, *, version: int, on: date, data: Mapping[str, Any] | None = None, reason: str
) -> Entry:
    """Put the day (and the content, where ``data`` is given) of an entry right; gives the new entry.

    The outcome cannot be corrected: what was decided otherwise is sent back. Refuses a correction after which an
    interval or a vote would break a ``must`` that it does not break now. The stage that the step brought about gets the
    new day, too.
    """
    held = hold(scope, pk, version)
    entry = next((one for one in held.entries if one.position == position), None)
    if entry is None or entry.kind not in {EntryKind.DONE, EntryKind.BACKFILLED}:
        raise Refusal("没有可以更正的这一项记录。", remedy="请从办理记录中选择。")
    step = held.procedure[entry.step]
    require_actor(scope, held, step.actor)
    _refuse_done_deeds(step, entry, on)
    need_reason(reason)
    now = next(mark for mark in corrected(marks_of(held.entries)) if mark.position == position)
    content = {name: value for name, value in {**now.data, **(data or {})}.items() if name != "unknown"}
    if on > scope.today:
        raise Refusal("日期不能晚于今天。", field="on", remedy="请核对日期。")
    _refuse_new_breaks(held, position, on, content)
    _refuse_disorder(held, now, on)
    _redate(scope, held, step, now, on, reason)
    added = add_entry(
        scope, held, EntryKind.CORRECTED, on=on, step=entry.step, outcome=entry.outcome, data=content, reason=reason,
        corrects=position,
    )  # fmt: skip
    settle(scope, held)
    write_down(scope, held, added)
    return added


def _refuse_done_deeds(step: Step, entry: Entry, on: date) -> None:
    """Posts and terms that an approval brought about carry its day; they are put right where they stand."""
    outcome = step.outcome(entry.outcome)
    effect = outcome.effect if outcome and outcome.effect else step.effect
    if effect is not None and effect.does in OF_OFFICES and on != entry.on:
        text = f"“{step.label}”之后，任职和任期已按 {entry.on} 登记，日期不能在这里更正。"
        raise Refusal(text, field="on", remedy="请在党组织的页面更正任免和届次。")


def _with(held: Held, position: int, on: date, content: Mapping[str, Any]) -> list[Mark]:
    marks = marks_of(held.entries)
    return [*marks, Mark(len(marks) + 1, EntryKind.CORRECTED, "", on, data=content, corrects=position)]


def _refuse_new_breaks(held: Held, position: int, on: date, content: Mapping[str, Any]) -> None:
    """Compared with how it stands: what is broken already must not keep anybody from putting something else right."""
    before = {(one.step.id, one.rule) for one in broken(review(held.procedure, marks_of(held.entries)))}
    then = broken(review(held.procedure, _with(held, position, on, content)))
    added = [one for one in then if (one.step.id, one.rule) not in before]
    if added:
        raise Refusals(
            [
                Refusal(
                    f"更正以后，“{one.step.label}”（{one.found}）不符合：{one.what}（{one.citation}）。",
                    field="on", remedy="请核对日期和票数。",
                )
                for one in added
            ]
        )  # fmt: skip


def _refuse_disorder(held: Held, now: Mark, on: date) -> None:
    """The corrected day lies between the steps that it rests on and those that rest on it."""
    step = held.procedure[now.step]
    before = [mark.on for mark in known_before(held.procedure, step, held.state)]
    later = [
        (day, other.label)
        for other in held.procedure.steps
        if now.step in other.requires and (day := held.state.on(other.id)) is not None
    ]
    if before and on < max(before):
        raise Refusal(f"日期早于此前步骤的日期 {max(before)}。", field="on", remedy="请核对日期。")
    if later and on > min(later)[0]:
        day, label = min(later)
        raise Refusal(f"日期晚于“{label}”的日期 {day}。", field="on", remedy="请核对日期，或先更正后面的步骤。")


def _redate(scope: Scope, held: Held, step: Step, now: Mark, on: date, reason: str) -> None:
    """A stage begins on the day of its step (`dated_by`); before a superior has approved it, there is no stage yet."""
    person = held.case.person
    if person is None or on == now.on:
        return
    for kind, name in held.procedure.dated_by.items():
        if name == step.id and Stage.objects.filter(person=person, kind=kind).exists():
            people.redate_stage(scope, person, kind, on=on, reason=reason)
