"""Registering what members paid. A month is paid whole, once; a mistake is withdrawn, never changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.actions.reckoning import months_between, write_dues
from zhibu.dues.enums import Manner
from zhibu.dues.models import Due, Payment, Statement
from zhibu.dues.rules import first_usual, last_payable, money, month_of, said, shown
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4
OLDEST = 60  # months; what is older is a matter for people, not for a form


@dataclass(frozen=True)
class Receipt:
    """What the collector noted about the money, whoever paid and for whichever months."""

    paid_on: date
    manner: str = Manner.SELF
    payer: str = ""
    reference: str = ""
    receipt: str = ""
    reason: str = ""
    place: str = ""
    certificate: str = ""
    by_quarter: bool = False


@transaction.atomic
def register(
    scope: Scope, person: Person, *, months: Sequence[date], amount: object, paid_on: date, manner: str = Manner.SELF,
    payer: str = "", extra: bool = False, reference: str = "", receipt: str = "", reason: str = "",
    by_quarter: bool = False,
) -> Payment:  # fmt: skip
    """A member paid some months, perhaps ``extra`` beyond. Months of the running quarter may come before their time;
    ``by_quarter``, which the branch consented to, all months of a quarter count as paid in time within it.

    Refuses negative and wrong amounts, months to come beyond the quarter, months paid already, a day to come, money
    advanced or withheld by others; without a ``reason`` also months in advance and those more than six months old.
    Records ``dues.register``.
    """
    person = queries.payer(scope, person.pk, Right.RECORD_DUES)
    given, wanted = money(amount), sorted({month_of(month) for month in months})
    told = Receipt(
        paid_on, manner, payer.strip(), reference.strip(), receipt.strip(), " ".join(reason.split()),
        by_quarter=by_quarter,
    )  # fmt: skip
    refuse_receipt(scope, told)
    if told.manner == Manner.ELSEWHERE:
        raise Refusal(
            "在流入地交纳的，另行登记。", field="manner", rule="dues.where", on=scope.today,
            remedy="请在本人的党费页面点“在流入地交纳”。",
        )  # fmt: skip
    refuse_months(scope, wanted, told)
    if wanted[-1] > month_of(scope.today):
        ahead = months_between(month_of(scope.today), wanted[-1])
        write_dues(Person.objects.filter(pk=person.pk), ahead, scope.today)
    dues = free(scope, person, wanted)
    owed = sum((due.amount for due in dues), Decimal(0))
    _refuse_amount(scope, given, owed, extra, wanted)
    branch = branch_of(person, dues)
    with once():
        by = collector(scope)
        made = write_payment(scope, person, branch, dues, told, by, amount=given, extra=given - owed)
    _recorded(scope, [made])
    return made


def write_payment(
    scope: Scope, person: Person, branch: Organization, dues: Sequence[Due], told: Receipt, by: str, *,
    amount: Decimal, extra: Decimal = Decimal(0),
) -> Payment:  # fmt: skip
    """The row, and the dues it settles, which are locked. ``by``: the name of who collected (`collector`)."""
    made = payment_of(scope, person, branch, dues, told, by, amount=amount, extra=extra)
    made.save()
    Due.objects.filter(pk__in=[due.pk for due in dues]).update(payment=made)
    return made


def write_payments(planned: Sequence[tuple[Payment, Sequence[Due]]]) -> list[Payment]:
    """As many rows as a workbook may have, at once, and the dues they settle, which are locked."""
    made = Payment.objects.bulk_create([payment for payment, _dues in planned], batch_size=1000)
    settled = []
    for payment, dues in planned:
        for due in dues:
            due.payment = payment
            settled.append(due)
    Due.objects.bulk_update(settled, ["payment"], batch_size=1000)
    return made


def payment_of(
    scope: Scope, person: Person, branch: Organization, dues: Sequence[Due], told: Receipt, by: str, *,
    amount: Decimal, extra: Decimal = Decimal(0), statement: Statement | None = None,
) -> Payment:  # fmt: skip
    """The row, not yet written."""
    large = value("dues.large", told.paid_on).content
    assert isinstance(large, Decimal)
    return Payment(
        person=person, organization=branch, months=[due.month for due in dues], paid_on=told.paid_on, amount=amount,
        extra=extra, manner=told.manner, payer=told.payer, collector=by, reference=told.reference,
        is_large=extra >= large, receipt=told.receipt, reason=told.reason[:200], statement=statement,
        place=told.place, certificate=told.certificate, by_quarter=told.by_quarter,
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip


@contextmanager
def once() -> Iterator[None]:
    """Of two who register the same reference at once the second is told, and nothing of theirs is written."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as doubled:
        raise Refusal(
            "其中有流水号刚才已经登记过一笔交纳，这次没有登记。", field="reference",
            remedy="请核对；同一笔钱不能登记两次。流水文件请放弃后重新上传核对。",
        ) from doubled  # fmt: skip


