"""A group's robot gets a number and a link over https, at an address that the operator allows, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, make_organization
from tests.reminders.conftest import Group
from tests.reminders.test_mail import DRAFTS, LATE, at
from zhibu.audit.models import Entry
from zhibu.organizations.models import Organization
from zhibu.reminders import actions
from zhibu.reminders.enums import DeliveryState, RobotKind
from zhibu.reminders.models import Delivery, Robot
from zhibu.ui.waiting import Waiting

pytestmark = pytest.mark.django_db


def robot_at(
    group: Group, node: Organization, *, kind: RobotKind = RobotKind.WECOM, secret: str = "", address: str = ""
) -> Robot:
    return Robot.objects.create(
        organization=node, kind=kind, label="支部群", address=address or group.address, host=group.host, secret=secret,
        added_at=timezone.now(),
    )  # fmt: skip


def test_a_secretary_registers_the_groups_robot_and_tries_it_out(
    cast: Cast, group: Group, sign_in: Callable[[Any], Client]
) -> None:
    client = sign_in(cast.secretary)
    given = {
        "organization": cast.branch.code, "kind": "dingtalk", "label": "支部群", "address": group.address,
        "secret": "SEC000",
    }  # fmt: skip

    answer = client.post(reverse("reminders:new-robot"), given)

    robot = Robot.objects.get()
    assert answer.headers["Location"] == reverse("reminders:robot", args=[robot.pk])
    page = client.get(reverse("reminders:robot", args=[robot.pk])).content.decode()
    assert "access_token" not in page
    assert "SEC000" not in page
    with connection.cursor() as cursor:
        cursor.execute("select address, secret from reminders_robot")
        assert not any(word in bytes(cell) for cell in cursor.fetchone() for word in (b"access_token", b"SEC000"))
    assert "access_token" not in str(list(Entry.objects.values("changes")))

    told = client.post(reverse("reminders:test-robot", args=[robot.pk]), follow=True).content.decode()
    assert "群里应已收到一条测试消息。" in told
    assert len(group.heard) == 1
    again = client.post(reverse("reminders:new-robot"), given)
    assert "这个地址已经登记过了" in again.content.decode()


def test_the_group_reads_how_many_and_where_and_no_title(cast: Cast, group: Group, waits: Callable[..., None]) -> None:
    robot_at(group, cast.branch)
    waits(DRAFTS, LATE, Waiting("孟员：谈话超期", 1, "/x/"))

    assert [actions.send_due(at(9)), actions.send_due(at(10)), actions.send_due(at(22, days=1))] == [1, 0, 0]

    ((_path, message),) = group.heard
    assert message == {
        "msgtype": "markdown",
        "markdown": {
            "content": "本科生第一党支部：**4** 件事等待办理，其中逾期 **1** 件。\n\n"
            "[登录平台查看](https://zhibu.example.edu.cn/)"
        },
    }


def test_what_waits_for_a_group_is_what_waits_for_its_own_office(cast: Cast, group: Group) -> None:
    """The real rooms: a draft of the branch counts in the branch's group, not in another's."""
    from zhibu.meetings.enums import Kind, State
    from zhibu.meetings.models import Meeting

    mine, other = robot_at(group, cast.branch), robot_at(group, cast.other_branch)
    actions.send_due(at(9))
    before = {row.robot_id: row.count for row in Delivery.objects.all()}
    Delivery.objects.all().delete()
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.THEME_DAY, title="学习", held_on=date(2026, 11, 2), state=State.DRAFT
    )

    actions.send_due(at(9))

    after = {row.robot_id: row.count for row in Delivery.objects.all()}
    assert after[mine.pk] == before.get(mine.pk, 0) + 1
    assert after[other.pk] == before.get(other.pk, 0)


def test_dingtalk_is_signed_with_the_secret(cast: Cast, group: Group, waits: Callable[..., None]) -> None:
    robot_at(group, cast.branch, kind=RobotKind.DINGTALK, secret="SEC000")
    waits(DRAFTS)

    actions.send_due(at(9))

    ((path, message),) = group.heard
    query = parse_qs(urlsplit(path).query)
    (stamp,), (sign,) = query["timestamp"], query["sign"]
    expected = hmac.new(b"SEC000", f"{stamp}\nSEC000".encode(), hashlib.sha256).digest()
    assert base64.b64decode(sign) == expected
    assert abs(int(stamp) / 1000 - timezone.now().timestamp()) < 60
    assert query["access_token"] == ["abc"]
    told = message["markdown"].pop("text")
    assert message == {"msgtype": "markdown", "markdown": {"title": "支部：待办提醒"}} and "**2** 件事等待办理" in told


@pytest.mark.parametrize(
    ("answer", "headers", "reason"),
    [
        (
            (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}'),
            {},
            "企业微信没有收下消息：93000 invalid webhook url",
        ),
        ((404, b""), {}, "回答 404。"),
        ((302, b""), {"Location": "https://127.0.0.1:1/"}, "平台不跟随转向"),
        ((200, b"<html>"), {}, "不是群机器人的回答"),
        ((200, b"[]"), {}, "不是群机器人的回答"),
    ],
)
def test_a_robot_that_does_not_take_it_is_told_in_a_sentence(
    cast: Cast,
    group: Group,
    waits: Callable[..., None],
    answer: tuple[int, bytes],
    headers: dict[str, str],
    reason: str,
) -> None:
    robot_at(group, cast.branch)
    group.answer, group.headers = answer, headers
    waits(DRAFTS)

    assert actions.send_due(at(9)) == 0

    row = Delivery.objects.get()
    assert row.state == DeliveryState.FAILED
    assert reason in row.reason
    assert len(group.heard) == 1


def test_a_server_without_a_trusted_certificate_gets_nothing(
    cast: Cast, group: Group, waits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    robot_at(group, cast.branch)
    waits(DRAFTS)

    actions.send_due(at(9))

    assert "证书不被信任" in Delivery.objects.get().reason
    assert group.heard == []


def test_a_host_that_the_operator_took_off_the_list_gets_nothing(
    cast: Cast, group: Group, waits: Callable[..., None], operator: Any
) -> None:
    robot_at(group, cast.branch)
    operator.WEBHOOK_HOSTS = ("oapi.dingtalk.com",)
    waits(DRAFTS)

    actions.send_due(at(9))

    assert "ZHIBU_WEBHOOK_HOSTS" in Delivery.objects.get().reason
    assert group.heard == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://oapi.dingtalk.com/robot/send", "以 https:// 开头"),
        ("https://127.0.0.1/robot", "不能发到“127.0.0.1”"),
        ("https://oapi.dingtalk.com.evil.example/", "不能发到"),
        ("https://oapi.dingtalk.com@evil.example/", "不能带账号"),
        ("https://oapi.dingtalk.com:8443/", "不能发到“oapi.dingtalk.com:8443”"),
        ("https://evil.example\\@oapi.dingtalk.com/", "不能"),
        ("https://oapi.dingtalk.com/\r\nHost: a", "不是一个网址"),
        ("file:///etc/passwd", "以 https:// 开头"),
        ("https://[", "不是一个网址"),
        ("钉钉", "不是一个网址"),
    ],
)
def test_an_address_elsewhere_is_refused(
    cast: Cast, operator: Any, sign_in: Callable[[Any], Client], address: str, sentence: str
) -> None:
    operator.WEBHOOK_HOSTS = ("oapi.dingtalk.com",)
    given = {"organization": cast.branch.code, "kind": "dingtalk", "label": "群", "address": address}

    answer = sign_in(cast.secretary).post(reverse("reminders:new-robot"), given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Robot.objects.exists()


def test_robots_of_others_do_not_exist_and_the_own_can_be_silenced_and_removed(
    cast: Cast, group: Group, waits: Callable[..., None], sign_in: Callable[[Any], Client]
) -> None:
    mine, other = robot_at(group, cast.branch), robot_at(group, cast.other_branch)
    waits(DRAFTS)
    client = sign_in(cast.secretary)
    for name in ("test-robot", "switch-robot", "remove-robot"):
        assert client.post(reverse(f"reminders:{name}", args=[other.pk]), {"on": "0"}).status_code == 404
    given = {"organization": cast.other_branch.code, "kind": "wecom", "label": "群", "address": group.address}
    assert client.post(reverse("reminders:new-robot"), given).status_code == 422

    client.post(reverse("reminders:switch-robot", args=[mine.pk]), {"on": "0"})
    assert actions.send_due(at(9)) == 1  # the other one
    client.post(reverse("reminders:remove-robot", args=[mine.pk]))

    assert list(Robot.objects.all()) == [other]
    assert Entry.objects.filter(verb__in=("reminders.switch_robot", "reminders.remove_robot")).count() == 2


def test_a_dissolved_organization_hears_nothing_more(cast: Cast, group: Group, waits: Callable[..., None]) -> None:
    node = make_organization("撤销的党支部", cast.faculty)
    robot_at(group, node)
    node.dissolved_on = date(2026, 11, 1)
    node.save()
    waits(DRAFTS)

    assert actions.send_due(at(9)) == 0
