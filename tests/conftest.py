"""What every test stands on: a small cast that everybody knows, a way to sign in."""

import gc
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.browser import browser, desk, phone  # noqa: F401  (the one place: two of them would start two browsers)
from tests.database import django_db_modify_db_settings  # noqa: F401

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


# A busy machine is no wrong answer.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test first, that no worker waits for it alone at the end; it wants no database, which another worker
    makes meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("spark") is None)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: going through it for garbage again and again was a sixth of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _in_one_block(test: Callable[..., Any], /, **given: Any) -> Any:
    return test(**given)


# CPython 3.11 keeps the frames of its functions in blocks of 16 kB, and gives one back to the system as soon as the
# last function in it returns. A template whose nodes lie at the edge of a block asks for it thousands of times, a fifth
# of the work of a page. A function that says it needs half a megabyte gets a block with as much again for all it calls.
_in_one_block.__code__ = _in_one_block.__code__.replace(co_stacksize=70_000)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    pyfuncitem.obj = partial(_in_one_block, pyfuncitem.obj)
    return (yield)


@pytest.fixture
def cast(db: None) -> "Cast":
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def sign_in(client: "Client") -> Callable[[Any], "Client"]:
    """``sign_in(cast.secretary)`` gives a client that is signed in as that person (or account)."""

    def enter(who: Any) -> "Client":
        client.force_login(getattr(who, "user", who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture(scope="session", autouse=True)
def it_is_the_day_of_the_cast() -> Iterator[None]:
    """The pages ask the clock, the cast lives on `TODAY`: the hour is the real one, the day is that one."""
    from django.utils import timezone

    from tests.cast import TODAY

    real = timezone.now

    def now() -> datetime:
        at = real()
        return at + (TODAY - timezone.localdate(at))

    with pytest.MonkeyPatch.context() as patch:
        # Libraries took the clock by its name when they were imported.
        for module in list(sys.modules.values()):
            if vars(module).get("now") is real:
                patch.setattr(module, "now", now)
        yield


@pytest.fixture(scope="session", autouse=True)
def tests_that_commit_leave_nothing() -> None:
    """Django ends such tests by truncating every table and writing all content types and permissions anew; here the
    rows are deleted where there are any. Triggers and foreign keys are silent meanwhile: the audit log forbids
    deleting, rightly, and the order of the tables does not matter."""
    from django.db import connection
    from django.test import TransactionTestCase

    kept = {"django_content_type", "auth_permission"}
    tables = None

    def teardown(case: Any) -> None:
        nonlocal tables
        if tables is None:
            known = connection.introspection.django_table_names(only_existing=True, include_views=False)
            tables = [connection.ops.quote_name(name) for name in sorted(set(known) - kept)]
        with connection.cursor() as cursor:
            # Only in the test's own database does the connection have the right to silence triggers.
            cursor.execute("set session_replication_role = replica")
            try:
                cursor.execute(" union all ".join(f"select '{one}' where exists (select from {one})" for one in tables))
                for (one,) in cursor.fetchall():
                    cursor.execute(f"delete from {one}")
            finally:
                cursor.execute("set session_replication_role = origin")

    # TestCase, which rolls back, has its own; this one is reached only by tests that really commit.
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