def _recorded(scope: Scope, made: Sequence[Payment]) -> None:
    """The audit last, and once for a whole sheet: its chain is held from here to the commit."""
    if len(made) == 1:
        one = made[0]
        changes = {
            "person": one.person_id, "months": said(one.months), "paid_on": one.paid_on, "amount": one.amount,
            "extra": one.extra, "manner": Manner(one.manner).label,
        }  # fmt: skip
        record(scope, "dues.register", object=one, organization_path=one.organization.path, changes=changes)
    else:
        total = sum((one.amount for one in made), Decimal(0))
        branch = made[0].organization
        changes = {"payments": [one.pk for one in made], "amount": total}
        record(scope, "dues.register", object=branch, organization_path=branch.path, changes=changes)


def collector(scope: Scope) -> str:
    """The name of whoever registers, asked once for however many payments."""
    return User.objects.filter(pk=scope.user_id or 0).values_list("display_name", flat=True).first() or "系统"


def branch_of(person: Person, dues: Sequence[Due]) -> Organization:
    """Money goes to the branch where the tie is (DF08 第九条); that of the newest month paid."""
    return Organization.objects.get(pk=dues[-1].organization_id) if dues else person.organization  # type: ignore[return-value]


def refuse_receipt(scope: Scope, told: Receipt) -> None:
    if told.paid_on > scope.today:
        raise Refusal("交纳日期不能晚于今天。", field="paid_on", remedy="请填写实际交纳的日期。")
    if told.paid_on < value("dues.large", scope.today).started_on:
        raise Refusal("交纳日期过早。", field="paid_on", remedy="请核对年份。")
    if told.manner not in Manner.values:
        raise Refusal("没有这种交纳方式。", field="manner", rule="dues.forbidden", on=scope.today)
    if told.manner == Manner.ON_BEHALF and not told.payer:
        raise Refusal(
            "委托代交的，请写明代交人。", field="payer", rule="dues.on_behalf", on=scope.today,
            remedy="写代交人的姓名。",
        )  # fmt: skip
    forbidden = value("dues.forbidden", scope.today).content
    assert isinstance(forbidden, tuple)
    if found := re.search("|".join(map(str, forbidden)) + "|代扣", told.reason):
        raise Refusal(
            f"党费不得{found[0].replace('代扣', '扣缴')}。", field="reason", rule="dues.forbidden", on=scope.today,
            remedy="请由本人交纳，或由本人委托他人代交。",
        )  # fmt: skip
    if told.reference and Payment.objects.filter(reference=told.reference, withdrawn_at__isnull=True).exists():
        raise Refusal("这个流水号已经登记过一笔交纳。", field="reference", remedy="请核对；同一笔钱不能登记两次。")


