"""The receipts of many leavers who were accepted on one day: all or none, written in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people import actions as people
from zhibu.procedures.enums import CaseState
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries.cases import marks_of
from zhibu.procedures.rules import checks
from zhibu.procedures.rules.findings import Attempt
from zhibu.procedures.state import fold
from zhibu.procedures.transfers.actions import late_receipt, letters
from zhibu.procedures.transfers.enums import LetterState
from zhibu.procedures.transfers.graduation.bulk import KEY, entry_maker, facts, hold_rows, refuse, require
from zhibu.procedures.transfers.models import Leaver, Letter
from zhibu.regulations.refusal import Refusal, Refusals

LATE = frozenset({LetterState.EXPIRED, LetterState.ISSUED})


@transaction.atomic
def receive_all(scope: Scope, rows: QuerySet[Any], *, on: date, reason: str = "") -> int:
    """Enter the receipts of the chosen, who were all accepted on that day; gives how many. With a ``reason`` also
    receipts that came after the letter had fallen back, if the day lies in its validity.

    Refuses the future; and, with names, whoever has no letter on its way or whose letter was given after that day.
    Records ``procedures.leavers`` and ``people.transfer_out_many``.
    """
    if on > scope.today:
        raise Refusal("接收日期不能晚于今天。", field="on", remedy="请按回执上写明的接收日期登记。")
    held = hold_rows(rows)
    if not held:
        raise Refusal("没有选中在途的介绍信。", remedy="请回到名单，勾选已经开具介绍信、还没有回执的。")
    require(scope, held, Right.DECIDE_CASE)
    newest = {one.case_id: one for one in Letter.objects.filter(case__leaver__in=held).order_by("pk")}
    faults: list[Refusal] = []
    prompt: list[tuple[Leaver, Letter]] = []
    late: list[tuple[Leaver, Letter]] = []
    for row in held:
        letter = newest.get(row.case_id or 0)
        fault = _fault(letter, on, scope.today, reason)
        if fault is not None:
            faults.append(_named(row, fault))
        elif letter is not None:
            (late if _is_late(letter, scope.today) else prompt).append((row, letter))
    faults += _enter(scope, prompt, on, reason) if not faults else []
    for row, _letter in late if not faults else []:
        try:
            with transaction.atomic():
                assert row.case is not None
                late_receipt(scope, row.case.pk, version=row.case.version, on=on, reason=reason)
        except (Refusal, Refusals) as refused:
            faults.append(_named(row, refused.refusals[0] if isinstance(refused, Refusals) else refused))
    refuse(faults)
    return len(held)


def _named(row: Leaver, fault: Refusal) -> Refusal:
    text = f"{row.person.name}：{fault.message}"
    return Refusal(text, field=fault.field, rule=fault.rule, on=fault.on, remedy=fault.remedy)


def _is_late(letter: Letter, today: date) -> bool:
    return letter.state in LATE and letter.valid_until < today


def _fault(letter: Letter | None, on: date, today: date, reason: str) -> Refusal | None:
    if letter is None:
        return Refusal("还没有开具介绍信。", remedy="请先审核开具。")
    if on < letter.issued_on:
        text = f"接收日期早于介绍信开具的日期 {letter.issued_on}。"
        return Refusal(text, field="on", remedy="请核对日期；日期不同的分几次登记。")
    if _is_late(letter, today) and len(reason.strip()) < 4:
        text = f"介绍信有效期到 {letter.valid_until} 为止，已逾期退回。"
        return Refusal(text, field="reason", remedy="在有效期内已经接收、回执迟到的，请在说明中写明。")
    if letter.state not in LATE:
        text = f"{letter.number} {letter.get_state_display()}，一封介绍信只能用一次。"
        return Refusal(text, remedy="请打开转接事项核对。")
    return None


def _enter(scope: Scope, chosen: Sequence[tuple[Leaver, Letter]], on: date, reason: str) -> list[Refusal]:
    """Write the receipts of letters on their way; gives whatever the rules of the step say against them instead."""
    cases = [row.case for row, _letter in chosen if row.case is not None]
    if not cases:
        return []
    shape, step, entry = procedure(KEY), procedure(KEY)["receipt"], entry_maker(scope, on)
    entries: dict[int, list[Entry]] = {case.pk: [] for case in cases}
    for one in Entry.objects.filter(case__in=cases).order_by("case", "position"):
        entries[one.case_id].append(one)
    faults, added = [], []
    attempt = Attempt(on, scope.today, "received", {}, reason=reason)
    for row, case in zip((row for row, _letter in chosen), cases, strict=True):
        state = fold(shape, marks_of(entries[case.pk]))
        against = [one for one in checks.findings(shape, step, state, facts(case), attempt) if one.refuses]
        if against:
            faults.append(_named(row, Refusal(f"{against[0].message}。", field="on", remedy=against[0].remedy)))
        case.version, case.state, case.closed_on = case.version + 1, CaseState.DONE, on
        received = entry(case, case.version, "receipt", "received", {})
        received.reason = reason.strip()
        added.append(received)
    if faults:
        return faults
    Entry.objects.bulk_create(added)
    used = [letter.pk for _row, letter in chosen]
    Letter.objects.filter(pk__in=used).update(state=LetterState.USED, used_on=on)
    Case.objects.bulk_update(cases, ["version", "state", "closed_on"], batch_size=500)
    OpenStep.objects.filter(case__in=cases).delete()
    bases = {case.person_id: f"{shape.label}第 {case.pk} 件" for case in cases if case.person_id is not None}
    people.transfer_out_many(scope, bases, on=on, procedure=KEY, reason=reason)
    paths = sorted({case.organization.path for case in cases})
    record(
        scope, "procedures.leavers", organization_path=letters.common(paths),
        changes={"received": len(cases), "on": on.isoformat(), "cases": " ".join(str(case.pk) for case in cases)},
        reason=reason,
    )  # fmt: skip
    return []
