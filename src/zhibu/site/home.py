"""What stands on the home page of each role. Rooms say what waits; this only puts it in order."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from zhibu.accounts.enums import Right
from zhibu.accounts.queries import without_activation
from zhibu.accounts.scope import Scope
from zhibu.site.installation import university
from zhibu.ui.waiting import Waiting


def accounts_waiting(scope: Scope) -> list[Waiting]:
    """Accounts that were opened and whose owners have not yet chosen a password."""
    if not scope.may(Right.MANAGE_ACCOUNTS):
        return []
    count = without_activation(scope).count()
    if not count:
        return []
    return [Waiting("账号等待本人启用", count, "/account/?state=waiting", help="启用码过期的可以重发")]


def _source(room: str) -> Callable[[Scope], list[Waiting]]:
    return getattr(import_module(f"zhibu.{room}.queries"), "waiting", lambda scope: [])


def content(scope: Scope) -> dict[str, Any]:
    """What waits (late first, then oldest), and the place that the reader looks after."""
    sources = [
        accounts_waiting,
        *(_source(room) for room in ("meetings", "people", "organizations", "exchange", "assessment")),
    ]
    waiting = [item for source in sources for item in source(scope) if item.count]
    waiting.sort(key=lambda item: (not item.late, item.since is None, item.since or scope.today))
    return {"waiting": waiting, "university": university(), "home": scope.home}
