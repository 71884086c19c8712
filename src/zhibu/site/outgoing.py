"""Whether reminders can go out, for `zhibu doctor`: (state, sentence, remedy)."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from zhibu.reminders.channels import mail
from zhibu.reminders.queries import troubles


def examine_outgoing(quick: bool) -> Iterator[tuple[str, str, str]]:
    """``quick`` does not call the mail server, for which a page must not wait; what was lost waits on the home page."""
    if (settings.EMAIL_SENDER or settings.WEBHOOK_HOSTS) and not settings.PUBLIC_URL:
        text = "配置了电子邮件或群机器人，但没有写明平台自己的网址，提醒里没有链接可放，所以都不发送。"
        yield "fault", text, "设置 ZHIBU_PUBLIC_URL，例如 https://dangjian.example.edu.cn，再重新启动。"
        return
    if not settings.EMAIL_SENDER:
        yield "well", "没有配置电子邮件，待办只显示在首页。", ""
        return
    if quick:
        yield "well", "配置了电子邮件。", ""
    elif problem := mail.reachable():
        yield "fault", f"电子邮件发不出去：{problem}", "核对 ZHIBU_EMAIL_URL 和到邮件服务器的网络，改正后重新启动。"
    elif lost := troubles(timezone.localdate()):
        yield "note", f"近两天有 {lost} 次提醒没有送达。", "原因见“提醒发送”。"
    else:
        yield "well", "邮件服务器可以连接，提醒可以发送。", ""
