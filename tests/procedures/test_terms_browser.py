"""An election in a real Chromium, from the reminder to the new posts; and the pages of members who are away.

With ``ZHIBU_SHOTS=<folder>`` the pages are also kept as pictures."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.browser import enter, overflow
from tests.cast import TODAY, Cast, make_cast
from tests.procedures.electing import members, take, term, with_candidates
from zhibu.organizations.models import Tenure
from zhibu.people import actions as people
from zhibu.procedures.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = make_cast()
    term(cast, date(2026, 11, 1))
    return cast


def test_from_the_reminder_to_new_posts(desk: Any, phone: Any, live_server: Any, cast: Cast) -> None:
    four = members(cast)[:4]
    enter(desk, live_server, cast.organizer.user)
    desk.goto(f"{live_server.url}/procedures/terms/?due=late")
    shoot(desk, "terms-desk")
    desk.get_by_role("link", name="本科生第一党支部").first.click()
    shoot(desk, "term-desk")
    desk.get_by_role("link", name="换届立项").click()
    desk.get_by_role("button", name="立项").click()
    desk.wait_for_url("**/procedures/*/")
    case = Case.objects.get()
    with_candidates(cast, case, four)

    enter(phone, live_server, cast.secretary.user)
    phone.goto(f"{live_server.url}/procedures/{case.pk}/")
    assert overflow(phone) == 0
    shoot(phone, "election-phone")
    phone.goto(f"{live_server.url}/procedures/{case.pk}/meeting/")
    assert overflow(phone) == 0
    for name in ("entitled", "present", "handed_out", "returned"):
        phone.locator(f"[name={name}]").fill("10")
    for one, votes in zip(four, (10, 9, 8, 3), strict=True):
        phone.locator(f"[name=votes_{one.pk}]").fill(str(votes))
    for one in four[:3]:
        phone.locator(f"[name=people][value='{one.pk}']").check()
    phone.locator("[name=outcome][value=complete]").check()
    phone.locator("[name=reason]").fill("因疫情推迟，已报告上级")
    for kind in ("election_minutes", "ballot_result"):
        phone.locator(f"[name=place_{kind}]").fill("党支部档案柜")
    shoot(phone, "meeting-phone")
    phone.get_by_role("button", name="登记", exact=True).click()
    phone.wait_for_url(f"**/procedures/{case.pk}/")
    phone.goto(f"{live_server.url}/procedures/{case.pk}/first_meeting/")
    for one, post in zip(four[:3], ("secretary", "organization_member", "publicity_member"), strict=True):
        phone.locator(f"[name=post_{one.pk}]").select_option(post)
    phone.locator("[name=committee_present]").fill("3")
    phone.locator(f"[name=ayes_{four[0].pk}]").fill("2")
    phone.locator("[name=place_committee_minutes]").fill("党支部档案柜")
    assert overflow(phone) == 0
    shoot(phone, "first-meeting-phone")
    phone.get_by_role("button", name="登记", exact=True).click()
    phone.wait_for_url(f"**/procedures/{case.pk}/")
    take(cast, case, "report")

    desk.goto(f"{live_server.url}/procedures/{case.pk}/approval/")
    desk.locator("[name=outcome][value=approved]").check()
    desk.locator("[name=number_election_approval]").fill("虚院党〔2026〕9 号")
    desk.locator("[name=place_election_approval]").fill("学院党委档案柜")
    desk.get_by_role("button", name="登记", exact=True).click()
    desk.wait_for_url(f"**/procedures/{case.pk}/")
    shoot(desk, "election-desk")
    desk.goto(f"{live_server.url}/procedures/terms/{cast.branch.pk}/")
    shoot(desk, "term-after-desk")

    held = Tenure.objects.filter(organization=cast.branch, ended_on__isnull=True, started_on=TODAY)
    assert {(one.person_id, one.post) for one in held} == {
        (four[0].pk, "secretary"), (four[1].pk, "organization_member"), (four[2].pk, "publicity_member"),
    }  # fmt: skip
    assert "2029-11-21" in desk.content()


def test_pages_of_members_away_fit_their_window(desk: Any, phone: Any, live_server: Any, cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    people.mark_mobile(
        scope, cast.member, destination="虚构国虚构市", since=date(2026, 4, 1), is_abroad=True, keeper=cast.secretary
    )
    other = members(cast, 3)[2]
    people.mark_lost(scope, other, since=date(2026, 6, 1))
    people.record_contact(scope, other, on=date(2026, 8, 1), way="family", purpose="search", is_reached=False)
    for name, page in (("desk", desk), ("phone", phone)):
        enter(page, live_server, cast.secretary.user)
        for label, url in (
            ("mobile", "/people/mobile/"),
            ("lost", "/people/lost/"),
            ("contact", f"/people/{cast.member.pk}/contact/"),
            ("contact-lost", f"/people/{other.pk}/contact/"),
            ("contact-new", f"/people/{other.pk}/contact/new/"),
            ("mobile-form", f"/people/{cast.member.pk}/mobile/"),
            ("stop", f"/people/{other.pk}/stop/"),
        ):
            page.goto(live_server.url + url)
            shoot(page, f"{label}-{name}")
            assert overflow(page) == 0, url
