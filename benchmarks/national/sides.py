"""The two sides, each in a process of its own that is told which slice to count and answers with what it took."""

from __future__ import annotations

import hashlib
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pyarrow as pa

MEMORY = "8GB"
ORDER = ("organization_id", "indicator", "numerator", "denominator")


def serve(side: str, pipe: Connection) -> None:
    """Until there is no further slice: folder → seconds by stage, digest of the slice's rows, the nation's row."""
    from benchmarks.score.__main__ import set_up

    set_up()
    count = ours if side == "ours" else by_hand
    while (folder := pipe.recv()) is not None:
        began, worked = time.perf_counter(), time.process_time()
        table, counted = count(folder)
        seconds = time.perf_counter() - began
        pipe.send(
            {
                "seconds": seconds, "cpu": time.process_time() - worked, "count": counted,
                "roll_up": seconds - counted, "peak": peak(), "rows": len(table), **described(table),
            }
        )  # fmt: skip


def ours(folder: Path) -> tuple[pa.Table, float]:
    """The platform's own definitions on its own path: rows of the slice and of those above it."""
    from benchmarks.national.by_hand import NAMES
    from benchmarks.national.slices import PERIOD
    from zhibu.indicators import compute as room
    from zhibu.indicators.definition import named
    from zhibu.indicators.rules import number_in_force
    from zhibu.indicators.slices import Slices
    from zhibu.warehouse.engines import open_engine
    from zhibu.warehouse.lake import Lake

    began, counted = time.perf_counter(), 0.0
    roll_up = room._Own.rolled_up

    def noted(own: Any) -> pa.Table:
        nonlocal counted
        counted = time.perf_counter() - began
        return roll_up(own)

    room._Own.rolled_up = noted  # type: ignore[method-assign]
    engine = open_engine("duckdb", memory=MEMORY, threads=2)
    try:
        part = room.compute(
            Lake(folder, engine, keep=False), [PERIOD], number_in_force, indicators=[named(name) for name in NAMES]
        )
        slices = Slices()
        table = pa.concat_tables([slices.add(part), slices.superiors()])
    finally:
        engine.close()
        room._Own.rolled_up = roll_up  # type: ignore[method-assign]
    return table, counted


def by_hand(folder: Path) -> tuple[pa.Table, float]:
    import duckdb

    from benchmarks.national.by_hand import count, roll_up

    began = time.perf_counter()
    con = duckdb.connect(config={"threads": "2", "memory_limit": MEMORY, "preserve_insertion_order": "false"})
    count(con, folder)
    counted = time.perf_counter() - began
    table = roll_up(con)
    con.close()
    return table, counted


def described(table: pa.Table) -> dict[str, Any]:
    """A digest of all rows, and those of the nation, which grow from slice to slice."""
    from benchmarks.national.slices import NATION

    ordered = table.select(ORDER).sort_by([(name, "ascending") for name in ORDER[:2]])
    digest = hashlib.sha256()
    for name in ORDER:
        digest.update(ordered[name].combine_chunks().cast("int64").to_numpy(zero_copy_only=False).tobytes())
    top = ordered.slice(0, 64).to_pylist()
    nation = {
        row["indicator"]: (row["numerator"], row["denominator"]) for row in top if row["organization_id"] == NATION
    }
    return {"digest": digest.hexdigest()[:16], "nation": nation}


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0
