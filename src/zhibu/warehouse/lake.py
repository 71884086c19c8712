"""Reading the lake: one generation, one engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw

from zhibu.warehouse import manifest
from zhibu.warehouse.contract import Fact, fact_named
from zhibu.warehouse.engines import Engine, Stored, open_engine
from zhibu.warehouse.kept import kept_for


class Lake:
    """The generation that was present when this object was made; later refreshes do not change what it reads.

    ``keep``: whether counts of single months are kept beside it for the next computation.
    """

    def __init__(self, folder: Path, engine: Engine, *, keep: bool = True) -> None:
        self.folder = folder
        self.engine = engine
        self.manifest = manifest.read(folder)
        self.kept = kept_for(folder) if keep else None
        self.band: int | None = None
        self.whole = self

    @property
    def fingerprint(self) -> str:
        return self.manifest.fingerprint

    @property
    def bands(self) -> list[int]:
        """The ranges of organizations that the lake is cut into; none where it is not, or where this is one of them."""
        if self.band is not None or not self.manifest.band_size:
            return []
        return sorted({part.band for part in self.manifest.parts})

    def only(self, band: int) -> Lake:
        """The same generation, one range of organizations of it; ``whole`` leads back."""
        found = copy(self)
        found.band = band
        return found

    def scan(self, fact: Fact | str, months: Iterable[date] | None = None) -> nw.LazyFrame[Any]:
        """The rows of a fact in these months (all when None); only their files are opened."""
        wanted = fact if isinstance(fact, Fact) else fact_named(fact)
        return self.engine.scan(self.files(wanted.name, months), wanted.schema)

    def stored(self, fact: str, months: Iterable[date]) -> Stored:
        """The rows of a fact in these months, as a source of `Engine.answer`."""
        return Stored(self.files(fact, months), fact_named(fact).schema)

    def files(self, fact: str, months: Iterable[date] | None = None) -> list[Path]:
        """The files of a fact in these months (all when None)."""
        return [self.folder / part.file for part in sorted(self.manifest.select(fact, months, self.band))]

    def counted_from(self, fact: str, month: date) -> str:
        """What a count of this month rests on: its files, and the engine that counts."""
        return " ".join(
            [self.engine.name, *sorted(part.file for part in self.manifest.select(fact, [month], self.band))]
        )

    def rows(self, fact: str) -> int:
        return sum(part.rows for part in self.manifest.select(fact))


@contextmanager
def open_lake(folder: Path | None = None, engine: str | None = None, *, keep: bool = True) -> Iterator[Lake]:
    """The installation's lake with the engine of its settings, or the given ones. ``keep``: as of `Lake`."""
    from django.conf import settings

    opened = open_engine(
        engine or settings.WAREHOUSE_ENGINE, memory=settings.WAREHOUSE_MEMORY, threads=settings.WAREHOUSE_THREADS
    )
    try:
        yield Lake(folder or settings.LAKE, opened, keep=keep)
    finally:
        opened.close()
