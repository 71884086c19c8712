"""A small invented university for the tests of one folder: generated once, thrown away when the folder is done.

Other rooms use it so:

    from tests.demo.university import university  # noqa: F401  (in the folder's conftest.py)

    pytestmark = pytest.mark.django_db

    def test_something(university: Summary) -> None: ...

The mark is needed: without any marked test pytest-django makes no test database. What a test writes is rolled back with
the test, the university with the folder. Do not combine it with `cast`, which has a committee of the same code.
"""

import os
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from zhibu.demo.generate import Summary, generate

TODAY = date(2026, 11, 21)
SCALE = float(os.environ.get("ZHIBU_DEMO_TEST_SCALE", "0.05"))


@pytest.fixture(scope="package")
def university(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Summary]:
    """Sixteen branches, some six hundred people, four years."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield generate(scale=SCALE, seed=2026, today=TODAY)
        transaction.set_rollback(True)


def rows(query: str, *values: object) -> list[tuple]:
    """Plain SQL, so that what is tested is not asked from the code that made it."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def value(query: str, *values: object) -> object:
    return rows(query, *values)[0][0]
