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

log = logging.getLogger(__name__)
FOLDER = "counted"
KEY = b"zhibu.counted_from"
PACKED = pa.ipc.IpcWriteOptions(compression="zstd")


class Kept:
    """Small tables by name and month in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str, month: date, key: str, columns: Collection[str] = ()) -> pa.Table | None:
        """The table counted from ``key``, only those of the ``columns`` that it has where any are named; None where
        there is no table, another one, or an unreadable one."""
        try:
            with pa.memory_map(str(self._file(name, month))) as source:
                found = pa.ipc.open_file(source)
                if (found.schema.metadata or {}).get(KEY) != key.encode():
                    return None
                if columns:
                    wanted = [place for place, column in enumerate(found.schema.names) if column in columns]
                    found = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(included_fields=wanted))
                return found.read_all()
        except (OSError, pa.ArrowInvalid):
            return None

    def write(self, name: str, month: date, key: str, table: pa.Table) -> None:
        """Nothing is kept where the disk is full or the folder is another's: what was counted is known all the same."""
        file = self._file(name, month)
        # Two requests of one process may count the same month at once.
        draft = file.with_suffix(f".{secrets.token_hex(8)}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with pa.ipc.new_file(draft, table.schema.with_metadata({KEY: key.encode()}), options=PACKED) as sink:
                sink.write_table(table.replace_schema_metadata({KEY: key.encode()}))
            os.replace(draft, file)
        except OSError as error:
            log.warning("计数没有保留：%s", error)
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _file(self, name: str, month: date) -> Path:
        return self.folder / name / f"{month:%Y-%m}.arrow"


def kept_for(lake: Path) -> Kept | None:
    """Beside a lake that this process may write to; otherwise nothing is kept."""
    return Kept(lake / FOLDER) if os.access(lake, os.W_OK) else None
