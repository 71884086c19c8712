"""COPY in the shapes that committing needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone
from psycopg.errors import UniqueViolation

from zhibu.exchange.enums import Effect
from zhibu.exchange.models import ImportBatch, ImportEffect


class Stale(Exception):
    """Records were changed after the preview; ``rows`` are the rows of the workbook that mean them."""

    def __init__(self, rows: Sequence[int]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows


def now() -> str:
    return timezone.now().isoformat()


@contextlib.contextmanager
def Copy(model: type[Model], columns: Sequence[str], *, table: str = "") -> Iterator[Any]:
    """``with Copy(Person, columns) as copy: copy.write_row(…)``."""
    with connection.cursor() as cursor:
        names = ", ".join(f'"{column}"' for column in columns)
        try:
            with cursor.copy(f"copy {table or model._meta.db_table} ({names}) from stdin") as copy:
                yield copy
        except UniqueViolation as error:
            # Somebody else was first; COPY goes past Django, which would have called it IntegrityError.
            raise Stale(()) from error


@contextlib.contextmanager
def load_temporary(model: type[Model], columns: Sequence[str]) -> Iterator[Any]:
    """A temporary table ``incoming`` with these columns of the model's table, filled by COPY, gone at commit."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists incoming")
        cursor.execute(
            f"create temporary table incoming on commit drop as select {names} from {model._meta.db_table} limit 0"  # noqa: S608
        )
    with Copy(model, columns, table="incoming") as copy:
        yield copy


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
    """One effect a created record; ``created`` are (row number, id)."""
    # One COPY, one writing transaction: the rows of the block share their xmin.
    (version,) = versions(model, [created[0][1]]).values()
    write_effects(batch, [(number, Effect.CREATED, pk, version, b"") for number, pk in created])


def write_effects(batch: ImportBatch, effects: Sequence[tuple[int, Effect, int, int, bytes]]) -> None:
    with Copy(ImportEffect, ("batch_id", "row_number", "effect", "object_id", "version", "before")) as copy:
        for number, effect, pk, version, before in effects:
            copy.write_row((batch.pk, number, effect.value, pk, version, before))
