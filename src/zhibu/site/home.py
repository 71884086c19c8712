"""What stands on the home page of each role: what waits, as the reminders tell it too."""

from __future__ import annotations

from typing import Any

from zhibu.accounts.scope import Scope
from zhibu.reminders.queries import waiting


def content(scope: Scope) -> dict[str, Any]:
    """What waits, and for which office the reader sees it."""
    return {"waiting": waiting(scope), "home": scope.home}
