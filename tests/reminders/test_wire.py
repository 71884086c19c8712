"""The mail as a real server gets it: by SMTP, with the settings that stand in ZHIBU_EMAIL_URL."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from typing import cast as typed

import pytest
from django.core.mail.utils import DNS_NAME

from tests.cast import Cast
from tests.reminders.test_mail import DRAFTS, at, with_address
from zhibu.reminders import actions
from zhibu.reminders.channels import mail
from zhibu.reminders.models import Delivery
from zhibu.site.environment import mail_server

pytestmark = pytest.mark.django_db


class Speaker(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one mail needs."""

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                typed(Any, self.server).heard.append(b"".join(lines))
            self.say("550 unknown" if b"unknown@" in line else "221 bye" if word == b"QUIT" else "250 well")
            if word == b"QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server(operator: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Speaker) as running:
        typed(Any, running).heard = []
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setenv("ZHIBU_EMAIL_URL", f"smtp://127.0.0.1:{running.server_address[1]}?from=zhibu@example.edu.cn")
        found = mail_server("ZHIBU_EMAIL_URL")
        assert found is not None
        monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)  # a look-up without a network takes seconds
        operator.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        operator.EMAIL_HOST, operator.EMAIL_PORT, operator.EMAIL_SENDER = found.host, found.port, found.sender
        yield running
        running.shutdown()


def test_the_mail_arrives_readable_and_says_that_a_machine_sent_it(
    cast: Cast, waits: Callable[..., None], server: Any
) -> None:
    with_address(cast.secretary)
    waits(DRAFTS)

    assert actions.send_due(at(9)) == 1

    (raw,) = server.heard
    message = typed(EmailMessage, message_from_bytes(raw, policy=policy.default))
    assert message["Subject"] == "支部：2 件事等您办理"
    assert (message["To"], message["Auto-Submitted"]) == ("secretary@example.edu.cn", "auto-generated")
    assert "会议记录草稿待完成：2 件，2026-11-03 起" in message.get_content()


def test_a_refused_receiver_is_told_apart_from_a_server_that_is_away(
    cast: Cast, waits: Callable[..., None], server: Any
) -> None:
    assert mail.reachable() == ""
    with_address(cast.member, cast.secretary)
    cast.member.email = "unknown@example.edu.cn"
    cast.member.save()
    waits(DRAFTS)

    assert actions.send_due(at(9)) == 1

    assert Delivery.objects.get(user=cast.member.user).reason.endswith("拒收这个收件邮箱。")
