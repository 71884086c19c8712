"""No flood: what is unchanged is not told every day, and nothing is forgotten either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, make_person
from tests.reminders.conftest import Group
from tests.reminders.test_mail import DRAFTS, LATE, at, with_address
from tests.reminders.test_robots import robot_at
from zhibu.accounts.models import User
from zhibu.reminders import actions
from zhibu.reminders.enums import DeliveryState, Rhythm
from zhibu.reminders.models import Delivery, Preference, Robot
from zhibu.ui.waiting import Waiting

pytestmark = pytest.mark.django_db
WAITS = Callable[..., None]


def days_with_mail(first: int, last: int) -> list[int]:
    """Which of the days brought one; by day counted from today."""
    return [day for day in range(first, last + 1) if actions.send_due(at(9, days=day))]


def next_monday() -> int:
    return -timezone.localdate().weekday() % 7 or 7


def test_what_is_unchanged_is_told_again_only_after_a_week(cast: Cast, waits: WAITS) -> None:
    with_address(cast.secretary)
    waits(DRAFTS, LATE)

    assert days_with_mail(0, 15) == [0, 7, 14]
    assert Delivery.objects.filter(state=DeliveryState.UNCHANGED).count() == 13


@pytest.mark.parametrize(
    "then",
    [
        [DRAFTS, Waiting("更正申请待审核", 1, "/people/changes/")],
        [Waiting(DRAFTS.title, 3, DRAFTS.url)],
        [Waiting(DRAFTS.title, 2, DRAFTS.url, late=True)],
    ],
    ids=["something new", "more of it", "it became late"],
)
def test_news_are_told_the_same_day(cast: Cast, waits: WAITS, then: list[Waiting]) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)
    assert days_with_mail(0, 2) == [0]

    waits(*then)

    assert days_with_mail(3, 5) == [3]


def test_one_done_and_another_come_on_the_next_day_is_news(cast: Cast, waits: WAITS) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)
    assert days_with_mail(0, 0) == [0]
    waits(Waiting(DRAFTS.title, 1, DRAFTS.url))
    assert days_with_mail(1, 1) == []

    waits(DRAFTS)

    assert days_with_mail(2, 2) == [2]


def test_who_wants_it_daily_or_weekly_has_it_so(cast: Cast, waits: WAITS) -> None:
    with_address(cast.secretary, cast.member)
    waits(DRAFTS)
    Preference.objects.create(user=cast.secretary.user, rhythm=Rhythm.DAILY)
    Preference.objects.create(user=cast.member.user, rhythm=Rhythm.WEEKLY)
    monday = next_monday()

    days = {day: actions.send_due(at(9, days=day)) for day in range(monday, monday + 9)}

    assert [day - monday for day, sent in days.items() if sent == 2] == [0, 7]
    assert [sent for sent in days.values() if sent != 2] == [1] * 7
    assert sum(message.to == ["member@example.edu.cn"] for message in mail.outbox) == 2


def test_a_weekly_summary_that_failed_on_monday_comes_on_tuesday(cast: Cast, waits: WAITS) -> None:
    with_address(cast.member)
    waits(DRAFTS)
    Preference.objects.create(user=cast.member.user, rhythm=Rhythm.WEEKLY)
    monday = next_monday()
    Delivery.objects.create(
        channel="email", user=cast.member.user, day=at(9, days=monday).date(), at=at(9, days=monday), attempts=3,
        state=DeliveryState.FAILED,
    )  # fmt: skip

    assert days_with_mail(monday, monday + 3) == [monday + 1]


def test_the_reader_chooses_on_the_page(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    client, address = sign_in(cast.secretary), reverse("reminders:mine")
    given = {"by_email": "on", "rhythm": "weekly", "address": "", "quiet_from": "21:00", "quiet_until": "08:00"}

    assert "有新增或新逾期的那天" in client.get(address).content.decode()
    assert client.post(address, given).status_code == 302
    assert client.post(address, given | {"rhythm": "hourly"}).status_code == 422

    assert Preference.objects.get().rhythm == Rhythm.WEEKLY


def test_a_group_is_not_told_the_same_every_day(cast: Cast, waits: WAITS, group: Group) -> None:
    robot_at(group, cast.branch)
    waits(DRAFTS)

    assert days_with_mail(0, 8) == [0, 7]
    assert len(group.heard) == 2


def test_a_robot_is_removed_only_after_a_question(cast: Cast, group: Group, sign_in: Callable[[Any], Client]) -> None:
    robot, client = robot_at(group, cast.branch), sign_in(cast.secretary)
    address = reverse("reminders:remove-robot", args=[robot.pk])

    asked = client.get(address).content.decode()

    assert "不能恢复" in asked and "支部群" in asked
    assert Robot.objects.exists()
    assert client.post(address).status_code == 302
    assert not Robot.objects.exists()


def test_what_was_only_queued_when_the_worker_died_goes_out_later(cast: Cast, waits: WAITS) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)
    queued = Delivery.objects.create(
        channel="email", user=cast.secretary.user, day=timezone.localdate(), at=at(9), state=DeliveryState.QUEUED
    )

    assert [actions.send_due(at(9, minute)) for minute in (5, 20, 40)] == [0, 1, 0]

    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (DeliveryState.SENT, 2)


def test_many_accounts_take_few_questions_each_and_one_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was eleven questions each and 300 accounts in five minutes: 5,000 had theirs after an hour and a half."""
    monkeypatch.setattr(actions.sending, "BATCH", 20)
    for number in range(45):
        person = make_person(f"某{number}", cast.branch, serial=700 + number)
        person.user = User.objects.create(username=f"reader{number}", password=cast.member.user.password)
        person.email = f"reader{number}@example.edu.cn"
        person.save()
    counted = {}
    for day in (0, 1):
        with CaptureQueriesContext(connection) as asked:
            sent = actions.send_due(at(9, days=day))
        counted[day] = (sent, len(asked) / 45)

    assert [sent for sent, _ in counted.values()] == [45, 0]
    assert counted[0][1] < 9
    assert counted[1][1] < 7
