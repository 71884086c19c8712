"""The frame in a real Chromium. With ``ZHIBU_SHOTS=<folder>`` the pages are also kept as pictures."""

import os
from pathlib import Path

import pytest

from tests.browser import enter, overflow
from tests.cast import TODAY
from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant, Scope

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(transactional_db, monkeypatch):
    from zhibu.accounts.models import User

    user = User.objects.create(username="reader", display_name="单元读者")
    scope = Scope(user_id=user.pk, person_id=None, today=TODAY, grants=(Grant("", Role.OFFICE, None, "学校组织部"),))
    monkeypatch.setattr("zhibu.accounts.middleware.scope_of", lambda account, today: scope)
    return user


def shoot(page, name):
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.wait_for_timeout(600)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_pages_fit_their_window_and_draw_their_charts(width, request, live_server, office, make_rows):
    page = request.getfixturevalue(width)
    make_rows(120)
    enter(page, live_server, office)
    for name, url in (("guide", "/ui/"), ("list", "/accounts/"), ("form", "/ui/form/"), ("error", "/fails/refused/")):
        page.goto(live_server.url + url)
        if name == "guide":
            page.wait_for_selector("#tree canvas")
        shoot(page, f"{name}-{width}")

        assert overflow(page) == 0, url