def refuse_months(scope: Scope, months: Sequence[date], told: Receipt) -> None:
    if not months:
        raise Refusal("请选择所交的月份。", field="months", remedy="自愿多交的，也请同当月党费一起登记。")
    last = last_payable(scope.today)
    if months[-1] > last:
        raise Refusal(
            f"不能交以后月份的党费：现在最多交到 {last:%Y-%m}。", field="months", rule="dues.quarter", on=scope.today,
            remedy="党费按月交纳，经党支部同意可以按季度交纳；想多交的，登记为自愿多交。",
        )  # fmt: skip
    if months[-1] > last_payable(told.paid_on):
        raise Refusal(
            f"{told.paid_on} 还不能交 {months[-1]:%Y-%m} 的党费。", field="paid_on", rule="dues.quarter",
            on=scope.today, remedy="请核对交纳日期和所交月份。",
        )  # fmt: skip
    if told.by_quarter:
        _refuse_quarter(scope, months, told)
    if len(told.reason) >= SHORTEST_REASON:
        return
    if months[-1] > month_of(scope.today):
        raise Refusal(
            "按季度提前交纳，须经党支部同意。", field="reason", rule="dues.quarter", on=scope.today,
            remedy="请写明党支部同意的情况。",
        )  # fmt: skip
    if months[0] < first_usual(scope.today):
        raise Refusal(
            f"补交党费一般不超过 {value('dues.late', scope.today).shown}：{months[0]:%Y-%m} 已经超过。", field="reason",
            rule="dues.late", on=scope.today, remedy="请写明特殊情况。",
        )  # fmt: skip


def _refuse_quarter(scope: Scope, months: Sequence[date], told: Receipt) -> None:
    last = last_payable(told.paid_on)
    first = add_months(last, 1 - value("dues.quarter", scope.today).number)
    if months[0] < first:
        raise Refusal(
            f"按季度交纳的，只能是 {told.paid_on} 所在季度的月份（{first:%Y-%m} 至 {last:%Y-%m}）。", field="months",
            rule="dues.quarter", on=scope.today, remedy="以前季度的，请作为补交另登记一笔。",
        )  # fmt: skip
    if len(told.reason) < SHORTEST_REASON:
        raise Refusal(
            "按季度交纳，须经党支部同意。", field="reason", rule="dues.quarter", on=scope.today,
            remedy="请写明党支部同意的情况。",
        )  # fmt: skip


def free(scope: Scope, person: Person, months: Sequence[date]) -> list[Due]:
    """The dues, locked, all of them open."""
    dues = list(Due.objects.select_for_update().filter(person=person, month__in=months).order_by("pk"))
    if paid := sorted(due.month for due in dues if due.payment_id is not None):
        raise Refusal(
            f"“{person.name}” {said(paid)} 的党费已经登记交纳，没有重复登记。", field="months", rule="dues.where",
            on=scope.today, remedy="请刷新页面核对；登记错了的，先撤销原来的记录。",
        )  # fmt: skip
    if missing := sorted(set(months) - {due.month for due in dues}):
        raise Refusal(
            f"“{person.name}” {said(missing)} 没有应交党费。", field="months", rule="dues.probationary",
            on=scope.today, remedy="请先核定党费基数，或核对那时是不是党员。",
        )  # fmt: skip
    if exempt := sorted(due.month for due in dues if due.amount == 0):
        raise Refusal(
            f"“{person.name}” {said(exempt)} 已批准免交。", field="months", rule="dues.relief", on=scope.today,
            remedy="不必登记这几个月。",
        )  # fmt: skip
    return sorted(dues, key=lambda due: due.month)


def _refuse_amount(scope: Scope, given: Decimal, owed: Decimal, extra: bool, months: Sequence[date]) -> None:
    if given < owed:
        raise Refusal(
            f"金额不足：{said(months)} 应交 {shown(owed)} 元，一个月的党费不能只交一部分。", field="amount",
            rule="dues.salaried", on=scope.today, remedy="请少选月份；确有困难的，办理少交。",
        )  # fmt: skip
    if given > owed and not extra:
        raise Refusal(
            f"金额多出 {shown(given - owed)} 元：{said(months)} 应交 {shown(owed)} 元。", field="amount",
            rule="dues.large", on=scope.today, remedy="本人自愿多交的，请勾选“自愿多交”；否则请核对金额。",
        )  # fmt: skip


