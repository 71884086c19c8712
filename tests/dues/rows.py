"""One row of everything that has an address, for the own branch and for another; one more of each for lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone

from tests.cast import TODAY, Cast
from zhibu.dues.enums import Finding, FundKind, IncomeKind, Manner, StatementState
from zhibu.dues.models import (
    Base,
    Choice,
    Due,
    FundEntry,
    HandOver,
    Payment,
    Relief,
    Statement,
    StatementRow,
)
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months

MONTH = date(2026, 11, 1)


def of(cast: Cast, own: bool) -> tuple[Organization, Organization, Person]:
    if own:
        return cast.branch, cast.faculty, cast.member
    return cast.other_branch, cast.other_faculty, cast.neighbour


def payment(cast: Cast, own: bool, month: date = MONTH) -> Payment:
    node, _upper, person = of(cast, own)
    return Payment.objects.create(
        person=person, organization=node, months=[month], paid_on=TODAY, amount=Decimal("0.20"), manner=Manner.SELF,
        collector="舒记", recorded_at=timezone.now(),
    )  # fmt: skip


def relief(cast: Cast, own: bool, month: date = MONTH) -> Relief:
    node, upper, person = of(cast, own)
    return Relief.objects.create(
        person=person, organization=node, approver=upper, kind="exempt", first_month=month, last_month=month,
        reason="困难", decided_on=TODAY, decision="支委会记录", recorded_at=timezone.now(),
    )  # fmt: skip


def hand_over(cast: Cast, own: bool) -> HandOver:
    node, upper, _person = of(cast, own)
    return HandOver.objects.create(
        organization=node, receiver=upper, amount=1, handed_on=TODAY, recorded_at=timezone.now()
    )


def fund_entry(cast: Cast, own: bool, content: str = "留存") -> FundEntry:
    node, _upper, _person = of(cast, own)
    return FundEntry.objects.create(
        organization=node, kind=FundKind.ALLOCATED, content=content, amount=1, on=TODAY, decision="记录",
        recorded_at=timezone.now(),
    )  # fmt: skip


def statement(cast: Cast, own: bool, digest: str = "1" * 64) -> Statement:
    node, _upper, _person = of(cast, own)
    found, _made = Statement.objects.get_or_create(
        organization=node, digest=digest, state=StatementState.READY,
        defaults={"file_name": "流水.xlsx", "uploaded_at": timezone.now()},
    )  # fmt: skip
    return found


def add(cast: Cast, number: int, fresh: Person) -> None:
    """The ``number``th of everything that the room lists, for `tests.house.everything`."""
    month = add_months(MONTH, -number)
    for person, first in ((cast.member, month), (cast.secretary, month), (fresh, MONTH)):
        Base.objects.create(person=person, kind=IncomeKind.STUDENT, started_on=first, recorded_at=timezone.now())
        Due.objects.create(person=person, organization=cast.branch, month=first, amount="0.20", kind=IncomeKind.STUDENT)
    paid = payment(cast, True, month)
    Due.objects.filter(person=cast.member, month=month).update(payment=paid)
    relief(cast, True, month)
    hand_over(cast, True)
    entry = fund_entry(cast, True, f"留存{number}")
    for one in (entry, hand_over(cast, True)):  # with their counter-entries
        one._meta.model.objects.create(
            **{field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
            | {"id": None, "amount": -one.amount, "reverses_id": one.pk, "reason": "金额登记错误"}
        )
    Choice.objects.create(started_on=date(2020, number, 1), step="0.10", document="校发", recorded_at=timezone.now())
    statement(cast, True, str(number) * 63 + "x")
    StatementRow.objects.create(
        statement=statement(cast, True), number=number, name="虚构", finding=Finding.REPEATED, amount=1, paid_on=TODAY
    )
