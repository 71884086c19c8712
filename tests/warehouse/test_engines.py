"""One DuckDB in a process, many computations beside one another; a question is planned once for all files."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhibu.warehouse.engines import DuckDBEngine, Stored

SCHEMA = pa.schema([("month", pa.date32()), ("organization_id", pa.int64()), ("came", pa.bool_())])
MARCH = date(2026, 3, 1)


def written(file: Path, *came: bool | None) -> Path:
    rows = [{"month": MARCH, "organization_id": 7, "came": one} for one in came]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), file)
    return file


def counted(rows: nw.LazyFrame) -> nw.LazyFrame:
    return rows.group_by("month", "organization_id").agg(nw.col("came").cast(nw.Int64).sum())


def test_a_question_asked_before_is_answered_from_the_files_of_now(tmp_path: Path) -> None:
    engine = DuckDBEngine(memory="200MB", threads=1)
    first, second = written(tmp_path / "it's one.parquet", True, None), written(tmp_path / "two", True, True, False)
    found = [
        engine.answer("came", counted, Stored(files, SCHEMA)) for files in ([first], [first, second], [], [second])
    ]
    sums = [table.to_pylist() for table in found]
    expected = [[{"month": MARCH, "organization_id": 7, "came": many}] for many in (1, 3, 2)]
    assert sums == [*expected[:2], [], expected[2]]
    assert {table.schema.field("month").type for table in found} == {pa.date32()}
    engine.close()


def test_a_question_may_be_asked_of_files_beside_tables_of_this_process_and_by_two_at_once(tmp_path: Path) -> None:
    engine = DuckDBEngine(memory="200MB", threads=1)
    files = Stored([written(tmp_path / "march.parquet", True, True, False)], SCHEMA)
    both_ask = Barrier(engine.at_once)

    def named(rows: nw.LazyFrame, names: nw.LazyFrame) -> nw.LazyFrame:
        both_ask.wait(20)  # planned twice: neither answer waits for the other
        joined = rows.join(names, on="organization_id", how="left").group_by("name", "superior_id")
        return joined.agg(nw.col("came").cast(nw.Int64).sum())

    def ask(name: str) -> list[dict[str, object]]:
        names = pa.table({"organization_id": [7], "name": [name], "superior_id": pa.array([None], pa.int64())})
        return engine.answer(f"named {name}", named, files, names).to_pylist()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(ask, ("机械", "化工")))
    assert found == [[{"name": name, "superior_id": None, "came": 2}] for name in ("机械", "化工")]
    engine.close()


def test_computations_side_by_side_keep_their_tables_apart_and_their_memory_together() -> None:
    one, other = (DuckDBEngine(memory="200MB", threads=1) for _ in range(2))
    kept = [engine.keep(engine.table(pa.table({"number": [at]}))) for at, engine in enumerate((one, other))]
    assert [engine.collect(frame)["number"].to_pylist() for engine, frame in zip((one, other), kept, strict=True)] == [
        [0], [1],
    ]  # fmt: skip
    limits = {engine._connection.sql("select current_setting('memory_limit')").fetchall()[0] for engine in (one, other)}
    assert len(limits) == 1
    other.close()
    left = one._connection.sql("select count(*) from duckdb_tables() where table_name like 'kept%'").fetchall()[0]
    assert left == (1,), "what the other kept went with it"
    one.close()


def test_two_that_begin_at_once_share_one_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb  # not while tests are collected: what is loaded then is never let go (conftest.py)

    made: list[int] = []
    real = duckdb.connect

    def slowly(*about: Any, **more: Any) -> Any:
        made.append(1)
        together.wait(timeout=0.2) if len(made) == 1 else None
        return real(*about, **more)

    together = Event()
    monkeypatch.setattr(duckdb, "connect", slowly)
    with ThreadPoolExecutor(2) as pool:
        engines = list(pool.map(lambda _: DuckDBEngine(memory="210MB", threads=1), range(2)))
    for engine in engines:
        engine.close()
    assert made == [1]
