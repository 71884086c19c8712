"""How values stand on screen and in exports: one house form for dates, numbers, yes and no, and nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

NOTHING = "—"


def shown(value: Any) -> str:
    """``2026-11-21``, ``2026-11-21 14:30`` (local time), ``是``, ``1,234``, ``—`` for nothing; else as text."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal | float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(shown(item) for item in value) or NOTHING
    return str(value)


def follow(row: Any, path: str) -> Any:
    """The value at a dotted path (``branch.name``) of an object or mapping; None as soon as one step is None."""
    value = row
    for step in path.split("."):
        if value is None:
            return None
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
        if callable(value) and not hasattr(value, "all"):
            value = value()
    return value
