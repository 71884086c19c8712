"""Sending. The row of a digest is committed before anything goes out and decides who sends it.

A process that is killed in between leaves the row as "sending": it may have gone out, so nobody sends it again that
day. What surely failed is tried again a few times. Nothing here runs inside a transaction: the network is slow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
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
    """One digest to everybody who is due. Returns how many went out. Harmless at any time and by several at once.

    When a server cannot be reached at all, the others behind it are left for the next turn: waiting for each in vain
    would hold up the worker and use up their attempts.
    """
    open_ = queries.channels_open()
    sent = 0
    for user in queries.due_by_email(now, BATCH) if open_["email"] else ():
        became = _mail(user, now)
        sent += became.sent
        if became.server_is_away:
            break
    away: set[str] = set()
    for robot in queries.due_robots(now, BATCH) if open_["robot"] else ():
        if robot.host not in away:
            became = _group(robot, now)
            sent += became.sent
            if became.server_is_away:
                away.add(robot.host)
    return sent


@dataclass(frozen=True)
class Became:
    """What came of one attempt."""

    sent: bool = False
    server_is_away: bool = False


def _mail(user: User, now: datetime) -> Became:
    def send(digest: Digest) -> None:
        mail.send(queries.address_of(user), subject(digest), mail_text(digest))

    held = _claim(now, Channel.EMAIL, user=user)
    scope = scope_of(user, timezone.localdate(now))
    return _tell(held, scope, queries.told_before(user=user), send) if held else Became()


def _group(robot: Robot, now: datetime) -> Became:
    def send(digest: Digest) -> None:
        robots.send(robot, group_text(digest, robot.organization.name), timezone.now())

    held = _claim(now, Channel.ROBOT, robot=robot)
    scope = queries.scope_of_group(robot, now)
    return _tell(held, scope, queries.told_before(robot=robot), send) if held else Became()


def _claim(now: datetime, channel: Channel, *, user: User | None = None, robot: Robot | None = None) -> Delivery | None:
    """The day's row if this process is the one to send it now.

    Claimed before anything is asked: should a question fail, the next turn goes on with the others.
    """
    held, made = Delivery.objects.get_or_create(
        channel=channel, user=user, robot=robot, day=timezone.localdate(now), is_test=False,
        defaults={"state": DeliveryState.SENDING, "at": now},
    )  # fmt: skip
    mine = made or Delivery.objects.filter(
        pk=held.pk, state=DeliveryState.FAILED, attempts__lt=MOST_ATTEMPTS, at__lte=now - RETRY_AFTER
    ).update(state=DeliveryState.SENDING, attempts=F("attempts") + 1, reason="", at=now)
    return held if mine else None


def _tell(held: Delivery, scope: Scope, before: dict[str, int], send: Callable[[Digest], None]) -> Became:
    digest = digest_of(queries.waiting(scope), before)
    about = {"count": digest.count, "late": digest.late, "told": digest.told}
    if not digest.lines:
        Delivery.objects.filter(pk=held.pk).update(state=DeliveryState.NOTHING, **about)
        return Became()
    Delivery.objects.filter(pk=held.pk).update(**about)
    return _send(held, lambda: send(digest))


def _send(held: Delivery, send: Callable[[], None]) -> Became:
    try:
        send()
    except NotSent as problem:
        Delivery.objects.filter(pk=held.pk).update(
            state=DeliveryState.FAILED,
            reason=problem.reason[:300],
            attempts=MOST_ATTEMPTS if problem.final else F("attempts"),
        )
        return Became(server_is_away=problem.server_is_away)
    Delivery.objects.filter(pk=held.pk).update(state=DeliveryState.SENT)
    return Became(sent=True)


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
