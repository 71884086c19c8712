"""A member's phone and a secretary's desk: the own dues, the month's sheet, what is in arrears."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import enter, overflow
from tests.cast import TODAY, make_cast, make_person
from zhibu.dues import actions
from zhibu.dues.enums import IncomeKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page: Page, name: str) -> None:
    """Kept only with ``ZHIBU_SHOTS=<folder>``."""
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_month_is_collected_at_the_desk_and_seen_on_the_phone(live_server: Any, desk: Page, phone: Page) -> None:
    cast = make_cast()
    scope, since = cast.scope(cast.secretary), date(2026, 4, 1)
    for number, name in enumerate(("安平", "白石", "陈禾", "丁一")):
        person = make_person(name, cast.branch, serial=60 + number)
        actions.fix_base(scope, person, kind=IncomeKind.MONTHLY, amount=f"{4000 + 997 * number}.50", started_on=since)
    actions.fix_base(scope, cast.member, kind=IncomeKind.MONTHLY, amount="6123.45", started_on=since)
    actions.register(scope, cast.member, months=[date(2026, 10, 1)], amount="91.90", paid_on=TODAY)

    enter(desk, live_server, cast.secretary.user)
    for name, path in (
        ("index", "/dues/"), ("arrears", "/dues/arrears/"), ("person", f"/dues/people/{cast.member.pk}/"),
        ("pay", f"/dues/people/{cast.member.pk}/pay/"), ("fund", f"/dues/organizations/{cast.branch.pk}/fund/"),
        ("publication", f"/dues/organizations/{cast.branch.pk}/publication/2026/"), ("rules", "/dues/rules/"),
        ("sheet", "/dues/sheet/"),
    ):  # fmt: skip
        desk.goto(live_server.url + path)
        shot(desk, f"dues-{name}-desk")
        assert overflow(desk) == 0
    desk.get_by_label("孟员").check()
    desk.get_by_role("button", name="登记收缴").click()
    shot(desk, "dues-collect-desk")
    desk.get_by_role("button", name="登记收缴").click()
    expect(desk.get_by_text("已登记 1 人 2026-11 的党费，共 91.90 元。")).to_be_visible()

    enter(phone, live_server, cast.member.user)
    phone.goto(f"{live_server.url}/dues/me/")
    expect(phone.get_by_text("91.90 元").first).to_be_visible()
    assert "6,123.45" not in phone.content()
    shot(phone, "dues-me-phone")
    assert overflow(phone) == 0
    enter(phone, live_server, cast.secretary.user)
    for name, path in (("index", "/dues/"), ("sheet", "/dues/sheet/"), ("pay", f"/dues/people/{cast.member.pk}/pay/")):
        phone.goto(live_server.url + path)
        shot(phone, f"dues-{name}-phone")
        assert overflow(phone) == 0
