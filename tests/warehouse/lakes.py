"""Lakes for tests: refreshed from the test database, or written by hand."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.cast import TODAY
from zhibu.warehouse import manifest
from zhibu.warehouse.contract import RuleValue, fact_named, registered
from zhibu.warehouse.export import Order, Report, Step, refresh
from zhibu.warehouse.manifest import Manifest, Part

RULES = (
    RuleValue("dev.cultivate_min", date(2014, 5, 28), None, 12),
    RuleValue("dev.probation", date(2014, 5, 28), None, 12),
)


def dsn() -> str:
    values = connection.get_connection_params()
    return make_conninfo(
        **{name: values[name] for name in ("dbname", "user", "password", "host", "port") if name in values}
    )


def order(today: date = TODAY, band_size: int = 0) -> Order:
    return Order(tuple(registered().values()), today, RULES, band_size)


def refreshed(folder: Path, today: date = TODAY, band_size: int = 0, step: Step = lambda text: None) -> Report:
    return refresh(folder, dsn(), order(today, band_size), step)


def write_lake(
    folder: Path,
    facts: Mapping[str, Iterable[Mapping[str, Any]]],
    generation: int = 1,
    today: date = TODAY,
    band_size: int = 0,
) -> Path:
    """A lake whose facts hold these rows; columns not given are null."""
    parts = []
    for name, rows in facts.items():
        fact = fact_named(name)
        by_place: dict[tuple[date, int], list[Mapping[str, Any]]] = {}
        for row in rows:
            band = row["organization_id"] // band_size if band_size else 0
            by_place.setdefault((row["month"], band), []).append(row)
        for (month, band), found in by_place.items():
            content = hashlib.sha256(repr([sorted(row.items()) for row in found]).encode()).hexdigest()[:16]
            part = Part(name, month, band, content, len(found), TODAY)
            table = pa.Table.from_pylist(
                [dict.fromkeys(fact.schema.names) | dict(row) for row in found], schema=fact.schema
            )
            (folder / part.file).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, folder / part.file, compression="zstd")
            parts.append(part)
    manifest.switch(folder, Manifest(generation, today, band_size, tuple(sorted(parts))))
    return folder
