"""What was counted once is not counted again, and never outlives what it was counted from."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Barrier, Event

import narwhals as nw
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.worlds import Facts, months_of, random_world, rule
from tests.warehouse.lakes import write_lake
from zhibu.indicators.compute import compute
from zhibu.indicators.counts import EACH, MonthlySums, stacked
from zhibu.indicators.definition import catalogue, named
from zhibu.indicators.periods import Period, between
from zhibu.warehouse.engines import Engine, Stored
from zhibu.warehouse.kept import FOLDER, Kept
from zhibu.warehouse.lake import Lake

PERIODS = between(Period(2024, 4), Period(2026, 1))
MONTHS = months_of(PERIODS[0], PERIODS[-1])
SUMMED = ("meetings.attendance", "meetings.meeting", "dues.payer_month", "people.stage_step")


class Watched(Lake):
    """Notes which months of a fact are read from the lake."""

    def files(self, fact, months=None):  # type: ignore[no-untyped-def]
        self.read = getattr(self, "read", set()) | {(fact, month) for month in months or ()}
        return super().files(fact, months)


def until(world: Facts, last: date) -> Facts:
    return {name: [row for row in rows if row["month"] <= last] for name, rows in world.items()}


def on(lake: Lake, *keys: str) -> list[tuple[int, ...]]:
    computed = compute(lake, PERIODS, rule, indicators=[named(key) for key in keys or catalogue()])
    return sorted(tuple(row.values()) for row in computed.values.to_pylist())


def test_one_more_month_reads_that_month_and_gives_what_all_months_give(duckdb_engine: Engine, tmp_path: Path) -> None:
    world = random_world(3)
    on(Lake(write_lake(tmp_path, until(world, MONTHS[-2]), today=MONTHS[-2]), duckdb_engine))
    lake = Watched(write_lake(tmp_path, world, today=MONTHS[-1]), duckdb_engine)
    again = on(lake)
    assert {(fact, month) for fact, month in lake.read if fact in SUMMED} == {(fact, MONTHS[-1]) for fact in SUMMED}
    assert again == on(Lake(tmp_path, duckdb_engine, keep=False))


def test_a_record_of_an_old_month_is_counted_though_the_month_was_kept(duckdb_engine: Engine, tmp_path: Path) -> None:
    world = random_world(4)
    before = on(Lake(write_lake(tmp_path, world), duckdb_engine), "attendance")
    for row in world["meetings.attendance"]:
        row["exempt"] = row["exempt"] or row["month"] == MONTHS[4]
    after = on(Lake(write_lake(tmp_path, world), duckdb_engine), "attendance")
    assert after != before
    assert after == on(Lake(tmp_path, duckdb_engine, keep=False), "attendance")


def test_a_kept_file_that_cannot_be_read_is_counted_anew(duckdb_engine: Engine, tmp_path: Path) -> None:
    lake = Lake(write_lake(tmp_path, random_world(4)), duckdb_engine)
    expected = on(lake, "attendance", "lecturer_variety")
    files = list((tmp_path / FOLDER).rglob("*.arrow"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:40])
    assert on(lake, "attendance", "lecturer_variety") == expected

    shutil.rmtree(tmp_path / FOLDER)
    (tmp_path / FOLDER).write_text("in the way, like a full disk or a folder of somebody else's")
    assert on(lake, "attendance", "lecturer_variety") == expected, "nothing is kept, all is counted"


def test_a_damaged_file_is_no_reason_to_stop(tmp_path: Path) -> None:
    """Some damage gives a file that says something else: integers of no width, lengths beyond its end."""
    kept, dice = Kept(tmp_path), Random(1)
    kept.write("sums", MONTHS[0], "files", pa.table({"organization_id": [1, 2, 300], "sum": [1, None, 2**40]}))
    [file] = tmp_path.rglob("*.arrow")
    whole = file.read_bytes()
    for _ in range(1500):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(whole))] = dice.randrange(256)
        file.write_bytes(damaged)
        for columns in ((), ("sum",)):
            found = kept.read("sums", MONTHS[0], "files", columns)
            assert found is None or len(found) >= 0


def test_where_one_count_fails_the_others_are_not_begun(
    duckdb_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up, begun = Event(), count()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            given_up.set()
            super().shutdown(wait)

    class Failing(Lake):
        def stored(self, fact: str, months: Iterable[date]) -> Stored:
            if next(begun):  # all but the first are under way until the computation is given up
                given_up.wait(20)
            raise OSError("no such disk")

    monkeypatch.setattr("zhibu.indicators.measures.ThreadPoolExecutor", Pool)
    with pytest.raises(OSError, match="no such disk"):
        on(Failing(write_lake(tmp_path, random_world(4)), duckdb_engine))
    assert next(begun) <= duckdb_engine.at_once + 1


def test_another_question_to_the_same_fact_adds_to_what_is_kept(duckdb_engine: Engine, tmp_path: Path) -> None:
    lake = Watched(write_lake(tmp_path, random_world(4)), duckdb_engine)
    attendance, present = "meetings.attendance", nw.col("presence") == "present"
    late, absent = nw.col("presence") == "late", nw.col("presence") == "absent"
    for expressions in ((EACH,), (EACH, present), (present,), (late, EACH, absent), (EACH, present, late)):
        lake.read = set()
        sums = MonthlySums(lake)
        sums.ask(attendance, MONTHS[:2], *expressions)
        for expression in expressions:
            organizations, numbers = sums.of(attendance, MONTHS[1], expression)
            found = lake.engine.collect(lake.scan(attendance, [MONTHS[1]]).filter(expression))
            expected = Counter(found["organization_id"].to_pylist())
            assert {
                int(one): int(number) for one, number in zip(organizations, numbers, strict=True) if number
            } == expected
    assert {month for _fact, month in lake.read} == {MONTHS[1]}  # by this test alone: nothing was left to be counted


def test_a_lake_that_cannot_be_written_to_is_still_counted(
    duckdb_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_lake(tmp_path, random_world(4))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    lake = Lake(folder, duckdb_engine)
    assert on(lake, "attendance") and lake.kept is None and not (folder / FOLDER).exists()


def test_a_lake_in_ranges_of_organizations_gives_what_the_whole_gives(duckdb_engine: Engine, tmp_path: Path) -> None:
    world = random_world(6)
    whole = Lake(write_lake(tmp_path / "whole", world), duckdb_engine)
    cut = Lake(write_lake(tmp_path / "cut", world, band_size=7), duckdb_engine)
    assert len(cut.bands) > 2
    assert on(cut) == on(whole)
    assert on(cut) == on(whole)  # again, from what was kept
    ours, theirs = (compute(lake, PERIODS, rule).organizations.to_pylist() for lake in (cut, whole))
    assert sorted(map(str, ours)) == sorted(map(str, theirs))


def test_two_pages_opened_at_once_may_count_the_same_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheme's trial opened by two clicks: both write what they counted, neither takes the other's draft away."""
    both_written, put_in_place = Barrier(2), os.replace

    def together(draft: Path, file: Path) -> None:
        both_written.wait(20)
        put_in_place(draft, file)

    monkeypatch.setattr("zhibu.warehouse.kept.os.replace", together)
    kept, table = Kept(tmp_path), pa.table({"organization": [1, 2]})
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(kept.write, "sums", MONTHS[0], "files", table) for _ in range(2)]:
            done.result()
    found = kept.read("sums", MONTHS[0], "files")
    assert found is not None and found["organization"].to_pylist() == [1, 2]


