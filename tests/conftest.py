"""What every test stands on: a small cast that everybody knows, a way to sign in."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import browser, desk, phone  # noqa: F401  (the one place: two of them would start two browsers)

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


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
def flush_may_empty_the_audit_log() -> None:
    """Tests with a live server end by truncating every table; the trigger of the audit log forbids that, rightly."""
    from django.db import connection
    from django.test import TransactionTestCase

    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(case: Any) -> None:
        # Only in the test's own database does the connection have the right to silence triggers.
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = replica")
        try:
            original(case)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("set session_replication_role = origin")

    # TestCase, which rolls back, has its own; this one is reached only by tests that really commit.
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
