"""A month of dues as its people see it: the secretary, the member, the faculty and whoever must not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import TODAY, Cast
from zhibu.audit.models import Entry
from zhibu.dues import actions, queries
from zhibu.dues.enums import IncomeKind
from zhibu.dues.models import Base, Due, Payment, Relief
from zhibu.regulations.dates import add_months
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def due(cast: Cast) -> Cast:
    """Two members of the branch owe since September: one by salary, one as a student."""
    scope = cast.scope(cast.organizer)
    since = date(2026, 9, 1)
    actions.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="6123.45", started_on=since)
    actions.fix_base(scope, cast.secretary, kind=IncomeKind.STUDENT, started_on=since)
    return cast


def test_a_secretary_registers_the_chosen_rows_of_the_sheet(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.secretary)
    address = f"{reverse('dues:sheet')}?branch={due.branch.pk}&month=2026-11"
    rows = list(Due.objects.filter(month=NOVEMBER).order_by("amount"))

    assert "91.90" in client.get(address).content.decode()  # 6123.45 × 1.5 % = 91.85175
    chosen = {"selected": [row.pk for row in rows], "filters": f"branch={due.branch.pk}&month=2026-11"}
    assert "92.10" in client.post(reverse("dues:collect"), chosen).content.decode()
    answer = client.post(reverse("dues:collect"), {**chosen, "paid_on": TODAY})

    assert answer.status_code == 302
    assert [one.amount for one in Payment.objects.order_by("amount")] == [Decimal("0.20"), Decimal("91.90")]
    assert Entry.objects.filter(verb="dues.register").count() == 1
    again = client.post(reverse("dues:collect"), {**chosen, "paid_on": TODAY})
    assert again.status_code == 422
    assert "已经登记交纳" in again.content.decode()
    assert Payment.objects.count() == 2


def test_a_member_sees_how_the_own_dues_come_about_and_the_income_only_when_asked(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.member)

    masked = client.get(reverse("dues:me")).content.decode()
    plain = client.get(reverse("dues:me"), {"full": "1"}).content.decode()

    assert "91.90 元" in masked and "1.5%" in masked and "第二条" in masked and "学校选定" in masked
    assert "6,123.45" not in masked
    assert "6,123.45" in plain
    assert "2026-09、2026-10" in masked.replace("\n", "")


def test_the_income_is_shown_to_the_secretary_with_a_reason_that_the_member_sees(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.secretary)
    page = reverse("dues:person", args=[due.member.pk])
    reveal = reverse("dues:reveal", args=[due.member.pk])

    assert "6,123.45" not in client.get(page).content.decode()
    assert client.post(reveal, {"reason": "看"}).status_code == 422
    assert "6,123.45" in client.post(reveal, {"reason": "核对年度基数"}).content.decode()

    looked = Entry.objects.get(verb="dues.reveal")
    assert (looked.object_id, looked.reason) == (due.member.pk, "核对年度基数")
    assert "核对年度基数" in sign_in(due.member).get(reverse("people:me")).content.decode()


def test_no_income_stands_in_the_audit_nor_in_the_column(due: Cast) -> None:
    told = "".join(str(entry.changes) for entry in Entry.objects.all())
    stored = bytes(Base.objects.extra(select={"raw": "amount"}).get(person=due.member).raw)  # type: ignore[attr-defined]

    assert "6123" not in told
    assert b"6123" not in stored


def test_a_colleague_from_elsewhere_finds_nothing_and_a_member_may_not_register(due: Cast, sign_in: Any) -> None:
    page = reverse("dues:person", args=[due.member.pk])
    sheet = f"{reverse('dues:sheet')}?branch={due.branch.pk}"

    assert [sign_in(due.neighbour).get(url).status_code for url in (page, sheet)] == [404, 404]
    assert [sign_in(due.member).get(url).status_code for url in (page, sheet)] == [403, 403]


def test_the_faculty_sees_sums_of_branches_and_counts_of_arrears_without_names(due: Cast, sign_in: Any) -> None:
    body = sign_in(due.organizer).get(reverse("dues:index")).content.decode()

    assert "92.10" in body
    assert "孟员" not in body


def test_a_relief_goes_from_the_branch_to_the_committee_and_changes_what_is_owed(due: Cast, sign_in: Any) -> None:
    given = {
        "kind": "exempt", "first_month": "2026-10", "last_month": "2026-11", "reason": "家庭困难",
        "decided_on": "2026-10-08", "decision": "十月支委会记录",
    }  # fmt: skip
    assert sign_in(due.secretary).post(reverse("dues:relieve", args=[due.member.pk]), given).status_code == 302
    relief = Relief.objects.get()
    page, paper = reverse("dues:relief", args=[relief.pk]), {"decided_on": "2026-10-20", "paper": "院党〔2026〕9号"}

    assert "少交免交党费待批准" in sign_in(due.organizer).get("/").content.decode()
    assert sign_in(due.secretary).post(page, {**paper, "decision": "approve"}).status_code == 403
    assert sign_in(due.organizer).post(page, {**paper, "decision": "approve"}).status_code == 302

    owed = dict(Due.objects.filter(person=due.member).values_list("month", "amount"))
    assert owed == {date(2026, 9, 1): Decimal("91.90"), date(2026, 10, 1): Decimal(0), NOVEMBER: Decimal(0)}


def test_what_was_typed_is_kept_with_the_rule_when_the_amount_is_wrong(due: Cast, sign_in: Any) -> None:
    given = {"months": ["2026-09-01", "2026-10-01"], "amount": "100", "paid_on": TODAY, "manner": "self"}

    answer = sign_in(due.secretary).post(reverse("dues:pay", args=[due.member.pk]), given)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert "金额不足" in body and "183.80" in body and 'value="100"' in body


def test_a_year_is_published_once_with_its_sums_and_without_names(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.secretary)
    page = reverse("dues:publication", args=[due.branch.pk, 2026])
    october = date(2026, 10, 1)
    actions.register(due.scope(due.secretary), due.member, months=[october], amount="91.90", paid_on=TODAY)

    assert client.post(page, {"published_on": TODAY, "how": "支部党员大会通报"}).status_code == 302
    assert client.post(page, {"published_on": TODAY, "how": "支部党员大会通报"}).status_code == 422
    body = client.get(page).content.decode()
    assert "184.20" in body and "91.90" in body and "孟员" not in body
    assert client.get(reverse("dues:publication-print", args=[due.branch.pk, 2026])).content[:4] == b"%PDF"


def test_a_receipt_prints_and_a_mistake_is_withdrawn_not_removed(due: Cast, sign_in: Any) -> None:
    client = sign_in(due.secretary)
    paid = actions.register(due.scope(due.secretary), due.member, months=[NOVEMBER], amount="91.90", paid_on=TODAY)

    assert client.get(reverse("dues:receipt", args=[paid.pk])).content[:4] == b"%PDF"
    assert client.post(reverse("dues:withdraw", args=[paid.pk]), {"reason": "登记错了人"}).status_code == 302

    assert Due.objects.get(person=due.member, month=NOVEMBER).payment is None
    assert "登记错了人" in client.get(reverse("dues:payment", args=[paid.pk])).content.decode()


def test_the_home_page_reminds_of_a_duty_and_of_the_own_months(due: Cast, sign_in: Any) -> None:
    assert "本人有党费未交" in sign_in(due.member).get("/").content.decode()
    assert "连续欠交党费满 1 个月：请党支部提醒本人补交" in sign_in(due.secretary).get("/").content.decode()


@pytest.mark.parametrize(
    ("months", "step", "duty", "own"),
    [
        (1, 1, "提醒本人补交", "请主动向所在党支部补交"), (2, 1, "提醒本人补交", "请主动向所在党支部补交"),
        (3, 3, "同本人谈话、限期改正", "党支部会同您谈话"), (5, 5, "再次谈话、报告上级", "已临近规定的界限"),
        (6, 6, "查明原因、报党组织研究", "已到规定的界限"),
    ],
)  # fmt: skip
def test_each_step_of_arrears_says_what_to_do_and_by_whom(
    cast: Cast, sign_in: Any, months: int, step: int, duty: str, own: str
) -> None:
    since = add_months(NOVEMBER, -months)
    actions.fix_base(cast.scope(cast.secretary), cast.member, kind=IncomeKind.STUDENT, started_on=since)

    found = [one for one in answered(queries.waiting(cast.scope(cast.secretary))) if "连续欠交" in one.title]
    listed = sign_in(cast.secretary).get(found[0].url).content.decode()
    mine = sign_in(cast.member).get(reverse("dues:me")).content.decode()

    assert [(one.title, one.count, one.late) for one in found] == [
        (f"连续欠交党费满 {step} 个月：{'请' if step == 1 else ''}党支部{'' if step == 1 else '应'}{duty}", 1, True)
    ]
    assert "孟员" in listed
    assert own in mine and f"连续 {months} 个月" in mine


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2007-12", "2028-01"])
def test_a_relief_in_an_impossible_year_is_refused_and_the_words_are_kept(due: Cast, sign_in: Any, month: str) -> None:
    answer = sign_in(due.secretary).post(
        reverse("dues:relieve", args=[due.member.pk]),
        {"kind": "exempt", "first_month": month, "last_month": month, "reason": "家庭困难", "decided_on": "2026-11-01",
         "decision": "支委会记录第 3 项"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "支委会记录第 3 项" in answer.content.decode()
    assert not Relief.objects.exists()
