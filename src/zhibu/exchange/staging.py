"""Rows in waiting: into the database in blocks, out again decrypted. A row's payload is encrypted as a whole."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from zhibu.exchange.bulk import Copy
from zhibu.exchange.checking.members import Checked
from zhibu.exchange.checking.records import Problem
from zhibu.exchange.columns.sheets import sheet_of
from zhibu.exchange.enums import RowState, Severity
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.vault.crypto import decryptor, encryptor

COLUMNS = ("batch_id", "number", "state", "has_notice", "object_id", "version", "payload")
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


def pack(value: Any) -> str:
    """As JSON; dates as ISO texts."""
    return orjson.dumps(value).decode()


@contextlib.contextmanager
def without_cycle_search() -> Iterator[None]:
    """Hundreds of thousands of rows pass through without making a cycle; looking for some takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def stage(batch: ImportBatch, rows: Iterable[Checked]) -> None:
    """Write a block of checked rows. Values stand in the order of the form's columns, what else is known after them."""
    Copy(ImportRow, COLUMNS).write(_to_stage(batch, rows))


def _to_stage(batch: ImportBatch, rows: Iterable[Checked]) -> Iterator[tuple[Any, ...]]:
    encrypt, width = encryptor(PAYLOAD), len(_names(batch))
    for row in rows:
        values, problems, notice = row.record.values, row.record.problems, False
        cells = list(values.values())  # in the order of the columns, then what the checks added
        held: list[Any] = [cells[:width]]
        if row.changes or problems or len(cells) > width:
            more = dict(list(values.items())[width:])
            held += [row.changes or {}, [problem.as_json() for problem in problems], more]
            notice = any(problem.severity is Severity.NOTICE for problem in problems)
        payload = encrypt(pack(held))
        yield batch.pk, row.record.number, row.state.value, notice, row.object_id, row.version, payload


def opened(row: ImportRow) -> Staged:
    return _staged(_names(row.batch), row.number, row.state, row.object_id, row.version, str(row.payload))


def _names(batch: ImportBatch) -> list[str]:
    return [column.name for column in sheet_of(batch.kind).columns]


RawRow = tuple[int, str, int | None, int | None, bytes]


def raw_blocks(batch: ImportBatch, states: Sequence[RowState], size: int) -> Iterator[list[RawRow]]:
    """The rows of a batch in their order, in blocks and still encrypted: see `opener`."""
    table = ImportRow._meta.db_table
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select number, state, object_id, version, payload from {table} "  # noqa: S608  (a table's name)
            "where batch_id = %s and state = any(%s) order by number",
            [batch.pk, [state.value for state in states]],
        )
        while block := cursor.fetchmany(size):
            yield block


def opener(batch: ImportBatch) -> Callable[[list[RawRow]], list[Staged]]:
    """What opens the blocks of a batch; apart from reading them, so that another thread can do it."""
    decrypt, names = decryptor(PAYLOAD), _names(batch)
    return lambda block: [
        _staged(names, number, state, object_id, version, decrypt(bytes(payload)))
        for number, state, object_id, version, payload in block
    ]


def staged_rows(batch: ImportBatch, *states: RowState) -> Iterator[Staged]:
    """The rows of a batch in their order, opened as they are read, without holding them all."""
    open_block = opener(batch)
    for block in raw_blocks(batch, states, 2000):
        yield from open_block(block)


def _staged(names: list[str], number: int, state: str, pk: int | None, version: int | None, payload: str) -> Staged:
    held = orjson.loads(payload)
    values = dict(zip(names, held[0], strict=True))
    if len(held) == 1:
        return Staged(number, RowState(state), pk, version, values, {}, [])
    problems = [Problem(column, Severity(severity), message, remedy) for column, severity, message, remedy in held[2]]
    return Staged(number, RowState(state), pk, version, values | held[3], held[1], problems)


def search_text(names: list[str], payload: str) -> str:
    """What the search box of the preview looks into: the name and the code of a row."""
    values = dict(zip(names, orjson.loads(payload)[0], strict=True))
    return f"{values.get('name') or ''} {values.get('code') or ''}"
