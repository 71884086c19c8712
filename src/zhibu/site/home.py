"""What stands on the home page of each role: what waits, as the reminders tell it too."""

from __future__ import annotations

from typing import Any

from zhibu.accounts.scope import Scope
from zhibu.reminders.queries import waiting

# A screen's worth. Whoever looks after much reads this and what is late; the rest is one step away.
AT_ONCE = 12
WORTH_FOLDING = 3


def content(scope: Scope) -> dict[str, Any]:
    """What waits, and for which office the reader sees it. Late things are never folded away."""
    found = waiting(scope)
    first = max(AT_ONCE, sum(item.late for item in found))
    if len(found) - first < WORTH_FOLDING:
        first = len(found)
    return {"waiting": found[:first], "more": found[first:], "home": scope.home}
