"""Sixty indicators: the shipped ones and 45 more, each made of the facts as an office would compose it, under a scheme
that assesses every month.

``full`` is a pass over all sixty months with nothing kept; ``month`` the pass after one more month, on a lake whose
other months were counted before. Both give the same rows for the last month.
"""

from __future__ import annotations

import gc
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow.compute as pc

from benchmarks.score.generate import PERIODS, TODAY
from zhibu.assessment.scheme import Scheme, Weighted, delivered_for
from zhibu.assessment.scoring import Scored, score
from zhibu.indicators.compute import compute
from zhibu.indicators.counts import EACH, Counts
from zhibu.indicators.definition import Indicator, Window, named
from zhibu.indicators.periods import Cycle, Period
from zhibu.indicators.rules import number_in_force
from zhibu.warehouse.engines import open_engine
from zhibu.warehouse.kept import FOLDER
from zhibu.warehouse.lake import Lake

MEMORY = "3GB"
MONTHS = [Period.of(month, Cycle.MONTH) for quarter in PERIODS for month in quarter.months]
WANTED = 60
KINDS = ("general", "group", "lecture", "theme_day", "talk", "appraisal")
ATTENDANCE, MEETING, DUES = "meetings.attendance", "meetings.meeting", "dues.payer_month"
MEMBERSHIP, PROFILE, STEP = "people.membership_month", "people.profile_month", "people.stage_step"


def composed() -> Iterator[tuple[Window, Counts]]:
    """Shares over single facts: who came by kind of meeting, which records are whole, whose duties were in time."""
    kind = nw.col("kind")
    for name in KINDS:
        called = (kind == name) & ~nw.col("exempt")
        for presence in (["present", "late"], ["present"], ["absent"]):
            yield Window.PERIOD, Counts(ATTENDANCE, called & nw.col("presence").is_in(presence), called)
    for name in ("general", "committee", "group", "lecture", "theme_day"):
        for window in (Window.PERIOD, Window.YEAR):
            yield window, Counts(MEETING, (kind == name) & nw.col("complete"), kind == name)
        parts = [nw.when(kind == name).then(nw.col(f"parts_{what}")).otherwise(0) for what in ("present", "required")]
        yield Window.PERIOD, Counts(MEETING, *parts)
    yield Window.PERIOD, Counts(MEETING, nw.col("present"), nw.col("expected"))
    yield Window.YEAR, Counts(MEETING, nw.col("voters_present"), nw.col("voters_expected"))
    yield Window.END, Counts(MEMBERSHIP, nw.col("formal"), EACH)
    yield Window.END, Counts(PROFILE, nw.col("filled_fields"), nw.col("required_fields"))
    yield Window.PERIOD, Counts(PROFILE, ~nw.col("lost"), EACH)
    for window in (Window.PERIOD, Window.YEAR):
        yield window, Counts(DUES, nw.col("payers_paid"), nw.col("payers_due"))
        yield window, Counts(DUES, nw.col("fen_paid"), nw.col("fen_due"))
    yield Window.YEAR, Counts(DUES, nw.col("payers_in_time"), nw.col("payers_due"), closed=True)
    yield Window.PERIOD, Counts(STEP, nw.col("kept"), EACH)
    yield Window.END, Counts("organizations.organization_month", nw.col("has_term"), EACH)


def scheme_of_sixty() -> Scheme:
    """The delivered scheme with the others beside its own indicators, each at a hundredth of the weight."""
    scheme = delivered_for(TODAY)
    pattern = named("attendance")

    def made(number: int, window: Window, counts: Counts) -> Indicator:
        return replace(pattern, key=f"composed_{number}", window=window, define=lambda m: counts)

    others = [made(number, *found) for number, found in enumerate(composed())][: WANTED - len(scheme.needed)]
    added = tuple(Weighted(item, Decimal(1), Decimal("0.95"), Decimal(0), True, "") for item in others)
    whole = replace(scheme, indicators=(*scheme.indicators, *added))
    assert len(whole.needed) == WANTED, len(whole.needed)
    return whole


def passed(folder: Path, periods: list[Period], scheme: Scheme, engine: str = "duckdb") -> Scored:
    opened = open_engine(engine, memory=MEMORY, threads=2)
    try:
        lake = Lake(folder, opened)
        found = compute(lake, periods, number_in_force, indicators=scheme.needed, assumptions=scheme.assumptions)
        return score(found, scheme)
    finally:
        opened.close()


def digest(scored: Scored, period: Period | None = None) -> str:
    """Of the rows of one period, or all."""
    found = hashlib.sha256()
    for table in (scored.lines, scored.totals):
        wanted = table if period is None else table.filter(pc.equal(table["period"], period.number))
        names = [name for name in wanted.column_names if name not in ("kind", "category")]
        for row in wanted.select(names).sort_by([(name, "ascending") for name in names[:3]]).to_batches():
            for column in row.columns:
                found.update(column.fill_null(-1).to_numpy(zero_copy_only=False).tobytes())
    return found.hexdigest()[:16]


def timed(run: Callable[[], Scored]) -> tuple[Scored, float, float]:
    began, worked = time.perf_counter(), time.process_time()
    scored = run()
    return scored, time.perf_counter() - began, time.process_time() - worked


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Full passes and passes after one more month in turn, in this process, after one of each to warm up."""
    scheme, last = scheme_of_sixty(), MONTHS[-1]
    found: dict[str, Any] = {"full": [], "month": [], "full_cpu": [], "month_cpu": [], "same": True}
    for number in range(rounds + 1):
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        full, seconds, cpu = timed(lambda: passed(folder, MONTHS, scheme))
        expected, found["rows"] = digest(full, last), len(full.lines)
        # What was counted of the last month goes: to this lake it is one that came since. Nor does the pass before it
        # leave anything in memory that it would have to carry.
        for file in (folder / FOLDER).rglob(f"{last.first:%Y-%m}.arrow"):
            file.unlink()
        del full
        gc.collect()
        month, less_seconds, less_cpu = timed(lambda: passed(folder, [last], scheme))
        found["same"] &= digest(month) == expected
        found["month_rows"] = len(month.lines)
        if number:
            for name, value in (
                ("full", seconds), ("full_cpu", cpu), ("month", less_seconds), ("month_cpu", less_cpu)
            ):  # fmt: skip
                found[name].append(value)
    return found


def on_other_engine(folder: Path, engine: str) -> dict[str, Any]:
    """The last two months on another engine and on DuckDB: seconds and whether every row is the same."""
    scheme, periods = scheme_of_sixty(), MONTHS[-2:]
    theirs, seconds, _cpu = timed(lambda: passed(folder, periods, scheme, engine))
    return {
        "seconds": seconds,
        "rows": len(theirs.lines),
        "same": digest(theirs) == digest(passed(folder, periods, scheme)),
    }
