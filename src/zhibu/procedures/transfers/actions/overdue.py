"""What was not accepted in time goes back to the sender, who has been responsible all along (责任不断档)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.procedures.actions.common import add_entry, hold, need_reason, require_actor, settle, write_down
from zhibu.procedures.enums import Actor, CaseState, EntryKind
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries.workbench import AWAITED
from zhibu.procedures.rules.transit import transit_end
from zhibu.procedures.state import Mark, fold
from zhibu.procedures.transfers.actions import letters
from zhibu.procedures.transfers.actions.deeds import leave
from zhibu.procedures.transfers.enums import PREFIX, Direction, LetterState
from zhibu.regulations.refusal import Refusal


def fall_back(scope: Scope) -> list[Case]:
    """Write into every transfer whose days of validity are over that it has gone back to its sender; gives the cases.
    Each for itself. That it has follows from the date; the entry makes it part of the case's history."""
    late = OpenStep.objects.filter(
        case__state=CaseState.OPEN, case__procedure__startswith=PREFIX, step__in=AWAITED, due__lt=scope.today
    )
    found = []
    for pk in late.order_by("case_id").values_list("case_id", flat=True).distinct():
        case = _fall_back(scope, pk)
        if case is not None:
            found.append(case)
    return found


@transaction.atomic
def _fall_back(scope: Scope, pk: int) -> Case | None:
    before = Case.objects.select_for_update().get(pk=pk).version
    held = hold(scope, pk, None)  # writes the return
    if held.case.version == before:
        return None  # somebody has acted meanwhile
    settle(scope, held)
    return held.case


@transaction.atomic
def late_receipt(scope: Scope, pk: int, *, version: int, on: date, reason: str) -> Entry:
    """A receipt that says that the person was accepted while the letter was valid, but came after it had fallen back.

    What was sent stands again, with its own day; then the receipt is entered. Refuses a day outside the validity.
    """
    held = hold(scope, pk, version)
    require_actor(scope, held, Actor.APPROVER)
    need_reason(reason)
    sent = _fallen_back(held.state.history) if held.state.status is CaseState.OPEN else None
    if sent is None or "sent" in held.state.done or held.case.procedure != f"{PREFIX}out":
        raise Refusal("这件转接没有因逾期退回。", remedy="在有效期内的，请直接登记回执。")
    last = transit_end(fold(held.procedure, [sent]))
    if last is None or not sent.on <= on <= min(last, scope.today):
        text = f"接收日期应在发出日期 {sent.on} 与有效期至 {last} 之间。"
        raise Refusal(text, field="on", rule="move.letter", on=scope.today, remedy="有效期之后接收的，收回原件后重开。")
    add_entry(scope, held, EntryKind.DONE, on=sent.on, step="sent", outcome=sent.outcome, data=sent.data, reason=reason)
    letter = held.case.letters.select_for_update().filter(state=LetterState.EXPIRED, direction=Direction.OUT).first()
    if letter is not None:
        letters.finish(letter, LetterState.ISSUED)
    entry = add_entry(scope, held, EntryKind.DONE, on=on, step="receipt", outcome="received", reason=reason)
    leave(scope, held, entry)
    settle(scope, held)
    write_down(scope, held, entry)
    return entry


def _fallen_back(history: tuple[Mark, ...]) -> Mark | None:
    """What had been sent before it last fell back for lateness."""
    found = None
    for mark in history:
        if mark.step == "sent" and mark.outcome == "sent":
            found = mark
        elif mark.step == "receipt":
            found = None  # declined: not a matter of lateness
    return found
