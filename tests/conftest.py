"""What every test stands on: a small cast that everybody knows, a way to sign in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

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
