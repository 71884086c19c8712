"""When somebody is left in peace, and which addresses a robot may have."""

from __future__ import annotations

from datetime import date, time, timedelta
from urllib.parse import urlsplit

from zhibu.regulations.refusal import Refusal
from zhibu.reminders.enums import Rhythm

RETRIES = (timedelta(minutes=15), timedelta(hours=1))  # how long after the first failure, after the second
MOST_ATTEMPTS = len(RETRIES) + 1
AT_THE_LATEST = timedelta(days=7)  # what waits unchanged is told again
INTERRUPTED = timedelta(hours=1)
LONGEST = 500


def is_quiet(at: time, quiet_from: time, quiet_until: time) -> bool:
    """The end belongs to the day. The same time twice means never quiet."""
    if quiet_from <= quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


def is_worth_telling(rhythm: str, *, fresh: int, last: date | None, today: date) -> bool:
    """Whether what waits is told today. ``fresh``: lines that are new or became late since it was last looked at."""
    return rhythm != Rhythm.NEWS or fresh > 0 or last is None or today - last >= AT_THE_LATEST


def monday(day: date) -> date:
    """The first day of the week, on which a weekly summary falls due."""
    return day - timedelta(days=day.weekday())


def host_of(address: str, allowed: tuple[str, ...]) -> str:
    """The host of a robot's address. Refuses all but https to a host that the operator has allowed.

    What stands on the list decides: nobody can have this machine talk to the campus's inner addresses.
    """
    text = address.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused("这不是一个网址。") from None
    if len(text) > LONGEST or any(sign.isspace() or ord(sign) < 33 or ord(sign) > 126 for sign in text):
        raise _refused("这不是一个网址。")
    if parts.scheme != "https" or not host:
        raise _refused("地址应以 https:// 开头。")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("地址里不能带账号、口令或 #。")
    named = f"{host}:{port}" if port not in (None, 443) else host
    if named not in allowed:
        hint = f"（现在允许：{'、'.join(allowed)}）" if allowed else "（现在没有允许任何主机）"
        raise Refusal(
            f"不能发到“{named}”：它不在系统管理员允许的主机之列{hint}。", field="address",
            remedy="请系统管理员核对后把它加到 ZHIBU_WEBHOOK_HOSTS。",
        )  # fmt: skip
    return named


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, field="address", remedy="请在群里打开机器人的设置，整段复制 Webhook 地址。")
