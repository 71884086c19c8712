"""The worker reads a workbook of payments: what the page shows meanwhile, and what it says when it fails."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from zhibu.dues import actions as dues
from zhibu.dues.actions import reading as filling
from zhibu.dues.enums import IncomeKind, StatementState
from zhibu.dues.models import Statement
from zhibu.exchange import actions
from zhibu.exchange.actions import paying
from zhibu.exchange.uploads import folder

pytestmark = pytest.mark.django_db
GOOD = "姓名,金额,日期,流水号\n孟员,15,2026-11-12,T1\n无此人,1,2026-11-12,T2\n".encode()


class Unforeseen(Exception):
    """Something that no code expects."""


@pytest.fixture
def due(cast: Cast) -> Cast:
    scope = cast.scope(cast.organizer)
    dues.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="3000", started_on=date(2026, 9, 1))
    return cast


def sent(cast: Cast, content: bytes = GOOD) -> Statement:
    one, _new = actions.take_payments(cast.scope(cast.secretary), cast.branch, content, "流水.csv")
    return one


def kept(one: Statement) -> list[Path]:
    one.refresh_from_db()
    return [folder() / one.stored_as] if one.stored_as and (folder() / one.stored_as).exists() else []


def page(client: Client, one: Statement) -> str:
    return client.get(reverse("dues:statement", args=[one.pk])).content.decode()


def test_how_far_it_is_is_told_while_it_is_read(due: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    shown: list[str] = []
    client, tell = sign_in(due.secretary), dues.tell_progress

    def telling(pk: int, progress: int, total: int = 0) -> None:
        tell(pk, progress, total)
        told.append((progress, total))
        shown.append(client.get(reverse("exchange:payments-progress", args=[pk])).content.decode())

    monkeypatch.setattr(dues, "tell_progress", telling)
    monkeypatch.setattr(filling, "tell_progress", telling)
    monkeypatch.setattr(filling, "BLOCK", 1)

    one = actions.read_payments(sent(due).pk)

    assert (one.state, told) == (StatementState.READY, [(2, 0), (0, 2), (1, 2), (2, 2)])
    assert "正在读取文件（2 行）" in shown[0] and "正在逐行核对" in shown[2] and "hx-get" in shown[2]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("姓名,日期\n甲乙,2026-11-12\n".encode(), "表头里缺少需要的列"),
        ("姓名,金额,日期\n".encode(), "没有"),
        (b"%PDF-1.7", ""),
    ],
)
def test_another_file_says_what_is_wrong_with_it_and_is_forgotten(
    due: Cast, sign_in: Any, content: bytes, why: str
) -> None:
    client, one = sign_in(due.secretary), sent(due, content)

    one = actions.read_payments(one.pk)
    told = page(client, one)

    assert one.state == StatementState.FAILED and kept(one) == []
    assert "未能读取" in told and why in one.failure and one.remedy and one.remedy in told
    assert "重新上传" in told and "重新核对" not in told
    assert client.post(reverse("dues:discard", args=[one.pk])).status_code == 302


def test_what_nobody_foresaw_can_be_tried_again(due: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, one = sign_in(due.secretary), sent(due)

    def fail(*_: Any, **__: Any) -> Any:
        raise Unforeseen

    with monkeypatch.context() as broken, pytest.raises(Unforeseen):
        broken.setattr(filling, "_ready", fail)  # after the rows were written
        actions.read_payments(one.pk)
    one.refresh_from_db()
    told = page(client, one)
    left = one.rows.count()
    client.post(reverse("exchange:payments-again", args=[one.pk]))
    again = actions.read_payments(one.pk)

    assert (one.state, left) == (StatementState.FAILED, 0)
    assert "意外错误" in told and "重新核对" in told
    assert (again.state, again.rows.count(), again.failure) == (StatementState.READY, 2, "")
    assert client.post(reverse("exchange:payments-again", args=[one.pk])).status_code == 422


def test_a_worker_that_dies_is_followed_by_another_and_then_it_is_said(due: Cast, sign_in: Any) -> None:
    client, one = sign_in(due.secretary), sent(due)
    poll = reverse("exchange:payments-progress", args=[one.pk])

    def killed() -> Any:
        """It began and was never heard of again; its connection is gone, and with it its lock."""
        dues.begin_reading(one.pk)
        Statement.objects.filter(pk=one.pk).update(started_at=timezone.now() - timedelta(minutes=1))
        return client.get(poll)

    first, second = killed(), killed()
    told = page(client, one)
    late = actions.read_payments(one.pk)  # the job of the second hand-over still comes

    assert "等待后台任务开始核对" in first.content.decode()
    assert (second.status_code, second.headers["HX-Refresh"]) == (204, "true")
    assert "后台任务在核对中途停止了 2 次" in told and "重新核对" in told and "没有登记任何一笔" in told
    assert late.state == StatementState.FAILED and kept(one)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_still_at_it_is_not_taken_for_dead(due: Cast, sign_in: Any) -> None:
    client, one = sign_in(due.secretary), sent(due)
    dues.begin_reading(one.pk)
    Statement.objects.filter(pk=one.pk).update(started_at=timezone.now() - timedelta(minutes=1))
    worker = connections.create_connection("default")
    with worker.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [paying.LOCK, one.pk])

    during = client.get(reverse("exchange:payments-progress", args=[one.pk])).content.decode()
    worker.close()
    with connections["default"].cursor() as cursor:  # returns once the server has noticed that it is gone
        cursor.execute("select pg_advisory_lock(%s, %s)", [paying.LOCK, one.pk])
        cursor.execute("select pg_advisory_unlock(%s, %s)", [paying.LOCK, one.pk])
    after = client.get(reverse("exchange:payments-progress", args=[one.pk])).content.decode()

    assert "正在读取文件" in during and "等待后台任务开始核对" in after


def test_the_same_file_is_not_read_twice_at_once_and_a_broken_one_may_come_again(due: Cast) -> None:
    one, again = sent(due), sent(due)
    assert again == one
    dues.fail(one, "核对时出现意外错误。", "请重试。")
    second = sent(due)

    assert second != one
    with pytest.raises(Exception, match="已经重新上传"):
        actions.read_payments_again(due.scope(due.secretary), one.pk)


def test_files_that_nobody_needs_are_forgotten(due: Cast) -> None:
    one = sent(due)
    file = kept(one)
    dues.fail(one, "核对时出现意外错误。", "请重试。")

    actions.forget_payment_files(timezone.localdate())
    assert kept(one) == file
    dues.discard(due.scope(due.secretary), one.pk)
    actions.forget_payment_files(timezone.localdate())

    assert kept(one) == [] and one.stored_as == ""
