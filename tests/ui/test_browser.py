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


def test_typing_searches_and_the_address_shows_the_whole_page(desk, live_server, office, make_rows):
    make_rows(60)
    enter(desk, live_server, office)
    desk.goto(live_server.url + "/accounts/")

    desk.fill("input[name=q]", "人59")
    desk.wait_for_selector("text=共 1 条")

    assert desk.url.endswith("/accounts/?q=%E4%BA%BA59")
    assert desk.text_content("#announce") == "账号：共 1 条"
    desk.reload()
    assert desk.locator("tbody tr").count() == 1


def test_rows_are_chosen_by_keyboard_and_all_results_at_once(desk, live_server, office, make_rows):
    make_rows(60)
    enter(desk, live_server, office)
    desk.goto(live_server.url + "/accounts/")
    assert not desk.is_visible("[data-bulk-bar]")

    desk.focus("[data-select-page]")
    desk.keyboard.press("Space")
    assert desk.text_content("[data-bulk-count]") == "已选 50 条"
    desk.click("[data-select-all]")
    desk.click("text=标记")

    assert len(desk.text_content("body").split(",")) == 60


def test_lost_connection_keeps_what_was_typed_and_retries(desk, live_server, office):
    enter(desk, live_server, office)
    desk.goto(live_server.url + "/ui/form/")
    desk.fill("#id_held_on", TODAY.isoformat())
    desk.fill("#id_title", "十一月支委会")
    desk.select_option("#id_kind", "committee")
    desk.fill("#id_phone", "00000000000")

    desk.context.set_offline(True)
    desk.click("button[type=submit]")
    desk.wait_for_selector("[data-network-error]:visible")
    assert desk.input_value("#id_title") == "十一月支委会"
    desk.wait_for_timeout(500)
    desk.context.set_offline(False)
    kept = desk.evaluate("JSON.stringify(localStorage)")
    assert "十一月支委会" in kept and "00000000000" not in kept
    desk.click("[data-retry]")

    desk.wait_for_url("**/ui/")
    assert desk.evaluate("localStorage.length") == 0


def test_draft_is_offered_after_the_page_was_lost(phone, live_server, office):
    enter(phone, live_server, office)
    phone.goto(live_server.url + "/ui/form/")
    phone.fill("#id_title", "没有保存的主题")
    phone.wait_for_timeout(600)

    phone.goto(live_server.url + "/ui/form/")
    phone.click("[data-draft-restore]")

    assert phone.input_value("#id_title") == "没有保存的主题"


def test_refused_form_shows_its_errors_and_gives_them_the_focus(desk, live_server, office):
    enter(desk, live_server, office)
    desk.goto(live_server.url + "/ui/form/")

    desk.click("button[type=submit]")
    desk.wait_for_selector("[data-form-errors]")

    assert desk.evaluate("document.activeElement.hasAttribute('data-form-errors')")
    assert desk.get_attribute("#id_title", "aria-invalid") == "true"
    assert desk.is_enabled("button[type=submit]")


def test_tree_opens_and_the_phone_menu_closes_with_escape(phone, live_server, office):
    enter(phone, live_server, office)
    phone.goto(live_server.url + "/ui/")

    phone.locator(".z-tree summary .icon").first.click()
    phone.wait_for_selector("text=32 名党员")
    phone.click("text=更多")
    assert phone.is_visible("#nav")
    phone.keyboard.press("Escape")

    assert not phone.is_visible("#nav")
