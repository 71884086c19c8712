"""Writing the audit log. Called last inside an action's transaction: the chain's lock is held until its commit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils import timezone

from zhibu.audit.chain import START, digest
from zhibu.audit.models import Entry
from zhibu.vault.crypto import pseudonym

if TYPE_CHECKING:
    from zhibu.accounts.scope import Scope

CHAIN_LOCK = 0x5A484942  # "ZHIB"
_NUMBER = re.compile(r"[0-9０-９][0-9０-９\s-]{9,}[0-9０-９Xx]")

# What must not stand in the log: a mark shows only that it changed, and to the same value or another. These hold for
# every entry; a model about persons says itself what may stand there, and the rest of it is personal (`_is_personal`).
PERSONAL = frozenset(
    {
        "name", "former_name", "id_number", "phone", "landline", "address", "email", "birth_date", "native_place",
        "minutes", "reason_detail",
    }
)  # fmt: skip


def _safe(text: str) -> str:
    """Whoever typed a number there."""
    return _NUMBER.sub("（号码已隐去）", " ".join(text.split()))


def record(
    scope: Scope | None,
    verb: str,
    *,
    object: models.Model | None = None,
    organization_path: str = "",
    changes: dict[str, Any] | None = None,
    reason: str = "",
    rule: str = "",
) -> Entry:
    """Add one entry to the chain. ``scope`` is None for what the platform does by itself (worker, demo, doctor).

    ``changes`` maps a field name to ``[old, new]`` or to a plain value; personal values become marks. Of the reason
    what looks like an ID number or a phone is left out.
    """
    of = f"{object._meta.label_lower}:{object.pk}" if object is not None else ""
    entry = Entry(
        at=timezone.now(),
        user_id=scope.user_id if scope else None,
        actor=scope.role_label if scope else "系统",
        verb=verb,
        object_kind=object._meta.label_lower if object is not None else "",
        object_id=object.pk if object is not None else None,
        organization_path=organization_path,
        changes={
            name: _marked(value, of) if _is_personal(object, name) else _clean(value)
            for name, value in (changes or {}).items()
        },
        reason=_safe(reason)[:500],
        rule=rule,
    )
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Entry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry.previous = bytes(last) if last else START
    entry.digest = digest(entry)
    entry.save(force_insert=True)
    return entry


def record_past(entries: Iterable[Entry]) -> int:
    """Add many entries at once, in the order given, to a log that takes them for true: for invented universities, whose
    acts happened before their log began. What `record` leaves out must not be in them."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Entry.objects.order_by("-pk").values_list("digest", flat=True).first()
    before, found = (bytes(last) if last else START), []
    for entry in entries:
        entry.previous = before
        entry.digest = before = digest(entry)
        found.append(entry)
    Entry.objects.bulk_create(found, batch_size=2_000)
    return len(found)


def _is_personal(object: models.Model | None, name: str) -> bool:
    """Of a model with ``plain_in_audit`` all else is personal: a new field is, until somebody decides otherwise."""
    plain = getattr(object, "plain_in_audit", None)
    return name in PERSONAL or (plain is not None and name not in plain)


def _marked(value: Any, of: str) -> Any:
    """Marks instead of values, different for each record: a mark of 汉族 must not read the same in everybody's."""
    if isinstance(value, list | tuple):
        return [_marked(item, of) for item in value]
    return value if value in (None, "") else f"#{pseudonym(f'{of}:{value}')}"


def _clean(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if value is None or isinstance(value, bool | int | float | dict):
        return value
    return str(value)
