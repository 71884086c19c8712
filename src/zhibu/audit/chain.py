"""The hash chain: how an entry's digest is made, and whether a stored chain still holds."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from zhibu.audit.models import Entry

START = bytes(32)


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold, and in which way."""

    entry_id: int
    what: str


def digest(entry: Entry) -> bytes:
    """SHA-256 over the previous digest and the row in one canonical text."""
    row = [
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.user_id,
        entry.actor,
        entry.verb,
        entry.object_kind,
        entry.object_id,
        entry.organization_path,
        entry.changes,
        entry.reason,
        entry.rule,
    ]
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes(entry.previous) + text.encode()).digest()


def breaks(entries: Iterator[Entry], *, previous: bytes = START) -> Iterator[Break]:
    """Every entry whose content or link does not match; none when the chain holds."""
    for entry in entries:
        if bytes(entry.previous) != previous:
            yield Break(entry.pk, "与上一条不相接：中间有记录被删除或插入")
        if digest(entry) != bytes(entry.digest):
            yield Break(entry.pk, "内容与校验值不符：记录被改动")
        previous = bytes(entry.digest)
