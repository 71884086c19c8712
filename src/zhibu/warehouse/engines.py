"""Engines that evaluate Narwhals expressions over the lake: DuckDB inside the process, Sail or Spark outside.

One setting chooses: ``duckdb``, ``sail``, or the address of a Spark master (``spark://host:port``, ``local[2]``).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import pyarrow as pa


class EngineMissing(RuntimeError):
    """The chosen engine is not installed; the text says how to get it or to do without."""


class Engine(Protocol):
    """What the rest of the house needs from an engine. Frames are lazy until `collect` or `keep`."""

    name: str

    def scan(self, files: Sequence[Path], schema: pa.Schema) -> nw.LazyFrame[Any]:
        """The rows of these files; no files give an empty frame of the schema."""

    def table(self, table: pa.Table) -> nw.LazyFrame[Any]:
        """A small table from this process (calendar, rule values)."""

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        """The same rows, evaluated once and kept inside the engine for several uses."""

    def collect(self, frame: nw.LazyFrame[Any]) -> pa.Table: ...

    def close(self) -> None: ...


class DuckDBEngine:
    """DuckDB in this process, within the given memory and threads; what does not fit goes to a temporary folder."""

    name = "duckdb"

    def __init__(self, *, memory: str = "3GB", threads: int = 2, scratch: Path | None = None) -> None:
        import duckdb

        self._folder = tempfile.TemporaryDirectory(prefix="zhibu-duckdb-", dir=scratch)
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory,
                "threads": str(threads),
                "temp_directory": self._folder.name,
                "preserve_insertion_order": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        self._connection.execute("set enable_progress_bar = false")
        self._kept = 0

    def scan(self, files: Sequence[Path], schema: pa.Schema) -> nw.LazyFrame[Any]:
        if not files:
            return self.table(schema.empty_table())
        return nw.from_native(
            self._connection.read_parquet([str(file) for file in files], hive_partitioning=False, union_by_name=False)
        )

    def table(self, table: pa.Table) -> nw.LazyFrame[Any]:
        name = self._next_name()
        self._connection.register(f"{name}_source", table)
        self._connection.execute(f"create temp table {name} as from {name}_source")
        self._connection.unregister(f"{name}_source")
        return nw.from_native(self._connection.table(name))

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        name = self._next_name()
        frame.to_native().create(name)
        return nw.from_native(self._connection.table(name))

    def collect(self, frame: nw.LazyFrame[Any]) -> pa.Table:
        return _plain(frame.to_native().to_arrow_table())

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _next_name(self) -> str:
        self._kept += 1
        return f"kept_{self._kept}"


class SparkEngine:
    """A Spark session: classic Spark on a master, or Spark Connect (Sail)."""

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
