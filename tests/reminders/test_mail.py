"""One mail a day to whoever has something waiting, never at night, never twice, never about third persons."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, make_cast
from tests.house import everything
from tests.house.test_two_at_once import together
from zhibu.audit.models import Entry
from zhibu.people.models import Person
from zhibu.reminders import actions
from zhibu.reminders.enums import DeliveryState
from zhibu.reminders.models import Delivery, Preference
from zhibu.reminders.rules import is_quiet
from zhibu.site import doctor
from zhibu.ui.waiting import Waiting

pytestmark = pytest.mark.django_db
DRAFTS = Waiting("会议记录草稿待完成", 2, "/meetings/?state=draft", since=date(2026, 11, 3))
LATE = Waiting("届满应换届", 1, "/organizations/terms/", since=date(2026, 10, 1), late=True)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A time of the day on which the test runs: the log says of earlier days that nobody tries again."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour, minute)))


def with_address(*people: Person) -> None:
    for person in people:
        person.email = f"{person.number}@example.edu.cn"
        person.save()


def boxes() -> list[str]:
    return sorted(to for message in mail.outbox for to in message.to)


def test_the_mail_says_what_how_many_since_when_and_where(cast: Cast, waits: Callable[..., None]) -> None:
    with_address(cast.secretary)
    waits(DRAFTS, LATE)

    assert actions.send_due(at(9)) == 1

    (message,) = mail.outbox
    assert message.to == ["secretary@example.edu.cn"]
    assert message.from_email == "zhibu@example.edu.cn"
    assert message.subject == "支部：3 件事等您办理，其中逾期 1 件"
    lines = str(message.body).splitlines()
    assert lines[2:6] == [
        "【逾期】届满应换届：1 件，2026-10-01 起",
        "　　https://zhibu.example.edu.cn/organizations/terms/",
        "【新】会议记录草稿待完成：2 件，2026-11-03 起",
        "　　https://zhibu.example.edu.cn/meetings/?state=draft",
    ]
    assert "https://zhibu.example.edu.cn/reminders/" in message.body


def test_there_is_one_mail_a_day_and_only_new_and_late_things_are_marked(
    cast: Cast, waits: Callable[..., None]
) -> None:
    with_address(cast.secretary)
    waits(DRAFTS, LATE)
    assert [actions.send_due(at(9)), actions.send_due(at(9, 5)), actions.send_due(at(20))] == [1, 0, 0]

    waits(DRAFTS, LATE, Waiting("更正申请待审核", 1, "/people/changes/"))
    assert actions.send_due(at(9, days=1)) == 1

    body = str(mail.outbox[1].body)
    assert "【新】更正申请待审核" in body
    assert "【逾期】届满应换届" in body
    assert "\n会议记录草稿待完成" in body


def test_nothing_waits_and_nothing_is_sent(cast: Cast, waits: Callable[..., None]) -> None:
    with_address(cast.secretary)
    waits(Waiting("没有了", 0, "/"))

    assert actions.send_due(at(9)) == 0
    assert mail.outbox == []
    assert Delivery.objects.get().state == DeliveryState.NOTHING


def test_only_whoever_can_and_wants_to_be_reached_is_written_to(cast: Cast, waits: Callable[..., None]) -> None:
    with_address(cast.secretary, cast.organizer, cast.office)
    waits(DRAFTS)
    Preference.objects.create(user=cast.organizer.user, by_email=False)
    cast.office.user.is_active = False  # type: ignore[union-attr]
    cast.office.user.save()  # type: ignore[union-attr]
    Preference.objects.create(user=cast.administrator, address="machine@example.edu.cn")

    actions.send_due(at(9))

    assert boxes() == ["machine@example.edu.cn", "secretary@example.edu.cn"]


def test_quiet_hours_are_kept_the_usual_ones_and_the_own_ones(cast: Cast, waits: Callable[..., None]) -> None:
    with_address(cast.member, cast.secretary)
    waits(DRAFTS)
    Preference.objects.create(user=cast.secretary.user, quiet_from=time(5, 0), quiet_until=time(12, 0))

    told = {}
    for hour in (21, 23, 0, 4):
        actions.send_due(at(hour))
        told[hour] = boxes()
        Delivery.objects.all().delete()
        mail.outbox.clear()
    actions.send_due(at(7, 59))
    assert boxes() == []
    actions.send_due(at(8))
    assert boxes() == ["member@example.edu.cn"]
    actions.send_due(at(12))

    assert boxes() == ["member@example.edu.cn", "secretary@example.edu.cn"]
    assert set(map(tuple, told.values())) == {("secretary@example.edu.cn",)}


@pytest.mark.parametrize(
    ("begins", "ends"), [((21, 0), (8, 0)), ((1, 0), (5, 30)), ((0, 0), (0, 0)), ((8, 0), (21, 0))]
)
def test_the_database_and_the_rule_agree_on_quiet_hours(
    cast: Cast, waits: Callable[..., None], begins: tuple[int, int], ends: tuple[int, int]
) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)
    Preference.objects.create(user=cast.secretary.user, quiet_from=time(*begins), quiet_until=time(*ends))
    for minute in (0, 59, 60, 329, 330, 479, 480, 1259, 1260, 1439):
        moment = at(minute // 60, minute % 60)

        sent = actions.send_due(moment)

        assert sent == (not is_quiet(moment.time(), time(*begins), time(*ends))), minute
        Delivery.objects.all().delete()


def test_nothing_is_sent_unless_the_operator_has_set_it_up(
    cast: Cast, waits: Callable[..., None], operator: Any
) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)
    for name in ("EMAIL_SENDER", "PUBLIC_URL"):
        kept = getattr(operator, name)
        setattr(operator, name, "")
        assert actions.send_due(at(9)) == 0
        setattr(operator, name, kept)
    assert mail.outbox == []


def test_no_mail_names_anybody(cast: Cast) -> None:
    """With one of everything that can wait, to everybody."""
    everyone = (cast.member, cast.secretary, cast.organizer, cast.office, cast.neighbour)
    everything.add(cast, 1)
    with_address(*everyone)
    Delivery.objects.all().delete()
    Preference.objects.create(user=cast.administrator, address="machine@example.edu.cn")

    actions.send_due(at(9))

    assert len(mail.outbox) >= 4
    text = "".join(f"{message.subject}{message.body}" for message in mail.outbox)
    assert [person.name for person in Person.objects.all() if person.name in text] == []
    assert [person.pk for person in Person.objects.all() if str(person.id_number) in text] == []


class Broken(EmailBackend):
    """A mail server that fails as told, as often as told."""

    errors: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if Broken.errors:
            raise Broken.errors.pop()
        return super().send_messages(messages)


def test_what_failed_is_said_in_a_sentence_and_tried_again_a_few_times(
    cast: Cast, waits: Callable[..., None], operator: Any, sign_in: Callable[[Any], Client]
) -> None:
    operator.EMAIL_BACKEND = f"{__name__}.Broken"
    operator.EMAIL_HOST, operator.EMAIL_PORT = "smtp.example.edu.cn", 465
    with_address(cast.secretary)
    waits(DRAFTS)
    Broken.errors = [ConnectionRefusedError(111, "Connection refused"), smtplib.SMTPAuthenticationError(535, b"no")]

    assert actions.send_due(at(9)) == 0
    row = Delivery.objects.get()
    assert (row.state, row.reason) == (DeliveryState.FAILED, "邮件服务器 smtp.example.edu.cn:465 不接受账号或口令。")
    assert actions.send_due(at(9, 5)) == 0  # too early
    assert len(Broken.errors) == 1
    assert actions.send_due(at(9, 20)) == 0
    page = sign_in(cast.administrator).get(reverse("reminders:log")).content.decode()
    assert "连不上邮件服务器 smtp.example.edu.cn:465 （Connection refused）。稍后自动重试。" in page
    assert "舒记（secretary）" in page
    assert actions.send_due(at(9, 40)) == 0  # the second pause is longer
    assert actions.send_due(at(10, 20)) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, len(mail.outbox)) == (DeliveryState.SENT, 3, 1)


def test_while_the_server_is_away_nobody_else_is_tried_and_all_get_theirs_later(
    cast: Cast, waits: Callable[..., None], operator: Any
) -> None:
    operator.EMAIL_BACKEND = f"{__name__}.Broken"
    with_address(cast.member, cast.secretary, cast.organizer)
    waits(DRAFTS)
    Broken.errors = [TimeoutError()]

    assert actions.send_due(at(9)) == 0
    assert Delivery.objects.count() == 1
    assert [actions.send_due(at(9, 5)), actions.send_due(at(9, 20))] == [2, 1]

    assert boxes() == ["member@example.edu.cn", "organizer@example.edu.cn", "secretary@example.edu.cn"]


def test_a_question_that_fails_for_one_does_not_keep_the_others_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_address(cast.member, cast.secretary)

    def ask(scope: Any) -> list[Waiting]:
        if scope.user_id == cast.member.user_id:
            raise ZeroDivisionError
        return [DRAFTS]

    monkeypatch.setattr(actions.sending.queries, "sources", lambda: (ask,))

    with pytest.raises(ZeroDivisionError):  # the worker notes it as a failed job
        actions.send_due(at(9))
    actions.send_due(at(9, 5))

    assert boxes() == ["secretary@example.edu.cn"]


def test_after_three_failures_and_with_a_wrong_address_nobody_tries_again(
    cast: Cast, waits: Callable[..., None], operator: Any
) -> None:
    operator.EMAIL_BACKEND = f"{__name__}.Broken"
    with_address(cast.secretary)
    Person.objects.filter(pk=cast.member.pk).update(email="不是邮箱")
    waits(DRAFTS)
    Broken.errors = [smtplib.SMTPServerDisconnected() for _ in range(9)]

    for hour in range(9, 20):
        actions.send_due(at(hour))

    assert len(Broken.errors) == 6
    assert {row.user: row.attempts for row in Delivery.objects.all()} == {cast.secretary.user: 3, cast.member.user: 3}
    assert "收件邮箱的写法不对" in Delivery.objects.get(user=cast.member.user).reason


def test_what_was_lost_waits_for_the_administrator_and_nobody_else(
    cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    for days, attempts in ((0, 3), (0, 1), (-9, 3)):
        Delivery.objects.create(
            channel="email", user=cast.member.user, day=at(9, days=days).date(), state="failed", at=at(9),
            attempts=attempts, is_test=attempts == 1,
        )  # fmt: skip

    home = sign_in(cast.administrator).get("/").content.decode()
    assert "提醒没有送达" in home
    assert '<span class="z-waiting-count">1</span>' in home
    assert reverse("reminders:log") in home
    assert "提醒没有送达" not in sign_in(cast.office).get("/").content.decode()


def test_a_worker_killed_while_sending_does_not_make_a_second_mail(
    cast: Cast, waits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)

    class Killed(BaseException):
        pass

    def send_and_die(*given: Any, original: Any = actions.sending.mail.send) -> None:
        original(*given)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(actions.sending.mail, "send", send_and_die)
        with pytest.raises(Killed):
            actions.send_due(at(9))
    for hour in range(10, 20):
        actions.send_due(at(hour))

    assert len(mail.outbox) == 1
    assert Delivery.objects.get().state == DeliveryState.SENDING


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_mail_each_receiver(
    waits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast()
    with_address(cast.member, cast.secretary, cast.organizer)
    waits(DRAFTS)
    # Both have asked who is due before either sends.
    gate, original = threading.Barrier(2), actions.sending.queries.due_by_email

    def due(*given: Any) -> Any:
        found = original(*given)
        gate.wait()
        return found

    monkeypatch.setattr(actions.sending.queries, "due_by_email", due)

    sent = together(lambda: actions.send_due(at(9)), lambda: actions.send_due(at(9)))

    assert sum(sent) == 3
    assert boxes() == ["member@example.edu.cn", "organizer@example.edu.cn", "secretary@example.edu.cn"]
    assert Delivery.objects.count() == 3


def test_a_person_chooses_address_hours_and_whether_at_all(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    client = sign_in(cast.member)
    address = reverse("reminders:mine")
    assert address in client.get(reverse("accounts:me")).content.decode()
    given = {"rhythm": "daily", "address": "own@example.edu.cn", "quiet_from": "22:30", "quiet_until": "07:00"}

    assert client.post(address, {**given, "by_email": "on"}).status_code == 302
    kept = Preference.objects.get(user=cast.member.user)
    assert (kept.by_email, kept.address, kept.quiet_from, kept.quiet_until) == (
        True, "own@example.edu.cn", time(22, 30), time(7),
    )  # fmt: skip
    assert client.post(address, given).status_code == 302
    kept.refresh_from_db()
    assert not kept.by_email
    wrong = client.post(address, {**given, "address": "不是邮箱"})
    assert wrong.status_code == 422
    assert "22:30" in wrong.content.decode()
    assert "own@example.edu.cn" not in str(list(Entry.objects.filter(verb="reminders.set").values("changes")))


def test_the_administrator_tries_it_out_and_reads_what_became_of_it(
    cast: Cast, sign_in: Callable[[Any], Client], operator: Any
) -> None:
    client = sign_in(cast.administrator)
    address = reverse("reminders:test-mail")
    assert "请先在“提醒设置”里填写收件邮箱。" in client.post(address).content.decode()
    Preference.objects.create(user=cast.administrator, address="machine@example.edu.cn")

    told = client.post(address, follow=True).content.decode()

    assert "测试邮件已交给邮件服务器。" in told
    assert boxes() == ["machine@example.edu.cn"]
    again = client.post(address)
    assert (again.status_code, "刚刚发过一次测试" in again.content.decode()) == (422, True)
    # A test is not the day's digest.
    assert Delivery.objects.get().is_test
    operator.EMAIL_SENDER = ""
    assert "还没有配置电子邮件" in client.post(address).content.decode()
    assert sign_in(cast.secretary).post(address).status_code == 403


def test_the_worker_does_it_by_itself_every_few_minutes(cast: Cast, waits: Callable[..., None]) -> None:
    from procrastinate.contrib.django import app

    from zhibu.reminders import tasks

    with_address(cast.secretary)
    Preference.objects.create(user=cast.secretary.user, quiet_from=time(0), quiet_until=time(0))
    waits(DRAFTS)

    tasks.digest(timestamp=0)
    tasks.digest(timestamp=300)

    assert boxes() == ["secretary@example.edu.cn"]
    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons[tasks.TASK] == "*/5 * * * *"


def test_old_notes_are_forgotten(cast: Cast) -> None:
    for days in (0, -89, -91):
        when = at(9, days=days)
        Delivery.objects.create(channel="email", user=cast.member.user, day=when.date(), state="sent", at=when)

    assert actions.forget_old(at(9)) == 1


def test_doctor_says_when_the_mail_server_is_out_of_reach(cast: Cast, operator: Any) -> None:
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        operator.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        operator.EMAIL_HOST, operator.EMAIL_PORT = "127.0.0.1", free.getsockname()[1]

        (found,) = doctor._reminders(quick=False)

        assert (found.state, found.text) == (
            doctor.FAULT,
            f"电子邮件发不出去：连不上邮件服务器 127.0.0.1:{operator.EMAIL_PORT} （Connection refused）。",
        )
        assert "ZHIBU_EMAIL_URL" in found.remedy
        assert next(doctor._reminders(quick=True)).state == doctor.WELL  # a page does not wait for it
    operator.PUBLIC_URL = ""
    assert "ZHIBU_PUBLIC_URL" in next(doctor._reminders(quick=True)).remedy
    operator.EMAIL_SENDER = ""
    assert next(doctor._reminders(quick=False)).state == doctor.WELL
