"""Rows in waiting: into the database in blocks, out again decrypted. A row's payload is encrypted as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from zhibu.exchange.checking.members import Checked
from zhibu.exchange.checking.records import Problem
from zhibu.exchange.enums import RowState, Severity
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.vault.crypto import decrypt, encrypt

PAYLOAD = "exchange.ImportRow.payload"
BEFORE = "exchange.ImportEffect.before"


@dataclass(slots=True)
class Staged:
    """One staged row, opened. Dates are ISO texts, as JSON has none."""

    number: int
    state: RowState
    object_id: int | None
    version: int | None
    values: dict[str, Any]
    changes: dict[str, list[Any]]
    problems: list[Problem]


def _encode(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def pack(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_encode)


def stage(batch: ImportBatch, rows: Iterable[Checked]) -> None:
    """Write a block of checked rows."""
    table = ImportRow._meta.db_table
    statement = f"copy {table} (batch_id, number, state, has_notice, object_id, version, payload) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            record = row.record
            problems = [problem.as_json() for problem in record.problems]
            payload = pack({"v": record.values, "c": row.changes or {}, "p": problems})
            notice = any(problem.severity is Severity.NOTICE for problem in record.problems)
            copy.write_row(
                (
                    batch.pk,
                    record.number,
                    row.state.value,
                    notice,
                    row.object_id,
                    row.version,
                    encrypt(payload, field=PAYLOAD),
                )
            )


def opened(row: ImportRow) -> Staged:
    return _staged(row.number, row.state, row.object_id, row.version, row.payload)


def staged_rows(batch: ImportBatch, *states: RowState) -> Iterator[Staged]:
    """The rows of a batch in their order, decrypted as they are read, without holding them all."""
    table = ImportRow._meta.db_table
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select number, state, object_id, version, payload from {table} "  # noqa: S608  (a table's name)
            "where batch_id = %s and state = any(%s) order by number",
            [batch.pk, [state.value for state in states]],
        )
        while block := cursor.fetchmany(2000):
            for number, state, object_id, version, payload in block:
                yield _staged(number, state, object_id, version, decrypt(bytes(payload), field=PAYLOAD))


def _staged(number: int, state: str, object_id: int | None, version: int | None, payload: str) -> Staged:
    held = json.loads(payload)
    problems = [Problem(column, Severity(severity), message, remedy) for column, severity, message, remedy in held["p"]]
    return Staged(number, RowState(state), object_id, version, held["v"], held["c"], problems)
