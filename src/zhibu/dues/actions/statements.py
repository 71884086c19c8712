"""A workbook of payments: what each row of it is; registered in one go, and undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.actions.collecting import Receipt, collector, once, open_again, payment_of, write_payments
from zhibu.dues.enums import Finding, StatementState
from zhibu.dues.models import Due, Payment, Statement, StatementRow
from zhibu.dues.queries.members import SECRETS
from zhibu.dues.rules import last_payable, month_of, said, shown
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.people.rules.fields import SECRET
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

People = dict[str, Person]
Namesakes = dict[str, list[Person]]
Money = tuple[int, date, Decimal]  # whose, of which day, how much
SHORTEST_REASON = 4


def compare(scope: Scope, node: Organization, rows: Sequence[StatementRow]) -> None:
    """What each row is: whose money, for which months, or why it cannot be registered."""
    people = scope.visible(Person.objects.filter(stage__in=MEMBERS), Right.RECORD_DUES).defer(*SECRET)
    people = people.filter(organization__path__startswith=node.path)
    by_number: People = {}
    by_name: Namesakes = defaultdict(list)
    for person in people.filter(number__in={row.person_number for row in rows if row.person_number}):
        by_number[person.number or ""] = person
    for person in people.filter(name__in={row.name for row in rows if row.name}):
        by_name[person.name].append(person)
    references = {row.reference for row in rows if row.reference}
    known = set(
        Payment.objects.filter(reference__in=references, withdrawn_at__isnull=True).values_list("reference", flat=True)
    )
    chosen = [*by_number.values(), *(one for group in by_name.values() for one in group)]
    owed: dict[int, list[Due]] = defaultdict(list)
    for due in Due.objects.filter(
        person__in=chosen, payment__isnull=True, amount__gt=0, month__lte=month_of(scope.today)
    ).order_by("month"):
        owed[due.person_id].append(due)
    paid = set(
        Payment.objects.filter(person__in=chosen, withdrawn_at__isnull=True).values_list(
            "person_id", "paid_on", "amount"
        )
    )
    seen: dict[Money, int] = {}
    for row in rows:
        if row.finding != Finding.FAULTY:
            row.finding, row.told = _judge(scope, row, by_number, by_name, owed, known, paid, seen)
    # After all others, whose months must not depend on what is answered.
    for row in rows:
        if row.finding == Finding.REPEATED:
            asked = row.told
            row.finding, row.told = _allot(row, owed)
            if row.finding == Finding.MATCHED:
                row.finding, row.told = Finding.REPEATED, f"{asked}确是两笔的，勾选后登记 {row.told}。"


def _judge(
    scope: Scope, row: StatementRow, by_number: People, by_name: Namesakes, owed: dict[int, list[Due]],
    known: set[str], paid: set[Money], seen: dict[Money, int],
) -> tuple[Finding, str]:  # fmt: skip
    """The finding and its sentence; a matched row gets its person and months, which no later row gets again.

    ``seen``: whose money of which day and sum stood in which row without a reference. Such a row once more may be the
    same money twice in the file: it is registered only when somebody says that it is not.
    """
    if row.amount is None or row.amount <= 0 or row.paid_on is None:
        return Finding.FAULTY, "缺少金额或日期，或者金额不大于零。"
    if row.paid_on > scope.today:
        return Finding.FAULTY, "日期晚于今天。"
    if row.paid_on < value("dues.large", scope.today).started_on:
        return Finding.FAULTY, "日期过早。"
    if row.reference and row.reference in known:
        return Finding.REGISTERED, "这个流水号已经登记。"
    person, finding = _person(row, by_number, by_name)
    if person is None:
        words = {
            Finding.AMBIGUOUS: "名册里不止一人叫这个名字，请补上学工号。",
            Finding.UNKNOWN: "名册里没有这个人，或者学工号与姓名不符。",
        }
        return finding, words[finding]
    row.person = person
    if not row.reference and (person.pk, row.paid_on, row.amount) in paid:
        return Finding.REGISTERED, "同一人同一天同样金额的交纳已经登记。"
    if not row.reference:
        before = seen.setdefault((person.pk, row.paid_on, row.amount), row.number)
        if before != row.number:
            return Finding.REPEATED, f"与第 {before} 行同一人、同一天、同样金额，都没有流水号。"
    found = _allot(row, owed)
    if found[0] == Finding.MATCHED and row.reference:
        known.add(row.reference)
    return found


def _allot(row: StatementRow, owed: dict[int, list[Due]]) -> tuple[Finding, str]:
    """The months that the row's money pays, which no later row gets again."""
    person = row.person
    assert person is not None and row.paid_on is not None and row.amount is not None  # judged before
    if not owed[person.pk]:
        return Finding.REGISTERED, "这个人没有未交的月份。"
    first = owed[person.pk][0]
    payable = [due for due in owed[person.pk] if due.month <= last_payable(row.paid_on)]
    if not payable:
        return Finding.AMOUNT, f"那时还不能交：未交的月份从 {first.month:%Y-%m} 起。"
    months = months_for(row.amount, payable, row.paid_on)
    if not months:
        total = sum((due.amount for due in owed[person.pk]), Decimal(0))
        return Finding.AMOUNT, (
            f"应交：{first.month:%Y-%m} 一个月 {shown(first.amount)} 元，全部未交 {shown(total)} 元。"
        )
    row.months = months
    owed[person.pk] = [due for due in owed[person.pk] if due.month not in months]
    return Finding.MATCHED, said(months)


