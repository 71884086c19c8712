"""Who fixes whose base, who reads a hardship, who paid elsewhere or by quarter, and what of a year is told."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from docx import Document

from tests.cast import TODAY, Cast
from tests.dues.test_collecting import NOVEMBER, OCTOBER, due, pay  # noqa: F401  (a fixture)
from zhibu.dues import actions, queries
from zhibu.dues.facts import payer_month
from zhibu.dues.models import Base, Due, FundEntry, HandOver, Payment, Publication, Relief
from zhibu.people.models import Mobility
from zhibu.regulations.refusal import Refusal
from zhibu.warehouse.contract import render

pytestmark = pytest.mark.django_db
ELSEWHERE = {"months": ["2026-10-01"], "paid_on": "2026-11-05", "place": "虚构市某街道党支部", "certificate": "流 0001"}


def test_nobody_fixes_the_own_base_but_the_superior_does(cast: Cast, sign_in: Any) -> None:
    sent = {"kind": "monthly", "amount": "9000", "started_on": "2026-11", "basis": "人事处核定表"}
    address = reverse("dues:base", args=[cast.secretary.pk])

    refused = sign_in(cast.secretary).post(address, sent)
    with pytest.raises(Refusal, match="本人"):
        actions.fix_students(cast.scope(cast.secretary), [cast.member, cast.secretary], started_on=NOVEMBER)

    assert refused.status_code == 422
    assert "不能核定本人的党费基数" in refused.content.decode() and "人事处核定表" in refused.content.decode()
    assert not Base.objects.exists()
    assert sign_in(cast.organizer).post(address, sent).status_code == 302
    assert Due.objects.get(person=cast.secretary).amount == Decimal("135.00")


def test_a_hardship_is_read_by_who_decides_and_by_the_person(due: Cast, sign_in: Any) -> None:  # noqa: F811
    given = {"kind": "exempt", "first_month": NOVEMBER, "last_month": NOVEMBER, "decided_on": TODAY}
    made = actions.propose_relief(
        due.scope(due.secretary), due.member, reason="家中有重病人", decision="支委会记录", **given
    )
    page = reverse("dues:relief", args=[made.pk])

    assert "家中有重病人" in sign_in(due.organizer).get(page).content.decode()
    waiting = sign_in(due.secretary).get(page).content.decode()
    actions.decide_relief(due.scope(due.organizer), made.pk, approve=True, decided_on=TODAY, paper="院党 9 号")
    approved = sign_in(due.secretary).get(page).content.decode()
    own = sign_in(due.member)

    assert "家中有重病人" not in waiting and "经批准减免" not in waiting
    assert "家中有重病人" not in approved and "经批准减免" in approved
    assert "家中有重病人" in own.get(reverse("dues:me"), {"full": "1"}).content.decode()
    assert "家中有重病人" not in own.get(reverse("dues:me")).content.decode()
    assert Relief.objects.get().reason == "家中有重病人"


def test_what_a_mobile_member_paid_elsewhere_is_paid_and_is_not_our_money(due: Cast, sign_in: Any) -> None:  # noqa: F811
    client, address = sign_in(due.secretary), reverse("dues:elsewhere", args=[due.member.pk])

    at_home = client.post(address, ELSEWHERE)
    Mobility.objects.create(person=due.member, place="虚构省虚构市", since=date(2026, 3, 1))
    no_paper = client.post(address, {**ELSEWHERE, "certificate": " "})
    assert client.post(address, ELSEWHERE).status_code == 302
    twice = client.post(address, ELSEWHERE)

    assert (at_home.status_code, no_paper.status_code, twice.status_code) == (422, 422, 422)
    assert "没有登记为流动党员" in at_home.content.decode() and "虚构市某街道党支部" in at_home.content.decode()
    paid = Payment.objects.get()
    assert OCTOBER not in {one.month for one in queries.unpaid(due.member, NOVEMBER)}
    assert queries.in_hand(due.branch) == 0
    sums = queries.totals(due.scope(due.secretary), OCTOBER)
    assert (sums.payers, sums.paid_payers, sums.elsewhere, sums.due, sums.paid) == (1, 1, 1, 0, 0)
    shown = client.get(reverse("dues:payment", args=[paid.pk])).content.decode()
    assert "流 0001" in shown and "不计入本支部收缴" in shown
    assert client.get(reverse("dues:receipt", args=[paid.pk])).status_code == 422
    assert client.post(reverse("dues:withdraw", args=[paid.pk]), {"reason": "登记错了人"}).status_code == 302
    assert OCTOBER in {one.month for one in queries.unpaid(due.member, NOVEMBER)}


def test_a_quarter_paid_at_once_with_consent_is_paid_in_time(due: Cast) -> None:  # noqa: F811
    with pytest.raises(Refusal, match="党支部同意"):
        pay(due, OCTOBER, NOVEMBER, amount="0.40", by_quarter=True)
    with pytest.raises(Refusal, match="2026-10 至 2026-12"):
        pay(due, date(2026, 9, 1), OCTOBER, amount="0.40", by_quarter=True, reason="支部同意按季度")
    pay(due, date(2026, 9, 1))
    pay(due, OCTOBER, NOVEMBER, amount="0.40", by_quarter=True, reason="支部同意按季度")

    with connection.cursor() as cursor:
        cursor.execute(render(payer_month, TODAY))
        in_time = {row[0]: (row[3], row[4]) for row in cursor.fetchall()}
    assert (in_time[date(2026, 9, 1)], in_time[OCTOBER], in_time[NOVEMBER]) == ((1, 0), (1, 1), (1, 1))


def test_a_year_is_told_to_date_marked_so_and_whole_after_its_end(due: Cast, sign_in: Any) -> None:  # noqa: F811
    client, page = sign_in(due.secretary), reverse("dues:publication", args=[due.branch.pk, 2026])
    pay(due, OCTOBER)
    told = {"published_on": TODAY, "how": "支部党员大会通报"}

    assert "年度未结束" in client.get(page).content.decode()
    assert client.post(page, told).status_code == 302
    assert client.post(page, told).status_code == 422
    january = replace(due.scope(due.secretary), today=date(2027, 1, 10))
    actions.publish(january, due.branch, year=2026, published_on=date(2027, 1, 10), how="公示栏张贴")
    with pytest.raises(Refusal, match="还没有过完一个月"):
        actions.publish(january, due.branch, year=2027, published_on=date(2027, 1, 10), how="公示栏张贴")

    assert [(one.until, one.is_whole, one.due) for one in Publication.objects.all()] == [
        (date(2026, 12, 1), True, Decimal("1.80")), (OCTOBER, False, Decimal("1.60")),
    ]  # fmt: skip


def test_the_notice_is_written_in_the_office_s_template(due: Cast, sign_in: Any) -> None:  # noqa: F811
    pay(due, OCTOBER)
    address = reverse("dues:publication-print", args=[due.branch.pk, 2026])
    client = sign_in(due.secretary)

    paper = Document(io.BytesIO(client.get(address, {"as": "docx"}).content))
    words = "".join(part.text for part in paper.paragraphs)

    assert "2026年1月至10月（年度未结束）党费收缴情况公示" in words
    assert "应交党费的党员1人，已交清0人，实交党费0.20元" in words and "孟员" not in words
    assert client.get(address).content[:4] == b"%PDF"


def test_the_notice_tells_nothing_of_the_month_that_is_not_over(due: Cast) -> None:  # noqa: F811
    scope = due.scope(due.secretary)
    actions.register(scope, due.member, months=[OCTOBER], amount="10.00", extra=True, paid_on=date(2026, 10, 20))
    for day, amount in ((date(2026, 10, 31), "3"), (TODAY, "5")):
        HandOver.objects.create(
            organization=due.branch, receiver=due.faculty, amount=amount, handed_on=day, recorded_at=timezone.now()
        )
        FundEntry.objects.create(
            organization=due.branch, kind="spent", purpose="training", content="教材", amount=amount, on=day,
            decided_on=day, decision="支委会记录", recorded_at=timezone.now(),
        )  # fmt: skip

    told = queries.notice(scope, due.branch, 2026, OCTOBER)
    assert told["remitted"] == 3
    assert [(one["label"], one["amount"]) for one in told["uses"]] == [("培训党员", 3)]
    assert queries.notice(scope, due.branch, 2026, date(2026, 11, 1))["remitted"] == 8
