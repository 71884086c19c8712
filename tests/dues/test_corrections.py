"""Mistakes in an organization's money are taken back by counter-entries; nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from tests.cast import TODAY, Cast
from tests.dues.test_collecting import NOVEMBER, SPENDING, due, pay  # noqa: F401  (a fixture)
from zhibu.audit.models import Entry
from zhibu.dues import actions, queries
from zhibu.dues.models import FundEntry, HandOver
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
REASON = "金额登记错误"


def allocated(cast: Cast, amount: str = "50") -> FundEntry:
    return actions.add_fund_entry(
        cast.scope(cast.secretary), cast.branch, kind="allocated", amount=amount, on=TODAY, content="下拨",
        decision="院党〔2026〕3号",
    )  # fmt: skip


def test_a_wrong_hand_over_is_taken_back_and_the_right_one_entered(due: Cast, sign_in: Any) -> None:  # noqa: F811
    pay(due, NOVEMBER, amount="10.00", extra=True)
    client, scope = sign_in(due.secretary), due.scope(due.secretary)
    wrong = actions.hand_over(scope, due.branch, amount="9", handed_on=TODAY)
    address = reverse("dues:reverse-hand-over", args=[wrong.pk])

    assert client.post(address, {"reason": "错"}).status_code == 422
    assert client.post(address, {"reason": REASON}).status_code == 302
    again = client.post(address, {"reason": REASON})
    actions.hand_over(scope, due.branch, amount="9", handed_on=TODAY)

    assert again.status_code == 422 and "没有再冲销" in again.content.decode()
    assert sorted(HandOver.objects.values_list("amount", flat=True)) == [-9, 9, 9]
    assert queries.in_hand(due.branch) == 1
    shown = client.get(reverse("dues:hand-overs")).content.decode()
    assert f"冲销：{REASON}" in shown and "已冲销" in shown
    assert Entry.objects.get(verb="dues.reverse_hand_over").reason == REASON


def test_what_was_received_only_the_receiver_takes_back_while_the_money_is_there(due: Cast) -> None:  # noqa: F811
    pay(due, NOVEMBER, amount="10.00", extra=True)
    secretary, organizer = due.scope(due.secretary), due.scope(due.organizer)
    sent = actions.hand_over(secretary, due.branch, amount="10", handed_on=TODAY)
    actions.confirm_received(organizer, sent.pk, received_on=TODAY, receipt="收 1 号")
    upwards = actions.hand_over(organizer, due.faculty, amount="4", handed_on=TODAY)

    with pytest.raises(PermissionDenied):
        actions.reverse_hand_over(secretary, sent.pk, reason=REASON)
    with pytest.raises(Refusal, match="不足 10"):
        actions.reverse_hand_over(organizer, sent.pk, reason=REASON)
    actions.reverse_hand_over(organizer, upwards.pk, reason=REASON)
    made = actions.reverse_hand_over(organizer, sent.pk, reason=REASON)

    assert (queries.in_hand(due.branch), queries.in_hand(due.faculty)) == (10, 0)
    with pytest.raises(Refusal, match="不能再冲销"):
        actions.reverse_hand_over(organizer, made.pk, reason=REASON)
    assert not queries.to_receive(due.scope(due.office)).exists()


def test_spending_is_taken_back_and_what_was_spent_cannot_lose_its_cover(cast: Cast, sign_in: Any) -> None:
    scope, cover = cast.scope(cast.secretary), allocated(cast)
    spent = actions.add_fund_entry(scope, cast.branch, **SPENDING)

    with pytest.raises(Refusal, match="成为负数"):
        actions.reverse_fund_entry(scope, cover.pk, reason=REASON)
    address = reverse("dues:reverse-fund-entry", args=[spent.pk])
    assert sign_in(cast.neighbour).post(address, {"reason": REASON}).status_code == 404
    assert sign_in(cast.member).post(address, {"reason": REASON}).status_code == 403
    client = sign_in(cast.secretary)
    assert client.post(address, {"reason": REASON}).status_code == 302
    actions.reverse_fund_entry(scope, cover.pk, reason=REASON)
    actions.add_fund_entry(
        scope, cast.branch, kind="allocated", amount="50", on=TODAY, content="下拨", decision="院党〔2026〕3号"
    )  # the very same once more, as the first was taken back

    assert queries.balance(cast.branch).fund == 50
    assert FundEntry.objects.count() == 5
    shown = client.get(reverse("dues:fund", args=[cast.branch.pk])).content.decode()
    assert "-30.00" in shown and f"冲销：{REASON}" in shown


def test_the_way_to_take_back_is_shown_only_to_whoever_may(due: Cast, sign_in: Any) -> None:  # noqa: F811
    pay(due, NOVEMBER, amount="10.00", extra=True)
    sent = actions.hand_over(due.scope(due.secretary), due.branch, amount="10", handed_on=TODAY)
    page, undo = reverse("dues:hand-overs"), reverse("dues:reverse-hand-over", args=[sent.pk])
    confirm = reverse("dues:receive", args=[sent.pk])

    before = sign_in(due.secretary).get(page).content.decode()
    assert undo in before and confirm not in before and "待确认" in before
    assert confirm in sign_in(due.organizer).get(page).content.decode()
    actions.confirm_received(due.scope(due.organizer), sent.pk, received_on=TODAY, receipt="收 1 号")
    assert undo not in sign_in(due.secretary).get(page).content.decode()
    assert undo in sign_in(due.organizer).get(page).content.decode()
