"""Which files make up the lake now. Replacing ``manifest.json`` is the switch from one generation to the next.

A reader reads the manifest once and then only the files it names; those never change. The files of the generation
before stay on disk for readers that are still at work.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

FILE = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, order=True)
class Part:
    """One immutable file: a month of a fact, or of one range (``band``) of its organizations."""

    fact: str
    month: date
    band: int
    fingerprint: str
    rows: int
    seen_on: date

    @property
    def file(self) -> str:
        """Path below the lake's folder."""
        suffix = f"-{self.band:05d}" if self.band else ""
        return f"{self.fact}/month={self.month:%Y-%m}/{self.fingerprint}{suffix}.parquet"

    @property
    def place(self) -> tuple[str, date, int]:
        return self.fact, self.month, self.band


@dataclass(frozen=True)
class Manifest:
    """One generation of the lake. ``today`` is the day the refresh was asked for, ``band_size`` 0 means one band."""

    generation: int = 0
    today: date | None = None
    band_size: int = 0
    parts: tuple[Part, ...] = ()
    previous: tuple[str, ...] = field(default=(), compare=False)

    @property
    def fingerprint(self) -> str:
        """The content of the whole lake in 16 hex digits: equal lakes give equal scores."""
        digest = hashlib.sha256()
        for part in sorted(self.parts):
            digest.update(f"{part.file}\n".encode())
        return digest.hexdigest()[:16]

    def files(self) -> set[str]:
        return {part.file for part in self.parts}

    def by_place(self) -> dict[tuple[str, date, int], Part]:
        return {part.place: part for part in self.parts}

    def select(self, fact: str, months: Iterable[date] | None = None, band: int | None = None) -> Iterator[Part]:
        by_month = self._by_fact.get(fact, {})
        for month in by_month if months is None else sorted(by_month.keys() & set(months)):
            yield from (part for part in by_month[month] if band is None or part.band == band)

    def months(self, fact: str) -> list[date]:
        return sorted(self._by_fact.get(fact, ()))

    @cached_property
    def _by_fact(self) -> dict[str, dict[date, list[Part]]]:
        found: dict[str, dict[date, list[Part]]] = {}
        for part in self.parts:
            found.setdefault(part.fact, {}).setdefault(part.month, []).append(part)
        return found


def read(folder: Path) -> Manifest:
    """The present generation; an empty one where no refresh ever finished."""
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Manifest()
    if stored["format"] != FORMAT:
        raise RuntimeError(
            f"数据仓格式 {stored['format']} 与本版本（{FORMAT}）不符。请删除 {folder} 后重新运行 zhibu refresh。"
        )
    parts = tuple(
        Part(
            item["fact"], date.fromisoformat(item["month"]), item["band"], item["fingerprint"], item["rows"],
            date.fromisoformat(item["seen_on"]),
        )
        for item in stored["parts"]
    )  # fmt: skip
    today = date.fromisoformat(stored["today"]) if stored["today"] else None
    return Manifest(stored["generation"], today, stored["band_size"], parts, tuple(stored["previous"]))


def switch(folder: Path, manifest: Manifest) -> None:
    """Make ``manifest`` the present generation in one step that a crash cannot halve."""
    text = json.dumps(
        {
            "format": FORMAT,
            "generation": manifest.generation,
            "today": manifest.today.isoformat() if manifest.today else None,
            "band_size": manifest.band_size,
            "fingerprint": manifest.fingerprint,
            "parts": [asdict(part) for part in manifest.parts],
            "previous": sorted(manifest.previous),
        },
        default=lambda value: value.isoformat(),
        indent=0,
    )
    draft = folder / f".{FILE}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, folder / FILE)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path, manifest: Manifest) -> int:
    """Remove files that no generation names: left by an interrupted refresh or by the generation before last."""
    keep = manifest.files() | set(manifest.previous)
    removed = 0
    for path in [*folder.rglob("*.parquet"), *folder.rglob("*.draft"), *folder.glob(f".{FILE}.*")]:
        if path.relative_to(folder).as_posix() not in keep:
            path.unlink()
            removed += 1
    return removed
