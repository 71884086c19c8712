"""Keeping the register of numbered forms, and what the steps of a case do to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.procedures.actions.common import SHORTEST_REASON, Held, hold
from zhibu.procedures.actions.deeds import DEEDS
from zhibu.procedures.enums import Actor, CaseState, Deed, EntryKind
from zhibu.procedures.models import Case, Entry, FormRecord, NumberedForm
from zhibu.procedures.numbered import queries
from zhibu.procedures.numbered.enums import FormAct, FormState
from zhibu.procedures.numbered.locks import hold_number
from zhibu.procedures.numbered.rules import LONGEST, MOST, Register, fault_of, normal, standing, state_after
from zhibu.procedures.queries.cases import state_of
from zhibu.regulations.refusal import Refusal, Refusals

LISTED = 5


@transaction.atomic
def take_in(scope: Scope, committee: Organization, numbers: Sequence[str], *, on: date) -> int:
    """Enter blanks that the committee has received; gives how many. Numbers that cases of the committee have used
    already are entered as used by them.

    Refuses committees that may not approve members, a day to come, numbers that are in a register already, that are
    named twice, or that a case elsewhere has used. Records ``procedures.take_in_forms``.
    """
    scope.require(Right.DECIDE_CASE, committee.path)
    wanted = [normal(one) for one in numbers]
    _refuse_list(scope, committee, wanted, on)
    # Whoever else takes the same ones in waits here, and is then told.
    Organization.objects.select_for_update().filter(pk=committee.pk).only("pk").first()
    known = list(NumberedForm.objects.filter(number__in=wanted).values_list("number", flat=True)[: LISTED + 1])
    if known:
        text = f"已经登记过的编号：{_some(known)}。"
        raise Refusal(text, field="listed", remedy="一号一份，请核对编号。")
    used = _used_before(committee, wanted)
    try:
        with transaction.atomic():
            made = NumberedForm.objects.bulk_create(
                NumberedForm(
                    organization=committee, number=one, state=FormState.USED if one in used else FormState.UNUSED,
                    case=used[one].case if one in used else None,
                )
                for one in wanted
            )  # fmt: skip
    except IntegrityError as doubled:
        raise Refusal("有编号刚才已由别人登记。", field="listed", remedy="请核对后重新登记。") from doubled
    at = timezone.now()
    shared: dict[str, Any] = {"recorded_at": at, "recorded_by_id": scope.user_id}
    FormRecord.objects.bulk_create(FormRecord(form=one, act=FormAct.TAKEN_IN, on=on, **shared) for one in made)
    FormRecord.objects.bulk_create(
        FormRecord(form=one, act=FormAct.USED, on=used[one.number].on, case=one.case, **shared)
        for one in made
        if one.number in used
    )
    record(
        scope, "procedures.take_in_forms", object=made[0], organization_path=committee.path,
        changes={"count": len(made), "on": on.isoformat()},
    )  # fmt: skip
    return len(made)


def _refuse_list(scope: Scope, committee: Organization, wanted: Sequence[str], on: date) -> None:
    faults = []
    if not queries.keepers(scope).filter(pk=committee.pk).exists():
        text = f"“{committee}”没有审批预备党员的权限，不发放入党志愿书。"
        faults.append(Refusal(text, field="organization", remedy="请选择有审批权限的基层党委。"))
    if on > scope.today:
        faults.append(Refusal("日期不能晚于今天。", field="on", remedy="请核对日期。"))
    if on < committee.established_on:
        text = f"“{committee}”{committee.established_on} 才成立，入库日期不能更早。"
        faults.append(Refusal(text, field="on", remedy="请核对日期。"))
    if not wanted:
        faults.append(Refusal("没有填写编号。", field="first", remedy="请填写起止编号，或者粘贴编号。"))
    if len(wanted) > MOST:
        faults.append(Refusal(f"一次最多登记 {MOST} 个编号。", field="listed", remedy="请分几次登记。"))
    if long := [one for one in wanted if len(one) > LONGEST or not one.isprintable()]:
        text = f"编号过长或者含有不能显示的字符：{_some([one[:LONGEST] for one in long])}。"
        faults.append(Refusal(text, field="listed", remedy="请核对编号。"))
    if twice := sorted({one for one in wanted if wanted.count(one) > 1} if len(wanted) <= MOST else ()):
        faults.append(Refusal(f"重复的编号：{_some(twice)}。", field="listed", remedy="一号一份，请去掉重复的。"))
    if faults:
        raise Refusals(faults)


def _some(numbers: Sequence[str]) -> str:
    told = "、".join(numbers[:LISTED])
    return f"{told}等" if len(numbers) > LISTED else told


def _used_before(committee: Organization, wanted: Sequence[str]) -> dict[str, Entry]:
    """The entries by which cases used these numbers before they were taken in."""
    found = Entry.objects.filter(step="application_form", kind=EntryKind.DONE, data__form_number__in=list(wanted))
    used = {}
    for entry in found.select_related("case__organization").order_by("pk"):
        number = str(entry.data["form_number"])
        if not entry.case.organization.path.startswith(committee.path):
            text = f"编号 {number} 已由其他党委的发展对象使用。"
            raise Refusal(text, field="listed", remedy="一号一人，请核对编号。")
        used[number] = entry
    return used


@transaction.atomic
def issue(scope: Scope, pk: int, case_pk: int, *, on: date, received_by: str) -> FormRecord:
    """Hand an unused form to a candidate who passed the pre-examination and has none: instead of one that was spoiled
    or lost. Refuses numbers that are not free, other cases, and days before the pre-examination.

    Records ``procedures.enter_form``.
    """
    held = hold(scope, case_pk, None)
    found = _held(scope, pk)
    if held.case.procedure != "admission" or held.acting[Actor.APPROVER].pk != found.organization_id:
        raise Refusal("这件事不由本党委审批。", field="case", remedy="请选择等待填写入党志愿书的发展对象。")
    examined = held.state.on("pre_examination")
    if held.state.status is not CaseState.OPEN or examined is None or held.state.on("application_form") is not None:
        text = "只有预审合格、还没有填写入党志愿书的，才能发放。"
        raise Refusal(text, field="case", remedy="请先登记上级党委预审。")
    if fault := fault_of(found.number, Register(True, state=found.state)):
        raise Refusal(f"{fault}。", field="case", remedy="请选择未使用的编号。")
    if other := NumberedForm.objects.filter(case=held.case, state=FormState.ISSUED).first():
        text = f"“{held.case.person}”手里已有编号 {other.number}。"
        raise Refusal(text, field="case", remedy="请先登记那一份作废或者遗失。")
    if on < examined:
        raise Refusal(f"发放日期早于预审日期 {examined}。", field="on", remedy="请核对日期。")
    _refuse_day(scope, found, on)
    if not received_by.strip():
        raise Refusal("请填写领取人。", field="received_by")
    return _entered(scope, found, FormAct.ISSUED, on=on, case=held.case, received_by=received_by)


@transaction.atomic
def spoil(scope: Scope, pk: int, act: FormAct, *, on: date, reason: str) -> FormRecord:
    """Enter a form as void or as lost, with the reason or the report. Refuses one that a case rests on, and one that
    is void or lost already. Records ``procedures.enter_form``."""
    found = _held(scope, pk)
    if found.state in {FormState.VOID, FormState.LOST}:
        text = f"编号 {found.number} 已登记{FormState(found.state).label}。"
        raise Refusal(text, field="reason", remedy="登记有误的，请用“更正”。")
    _refuse_resting(found)
    if len(reason.strip()) < SHORTEST_REASON:
        asked = "请写明作废的原因。" if act is FormAct.VOIDED else "请写明遗失的经过和报告的情况。"
        raise Refusal(asked, field="reason", remedy="会留在这个编号的登记里。")
    _refuse_day(scope, found, on)
    return _entered(scope, found, act, on=on, case=found.case, received_by=found.received_by, reason=reason)


@transaction.atomic
def put_right(scope: Scope, pk: int, *, reason: str) -> FormRecord:
    """Take back the last record that stands, by a further one: found again, not void, not handed out. Refuses the
    taking in, and a number that a case rests on. Records ``procedures.enter_form``."""
    found = _held(scope, pk)
    standing_now = standing(queries.records(found))
    if len(standing_now) == 1:
        text = "没有可以更正的登记。"
        raise Refusal(text, field="reason", remedy="编号本身登记错了的，请登记作废，再登记正确的编号。")
    if found.state == FormState.USED:
        _refuse_resting(found)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal("请写明更正的理由。", field="reason", remedy="原来的登记保留。")
    before = standing_now[-2]
    if before.act == FormAct.ISSUED and NumberedForm.objects.filter(case=before.case, state=FormState.ISSUED).exists():
        text = f"“{before.case.person if before.case else ''}”手里已有另一份入党志愿书。"
        raise Refusal(text, field="reason", remedy="请先更正那一份的登记。")
    return _entered(
        scope, found, FormAct.CORRECTED, on=scope.today, case=before.case, received_by=before.received_by, reason=reason
    )


def _held(scope: Scope, pk: int) -> NumberedForm:
    hold_number(queries.form(scope, pk).number)
    found = queries.form(scope, pk, lock=True)
    scope.require(Right.DECIDE_CASE, found.organization.path)
    return found


def _refuse_day(scope: Scope, found: NumberedForm, on: date) -> None:
    last = max(one.on for one in standing(queries.records(found)))
    if not last <= on <= scope.today:
        raise Refusal(f"日期应在上一次登记的 {last} 与今天之间。", field="on", remedy="请核对日期。")


def _refuse_resting(found: NumberedForm) -> None:
    """A form that the step of a case rests on is a paper of that case."""
    if found.state != FormState.USED or found.case is None:
        return
    mark = state_of(found.case).mark("application_form")
    if mark is not None and normal(str(mark.data.get("form_number", ""))) == found.number:
        text = f"“{found.case.person}”的发展党员事项正在使用编号 {found.number}。"
        raise Refusal(text, field="reason", remedy="请先在办理事项中把“填写入党志愿书”退回重新办理。")


def _entered(
    scope: Scope, found: NumberedForm, act: FormAct, *, on: date, case: Case | None = None, received_by: str = "",
    reason: str = "",
) -> FormRecord:  # fmt: skip
    """Add the record, and write what the form has come to."""
    added = FormRecord.objects.create(
        form=found, act=act, on=on, case=case, received_by=received_by.strip(), reason=reason.strip(),
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip
    records = queries.records(found)
    handed = next((one for one in reversed(standing(records)) if one.act == FormAct.ISSUED), None)
    before, found.state = found.state, state_after(records)
    found.case = standing(records)[-1].case
    found.issued_on, found.received_by = (handed.on, handed.received_by) if handed else (None, "")
    found.save(update_fields=["state", "case", "issued_on", "received_by"])
    record(
        scope, "procedures.enter_form", object=found, organization_path=found.organization.path,
        changes={"number": found.number, "act": act.label, "on": on.isoformat(), "state": [before, found.state]},
        reason=added.reason,
    )  # fmt: skip
    return added


def hand_out(scope: Scope, held: Held, entry: Entry) -> None:
    """The pre-examination hands the candidate a form. One that the case holds already stays with it."""
    found = _of(held, entry, "form_issued")
    if found is not None and found.state == FormState.UNUSED:
        received = str(entry.data.get("form_received_by") or "")
        _entered(scope, found, FormAct.ISSUED, on=entry.on, case=held.case, received_by=received)


def use(scope: Scope, held: Held, entry: Entry) -> None:
    """The candidate has filled in the form."""
    found = _of(held, entry, "form_number")
    if found is not None and found.state != FormState.USED:
        _entered(scope, found, FormAct.USED, on=entry.on, case=held.case, received_by=found.received_by)


def _of(held: Held, entry: Entry, name: str) -> NumberedForm | None:
    number = normal(str(entry.data.get(name) or ""))
    kept = NumberedForm.objects.select_for_update(of=("self",)).filter(organization=held.acting[Actor.APPROVER])
    return kept.select_related("organization").filter(number=number).first() if number else None


DEEDS.update({Deed.HAND_OUT_FORM: hand_out, Deed.USE_FORM: use})