WIDTHS = [edge + by for bits in (7, 15, 31, 63) for edge in (2**bits, -(2**bits)) for by in (-1, 0, 1)]


@given(
    st.lists(
        st.none()
        | st.sampled_from([edge for edge in WIDTHS if -(2**63) <= edge < 2**63])
        | st.integers(-(2**63), 2**63 - 1)
    )
)
def test_what_is_kept_comes_back_whatever_its_size(numbers: list[int | None]) -> None:
    table = pa.table(
        {"sum": pa.array(numbers, pa.int64()), "other": pa.array([None] * len(numbers), pa.int64())}
    ).append_column("month", pa.array([MONTHS[0]] * len(numbers), pa.date32()))
    with TemporaryDirectory() as folder:
        kept = Kept(Path(folder))
        kept.write("sums", MONTHS[0], "files", table)
        found = kept.read("sums", MONTHS[0], "files")
        assert found is not None and found.to_pydict() == table.to_pydict()
        some = kept.read("sums", MONTHS[0], "files", ["sum"])
        assert some is not None and some.to_pydict() == {"sum": numbers}
        assert kept.read("sums", MONTHS[0], "other files") is None


def test_months_kept_in_different_widths_are_one_table() -> None:
    narrow, wide = pa.table({"person": pa.array([1], pa.int8())}), pa.table({"person": [2**40]})
    assert stacked([narrow, wide])["person"].to_pylist() == [1, 2**40]
