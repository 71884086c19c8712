"""Entering what happened with an alert."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.supervision.alerts.enums import AlertEntryKind
from zhibu.supervision.alerts.models import Alert, AlertEntry

LONGEST = 2000


def entry(scope: Scope, found: Alert, kind: AlertEntryKind, text: str = "", **data: Any) -> AlertEntry:
    """The entry as it is to be saved."""
    return AlertEntry(
        alert=found, kind=kind, on=scope.today, at=timezone.now(), by_id=scope.user_id,
        role=scope.role_label if scope.user_id else "系统", text=text[:LONGEST], data=data,
    )  # fmt: skip
