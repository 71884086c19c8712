from collections.abc import Iterator

import pytest

from zhibu.warehouse.engines import Engine, open_engine


@pytest.fixture(scope="module")
def duckdb_engine() -> Iterator[Engine]:
    engine = open_engine("duckdb", memory="1GB", threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def sail_engine() -> Iterator[Engine]:
    engine = open_engine("sail")
    yield engine
    engine.close()
