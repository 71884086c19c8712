from pathlib import Path

import pytest

from tests.demo.university import university  # noqa: F401

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker generates the university once for all of this folder; what needs an empty database comes before."""
    places = [place for place, item in enumerate(items) if item.path.is_relative_to(HERE)]
    here = sorted((items[place] for place in places), key=lambda item: "university" in item.fixturenames)  # type: ignore[attr-defined]
    for place, item in zip(places, here, strict=True):
        item.add_marker(pytest.mark.xdist_group("demo"))
        items[place] = item
