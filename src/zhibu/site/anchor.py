"""The last audit entry that was found whole, kept outside the database.

A chain that is cut off at its end still holds in itself; only somebody who remembers its head notices the cut.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.audit.chain import START, breaks
from zhibu.audit.models import Entry

# Written once by audit/migrations/0002; here again because they may have been dropped one by one.
TRIGGERS = """
create or replace function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception '审计记录只能追加，不能修改或删除' using errcode = 'insufficient_privilege';
end $$;
create or replace trigger audit_entry_append_only before update or delete on audit_entry
    for each row execute function audit_is_append_only();
create or replace trigger audit_entry_no_truncate before truncate on audit_entry
    for each statement execute function audit_is_append_only();
alter table audit_entry enable trigger audit_entry_append_only;
alter table audit_entry enable trigger audit_entry_no_truncate;
"""
SHOWN = 20
AFTERWARDS = "查明后删去 var/audit-anchor.json，下次检查会重新建立。"


def file() -> Path:
    return Path(settings.VAR) / "audit-anchor.json"


def examine_chain(*, quick: bool = False) -> tuple[list[str], int]:
    """What is wrong with the audit log in sentences, and how many entries were read: all, or those since the anchor.

    Where nothing is wrong, the anchor moves on to the newest entry; otherwise it stays as evidence.
    """
    try:
        seen = _read()
    except (ValueError, KeyError, TypeError):
        return [f"{file()} 读不出来，无法判断审计记录的末尾是否被截断。{AFTERWARDS}"], 0
    # The quick reading begins with the entry remembered; the whole one passes it somewhere.
    start = seen if quick else None
    entries = Entry.objects.filter(pk__gte=start[0] if start else 0).order_by("pk").iterator(chunk_size=5000)
    if seen is not None:
        remembered = next(entries, None) if start else Entry.objects.filter(pk=seen[0]).first()
        if remembered is None or (remembered.pk, bytes(remembered.digest)) != seen:
            return [
                f"上次检查时的最后一条（第 {seen[0]} 条）已不存在或被替换。查明后删去 {file()}，下次检查会重新建立。"
            ], 0
    previous = start[1] if start else START
    count, last = 0, None

    def read() -> Iterator[Entry]:
        nonlocal count, last
        for entry in entries:
            count, last = count + 1, entry
            yield entry

    broken = [f"第 {item.entry_id} 条{item.what}。" for item in islice(breaks(read(), previous=previous), SHOWN)]
    if not broken and last is not None:
        _write(last)
    return broken, count


def _read() -> tuple[int, bytes] | None:
    if not file().exists():
        return None
    kept = json.loads(file().read_text(encoding="utf-8"))
    return int(kept["id"]), bytes.fromhex(kept["digest"])


def _write(entry: Entry) -> None:
    draft = file().with_name(f".{file().name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump({"id": entry.pk, "digest": bytes(entry.digest).hex()}, stream)
    draft.replace(file())


@transaction.atomic
def restore_triggers(scope: Scope) -> None:
    """Put the triggers back that keep the audit log append-only. Records ``audit.restore_triggers``."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
    record(scope, "audit.restore_triggers")
