"""What stands on the home page of each role. Rooms say what waits; this only puts it in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from zhibu.accounts.scope import Scope
from zhibu.ui.waiting import Asked, Waiting, answered

ROOMS = ("accounts", "meetings", "procedures", "people", "archive", "organizations", "exchange", "assessment")


Source = Callable[[Scope], Sequence[Waiting | Asked]]


def _source(room: str) -> Source:
    return getattr(import_module(f"zhibu.{room}.queries"), "waiting", lambda scope: [])


def waiting(scope: Scope) -> list[Waiting]:
    """What waits in every room: late first, then oldest."""
    sources: list[Source] = [_source(room) for room in ROOMS]
    found = answered(item for source in sources for item in source(scope))
    found.sort(key=lambda item: (not item.late, item.since is None, item.since or scope.today))
    return found


def content(scope: Scope) -> dict[str, Any]:
    """What waits, and for which office the reader sees it."""
    return {"waiting": waiting(scope), "home": scope.home}
