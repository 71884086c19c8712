"""What was once counted from a month of a fact, kept beside the lake: the next pass reads only months that changed.

A kept table says from which files it was counted; where the lake has others by now, it is not used and soon replaced.
Deleting the folder costs nothing but the time to count again.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

log = logging.getLogger(__name__)
FOLDER = "counted"
KEY = b"zhibu.counted_from"
# A pass opens dozens of them, each small: narrow numbers are read at once, packed ones would first be unpacked.
WIDTHS = [(pa.int8(), 2**7), (pa.int16(), 2**15), (pa.int32(), 2**31)]


class Kept:
    """Small tables by name and month in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str, month: date, key: str, columns: Collection[str] = ()) -> pa.Table | None:
        """The table counted from ``key``, only those of the ``columns`` that it has where any are named; None where
        there is no table, another one, or an unreadable one. Whole numbers are as wide as the largest of them needs."""
        try:
            # Not mapped: whoever shortens the file would end this process.
            found = pa.ipc.open_file(self._file(name, month).read_bytes())
            if (found.schema.metadata or {}).get(KEY) != key.encode():
                return None
            table = found.read_all()
            table.validate()
            return table.select([name for name in table.column_names if name in columns]) if columns else table
        except (OSError, ValueError, pa.ArrowException):
            return None

    def write(self, name: str, month: date, key: str, table: pa.Table) -> None:
        """Nothing is kept where the disk is full or the folder is another's: what was counted is known all the same."""
        file = self._file(name, month)
        # Two requests of one process may count the same month at once.
        draft = file.with_suffix(f".{secrets.token_hex(8)}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            columns = {name: _narrow(column) for name, column in zip(table.column_names, table.columns, strict=True)}
            narrow = pa.table(columns, metadata={KEY: key.encode()})
            with pa.ipc.new_file(draft, narrow.schema) as sink:
                sink.write_table(narrow)
            os.replace(draft, file)
        except OSError as error:
            log.warning("计数没有保留：%s", error)
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _file(self, name: str, month: date) -> Path:
        return self.folder / name / f"{month:%Y-%m}.arrow"


def _narrow(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers in as few bytes as hold them all."""
    if not pa.types.is_int64(column.type) or column.null_count == len(column):
        return column
    ends = pc.min_max(column).as_py()
    most = max(ends["max"] + 1, -ends["min"])
    return column.cast(next((width for width, limit in WIDTHS if most <= limit), column.type))


def kept_for(lake: Path) -> Kept | None:
    """Beside a lake that this process may write to; otherwise nothing is kept."""
    return Kept(lake / FOLDER) if os.access(lake, os.W_OK) else None
