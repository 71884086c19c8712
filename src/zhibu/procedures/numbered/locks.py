"""A number is held while somebody gives or uses it, whether or not a register is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from django.db import connection

from zhibu.procedures.numbered.rules import normal

LOCK = 0x464F524D  # "FORM"
FORM_INPUTS = frozenset({"form_issued", "form_number"})


def hold_number(number: str) -> None:
    """Nobody else gives or uses this number until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(number.encode()) - 2**31])


def held_numbers(data: Mapping[str, Any]) -> dict[str, str]:
    """The numbers that a step names, as they are kept, and held."""
    found = {name: normal(str(data[name])) for name in sorted(FORM_INPUTS & set(data))}
    for number in found.values():
        hold_number(number)
    return found
