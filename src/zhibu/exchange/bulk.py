"""Very many rows into a table: PostgreSQL's COPY."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

import psycopg
from django.db import IntegrityError, connection
from django.db.models import Model
from psycopg.copy import FileWriter
from psycopg.errors import UniqueViolation

# How psycopg calls the types that Django's columns have.
_SHORT = {
    "bigint": "int8",
    "integer": "int4",
    "smallint": "int2",
    "varchar": "varchar",
    "date": "date",
    "boolean": "bool",
    "bytea": "bytea",
    "timestamp with time zone": "timestamptz",
}


class Copy:
    """Rows of a model into its table: `pack` makes them ready, in any one thread; `send` gives them to the server.

    Binary: dates are dates, moments are moments. The two are apart so that the next rows are made ready while the
    server is busy with the last ones.
    """

    def __init__(self, model: type[Model], columns: Sequence[str], *, table: str = "") -> None:
        types = {str(field.column): field.db_type(connection) or "" for field in model._meta.concrete_fields}
        self._types = [_SHORT.get(types[column].split("(")[0], "") for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        self._statement = f"copy {table or model._meta.db_table} ({names}) from stdin (format binary)"
        connection.ensure_connection()
        # Executes nothing: it only tells the formatter how this connection writes values.
        self._cursor = connection.connection.cursor()

    def pack(self, rows: Iterable[Sequence[Any]]) -> bytes:
        packed = BytesIO()
        with psycopg.Copy(self._cursor, binary=True, writer=FileWriter(packed)) as copy:
            copy.set_types(self._types)
            for row in rows:
                copy.write_row(row)
        return packed.getvalue()

    def send(self, packed: bytes) -> None:
        """Raises `IntegrityError`, as Django would: somebody else was first."""
        with self._copying() as copy:
            copy.write(packed)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Both at once: the server takes rows while the following ones are made ready."""
        with self._copying() as copy:
            copy.set_types(self._types)
            for row in rows:
                copy.write_row(row)

    @contextlib.contextmanager
    def _copying(self) -> Iterator[psycopg.Copy]:
        with connection.cursor() as cursor:
            try:
                with cursor.copy(self._statement) as copy:
                    yield copy
            except UniqueViolation as error:  # COPY goes past Django
                raise IntegrityError(str(error.diag.constraint_name)) from error
