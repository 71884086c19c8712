"""From PostgreSQL to Parquet: fingerprints, changed months only, one consistent snapshot, one switch at the end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from dateutil.relativedelta import relativedelta

from zhibu.warehouse import manifest as lake
from zhibu.warehouse.contract import ColumnKind, ContractError, Fact, RuleValue, render
from zhibu.warehouse.manifest import Manifest, Part

LOCK = 0x5A4C414B  # "ZLAK"
ROWS_PER_GROUP = 100_000  # so that two threads read one month
Step = Callable[[str], None]


class RefreshRunning(RuntimeError):
    """Another refresh holds the lock."""


@dataclass(frozen=True)
class Report:
    """What one refresh did. ``written`` counts files, ``kept`` those that had not changed."""

    generation: int
    fingerprint: str
    written: int
    kept: int
    rows: int
    swept: int
    changed: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True)
class Order:
    """What to refresh: facts, the day that counts as today, rule values, and organizations per range (0: no ranges)."""

    facts: Sequence[Fact]
    today: date
    rules: Sequence[RuleValue] = ()
    band_size: int = 0


def refresh(folder: Path, dsn: str, order: Order, step: Step = lambda text: None) -> Report:
    """Bring the lake in ``folder`` up to PostgreSQL. Raises `RefreshRunning` while another one is at work.

    ``step`` hears what is being done; the present generation stays in service until the last step.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _connected(dsn) as connection:
        before = lake.read(folder)
        swept = lake.sweep(folder, before)
        lost = {part for part in before.parts if not (folder / part.file).exists()}
        # A file that somebody deleted is no reason to stop: it is exported again.
        known = replace(before, parts=tuple(part for part in before.parts if part not in lost))
        parts: list[Part] = []
        written: list[Part] = []
        for fact in order.facts:
            step(f"核对 {fact.name}")
            sql = render(fact, order.today, order.rules)
            now = _fingerprints(connection, fact, sql, order)
            keep, changed = _compare(fact, known, now, order)
            if changed:
                step(f"导出 {fact.name}:{len({part.month for part in changed})} 个月")
                _export(connection, folder, fact, sql, changed, order, step)
            parts += [*keep, *changed]
            written += changed
        after = Manifest(
            before.generation + 1, order.today, order.band_size, tuple(sorted(parts)), tuple(sorted(before.files()))
        )
        step("切换")
        lake.switch(folder, after)
    return Report(
        after.generation, after.fingerprint, len(written), len(parts) - len(written),
        sum(part.rows for part in written), swept, tuple(sorted({(part.fact, part.month) for part in written})),
    )  # fmt: skip


@contextmanager
def _connected(dsn: str) -> Iterator[Any]:
    """One connection: it holds the lock outside, and inside it one snapshot that all facts are read from."""
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(dsn, autocommit=True) as connection:
        if not _rows(connection, f"select pg_try_advisory_lock({LOCK})")[0][0]:
            raise RefreshRunning("另一次数据更新正在进行，请等它结束后再试。")
        for setting in (
            "set timezone = 'Asia/Shanghai'",
            "set datestyle = 'ISO'",
            # PostgreSQL estimates a month series badly and would compile every query.
            "set jit = off",
            "set session characteristics as transaction isolation level repeatable read, read only",
        ):
            with connection.cursor() as cursor:
                cursor.execute(setting)
        connection.adbc_connection.set_autocommit(False)
        try:
            yield connection
        finally:
            connection.rollback()


