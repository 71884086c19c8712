"""COPY in the shapes that committing needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from zhibu.exchange.bulk import Copy
from zhibu.exchange.enums import Effect
from zhibu.exchange.models import ImportBatch, ImportEffect


class Stale(Exception):
    """Records were changed after the preview; ``rows`` are the rows of the workbook that mean them."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows


def load_temporary(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A temporary table ``incoming`` with these columns of the model's table and these rows, gone at commit."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists incoming")
        cursor.execute(
            f"create temporary table incoming on commit drop as select {names} from {model._meta.db_table} limit 0"  # noqa: S608
        )
    Copy(model, columns, table="incoming").write(rows)


def next_ids(model: type[Model], count: int) -> list[int]:
    """Fresh primary keys from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def versions(model: type[Model], ids: Sequence[int]) -> dict[int, int]:
    """The records' present xmin: changes with every change of the row, by whomever."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, xmin::text::bigint from {model._meta.db_table} where id = any(%s)",  # noqa: S608
            [list(ids)],
        )
        return dict(cursor.fetchall())


def effects_of_created(batch: ImportBatch, model: type[Model], created: Sequence[tuple[int, int]]) -> None:
    """The effects of one COPY; ``created`` are (row number, id) in order. Runs of both become one effect."""
    # One COPY, one writing transaction: the rows of the block share their xmin.
    (version,) = versions(model, [created[0][1]]).values()
    runs: list[list[int]] = []
    for number, pk in created:
        if runs and (number, pk) == (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]):
            runs[-1][2] += 1
        else:
            runs.append([number, pk, 1])
    ImportEffect.objects.bulk_create(
        ImportEffect(batch=batch, row_number=number, effect=Effect.CREATED, object_id=pk, count=count, version=version)
        for number, pk, count in runs
    )


def write_effects(batch: ImportBatch, effects: Sequence[tuple[int, Effect, int, int, bytes]]) -> None:
    """One effect a record: (row number, effect, id, version, values before)."""
    columns = ("batch_id", "row_number", "effect", "object_id", "count", "version", "before")
    Copy(ImportEffect, columns).write(
        (batch.pk, number, effect.value, pk, 1, version, before) for number, effect, pk, version, before in effects
    )
