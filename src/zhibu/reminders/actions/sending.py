"""Sending. The row of a digest is committed before anything goes out and decides who sends it.

A process that is killed in between leaves the row as "sending": it may have gone out, so nobody sends it again that
day. What surely failed, or was only queued, is tried again a few times, later each time. Nothing here runs inside a
transaction: the network is slow. The queue library starts the turns; which receiver is due stands in the rows, so that
five thousand of them are not five thousand jobs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

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
from zhibu.reminders.actions.claiming import claim
from zhibu.reminders.channels import NotSent, mail
from zhibu.reminders.channels import robot as robots
from zhibu.reminders.digest import Digest, digest_of, group_text, mail_text, subject
from zhibu.reminders.enums import Channel, DeliveryState, Rhythm
from zhibu.reminders.models import Delivery, Robot
from zhibu.reminders.rules import MOST_ATTEMPTS, is_worth_telling

BATCH = 300  # receivers looked at together
BUDGET = 240.0  # seconds of one turn of the worker; the next one follows in minutes
KEPT = timedelta(days=90)
BETWEEN_TESTS = timedelta(minutes=1)
TEST_TEXT = "这是一条测试。收到它，说明提醒可以送达。"


@dataclass(frozen=True)
class Receiver:
    """A mailbox or a group. ``server``: with whom it goes out; when it is away, others behind it wait too."""

    pk: int
    server: str
    rhythm: str
    scope: Callable[[], Scope]
    send: Callable[[Digest], None]


def send_due(now: datetime) -> int:
    """One digest to everybody who is due. Returns how many went out. Harmless at any time and by several at once.

    When a server cannot be reached at all, the others behind it are left for the next turn: waiting for each in vain
    would hold up the worker and use up their attempts.
    """
    open_, until, sent = queries.channels_open(), time.monotonic() + BUDGET, 0
    for channel, find in ((Channel.EMAIL, _mailboxes), (Channel.ROBOT, _groups)):
        away: set[str] = set()
        while open_[channel] and time.monotonic() < until and (found := find(now, away)):
            sent += _batch(channel, found, now, away)
    return sent


def _mailboxes(now: datetime, away: set[str]) -> list[Receiver]:
    def receiver(user: User) -> Receiver:
        def send(digest: Digest) -> None:
            mail.send(queries.address_of(user), subject(digest), mail_text(digest))

        rhythm = getattr(getattr(user, "reminders", None), "rhythm", Rhythm.NEWS)
        return Receiver(user.pk, "", rhythm, lambda: scope_of(user, timezone.localdate(now)), send)

    return [] if away else [receiver(user) for user in queries.due_by_email(now, BATCH)]


def _groups(now: datetime, away: set[str]) -> list[Receiver]:
    def receiver(robot: Robot) -> Receiver:
        def send(digest: Digest) -> None:
            robots.send(robot, group_text(digest, robot.organization.name), timezone.now())

        return Receiver(robot.pk, robot.host, Rhythm.NEWS, lambda: queries.scope_of_group(robot, now), send)

    return [receiver(robot) for robot in queries.due_robots(now, BATCH, away)]


def _batch(channel: Channel, found: list[Receiver], now: datetime, away: set[str]) -> int:
    """Look at some receivers and tell those whom it is worth telling. Should a question fail, or a server be away, the
    ones not looked at yet are given back: the next turn goes on with them."""
    today = timezone.localdate(now)
    left = claim(channel, [receiver.pk for receiver in found], now)
    before = queries.told_before(channel, left)
    silent: list[Delivery] = []
    sent = 0
    try:
        for receiver in found:
            if receiver.pk not in left or receiver.server in away:
                continue
            held, known = left.pop(receiver.pk), before.get(receiver.pk, queries.Told())
            digest = digest_of(queries.waiting(receiver.scope()), known.marks)
            about = {"count": digest.count, "late": digest.late, "told": digest.told}
            if not digest.lines:
                silent.append(Delivery(pk=held, state=DeliveryState.NOTHING, **about))
            elif not is_worth_telling(receiver.rhythm, fresh=digest.fresh, last=known.on, today=today):
                silent.append(Delivery(pk=held, state=DeliveryState.UNCHANGED, **about))
            else:
                Delivery.objects.filter(pk=held).update(state=DeliveryState.SENDING, **about)
                became = _send(held, partial(receiver.send, digest))
                sent += became.sent
                away |= {receiver.server} if became.server_is_away else set()
    finally:
        Delivery.objects.bulk_update(silent, ("state", "count", "late", "told"))
        Delivery.objects.filter(pk__in=left.values(), state=DeliveryState.QUEUED).delete()
    return sent


@dataclass(frozen=True)
class Became:
    """What came of one attempt."""

    sent: bool = False
    server_is_away: bool = False


def _send(pk: int, send: Callable[[], None]) -> Became:
    held = Delivery.objects.filter(pk=pk)
    try:
        send()
    except NotSent as problem:
        attempts = MOST_ATTEMPTS if problem.final else F("attempts")
        held.update(state=DeliveryState.FAILED, reason=problem.reason[:300], attempts=attempts)
        return Became(server_is_away=problem.server_is_away)
    held.update(state=DeliveryState.SENT)
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
    _send(held.pk, lambda: mail.send(to, "支部：测试邮件", f"{TEST_TEXT}\n\n{settings.PUBLIC_URL}/"))
    held.refresh_from_db()
    return held


def test_robot(scope: Scope, pk: int, at: datetime) -> Delivery:
    """Send a test to a group, at once. Refuses what `test_mail` refuses."""
    robot = queries.robot(scope, pk)
    held = _test(scope, at, Channel.ROBOT, robot=robot)
    _send(held.pk, lambda: robots.send(robot, f"{TEST_TEXT}\n\n[登录平台]({settings.PUBLIC_URL}/)", at))
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
