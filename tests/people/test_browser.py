"""The room in a real Chromium. With ``ZHIBU_SHOTS=<folder>`` the pages are also kept as pictures."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.browser import enter, overflow
from tests.cast import TODAY, Cast, make_cast, make_person
from zhibu.people import actions
from zhibu.people.enums import StageKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = "10012345678"


@pytest.fixture
def crowd(transactional_db: None) -> Cast:
    """A branch with enough people for a page, one of them with everything on file."""
    cast = make_cast()
    scope = cast.scope(cast.secretary)
    fields = {"phone": PHONE, "address": "虚构市松鹤区明理路 8 号 302", "work_post": "7006", "school": "虚构中学"}
    actions.update(scope, cast.member, fields)
    for serial, name in enumerate(("仇英", "单雄信", "解缙", "曾巩", "查慎行", "尉迟恭", "万俟明", "欧阳修"), 20):
        kind = StageKind.PROBATIONARY if serial % 3 == 0 else StageKind.FULL
        make_person(name, cast.branch, serial=serial, stage=kind, since=date(2025, 10, 1))
    actions.mark_lost(
        scope, cast.branch.people.get(name="解缙"), since=date(2026, 3, 1), reason="电话停机，家属不知去向"
    )
    return cast


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_pages_fit_their_window(width: str, request: pytest.FixtureRequest, live_server: Any, crowd: Cast) -> None:
    page = request.getfixturevalue(width)
    asked = actions.request_change(crowd.scope(crowd.member), field="phone", value="10099998888", reason="换了号码")
    probationary = crowd.branch.people.filter(stage="40").first()
    enter(page, live_server, crowd.secretary.user)
    for name, url in (
        ("roster", "/people/"),
        ("file", f"/people/{crowd.member.pk}/"),
        ("edit", f"/people/{crowd.member.pk}/edit/"),
        ("new", "/people/new/"),
        ("stage", f"/people/{probationary.pk}/stage/"),
        ("move", f"/people/{crowd.member.pk}/move/"),
        ("find", "/people/find/"),
        ("changes", "/people/changes/"),
        ("change", f"/people/changes/{asked.pk}/"),
    ):
        page.goto(live_server.url + url)
        shoot(page, f"{name}-{width}")

        assert overflow(page) == 0, url
    page.context.clear_cookies()
    enter(page, live_server, crowd.member.user)
    for name, url in (("me", "/people/me/"), ("ask", "/people/me/change/?field=phone")):
        page.goto(live_server.url + url)
        shoot(page, f"{name}-{width}")

        assert overflow(page) == 0, url


def test_a_number_is_shown_on_the_phone_after_a_reason(phone: Any, live_server: Any, crowd: Cast) -> None:
    enter(phone, live_server, crowd.secretary.user)
    phone.goto(f"{live_server.url}/people/{crowd.member.pk}/")

    phone.click("text=查看完整信息")
    phone.fill("#secrets input[name=reason]", "看")
    phone.click("#secrets button")
    phone.wait_for_selector("text=请写明查看的理由")
    assert PHONE not in phone.content()

    phone.fill("#secrets input[name=reason]", "联系本人")
    phone.click("#secrets button")
    phone.wait_for_selector(f"text={PHONE}")
    shoot(phone, "revealed-phone")

    phone.reload()
    assert PHONE not in phone.content()


def test_people_chosen_in_the_roster_are_moved(desk: Any, live_server: Any, crowd: Cast) -> None:
    enter(desk, live_server, crowd.organizer.user)
    desk.goto(f"{live_server.url}/people/?q=仇")
    desk.check("tbody tr:has-text('仇英') input[name=selected]")

    desk.click("button:has-text('调整支部')")
    desk.wait_for_selector("h1:has-text('调整 1 人的党支部')")
    desk.fill("input[name=target]", "教师党支部")
    desk.fill("input[name=on]", TODAY.isoformat())
    shoot(desk, "move-chosen-desk")
    desk.click("button:has-text('调整')")

    desk.wait_for_selector("text=已把 1 人调整到“教师党支部”")
    assert crowd.sibling.people.filter(name="仇英").exists()


def test_the_branch_approves_with_one_press(desk: Any, live_server: Any, crowd: Cast) -> None:
    asked = actions.request_change(crowd.scope(crowd.member), field="school", value="另一所虚构中学")
    enter(desk, live_server, crowd.secretary.user)
    desk.goto(f"{live_server.url}/people/changes/{asked.pk}/")

    desk.click("button:has-text('采纳并更正')")

    desk.wait_for_selector("text=已采纳并更正档案")
    crowd.member.refresh_from_db()
    assert crowd.member.school == "另一所虚构中学"
