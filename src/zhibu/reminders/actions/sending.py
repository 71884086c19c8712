"""Sending. The row of a digest is committed before anything goes out and decides who sends it.

A process that is killed in between leaves the row as "sending": it may have gone out, so nobody sends it again that
day. What surely failed is tried again a few times. Nothing here runs inside a transaction: the network is slow.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope, scope_of
from zhibu.audit.actions import record
from zhibu.regulations.refusal import Refusal
from zhibu.reminders import queries
from zhibu.reminders.channels import NotSent, mail
from zhibu.reminders.channels import robot as robots
from zhibu.reminders.digest import Digest, digest_of, group_text, mail_text, subject
from zhibu.reminders.enums import Channel, DeliveryState
from zhibu.reminders.models import Delivery, Robot
from zhibu.reminders.rules import MOST_ATTEMPTS, RETRY_AFTER

BATCH = 300  # receivers in one turn of the worker; the next turn follows in minutes
KEPT = timedelta(days=90)
BETWEEN_TESTS = timedelta(minutes=1)
TEST_TEXT = "这是一条测试。收到它，说明提醒可以送达。"


def send_due(now: datetime) -> int:
    """One digest to everybody who is due. Returns how many went out. Harmless at any time and by several at once."""
    open_ = queries.channels_open()
    sent = 0
    if open_["email"]:
        connection = get_connection()  # one for all: Django opens it with the first message
        try:
            for user in queries.due_by_email(now, BATCH):
                sent += _mail(user, now, connection)
        finally:
            connection.close()
    if open_["robot"]:
        for robot in queries.due_robots(now, BATCH):
            sent += _group(robot, now)
    return sent


def _mail(user: User, now: datetime, connection: BaseEmailBackend) -> bool:
    digest = digest_of(queries.waiting(scope_of(user, timezone.localdate(now))), queries.told_before(user=user))
    held = _claim(now, digest, Channel.EMAIL, user=user)
    to = queries.address_of(user)
    return held is not None and _send(held, lambda: mail.send(to, subject(digest), mail_text(digest), connection))


def _group(robot: Robot, now: datetime) -> bool:
    found = queries.waiting(queries.scope_of_group(robot, now))
    digest = digest_of(found, queries.told_before(robot=robot))
    held = _claim(now, digest, Channel.ROBOT, robot=robot)
    text = group_text(digest, robot.organization.name)
    return held is not None and _send(held, lambda: robots.send(robot, text, timezone.now()))


def _claim(
    now: datetime, digest: Digest, channel: Channel, *, user: User | None = None, robot: Robot | None = None
) -> Delivery | None:
    """The day's row if this process is the one to send it now; None otherwise, and when nothing waits."""
    about = {"count": digest.count, "late": digest.late, "told": digest.told, "at": now}
    state = DeliveryState.SENDING if digest.lines else DeliveryState.NOTHING
    held, made = Delivery.objects.get_or_create(
        channel=channel, user=user, robot=robot, day=timezone.localdate(now), is_test=False,
        defaults={"state": state, **about},
    )  # fmt: skip
    if not made:
        mine = Delivery.objects.filter(
            pk=held.pk, state=DeliveryState.FAILED, attempts__lt=MOST_ATTEMPTS, at__lte=now - RETRY_AFTER
        ).update(state=state, attempts=F("attempts") + 1, reason="", **about)
        if not mine:
            return None
    return held if state == DeliveryState.SENDING else None


def _send(held: Delivery, send: Callable[[], None]) -> bool:
    try:
        send()
    except NotSent as problem:
        Delivery.objects.filter(pk=held.pk).update(
            state=DeliveryState.FAILED,
            reason=problem.reason[:300],
            attempts=MOST_ATTEMPTS if problem.final else F("attempts"),
        )
        return False
    Delivery.objects.filter(pk=held.pk).update(state=DeliveryState.SENT)
    return True


def forget_old(now: datetime) -> int:
    """Remove what was noted long ago."""
    return Delivery.objects.filter(at__lt=now - KEPT).delete()[0]


def test_mail(scope: Scope, user: User, at: datetime) -> Delivery:
    """Send a test to the own address, at once.

    Refuses without the right, an address or a server, and in quick repetition. Records one audit entry;
    what became of the mail stands in the log and in the row returned.
    """
    scope.require(Right.MAINTAIN)
    if not queries.channels_open()["email"]:
        raise Refusal("还没有配置电子邮件。", remedy="请设置 ZHIBU_EMAIL_URL 和 ZHIBU_PUBLIC_URL，再重新启动。")
    to = queries.address_of(user, queries.preference(user))
    if not to:
        raise Refusal("您没有收件邮箱，测试发不出去。", remedy="请先在“提醒设置”里填写收件邮箱。")
    held = _test(scope, at, Channel.EMAIL, user=user)
    _send(held, lambda: mail.send(to, "支部：测试邮件", f"{TEST_TEXT}\n\n{settings.PUBLIC_URL}/"))
    held.refresh_from_db()
    return held


def test_robot(scope: Scope, pk: int, at: datetime) -> Delivery:
    """Send a test to a group, at once. Refuses what `test_mail` refuses."""
    robot = queries.robot(scope, pk)
    held = _test(scope, at, Channel.ROBOT, robot=robot)
    _send(held, lambda: robots.send(robot, f"{TEST_TEXT}\n\n[登录平台]({settings.PUBLIC_URL}/)", at))
    held.refresh_from_db()
    return held


@transaction.atomic
def _test(
    scope: Scope, at: datetime, channel: Channel, *, user: User | None = None, robot: Robot | None = None
) -> Delivery:
    receiver = User.objects if user else Robot.objects
    receiver.select_for_update(of=("self",)).get(pk=(user or robot).pk)  # type: ignore[union-attr]
    tests = Delivery.objects.filter(user=user, robot=robot, is_test=True)
    if tests.filter(at__gt=at - BETWEEN_TESTS).exists():
        raise Refusal("刚刚发过一次测试。", remedy="请过一分钟再试；结果见页面上的记录。")
    held = Delivery.objects.create(
        channel=channel, user=user, robot=robot, day=timezone.localdate(at), is_test=True,
        state=DeliveryState.SENDING, at=at,
    )  # fmt: skip
    path = robot.organization.path if robot else ""
    record(scope, "reminders.test", object=held, organization_path=path, changes={"channel": channel.value})
    return held