@transaction.atomic
def collect(
    scope: Scope, branch: Organization, pks: Sequence[int], *, paid_on: date, manner: str = Manner.SELF
) -> list[Payment]:
    """The secretary collected these dues of one month's sheet. All or none: when one has been paid meanwhile, by
    whomever, nothing is written. Records ``dues.register`` once."""
    branch = queries.branch(scope, branch.pk, Right.RECORD_DUES)
    told = Receipt(paid_on, manner)
    if manner != Manner.SELF:
        raise Refusal("委托代交的请逐人登记，写明代交人。", field="manner", rule="dues.on_behalf", on=scope.today)
    refuse_receipt(scope, told)
    dues = list(
        Due.objects.select_for_update(of=("self",)).select_related("person")
        .filter(pk__in=pks, organization=branch).order_by("pk")
    )  # fmt: skip
    if not dues:
        raise Refusal("没有选中任何人。", remedy="请在月度收缴表里勾选已经交纳的党员。")
    if paid := [due for due in dues if due.payment_id is not None]:
        names = "、".join(due.person.name for due in paid[:5])
        raise Refusal(
            f"{names} {paid[0].month:%Y-%m} 的党费已经登记交纳，这次没有登记任何人。",
            rule="dues.where", on=scope.today,
            remedy="请刷新页面，勾选还没有交纳的党员。",
        )  # fmt: skip
    dues = [due for due in dues if due.amount > 0]
    if not dues:
        raise Refusal("选中的党员都已批准免交。", rule="dues.relief", on=scope.today, remedy="不必登记。")
    for due in dues:
        refuse_months(scope, [due.month], told)
    by = collector(scope)
    made = [write_payment(scope, due.person, branch, [due], told, by, amount=due.amount) for due in dues]
    _recorded(scope, made)
    return made


@transaction.atomic
def withdraw(scope: Scope, pk: int, *, reason: str) -> Payment:
    """A payment was registered by mistake: its months are open again. Refuses when the money has been handed over.
    Records ``dues.withdraw``."""
    seen = queries.payment(scope, pk, Right.RECORD_DUES)
    branch = queries.branch(scope, seen.organization_id, Right.RECORD_DUES, lock=True)
    one = queries.payment(scope, pk, Right.RECORD_DUES, lock=True)
    reason = " ".join(reason.split())
    if one.withdrawn_at is not None:
        raise Refusal("这笔交纳记录已经撤销。", remedy="请刷新页面。")
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明撤销的理由，至少四个字。", field="reason", remedy="例如：登记错了人。")
    if one.manner != Manner.ELSEWHERE and queries.in_hand(branch) < one.amount:
        raise Refusal(
            "这笔党费已经上缴或留存，不能撤销。", rule="dues.hand_over", on=scope.today,
            remedy="请先冲销那笔上缴或留存，再撤销。",
        )  # fmt: skip
    open_again(scope, [one], reason)
    changes = {"person": one.person_id, "months": said(one.months), "amount": one.amount}
    record(scope, "dues.withdraw", object=one, organization_path=branch.path, changes=changes, reason=reason)
    return one


@transaction.atomic
def note_receipt(scope: Scope, pk: int, *, receipt: str) -> Payment:
    """The Central Committee's receipt for a large gift has come. Refuses other payments and a second receipt. Records
    ``dues.note_receipt``."""
    one = queries.payment(scope, pk, Right.RECORD_DUES, lock=True)
    if not one.is_large or one.withdrawn_at is not None:
        raise Refusal(
            "只有全额上缴中央的交纳才登记中央组织部收据。", rule="dues.large", on=scope.today, remedy="请核对是哪一笔。"
        )
    if one.receipt:
        raise Refusal(f"已登记收据 {one.receipt}。", field="receipt", remedy="登记错了的，请撤销后重新登记交纳。")
    if not receipt.strip():
        raise Refusal("请填写收据号。", field="receipt", rule="dues.large", on=scope.today)
    one.receipt = receipt.strip()[:60]
    one.save(update_fields=["receipt"])
    record(scope, "dues.note_receipt", object=one, organization_path=one.organization.path)
    return one


def open_again(scope: Scope, payments: Sequence[Payment], reason: str) -> None:
    """The payments count no more; what they settled is open, on the bases as they stand now."""
    pks = [one.pk for one in payments]
    Due.objects.filter(payment__in=pks).update(payment=None)
    Payment.objects.filter(pk__in=pks).update(withdrawn_at=timezone.now(), withdrawn_reason=reason[:200])
    months = sorted({month for one in payments for month in one.months if month <= scope.today})
    write_dues(Person.objects.filter(pk__in=[one.person_id for one in payments]), months, scope.today)
