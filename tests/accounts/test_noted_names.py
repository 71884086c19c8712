"""People type their ID number or phone where the account belongs. What is kept of failed sign-ins does not tell it."""

import logging

import pytest
from axes.models import AccessAttempt
from django.test import Client

from tests.cast import PASSWORD, Cast, id_number
from zhibu.accounts.models import User

NUMBER = id_number(1)


def kept() -> str:
    return str(list(AccessAttempt.objects.values()))


def fail(typed: str, page: str = "sign-in") -> int:
    given = {"username": typed, "password": "wrong", "code": "AAAA", "again": "wrong"}
    return Client().post(f"/account/{page}/?username={typed}", given).status_code


@pytest.mark.parametrize("page", ["sign-in", "activate"])
@pytest.mark.parametrize(
    "typed",
    [NUMBER, f"{NUMBER[:17]}x", f"{NUMBER[:17]}X", "000000491231002", "10012345678", "100-1234-5678", "tel10012345678",
     "１００１２３４５６７８"],
)  # fmt: skip
def test_a_number_typed_as_the_account_is_neither_stored_nor_logged(
    cast: Cast, caplog: pytest.LogCaptureFixture, typed: str, page: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert fail(typed, page) in {200, 422}

    (attempt,) = AccessAttempt.objects.all()
    for trace in (kept(), caplog.text):
        assert typed not in trace
        assert typed.lower() not in trace
        assert typed.replace("-", "") not in trace
    assert attempt.username.startswith("#")


def test_other_names_are_kept_as_they_are_for_whoever_looks_into_attacks(cast: Cast) -> None:
    fail("t2026001")

    assert AccessAttempt.objects.get().username == "t2026001"


def test_an_account_named_by_a_long_number_is_locked_and_freed_like_any_other(cast: Cast) -> None:
    User.objects.filter(pk=cast.member.user_id).update(username="202600100123")
    right = {"username": "202600100123", "password": PASSWORD}
    for _ in range(4):
        fail("202600100123")

    assert Client().post("/account/sign-in/", right).status_code == 302
    assert not AccessAttempt.objects.exists(), "success clears the failures"
    assert [fail("202600100123") for _ in range(5)][-1] == 429
    assert Client().post("/account/sign-in/", right).status_code == 429