def _rows(connection: Any, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def _band(order: Order) -> str:
    return f"(organization_id / {order.band_size})::int" if order.band_size else "0"


def _fingerprints(connection: Any, fact: Fact, sql: str, order: Order) -> list[Part]:
    """Month by month (and band by band) what PostgreSQL holds now, without moving a row.

    Two sums of 64-bit hashes do not depend on the order of rows; together with the count and the declared columns
    they name the file.
    """
    columns = ", ".join(column.name for column in fact.columns)
    query = f"""
        select month, {_band(order)} as band, count(*) as rows,
               sum(hash_record_extended(f, 0))::text as one, sum(hash_record_extended(f, 7919))::text as two
        from (select {columns} from ({sql}) source) f group by 1, 2 order by 1, 2
    """  # noqa: S608  (render() puts in dates, rule ids and numbers only)
    declared = ",".join(f"{column.name}:{column.kind.value}" for column in fact.columns) + f"|{order.band_size}"
    found = []
    for month, band, rows, one, two in _rows(connection, query):
        digest = hashlib.sha256(f"{declared}|{rows}|{one}|{two}".encode()).hexdigest()[:16]
        found.append(Part(fact.name, month, band, digest, rows, order.today))
    return found


def _compare(fact: Fact, before: Manifest, now: Iterable[Part], order: Order) -> tuple[list[Part], list[Part]]:
    """Which parts stay and which must be exported."""
    same_bands = before.band_size == order.band_size
    known: Mapping[Any, Part] = before.by_place() if same_bands else {}
    keep: list[Part] = []
    changed: list[Part] = []
    for part in now:
        old = known.get(part.place)
        if old and (old.fingerprint == part.fingerprint or (fact.keeps_closed_months and _was_closed(old))):
            # A month looked at again after its end counts as seen then, though nothing changed.
            keep.append(Part(*part.place, old.fingerprint, old.rows, max(old.seen_on, part.seen_on)))
        else:
            changed.append(part)
    if fact.keeps_closed_months:
        here = {part.place for part in (*keep, *changed)}
        keep += [old for old in known.values() if old.fact == fact.name and old.place not in here and _was_closed(old)]
    return keep, changed


def _was_closed(part: Part) -> bool:
    """Whether the month was over when it was last looked at."""
    return part.seen_on >= part.month + relativedelta(months=1)


def _export(connection: Any, folder: Path, fact: Fact, sql: str, changed: list[Part], order: Order, step: Step) -> None:
    places = {(part.month, part.band): part for part in changed}
    months = ", ".join(f"date '{month:%Y-%m-%d}'" for month in sorted({part.month for part in changed}))
    columns = ", ".join(column.name for column in fact.columns)
    query = f"""
        select {_band(order)} as zhibu_band, {columns} from ({sql}) source where month in ({months})
        order by month, zhibu_band, {", ".join(fact.order)}
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query)
        writer = _Writer(folder, fact, step)
        try:
            for batch in cursor.fetch_record_batch():
                for (month, band), piece in _split(pa.table([*batch.columns], names=batch.schema.names)):
                    if (month, band) in places:
                        writer.add(places[month, band], piece)
            writer.close()
        except BaseException:
            writer.abandon()
            raise
    if missing := set(places.values()) - writer.done:
        raise ContractError(f"事实表 {fact.name}:{len(missing)} 个文件没有写出，数据未切换。")


def _split(table: pa.Table) -> Iterator[tuple[tuple[date, int], pa.Table]]:
    """Cut a sorted batch where month or band changes."""
    pairs = table.select(["month", "zhibu_band"]).group_by(["month", "zhibu_band"]).aggregate([]).to_pylist()
    for pair in sorted(pairs, key=lambda pair: (pair["month"], pair["zhibu_band"])):
        month, band = pair["month"], pair["zhibu_band"]
        here = table
        if len(pairs) > 1:
            here = table.filter(pc.and_(pc.equal(table["month"], month), pc.equal(table["zhibu_band"], band)))
        yield (month, band), here.drop_columns(["zhibu_band"])


class _Writer:
    """Writes one part after the other under a draft name; a part gets its name when it is whole and on disk."""

    def __init__(self, folder: Path, fact: Fact, step: Step) -> None:
        self.folder, self.fact, self.step = folder, fact, step
        self.done: set[Part] = set()
        self._part: Part | None = None
        self._file: pq.ParquetWriter | None = None
        self._rows = 0

    def add(self, part: Part, table: pa.Table) -> None:
        if part != self._part:
            self.close()
            self._draft(part).parent.mkdir(parents=True, exist_ok=True)
            self._part, self._rows = part, 0
            self._file = pq.ParquetWriter(self._draft(part), self.fact.schema, compression="zstd")
        assert self._file is not None
        self._file.write_table(_checked(self.fact, table), row_group_size=ROWS_PER_GROUP)
        self._rows += len(table)

    def close(self) -> None:
        if self._part is None or self._file is None:
            return
        part, draft = self._part, self._draft(self._part)
        self._file.close()
        self._part = self._file = None
        if self._rows != part.rows:
            raise ContractError(f"事实表 {part.fact} {part.month:%Y-%m}:应有 {part.rows} 行，只导出 {self._rows} 行。")
        with draft.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(draft, self.folder / part.file)
        self.done.add(part)
        self.step(f"写出 {part.file}")

    def abandon(self) -> None:
        if self._file is not None:
            self._file.close()

    def _draft(self, part: Part) -> Path:
        return (self.folder / part.file).with_suffix(".draft")


def _checked(fact: Fact, table: pa.Table) -> pa.Table:
    """The rows in their declared types; texts outside the declared codes and missing values are refused."""
    try:
        typed = table.select([column.name for column in fact.columns]).cast(fact.schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ContractError(f"事实表 {fact.name}:列的类型与声明不符（{error}）。") from error
    for column in fact.columns:
        values = typed[column.name]
        if not column.nullable and values.null_count:
            raise ContractError(f"事实表 {fact.name}:列 {column.name} 有空值，声明不允许。")
        if column.kind is ColumnKind.CODE and set(pc.unique(values).to_pylist()) - set(column.codes):
            raise ContractError(f"事实表 {fact.name}:列 {column.name} 有未声明的代码，未导出。")
    return typed
