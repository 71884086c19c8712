"""Two secretaries register the same month at the same moment: one counts, the other is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.cast import TODAY, make_cast
from tests.house.test_two_at_once import posts, together
from zhibu.dues import actions, queries
from zhibu.dues.enums import IncomeKind
from zhibu.dues.models import Due, HandOver, Payment

pytestmark = pytest.mark.django_db(transaction=True)
NOVEMBER = date(2026, 11, 1)


def test_a_month_registered_by_two_and_spent_by_two_counts_once() -> None:
    people = make_cast()
    scope = people.scope(people.organizer)
    for person in (people.member, people.secretary):
        actions.fix_base(scope, person, kind=IncomeKind.MONTHLY, amount="3000", started_on=NOVEMBER)
    chosen = list(Due.objects.values_list("pk", flat=True))
    sheet = {"selected": chosen, "filters": f"branch={people.branch.pk}&month=2026-11", "paid_on": TODAY}
    single = {"months": [NOVEMBER], "amount": "15", "paid_on": TODAY, "manner": "self"}

    answers = together(
        posts(people, "secretary", reverse("dues:collect"), sheet),
        posts(people, "organizer", reverse("dues:collect"), sheet),
        posts(people, "office", reverse("dues:pay", args=[people.member.pk]), single),
    )

    assert sorted(answers) in ([302, 422, 422],)
    assert sum(payment.amount for payment in Payment.objects.all()) == sum(
        due.amount for due in Due.objects.filter(payment__isnull=False)
    )

    has = queries.in_hand(people.branch)
    given = {"amount": str(has), "handed_on": TODAY}
    address = reverse("dues:hand-over", args=[people.branch.pk])
    answers = together(*(posts(people, who, address, given) for who in ("secretary", "organizer")))

    assert sorted(answers) == [302, 422]
    assert HandOver.objects.get().amount == has
    assert queries.in_hand(people.branch) == Decimal(0)

    sent = HandOver.objects.get()
    address = reverse("dues:reverse-hand-over", args=[sent.pk])
    answers = together(*(posts(people, who, address, {"reason": "金额登记错误"}) for who in ("secretary", "organizer")))

    assert sorted(answers) == [302, 422]
    assert queries.in_hand(people.branch) == has
