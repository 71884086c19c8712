"""What waits: questions of many rooms in one query."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cast import Cast
from zhibu.accounts.models import User
from zhibu.ui import waiting
from zhibu.ui.waiting import Asked, Waiting, answered

pytestmark = pytest.mark.django_db


def told(title: str) -> Asked:
    return Asked(User.objects.all(), lambda count, _: Waiting(title, count, "/"))


def test_many_questions_take_one_query_and_keep_their_order(cast: Cast, django_assert_num_queries) -> None:
    nobody = Asked(User.objects.filter(username="nobody"), lambda count, _: Waiting("没有的", count, "/"))
    none_visible = Asked(User.objects.none(), lambda count, _: Waiting("看不到的", count, "/"))

    with django_assert_num_queries(1):
        found = answered([told("甲"), Waiting("乙", 1, "/"), nobody, none_visible, told("丙"), Waiting("丁", 0, "/")])

    assert [(item.title, item.count) for item in found] == [("甲", 6), ("乙", 1), ("丙", 6)]


def test_the_oldest_is_told_by_its_column(cast: Cast) -> None:
    seen: list[datetime] = []
    asked = Asked(
        User.objects.all(), lambda count, since: seen.append(since) or Waiting("甲", count, "/"), "created_at"
    )

    answered([asked])

    assert seen == [min(User.objects.values_list("created_at", flat=True))]


def test_beyond_a_limit_nobody_counts_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "COUNTED", 4)

    (found,) = answered([told("甲")])

    assert found.shown == "4+"
    assert Waiting("乙", 4, "/").shown == "4"
