"""E-mail by Django's backend; the operator's server stands in ZHIBU_EMAIL_URL."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email

from zhibu.reminders.channels import NotSent


def send(to: str, subject: str, text: str) -> None:
    """One message. Raises `NotSent` with a sentence that names no address."""
    try:
        validate_email(to)
    except ValidationError:
        raise NotSent("收件邮箱的写法不对，请本人在“提醒设置”里更正。", final=True) from None
    message = EmailMessage(
        subject, text, settings.EMAIL_SENDER, [to],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )  # fmt: skip
    with told_in_words():
        message.send()


def reachable() -> str:
    """An empty text when the mail server answers and accepts the account, else a sentence."""
    try:
        with told_in_words():
            connection = get_connection()
            connection.open()
            connection.close()
    except NotSent as problem:
        return problem.reason
    return ""


@contextmanager
def told_in_words() -> Iterator[None]:
    server = f"邮件服务器 {settings.EMAIL_HOST}:{settings.EMAIL_PORT} "
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(f"{server}不接受账号或口令。", server_is_away=True) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSent(f"{server}拒收这个收件邮箱。") from error
    except smtplib.SMTPSenderRefused as error:
        raise NotSent(f"{server}不接受发件人 {settings.EMAIL_SENDER}。", server_is_away=True) from error
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError) as error:
        raise NotSent(f"{server}中断了连接。", server_is_away=True) from error
    except smtplib.SMTPException as error:
        raise NotSent(f"{server}没有收下邮件（{error.__class__.__name__}）。") from error
    except ssl.SSLError as error:
        raise NotSent(f"{server}的加密连接没有建立，请核对端口和证书。", server_is_away=True) from error
    except TimeoutError as error:
        raise NotSent(f"{server}没有及时回答。", server_is_away=True) from error
    except OSError as error:
        reason = error.strerror or error.__class__.__name__
        raise NotSent(f"连不上{server}（{reason}）。", server_is_away=True) from error
