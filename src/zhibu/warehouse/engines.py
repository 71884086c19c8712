"""Engines that evaluate Narwhals expressions over the lake: DuckDB inside the process, Sail or Spark outside.

One setting chooses: ``duckdb``, ``sail``, or the address of a Spark master (``spark://host:port``, ``local[2]``).
"""

from __future__ import annotations

import atexit
import itertools
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeAlias

import narwhals as nw
import pyarrow as pa


class EngineMissing(RuntimeError):
    """The chosen engine is not installed; the text says how to get it or to do without."""


@dataclass(frozen=True)
class Stored:
    """Files of the lake with rows of one fact; there may be none."""

    files: Sequence[Path]
    schema: pa.Schema


Source: TypeAlias = Stored | pa.Table


class Engine(Protocol):
    """What the rest of the house needs from an engine. Frames are lazy until `collect` or `keep`."""

    name: str
    at_once: int  # how many may ask for an `answer` side by side

    def scan(self, files: Sequence[Path], schema: pa.Schema) -> nw.LazyFrame[Any]:
        """The rows of these files; no files give an empty frame of the schema."""

    def table(self, table: pa.Table) -> nw.LazyFrame[Any]:
        """A small table from this process (calendar, rule values)."""

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The same rows, evaluated once and kept inside the engine for several uses."""

    def collect(self, frame: nw.LazyFrame[Any]) -> pa.Table: ...

    def answer(self, key: str, question: Question, *sources: Source) -> pa.Table:
        """What the question makes of the rows of these sources: whole numbers, days and codes. ``key`` says all of the
        question, so that one asked before need not be planned again."""

    def close(self) -> None: ...


Question = Callable[..., nw.LazyFrame[Any]]  # of a frame for each source
MOST_PLANNED = 500
_planned: dict[str, str] = {}  # key of a question → its text, about rows called `asked_0`, `asked_1`…
_one_at_a_time = Lock()


@cache
def _instance(process: int, memory: str, threads: int, scratch: Path | None) -> Any:
    """One DuckDB for all computations of this process, so that together they stay within the memory. What does not fit
    goes to a folder that goes with the process."""
    import duckdb

    folder = tempfile.TemporaryDirectory(prefix="zhibu-duckdb-", dir=scratch)
    atexit.register(folder.cleanup)
    found = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "threads": str(threads),
            "temp_directory": folder.name,
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "enable_external_file_cache": "false",  # would stay in memory between two nights
        },
    )
    found.execute("set enable_progress_bar = false")
    return found


class DuckDBEngine:
    """A connection to the DuckDB in this process, within the given memory and threads."""

    name = "duckdb"
    at_once = 2  # while one reads, another counts

    def __init__(self, *, memory: str = "3GB", threads: int = 2, scratch: Path | None = None) -> None:
        with _one_at_a_time:  # two that begin at once would make two instances
            self._connection = _instance(os.getpid(), memory, threads, scratch).cursor()
        self._kept: list[str] = []

    def scan(self, files: Sequence[Path], schema: pa.Schema) -> nw.LazyFrame[Any]:
        if not files:
            return self.table(schema.empty_table())
        return nw.from_native(
            self._connection.read_parquet([str(file) for file in files], hive_partitioning=False, union_by_name=False)
        )

    def table(self, table: pa.Table) -> nw.LazyFrame[Any]:
        name = f"given_{next(_numbers)}"
        self._connection.register(f"{name}_source", table)
        self._connection.execute(f"create temp table {name} as from {name}_source")
        self._connection.unregister(f"{name}_source")
        return nw.from_native(self._connection.table(name))

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        name = f"kept_{next(_numbers)}"
        frame.to_native().create(name)
        self._kept.append(name)
        return nw.from_native(self._connection.table(name))

    def collect(self, frame: nw.LazyFrame[Any]) -> pa.Table:
        return _plain(frame.to_native().to_arrow_table())

    def answer(self, key: str, question: Question, *sources: Source) -> pa.Table:
        names = [f"asked_{place}" for place in range(len(sources))]
        with self._connection.cursor() as connection:  # of its own, so that several may ask at once
            for name, source in zip(names, sources, strict=True):
                connection.execute(f"create temp view {name} as {_rows(connection, source)}")
            text = _planned.get(key)  # once: another thread may empty it
            if text is None:
                text = question(*(nw.from_native(connection.view(name)) for name in names)).to_native().sql_query()
                if len(_planned) >= MOST_PLANNED:
                    _planned.clear()
                _planned[key] = text
            columns = connection.execute(text).fetchnumpy()
        return pa.table({name: _column(found) for name, found in columns.items()})

    def close(self) -> None:
        for name in self._kept:
            self._connection.execute(f"drop table if exists {name}")
        self._connection.close()


def _rows(connection: Any, source: Source) -> str:
    """The rows of the source as a text; a table goes with the connection."""
    if isinstance(source, Stored) and source.files:
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in source.files)
        return f"from read_parquet([{listed}], hive_partitioning = false)"
    name = f"given_{next(_numbers)}"
    connection.register(name, source.schema.empty_table() if isinstance(source, Stored) else source)
    return f"from {name}"


def _column(found: Any) -> pa.Array:
    """A column as NumPy has it; what is missing in it is masked."""
    if found.dtype.kind == "M":
        return pa.array(found).cast(pa.date32())
    return pa.array(found, pa.string() if found.dtype.kind == "O" else pa.int64())


_numbers = itertools.count()


class SparkEngine:
    """A Spark session: classic Spark on a master, or Spark Connect (Sail)."""

    at_once = 1

    def __init__(self, name: str, session: Any, stop: Any = None) -> None:
        self.name = name
        self._session = session
        self._stop = stop
        self._kept: list[Any] = []

    def scan(self, files: Sequence[Path], schema: pa.Schema) -> nw.LazyFrame[Any]:
        if not files:
            return self.table(schema.empty_table())
        return nw.from_native(self._session.read.parquet(*(f"file://{file.resolve()}" for file in files)))

    def table(self, table: pa.Table) -> nw.LazyFrame[Any]:
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = [tuple(row.values()) for row in table.to_pylist()]
        return nw.from_native(self._session.createDataFrame(rows, schema=from_arrow_schema(table.schema)))

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        kept = frame.to_native().cache()
        self._kept.append(kept)
        return nw.from_native(kept)

    def collect(self, frame: nw.LazyFrame[Any]) -> pa.Table:
        return _plain(frame.to_native().toArrow())

    def answer(self, key: str, question: Question, *sources: Source) -> pa.Table:
        frames = (self.scan(one.files, one.schema) if isinstance(one, Stored) else self.table(one) for one in sources)
        return self.collect(question(*frames))

    def close(self) -> None:
        for frame in self._kept:
            frame.unpersist()
        self._session.stop()
        if self._stop:
            self._stop()


def _plain(table: pa.Table) -> pa.Table:
    """Whole numbers as int64 whatever width or decimal the engine chose for its sums."""
    fields = []
    for column in table.schema:
        whole = pa.types.is_integer(column.type) or (pa.types.is_decimal(column.type) and column.type.scale == 0)
        fields.append(pa.field(column.name, pa.int64() if whole else column.type))
    return table.cast(pa.schema(fields))


def open_engine(choice: str, *, memory: str = "3GB", threads: int = 2, scratch: Path | None = None) -> Engine:
    """The engine that a setting names. Close it after use."""
    if choice == "duckdb":
        return DuckDBEngine(memory=memory, threads=threads, scratch=scratch)
    if choice == "sail":
        return _sail()
    if choice.startswith(("spark://", "local")):
        return _spark(choice)
    raise EngineMissing(f"ZHIBU_ENGINE={choice!r}:可写 duckdb、sail 或 spark://主机：端口。")


def _sail() -> Engine:
    try:
        from pysail.spark import SparkConnectServer
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise EngineMissing("ZHIBU_ENGINE=sail 需要另装：pip install pysail 'pyspark[connect]<4.3'。") from error
    os.environ.setdefault("RUST_LOG", "error")
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://{host}:{port}/;user_id=zhibu").create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    return SparkEngine("sail", session, server.stop)


def _spark(master: str) -> Engine:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineMissing(
            f"ZHIBU_ENGINE={master} 需要另装：pip install 'pyspark<4.3',并在本机安装 Java 17(default-jre-headless)。"
        ) from error
    builder = SparkSession.builder.master(master).appName("zhibu")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": os.environ.get("ZHIBU_SPARK_PARTITIONS", "4"),
        "spark.ui.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.autoBroadcastJoinThreshold": "64MB",
    }
    if "127.0.0.1" in master or master.startswith("local"):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    return SparkEngine("spark", builder.getOrCreate())
