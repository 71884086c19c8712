"""One account that may do everything with lists, one that may not export, and some rows."""

import pytest
from django.test import Client

from tests.cast import TODAY
from zhibu.accounts.enums import Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import Grant, Scope


@pytest.fixture(autouse=True)
def frame_alone(settings):
    settings.ROOT_URLCONF = "tests.ui.urls"


@pytest.fixture
def user(db):
    return User.objects.create(username="reader", display_name="单元读者")


@pytest.fixture
def reader(user, monkeypatch):
    """A client signed in as the school's office."""
    return _client(user, Role.OFFICE, monkeypatch)


@pytest.fixture
def member(user, monkeypatch):
    """A client of the same account, as a member: no right to export."""
    return _client(user, Role.MEMBER, monkeypatch)


def _client(user, role, monkeypatch):
    scope = Scope(user_id=user.pk, person_id=None, today=TODAY, grants=(Grant("", role, None, role.label),))
    monkeypatch.setattr("zhibu.accounts.middleware.scope_of", lambda account, today: scope)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def make_rows(db):
    def make(count):
        return User.objects.bulk_create(
            User(username=f"row{at:04d}", display_name=f"人{at}", is_active=at % 2 == 0) for at in range(count)
        )

    return make
