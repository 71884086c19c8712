"""What a mobile member paid to the organization of the place they went to (DF08 第九条)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.actions.collecting import (
    Receipt,
    branch_of,
    collector,
    free,
    refuse_months,
    refuse_receipt,
    write_payment,
)
from zhibu.dues.enums import Manner
from zhibu.dues.models import Payment
from zhibu.dues.rules import month_of, said
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def register_elsewhere(
    scope: Scope, person: Person, *, months: Sequence[date], paid_on: date, place: str, certificate: str,
    reason: str = "",
) -> Payment:  # fmt: skip
    """A mobile member paid where they are, and brought the activity certificate in which it is written: the months are
    settled, and none of the money is ours. Refuses whoever was not registered as mobile on the day, months paid
    already or not yet begun, a missing place or paper. Records ``dues.register_elsewhere``."""
    person = queries.payer(scope, person.pk, Right.RECORD_DUES)
    wanted = sorted({month_of(month) for month in months})
    told = Receipt(
        paid_on, Manner.ELSEWHERE, reason=" ".join(reason.split()), place=" ".join(place.split())[:120],
        certificate=certificate.strip()[:60],
    )  # fmt: skip
    refuse_receipt(scope, told)
    for field, text, words in (("place", told.place, "流入地党组织"), ("certificate", told.certificate, "活动证编号")):
        if not text:
            raise Refusal(
                f"请填写{words}。", field=field, rule="dues.where", on=scope.today,
                remedy="以流动党员活动证上的记载为准。",
            )  # fmt: skip
    away = person.mobilities.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=paid_on), since__lte=paid_on)
    if not away.exists():
        raise Refusal(
            f"“{person.name}”在 {paid_on} 没有登记为流动党员。", field="paid_on", rule="dues.where", on=scope.today,
            remedy="请先登记流动党员；没有外出的，向组织关系所在的党支部交纳。",
        )  # fmt: skip
    refuse_months(scope, wanted, told)
    if wanted[-1] > month_of(scope.today):
        raise Refusal("只能登记已经开始的月份。", field="months", rule="dues.where", on=scope.today)
    dues = free(scope, person, wanted)
    owed = sum((due.amount for due in dues), Decimal(0))
    made = write_payment(scope, person, branch_of(person, dues), dues, told, collector(scope), amount=owed)
    changes = {"person": person.pk, "months": said(made.months), "paid_on": paid_on, "manner": Manner.ELSEWHERE.label}
    record(scope, "dues.register_elsewhere", object=made, organization_path=made.organization.path, changes=changes)
    return made
