"""Conditions of transfers: how long one may be on its way, when a letter may be given anew (regulations.md 5.1)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import CaseState, EntryKind
from zhibu.procedures.rules.findings import Finding, Question, against, said
from zhibu.procedures.state import TAKEN, Mark, State, after
from zhibu.regulations.dates import add_months

MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])")


def transit_end(state: State, on: date | None = None) -> date | None:
    """The last day on which what was sent may be accepted: so many days after it was sent (有效期). Who has been placed
    is not on the way any more."""
    mark = state.mark("sent")
    if mark is None or "placed" in state.done or not mark.data.get("valid_days"):
        return None
    return mark.on + timedelta(days=int(mark.data["valid_days"]))


def lapsed(state: State, today: date) -> Mark | None:
    """That what was sent has gone back to its sender, because nobody accepted it in its days of validity; None while
    it may still be accepted. It follows from the date alone: nothing has to be written for it to be so."""
    last = transit_end(state)
    if state.status is not CaseState.OPEN or last is None or today <= last:
        return None
    reason = f"有效期到 {last} 为止，没有收到回执，退回转出方；未被接收前一直由转出方负责"
    return Mark(0, EntryKind.RETURNED, "sent", last + timedelta(days=1), reason=reason)


def standing(procedure: Procedure, state: State, today: date) -> State:
    """Where a case stands on a day, also where the return that its entries lack is only a matter of the date."""
    mark = lapsed(state, today)
    return after(procedure, state, mark) if mark is not None else state


def too_late(procedure: Procedure, step: Step, state: State, on: date) -> list[Finding]:
    """Against accepting what has fallen back for lateness and has not been sent anew."""
    if "sent" not in procedure.by_id or step.id not in procedure.followers("sent") or not state.has_fallen_back:
        return []
    sent = next((mark for mark in reversed(state.history) if mark.step == "sent" and mark.kind in TAKEN), None)
    back = next(mark.on for mark in reversed(state.history) if mark.step == "sent")
    days = int(sent.data.get("valid_days") or 0) if sent is not None else 0
    if sent is None or not days or back <= (last := sent.on + timedelta(days=days)):
        return []  # it was returned for another reason
    over = f"，已超过 {(on - last).days} 天" if on > last else ""
    text = f"有效期到 {last} 为止{over}，已退回转出方，不能再接收"
    remedy = "由转出方收回后重新发出；转出校外、在有效期内已经接收的，请登记迟到的回执。"
    found = said("move.letter", on)
    if found is None:
        return [Finding(text, field="on", remedy=remedy)]
    return [Finding(text, rule="move.letter", citation=found.citation, field="on", remedy=remedy, caveat=found.caveat)]


def first_sent(state: State) -> date | None:
    """When the transfer was first sent, whatever was returned since."""
    return next((mark.on for mark in state.history if mark.step == "sent" and mark.outcome == "sent"), None)


def last_reissue(state: State, on: date) -> date | None:
    """Until when an overdue letter may be given anew; None where none has been given."""
    first, found = first_sent(state), said("move.reissue", on)
    return add_months(first, found.number) if first is not None and found is not None else None


def in_transit(question: Question) -> list[Finding]:
    """After its last day what was sent falls back to the sender, who has been responsible all the time."""
    last = transit_end(question.state)
    if last is None or question.attempt.on <= last:
        return []
    over = (question.attempt.on - last).days
    text = f"有效期到 {last} 为止，已超过 {over} 天，不能再接收"
    return [
        _must("move.letter", question, text, "on", "由转出方收回后重新发出；在有效期内已经接收的，按接收日期登记。")
    ]


def valid_days(question: Question) -> list[Finding]:
    """The sender says for how many days, at the longest what the school has set."""
    if question.attempt.outcome != "sent":
        return []
    found = said("move.letter", question.law_day)
    days = int(question.attempt.data.get("valid_days") or 0)
    if found is None or 1 <= days <= found.number:
        return []
    text = f"有效天数应为 1 至 {found.number} 天，填写了 {days} 天"
    return [_must("move.letter", question, text, "valid_days", "市内一般填 10 天，市外 30 天，最长三个月。")]


def dues_until(question: Question) -> list[Finding]:
    """The letter says until which month dues are paid."""
    if question.attempt.outcome != "sent":
        return []
    text = str(question.attempt.data.get("dues_until") or "")
    if MONTH.fullmatch(text):
        return []
    return [Finding("请写明党费交至哪年哪月", field="dues_until", remedy="格式如 2026-06。")]


def reissue(question: Question) -> list[Finding]:
    """An overdue letter is given anew against the original, within six months of the first (2015 年通知 第一部分)."""
    first = first_sent(question.state)
    found = said("move.reissue", question.law_day)
    last = last_reissue(question.state, question.law_day)
    if question.attempt.outcome != "sent" or found is None or last is None:
        return []
    wrong = []
    if question.attempt.on > last:
        text = f"{first} 转出，{last} 之后不能再凭原件重开"
        wrong.append(
            against(found, text, field="on", remedy="由党支部查明情况，按党章和规定处理；仍需转接的另行申请。")
        )
    if not question.attempt.data.get("original_collected"):
        wrong.append(against(found, "重开须收回原介绍信", field="original_collected", remedy="收回原件后再重开。"))
    return wrong


def _must(rule: str, question: Question, text: str, field: str, remedy: str) -> Finding:
    """The number is the school's own choice; once it is on the letter, it binds."""
    found = said(rule, question.law_day)
    if found is None:
        return Finding(text, field=field, remedy=remedy)
    return Finding(text, rule=rule, citation=found.citation, field=field, remedy=remedy, caveat=found.caveat)


TRANSIT = {"in_transit": in_transit, "valid_days": valid_days, "dues_until": dues_until, "reissue": reissue}
