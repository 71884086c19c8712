"""The list of accounts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "found"), [("2026", ["20261", "20262"]), ("A2", ["a2026"]), ("欧阳", ["20262"]), ("阳", []), ("%", [])]
)
def test_accounts_are_found_from_the_beginning_of_number_or_name(
    cast: Cast, sign_in: Callable[[Any], Client], typed: str, found: list[str]
) -> None:
    for serial, (name, username) in enumerate((("王一", "20261"), ("欧阳二", "20262"), ("李三", "a2026")), 60):
        make_person(name, cast.branch, serial=serial, username=username)

    shown = sign_in(cast.office).get("/account/", {"q": typed}).content.decode()

    assert re.findall(r'href="/account/\d+/"[^>]*>(\w+)</a>', shown) == found
