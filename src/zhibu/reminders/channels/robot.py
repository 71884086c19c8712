"""Robots of WeCom and DingTalk groups: one HTTPS POST of JSON, no redirects, no proxy, little patience.

Formats as the makers document them: ``{"msgtype": "markdown", …}``; both answer ``{"errcode": 0}``. DingTalk signs with
a secret: base64(HMAC-SHA256(secret, "timestamp\\nsecret")) in the query, the timestamp in milliseconds.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings

from zhibu.regulations.refusal import Refusal
from zhibu.reminders.channels import NotSent
from zhibu.reminders.enums import RobotKind
from zhibu.reminders.models import Robot
from zhibu.reminders.rules import host_of

PATIENCE = 10.0  # seconds
LONGEST_ANSWER = 64 * 1024
TITLE = "支部：待办提醒"


def send(robot: Robot, text: str, at: datetime) -> None:
    """Raises `NotSent`, or returns when the robot has said that it took the message."""
    try:
        host_of(str(robot.address), settings.WEBHOOK_HOSTS)  # the operator may have taken it off the list
    except Refusal as refused:
        raise NotSent(f"{refused.message}{refused.remedy}", final=True) from refused
    payload = message(RobotKind(robot.kind), text)
    answer = _post(signed(str(robot.address), str(robot.secret), at), payload)
    code = answer.get("errcode")
    if code != 0:
        raise NotSent(f"{robot.get_kind_display()}没有收下消息：{code} {str(answer.get('errmsg', ''))[:120]}")


def message(kind: RobotKind, text: str) -> dict[str, Any]:
    if kind is RobotKind.WECOM:
        return {"msgtype": "markdown", "markdown": {"content": text}}
    return {"msgtype": "markdown", "markdown": {"title": TITLE, "text": text}}


def signed(address: str, secret: str, at: datetime) -> str:
    if not secret:
        return address
    stamp = int(at.timestamp() * 1000)
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    join = "&" if urlsplit(address).query else "?"
    return f"{address}{join}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def _post(address: str, payload: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    body = json.dumps(payload, ensure_ascii=False).encode()
    connection = http.client.HTTPSConnection(host, parts.port, timeout=PATIENCE, context=ssl.create_default_context())
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        content = answer.read(LONGEST_ANSWER)
    except ssl.SSLError as error:
        raise NotSent(f"{host} 的证书不被信任或加密连接没有建立。", server_is_away=True) from error
    except TimeoutError as error:
        raise NotSent(f"{host} 没有及时回答。", server_is_away=True) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or error.__class__.__name__
        raise NotSent(f"连不上 {host}（{reason}）。", server_is_away=True) from error
    finally:
        connection.close()
    if 300 <= answer.status < 400:
        raise NotSent(f"{host} 要转到别处（{answer.status}），平台不跟随转向。请核对地址。", final=True)
    if answer.status != 200:
        raise NotSent(f"{host} 回答 {answer.status}。")
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotSent(f"{host} 的回答不是群机器人的回答，请核对地址。")
    return found
