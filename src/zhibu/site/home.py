"""What stands on the home page of each role. Rooms say what waits; this only puts it in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.queries import without_activation
from zhibu.accounts.scope import Scope
from zhibu.ui.waiting import Asked, Waiting, answered

ROOMS = ("meetings", "people", "organizations", "exchange", "assessment")


def accounts_waiting(scope: Scope) -> list[Asked]:
    """Accounts that were opened and whose owners have not yet chosen a password."""
    if not scope.may(Right.MANAGE_ACCOUNTS):
        return []
    url = f"{reverse('accounts:index')}?state=waiting"

    def told(count: int, _: int) -> Waiting:
        return Waiting("账号等待本人启用", count, url, help="启用码过期的可以重发")

    return [Asked(without_activation(scope), told)]


Source = Callable[[Scope], Sequence[Waiting | Asked]]


def _source(room: str) -> Source:
    return getattr(import_module(f"zhibu.{room}.queries"), "waiting", lambda scope: [])


def waiting(scope: Scope) -> list[Waiting]:
    """What waits in every room: late first, then oldest."""
    sources: list[Source] = [accounts_waiting, *(_source(room) for room in ROOMS)]
    found = answered(item for source in sources for item in source(scope))
    found.sort(key=lambda item: (not item.late, item.since is None, item.since or scope.today))
    return found


def content(scope: Scope) -> dict[str, Any]:
    """What waits, and for which office the reader sees it."""
    return {"waiting": waiting(scope), "home": scope.home}