def _person(row: StatementRow, by_number: People, by_name: Namesakes) -> tuple[Person | None, Finding]:
    """By number, and then the name must agree; without a number by a name that only one has."""
    if row.person_number:
        found = by_number.get(row.person_number)
        agrees = found is not None and (not row.name or found.name == str(row.name))
        return (found, Finding.MATCHED) if agrees else (None, Finding.UNKNOWN)
    namesakes = by_name.get(str(row.name), [])
    if len(namesakes) == 1:
        return namesakes[0], Finding.MATCHED
    return None, Finding.AMBIGUOUS if namesakes else Finding.UNKNOWN


def months_for(amount: Decimal, owed: Sequence[Due], paid_on: date) -> list[date]:
    """The months an amount pays: the oldest ones if it is exactly their sum, else that of the day if exactly that."""
    for count, total in enumerate(accumulate(due.amount for due in owed), 1):
        if total == amount:
            return [due.month for due in owed[:count]]
    same = [due.month for due in owed if due.month == month_of(paid_on) and due.amount == amount]
    return same[:1]


@transaction.atomic
def confirm(scope: Scope, pk: int, *, also: Collection[int] = ()) -> list[Payment]:
    """Register all rows that can be, and of the repeated ones those whose numbers somebody vouched for (``also``).
    All or none: when anything changed since the preview, nothing is written. Records ``dues.confirm_statement``."""
    one = queries.statement(scope, pk, lock=True)
    if one.state != StatementState.READY:
        raise Refusal(f"这份缴费流水{one.get_state_display()}，没有再登记。", remedy="请刷新页面。")
    wanted = Q(finding=Finding.MATCHED) | Q(finding=Finding.REPEATED, number__in=set(also))
    rows = list(one.rows.filter(wanted).select_related("person").defer("name", *SECRETS))
    if not rows:
        raise Refusal("没有可以登记的行。", remedy="请改正文件后重新上传，或放弃。")
    dues = {
        (due.person_id, due.month): due
        for due in Due.objects.select_for_update()
        .filter(person__in=[row.person_id for row in rows], amount__gt=0).order_by("pk")
    }  # fmt: skip
    branches = Organization.objects.in_bulk({due.organization_id for due in dues.values()})
    planned = []
    for row in rows:
        assert row.person is not None and row.paid_on is not None and row.amount is not None  # a matched row has all
        found = [dues.get((row.person.pk, month)) for month in row.months]
        open_dues = [due for due in found if due is not None and due.payment_id is None]
        if len(open_dues) != len(row.months) or sum(due.amount for due in open_dues) != row.amount:
            raise Refusal(
                f"第 {row.number} 行在核对之后有变动（已交纳或应交数已改），没有登记任何一行。",
                remedy="请放弃这份流水，重新上传核对。",
            )
        told = Receipt(row.paid_on, reference=row.reference)
        branch = branches[open_dues[-1].organization_id]
        planned.append((row.person, branch, open_dues, told, row.amount))
    by = collector(scope)
    with once():
        made = write_payments([
            (payment_of(scope, person, branch, found, told, by, amount=amount, statement=one), found)
            for person, branch, found, told, amount in planned
        ])  # fmt: skip
    one.rows.filter(wanted).update(finding=Finding.MATCHED)
    one.state, one.confirmed_at = StatementState.CONFIRMED, timezone.now()
    one.save(update_fields=["state", "confirmed_at"])
    changes = {"payments": len(made), "amount": sum((p.amount for p in made), Decimal(0))}
    record(scope, "dues.confirm_statement", object=one, organization_path=one.organization.path, changes=changes)
    return made


@transaction.atomic
def undo(scope: Scope, pk: int, *, reason: str) -> int:
    """Withdraw all payments that a statement made. Refuses when a branch has handed the money over. Records
    ``dues.undo_statement``."""
    one = queries.statement(scope, pk, lock=True)
    if one.state != StatementState.CONFIRMED:
        raise Refusal(f"这份缴费流水{one.get_state_display()}，不能撤销登记。", remedy="请刷新页面。")
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明撤销的理由，至少四个字。", field="reason", remedy="例如：上传了错误的文件。")
    live = Payment.objects.filter(statement=one, withdrawn_at__isnull=True)
    # Branches before payments, as whoever withdraws a single payment holds them.
    held = Organization.objects.select_for_update().filter(pk__in=live.values("organization"))
    branches = list(held.order_by("pk"))
    sums: dict[int, Decimal] = defaultdict(Decimal)
    payments = list(live.select_for_update().order_by("pk"))
    for payment in payments:
        sums[payment.organization_id] += payment.amount
    for branch in branches:
        if queries.in_hand(branch) < sums[branch.pk]:
            raise Refusal(
                f"“{branch}”已把这些党费上缴或留存，不能撤销。", rule="dues.hand_over", on=scope.today,
                remedy="请先冲销那笔上缴或留存，再撤销。",
            )  # fmt: skip
    open_again(scope, payments, reason)
    one.state = StatementState.UNDONE
    one.save(update_fields=["state"])
    changes = {"payments": len(payments)}
    record(
        scope, "dues.undo_statement", object=one, organization_path=one.organization.path, changes=changes,
        reason=reason,
    )  # fmt: skip
    return len(payments)


@transaction.atomic
def discard(scope: Scope, pk: int) -> Statement:
    """Give up a statement that has not been registered. Records ``dues.discard_statement``."""
    one = queries.statement(scope, pk, lock=True)
    if one.state not in {StatementState.READY, StatementState.FAILED}:
        raise Refusal(f"这份缴费流水{one.get_state_display()}，不能放弃。", remedy="已登记的请撤销登记。")
    one.rows.all().delete()
    one.state = StatementState.DISCARDED
    one.save(update_fields=["state"])
    record(scope, "dues.discard_statement", object=one, organization_path=one.organization.path)
    return one
