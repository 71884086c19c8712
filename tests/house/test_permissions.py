"""The permission matrix: every address × every role × own and other subtree, compared with the reviewed file.

After a change that is meant: ``UPDATE_PERMISSIONS=1 .venv/bin/pytest tests/house/test_permissions.py``, then read the
difference of ``docs/permissions.md`` line by line before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Cast
from tests.house.places import ROOMS, URLS

FILE = Path(__file__).parents[2] / "docs/permissions.md"
ROLES = ("stranger", "member", "secretary", "neighbour", "organizer", "office", "administrator")
TITLES = ("未登录", "党员", "本支部书记", "外院支部书记", "院系组织员", "学校组织部", "系统管理员")
FOREIGN = {"set_language"}


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns(pattern, namespace)
        else:
            yield f"{prefix}{pattern.name}", pattern


def test_every_address_declares_who_may_open_it() -> None:
    undeclared = [name for name, pattern in patterns() if not hasattr(pattern.callback, "access")]

    assert undeclared == [], "These views lack @page(...) of zhibu.accounts.access"


def test_every_address_has_a_name_of_its_own() -> None:
    names = [name for name, _pattern in patterns()]

    assert sorted(names) == sorted(set(names))
    assert not [name for name in names if name.endswith("None")]


class Undone(Exception):
    """Rolls back what a request of the matrix did."""


def answer(client: Client, method: str, address: str) -> str:
    """The status in one word; whatever the request did is undone."""
    status = 0
    try:
        with transaction.atomic():
            response = client.get(address) if method == "GET" else client.post(address)
            if response.streaming:  # read to its end, which closes the file
                b"".join(response.streaming_content)  # type: ignore[attr-defined]
            status = response.status_code
            target = response.headers.get("Location", "")
            raise Undone
    except Undone:
        pass
    if status == 302 and "sign-in" in target:
        return "登录"
    return {200: "可", 204: "可", 302: "可", 422: "可", 400: "可", 403: "无权", 404: "无此页"}.get(status, str(status))


def places(cast: Cast, name: str, pattern: URLPattern) -> Iterator[tuple[str, dict[str, Any]]]:
    """(label, parameters) of the objects by which an address is tried."""
    if not pattern.pattern.converters:
        yield "—", {}
        return
    finder = URLS.get(name) or ROOMS.get(name.split(":")[0])
    assert finder, f"tests/house/places.py does not say which object stands for {name}"
    yield "本", finder(cast, True)
    yield "外", finder(cast, False)


def client_of(cast: Cast, role: str) -> Client:
    """A client of its own: signing out or changing a password must not reach another."""
    client = Client(raise_request_exception=False)
    if role != "stranger":
        who = getattr(cast, role)
        client.force_login(getattr(who, "user", who), backend="django.contrib.auth.backends.ModelBackend")
    return client


INTRODUCTION = """# 权限矩阵

由 `tests/house/test_permissions.py` 生成并在每次测试时比对;改动须逐行审阅。
对象:`本`=本支部的记录,`外`=其他院系的记录,`—`=不带对象(内容按范围筛选)。
结果:`可`=可打开或提交(内容仍按范围),`无权`=403 并说明原因,`无此页`=404,`登录`=转到登录页。
"""
HEAD = "| 地址 | 方法 | 对象 | " + " | ".join(TITLES) + " |"


def namespace(name: str) -> str:
    return name.rpartition(":")[0]


def rows(cast: Cast, room: str) -> list[str]:
    """The lines of one room. Everybody signs in once; what a request does to the session is undone with it."""
    found = []
    cookies = {role: client_of(cast, role).cookies for role in ROLES}

    def client(role: str) -> Client:
        new = Client(raise_request_exception=False)
        new.cookies.update(cookies[role])
        return new

    for name, pattern in sorted(patterns(), key=lambda item: item[0]):
        if namespace(name) != room:
            continue
        for method in sorted(pattern.callback.access.methods):
            for label, parameters in places(cast, name, pattern):
                address = reverse(name, kwargs=parameters)
                cells = [answer(client(role), method, address) for role in ROLES]
                found.append(f"| `{name}` | {method} | {label} | " + " | ".join(cells) + " |")
    return found


def reviewed() -> dict[str, list[str]]:
    """The lines of the file by address."""
    found: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            found.setdefault(line.split("`")[1], []).append(line)
    return found


def write(room: str, lines: list[str]) -> None:
    """Replace the lines of a room, and leave out those of addresses that are gone."""
    kept = [line for name, of_name in reviewed().items() if namespace(name) != room for line in of_name]
    known = {name for name, _pattern in patterns()}
    body = sorted(
        (line for line in [*kept, *lines] if line.split("`")[1] in known), key=lambda line: line.split("`")[1]
    )
    FILE.write_text("\n".join([INTRODUCTION, HEAD, "|" + " --- |" * (len(ROLES) + 3), *body, ""]), encoding="utf-8")


# A test a room: the two workers share them out.
@pytest.mark.parametrize("room", sorted({namespace(name) for name, _pattern in patterns()}))
def test_the_permission_matrix_is_the_reviewed_one(cast: Cast, room: str) -> None:
    found = rows(cast, room)
    if os.environ.get("UPDATE_PERMISSIONS"):
        write(room, found)

    failing = [row for row in found if "| 500" in row]
    assert failing == [], "Some address fails"
    assert found == [line for name, lines in reviewed().items() if namespace(name) == room for line in lines]


def test_the_permission_matrix_has_no_address_that_is_gone() -> None:
    assert set(reviewed()) == {name for name, pattern in patterns() if pattern.callback.access.methods}
