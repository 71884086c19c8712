"""Registering, withdrawing, arrears, money of organizations: what is done and what is refused, with its rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.cast import TODAY, Cast, make_person
from zhibu.dues import actions, queries
from zhibu.dues.enums import IncomeKind, Manner
from zhibu.dues.models import Due, Payment
from zhibu.people.enums import StageKind
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
MARCH, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (3, 9, 10, 11, 12))


@pytest.fixture
def due(cast: Cast) -> Cast:
    actions.fix_base(cast.scope(cast.secretary), cast.member, kind=IncomeKind.STUDENT, started_on=MARCH)
    return cast


def pay(cast: Cast, *months: date, amount: str = "0.20", **more: Any) -> Payment:
    return actions.register(
        cast.scope(cast.secretary), cast.member, months=months, amount=amount, **{"paid_on": TODAY, **more}
    )


def owed(cast: Cast) -> dict[date, Decimal]:
    return {due.month: due.amount for due in queries.unpaid(cast.member, DECEMBER)}


def test_a_quarter_may_be_paid_ahead_with_the_branch_s_consent(due: Cast) -> None:
    with pytest.raises(Refusal, match="党支部同意") as refused:
        pay(due, NOVEMBER, DECEMBER, amount="0.40")
    assert refused.value.rule == "dues.quarter"

    paid = pay(due, NOVEMBER, DECEMBER, amount="0.40", reason="支部同意按季度交纳")

    assert paid.months == [NOVEMBER, DECEMBER]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"amount": "-0.20"}, None),
        ({"amount": "0.10"}, "dues.salaried"),
        ({"amount": "5"}, "dues.large"),
        ({"months": [date(2027, 1, 1)]}, "dues.quarter"),
        ({"months": [date(2027, 1, 1)], "amount": "0", "reason": "想一次交清"}, "dues.quarter"),
        ({"months": [MARCH]}, "dues.late"),
        ({"months": [date(2026, 1, 1)], "reason": "长期在外"}, "dues.probationary"),
        ({"months": []}, None),
        ({"paid_on": date(2026, 11, 22)}, None),
        ({"manner": Manner.ON_BEHALF}, "dues.on_behalf"),
        ({"reason": "由学院垫交"}, "dues.forbidden"),
        ({"reason": "财务处工资代扣"}, "dues.forbidden"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(due: Cast, changed: dict[str, Any], rule: str | None) -> None:
    given = {"months": [NOVEMBER], "amount": "0.20", "paid_on": TODAY, **changed}

    with pytest.raises(Refusal) as refused:
        actions.register(due.scope(due.secretary), due.member, **given)

    assert refused.value.rule == rule
    assert refused.value.remedy
    assert not Payment.objects.exists()


def test_a_month_is_paid_once(due: Cast) -> None:
    pay(due, NOVEMBER)

    with pytest.raises(Refusal, match="2026-11 的党费已经登记交纳"):
        pay(due, OCTOBER, NOVEMBER, amount="0.40")

    assert Due.objects.filter(payment__isnull=False).count() == 1


def test_what_is_older_than_six_months_is_paid_with_a_reason(due: Cast) -> None:
    assert pay(due, MARCH, reason="在国外交流").months == [MARCH]


def test_a_large_gift_goes_wholly_to_the_central_committee(due: Cast) -> None:
    assert pay(due, OCTOBER, amount="1000.19", extra=True).is_large is False
    large = pay(due, NOVEMBER, amount="1000.20", extra=True, receipt="中组收 1 号")

    assert (large.is_large, large.extra, large.receipt) == (True, Decimal(1000), "中组收 1 号")


def test_the_receipt_for_a_large_gift_comes_later_and_once(due: Cast) -> None:
    scope = due.scope(due.secretary)
    small, large = pay(due, OCTOBER), pay(due, NOVEMBER, amount="1000.20", extra=True)

    with pytest.raises(Refusal, match="只有全额上缴中央"):
        actions.note_receipt(scope, small.pk, receipt="中组收 2 号")
    actions.note_receipt(scope, large.pk, receipt="中组收 2 号")
    with pytest.raises(Refusal, match="已登记收据"):
        actions.note_receipt(scope, large.pk, receipt="中组收 3 号")

    assert Payment.objects.get(pk=large.pk).receipt == "中组收 2 号"


def test_one_reference_stands_for_one_payment(due: Cast) -> None:
    pay(due, OCTOBER, reference="T1")

    with pytest.raises(Refusal, match="流水号"):
        pay(due, NOVEMBER, reference="T1")


def test_a_probationary_member_owes_from_the_month_of_the_meeting(cast: Cast) -> None:
    new = make_person("俞备", cast.branch, serial=70, stage=StageKind.PROBATIONARY, since=date(2026, 9, 28))
    scope = cast.scope(cast.secretary)

    with pytest.raises(Refusal, match="支部党员大会通过之日") as refused:
        actions.fix_base(scope, new, kind=IncomeKind.STUDENT, started_on=date(2026, 8, 1))
    actions.fix_base(scope, new, kind=IncomeKind.STUDENT, started_on=SEPTEMBER)

    assert refused.value.rule == "dues.probationary"
    assert list(Due.objects.filter(person=new).values_list("month", flat=True)) == [SEPTEMBER, OCTOBER, NOVEMBER]


def test_an_applicant_owes_nothing(cast: Cast) -> None:
    applicant = make_person("申请", cast.branch, serial=71, stage=StageKind.APPLICANT)

    with pytest.raises(Refusal, match="不交纳党费"):
        actions.fix_base(cast.scope(cast.secretary), applicant, kind=IncomeKind.STUDENT, started_on=NOVEMBER)


def test_a_new_salary_counts_from_its_month_and_leaves_paid_months_alone(due: Cast) -> None:
    scope = due.scope(due.secretary)
    pay(due, SEPTEMBER)

    with pytest.raises(Refusal, match="已经交纳"):
        actions.fix_base(scope, due.member, kind=IncomeKind.MONTHLY, amount="4000", started_on=SEPTEMBER)
    actions.fix_base(scope, due.member, kind=IncomeKind.MONTHLY, amount="4000", started_on=OCTOBER)

    assert owed(due)[OCTOBER] == owed(due)[NOVEMBER] == Decimal("40.00")
    assert owed(due)[date(2026, 8, 1)] == Decimal("0.20")


def test_with_yearly_fixing_a_base_changes_in_january_only(cast: Cast) -> None:
    office, scope = cast.scope(cast.office), cast.scope(cast.secretary)
    actions.set_choice(
        office, started_on=date(2026, 1, 1), regime="yearly", step=Decimal(1), rounding="down", document="校党发 1 号"
    )  # fmt: skip
    actions.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="4055", started_on=date(2026, 1, 1))

    with pytest.raises(Refusal, match="年内不变"):
        actions.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="6000", started_on=OCTOBER)
    actions.fix_base(scope, cast.member, kind=IncomeKind.RETIRED, amount="6000", started_on=NOVEMBER)

    assert owed(cast)[OCTOBER] == Decimal(40)  # 40.55, the fraction dropped
    assert owed(cast)[NOVEMBER] == Decimal(60)


def test_what_the_university_chose_is_not_changed_for_months_already_reckoned(due: Cast) -> None:
    given = {"regime": "at_once", "step": Decimal("0.01"), "rounding": "half_up", "document": "校发"}

    with pytest.raises(Refusal, match="请从下个月起"):
        actions.set_choice(due.scope(due.office), started_on=NOVEMBER, **given)

    assert actions.set_choice(due.scope(due.office), started_on=DECEMBER, **given).step == Decimal("0.01")


def test_arrears_count_months_that_are_over_and_follow_one_another(due: Cast) -> None:
    pay(due, date(2026, 6, 1))

    found = queries.arrears(due.scope(due.secretary)).get()

    # March to May, then July to October; November is not over.
    assert (found.pk, found.owed, found.run, found.since) == (due.member.pk, 7, 4, MARCH)  # type: ignore[attr-defined]
    assert found.sum == Decimal("1.40")  # type: ignore[attr-defined]
    assert not queries.arrears(due.scope(due.neighbour)).exists()


def test_months_make_a_run_only_while_they_follow_one_another_also_over_the_new_year(cast: Cast) -> None:
    runs = {(1,): 1, (1, 2, 3): 3, (1, 3, 4): 2, (1, 2, 4, 5, 6, 8): 3, (-1, 0, 1, 2): 4}
    people = {months: make_person("欠费", cast.branch, serial=700 + n) for n, months in enumerate(runs)}
    Due.objects.bulk_create(
        Due(
            person=person, organization=cast.branch, month=add_months(date(2026, 1, 1), month - 1),
            amount=Decimal("0.20"), kind=IncomeKind.STUDENT,
        )
        for months, person in people.items() for month in months
    )  # fmt: skip

    found = {person.pk: person.run for person in queries.arrears(cast.scope(cast.secretary))}  # type: ignore[attr-defined]

    assert found == {people[months].pk: run for months, run in runs.items()}


def test_the_nightly_run_adds_what_is_missing_and_changes_nothing_twice(due: Cast) -> None:
    Due.objects.filter(month=NOVEMBER).delete()

    assert actions.assess_everywhere(TODAY) == 1
    assert actions.assess_everywhere(TODAY) == 0


def test_money_goes_up_only_as_far_as_it_was_collected_and_is_confirmed_once(due: Cast) -> None:
    scope = due.scope(due.secretary)
    paid = pay(due, NOVEMBER, amount="10.00", extra=True)
    with pytest.raises(Refusal, match="超过手中的党费 10"):
        actions.hand_over(scope, due.branch, amount="10.01", handed_on=TODAY)

    sent = actions.hand_over(scope, due.branch, amount="10.00", handed_on=TODAY)
    with pytest.raises(Refusal, match="已经上缴"):
        actions.withdraw(scope, paid.pk, reason="登记错了人")
    actions.confirm_received(due.scope(due.organizer), sent.pk, received_on=TODAY, receipt="收 1 号")

    assert (queries.in_hand(due.branch), queries.in_hand(due.faculty)) == (0, 10)
    with pytest.raises(Refusal, match="确认收到"):
        actions.confirm_received(due.scope(due.organizer), sent.pk, received_on=TODAY, receipt="收 1 号")


SPENDING = {
    "kind": "spent", "amount": "30", "on": TODAY, "content": "党员培训教材", "decision": "支委会记录",
    "purpose": "training", "decided_on": TODAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"purpose": ""}, "dues.uses"),
        ({"purpose": "banquet"}, "dues.uses"),
        ({"decided_on": None}, "dues.decide"),
        ({"amount": "50.01"}, "dues.decide"),
        ({"content": "购买理财产品"}, "dues.invest"),
        ({"amount": "0"}, None),
    ],
)
def test_spending_needs_a_purpose_a_decision_and_the_money(cast: Cast, changed: dict[str, Any], rule: str) -> None:
    scope = cast.scope(cast.secretary)
    actions.add_fund_entry(
        scope, cast.branch, kind="allocated", amount="50", on=TODAY, content="下拨", decision="院党〔2026〕3号"
    )

    with pytest.raises(Refusal) as refused:
        actions.add_fund_entry(scope, cast.branch, **{**SPENDING, **changed})

    assert refused.value.rule == rule
    assert queries.balance(cast.branch).fund == 50


def test_the_balance_follows_what_was_allocated_and_spent(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    actions.add_fund_entry(
        scope, cast.branch, kind="allocated", amount="50", on=TODAY, content="下拨", decision="院党〔2026〕3号"
    )
    actions.add_fund_entry(scope, cast.branch, **SPENDING)

    assert queries.balance(cast.branch).fund == 20


def test_a_month_is_not_paid_before_its_quarter_has_begun(due: Cast) -> None:
    with pytest.raises(Refusal, match="还不能交 2026-10") as refused:
        pay(due, OCTOBER, paid_on=date(2026, 9, 30))
    assert (refused.value.field, refused.value.rule) == ("paid_on", "dues.quarter")

    assert pay(due, OCTOBER, paid_on=OCTOBER).months == [OCTOBER]


def test_sending_a_form_twice_moves_the_money_once(due: Cast, sign_in: Any) -> None:
    pay(due, NOVEMBER, amount="9.00", extra=True)
    client, branch = sign_in(due.secretary), due.branch
    kept = {"kind": "kept", "amount": "3", "on": "2026-11-21", "content": "按批准留存", "decision": "批复 1 号"}
    handed = {"amount": "2", "handed_on": "2026-11-21", "note": ""}

    for address, sent in (("fund/new", kept), ("hand-over", handed)):
        url = f"/dues/organizations/{branch.pk}/{address}/"
        assert client.post(url, sent).status_code == 302
        again = client.post(url, sent)
        assert again.status_code == 422 and "没有重复登记" in again.content.decode()

    assert queries.in_hand(branch) == Decimal("4.00")
    assert client.post(f"/dues/organizations/{branch.pk}/hand-over/", handed | {"note": "第二笔"}).status_code == 302
