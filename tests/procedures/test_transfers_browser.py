"""Transfers and the graduation season in a real Chromium. With ``ZHIBU_SHOTS=<folder>`` pages are kept as pictures."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import enter, overflow
from tests.cast import Cast, make_cast
from tests.procedures.moving import sent_out, take, traveller
from tests.procedures.test_graduation import UNIT, graduate
from zhibu.procedures.models import Leaver
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.graduation import actions, bulk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def season(transactional_db: None) -> Cast:
    """A class of six: two with letters, one who stays, three not yet filled in; and two transfers on their way."""
    cast = make_cast()
    for serial, name in enumerate(("仇英", "单雄信", "解缙", "曾巩", "查慎行", "尉迟恭"), 420):
        graduate(cast, serial, name)
    actions.gather(cast.scope(cast.secretary), 2026)
    rows = list(Leaver.objects.order_by("pk"))
    for row in rows[:2]:
        actions.save(cast.scope(cast.secretary), row.pk, UNIT)
    actions.save(cast.scope(cast.secretary), rows[2].pk, actions.Going("abroad"))
    bulk.issue_all(
        cast.scope(cast.organizer), Leaver.objects.filter(pk__in=[row.pk for row in rows[:2]]), valid_days=90,
        dues_until="2026-06",
    )  # fmt: skip
    sent_out(cast, traveller(cast, "欧阳修"), date(2026, 6, 15))
    transfers.fall_back(cast.scope(cast.office))
    case = transfers.request(cast.scope(cast.secretary), cast.member, target=cast.other_branch, cause="转专业")
    take(cast.scope(cast.secretary), case, "consent")
    take(cast.scope(cast.organizer), case, "sent")
    return cast


def shoot(page: Any, name: str) -> None:
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_row_survives_a_lost_network_and_pages_fit(desk: Any, phone: Any, live_server: Any, season: Cast) -> None:
    enter(desk, live_server, season.organizer.user)
    row = Leaver.objects.filter(destination="").order_by("pk").first()
    assert row is not None
    line = desk.locator(f"#leaver-{row.pk}")
    desk.goto(f"{live_server.url}/procedures/graduation/class/?year=2026&branch={season.branch.pk}&class=计算机2201班")
    desk.route("**/procedures/graduation/*/", lambda route: route.abort())
    line.locator("[name=to_unit]").fill("虚构市某街道党工委")
    line.locator("[name=destination]").select_option("without_party")
    expect(line.get_by_text("网络中断，还没有保存")).to_be_visible()
    desk.unroute("**/procedures/graduation/*/")
    line.get_by_role("button", name="重试").click()
    expect(line.get_by_text("已保存")).to_be_visible()
    row.refresh_from_db()
    assert (row.destination, row.receiver_kind, row.to_unit) == ("without_party", "street", "虚构市某街道党工委")

    enter(phone, live_server, season.organizer.user)
    case = season.member.cases.get()
    for name, url in (
        ("class", f"/procedures/graduation/class/?year=2026&branch={season.branch.pk}&class=计算机2201班"),
        ("season", "/procedures/graduation/"),
        ("request", "/procedures/transfers/new/"),
        ("letters", "/procedures/transfers/letters/"),
        ("case", f"/procedures/{case.pk}/"),
        ("letter-case", f"/procedures/{Leaver.objects.exclude(case=None).first().case_id}/"),  # type: ignore[union-attr]
    ):
        for page, width in ((desk, "desk"), (phone, "phone")):
            page.goto(live_server.url + url)
            shoot(page, f"{name}-{width}")
            assert overflow(page) == 0, (name, width)
