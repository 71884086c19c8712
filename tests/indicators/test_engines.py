"""Every indicator against the plain computation, and the same on every engine."""

from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import django
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.indicators.cluster import standalone_cluster
from tests.indicators.composed import COMPOSED, PLAIN, PlainComposed
from tests.indicators.plain import Plain
from tests.indicators.worlds import Facts, random_world, rule
from tests.warehouse.lakes import write_lake
from zhibu.indicators.compute import Computed, compute
from zhibu.indicators.definition import catalogue
from zhibu.indicators.periods import Cycle, Period, between
from zhibu.warehouse.engines import Engine, EngineMissing, open_engine
from zhibu.warehouse.lake import Lake

# In the last of the quarters, which is under way.
WORLD_DAY = date(2026, 3, 20)
PERIODS = between(Period(2024, 4), Period(2026, 1))


def by_place(computed: Computed) -> dict[tuple[int, str, int], tuple[int, int]]:
    rows = computed.values.to_pylist()
    found = {
        (row["period"], computed.indicators[row["indicator"]].key, row["organization_id"]): (
            row["numerator"], row["denominator"],
        )
        for row in rows
    }  # fmt: skip
    assert len(found) == len(rows)
    return found


def plainly(facts: Facts, periods: list[Period] = PERIODS) -> dict[tuple[int, str, int], tuple[int, int]]:
    found = {
        (period.number, key, organization): share
        for period in periods
        for key in catalogue()
        for organization, share in Plain(facts, period, WORLD_DAY).rolled_up(key).items()
    }
    for period in periods:
        plain = PlainComposed(facts, period, WORLD_DAY)
        for key, (_item, own) in PLAIN.items():
            found |= {(period.number, key, at): share for at, share in plain.summed(partial(own, plain)).items()}
    return found


def on(engine: Engine, folder: Path, periods: list[Period] = PERIODS) -> Computed:
    """Delivered indicators and composed ones together, as a scheme may mix them."""
    return compute(Lake(folder, engine), periods, rule, indicators=[*catalogue().values(), *COMPOSED])


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller seed makes no smaller world
)
@given(seed=st.integers(0, 10**6))
def test_every_indicator_equals_the_plain_computation(
    seed: int, duckdb_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    facts = random_world(seed)
    folder = write_lake(tmp_path_factory.mktemp("world"), facts, today=WORLD_DAY)
    assert by_place(on(duckdb_engine, folder)) == plainly(facts)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (Period(2025, 6, Cycle.MONTH), Period(2026, 3, Cycle.MONTH)),
        (Period(2025, 1, Cycle.HALF_YEAR), Period(2026, 1, Cycle.HALF_YEAR)),
        (Period(2024, 1, Cycle.YEAR), Period(2026, 1, Cycle.YEAR)),
    ],
)
def test_months_half_years_and_years_equal_the_plain_computation(
    first: Period, last: Period, duckdb_engine: Engine, tmp_path: Path
) -> None:
    facts, periods = random_world(23), between(first, last)
    folder = write_lake(tmp_path, facts, today=WORLD_DAY)
    found = by_place(on(duckdb_engine, folder, periods))
    assert found == plainly(facts, periods)
    assert len({key for _period, key, _organization in found}) >= 15


def test_every_indicator_is_reached_by_the_random_worlds() -> None:
    """Guards the test above: a world in which nothing is due would prove nothing."""
    reached = {key for _, key, _ in plainly(random_world(1))}
    assert reached == {*catalogue(), *PLAIN}


def test_one_quarter_alone_equals_the_same_quarter_among_many(duckdb_engine: Engine, tmp_path: Path) -> None:
    folder = write_lake(tmp_path, random_world(5), today=WORLD_DAY)
    many = by_place(on(duckdb_engine, folder))
    for period in PERIODS:
        alone = by_place(on(duckdb_engine, folder, [period]))
        assert alone == {place: share for place, share in many.items() if place[0] == period.number}


def test_sail_gives_what_duckdb_gives(duckdb_engine: Engine, sail_engine: Engine, tmp_path: Path) -> None:
    folder = write_lake(tmp_path, random_world(11, branches=8), today=WORLD_DAY)
    ours, theirs = on(duckdb_engine, folder), on(sail_engine, folder)
    assert by_place(theirs) == by_place(ours)
    order = [("organization_id", "ascending"), ("period", "ascending")]
    assert theirs.organizations.sort_by(order).to_pylist() == ours.organizations.sort_by(order).to_pylist()


@pytest.mark.spark
@pytest.mark.timeout(600)  # a cold cluster on a busy machine
def test_spark_cluster_with_two_workers_gives_what_duckdb_gives(duckdb_engine: Engine, tmp_path: Path) -> None:
    folder = write_lake(tmp_path / "lake", random_world(11, branches=8), today=WORLD_DAY)
    periods = PERIODS[-2:]
    expected = by_place(on(duckdb_engine, folder, periods))
    # Spark starts its JVM by a fork; a fork beside the threads of Sail's client in this process sometimes dies.
    with (
        standalone_cluster(tmp_path) as master,
        ProcessPoolExecutor(1, get_context("spawn"), django.setup) as own_process,
    ):
        found, processes = own_process.submit(_on_spark, master, folder, periods).result()
    assert found == expected
    assert processes == 3  # the driver is one, each worker's executor another


def _on_spark(
    master: str, folder: Path, periods: list[Period]
) -> tuple[dict[tuple[int, str, int], tuple[int, int]], int]:
    engine = open_engine(master)
    try:
        values = by_place(on(engine, folder, periods))
        return values, engine._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size()  # type: ignore[attr-defined]
    finally:
        engine.close()


def test_empty_lake_gives_nothing(duckdb_engine: Engine, tmp_path: Path) -> None:
    computed = on(duckdb_engine, write_lake(tmp_path, {}))
    assert (len(computed.values), len(computed.organizations)) == (0, 0)


def test_unknown_engine_is_explained() -> None:
    with pytest.raises(EngineMissing, match="duckdb、sail 或 spark"):
        open_engine("mysql")
