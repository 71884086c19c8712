"""A secretary opens the branch's score on a phone, down to the one record that is not complete."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.assessment.test_actions import OFFICE, Q3, hold
from tests.browser import enter, overflow
from tests.cast import make_cast, make_person
from tests.warehouse.lakes import refreshed
from zhibu.assessment import actions
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import Meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_score_opens_down_to_one_record(phone: Page, live_server: Any, tmp_path: Path, settings: Any) -> None:
    settings.LAKE = tmp_path
    cast = make_cast()
    for serial in range(20, 28):
        make_person(f"党员{serial}", cast.branch, serial=serial)
    hold(cast, date(2026, 7, 9), Kind.GENERAL, came=2)
    hold(cast, date(2026, 8, 20), Kind.COMMITTEE, complete=False)
    refreshed(tmp_path)
    actions.score(OFFICE, Q3)
    record = Meeting.objects.get(kind=Kind.COMMITTEE)

    enter(phone, live_server, cast.secretary.user)
    phone.goto(live_server.url + "/assessment/")
    assert overflow(phone) == 0
    phone.get_by_role("link", name=re.compile("三会规范率.*分")).first.tap()
    expect(phone.get_by_text("怎样提高").first).to_be_visible()
    expect(phone.get_by_text("第十一条").first).to_be_visible()
    phone.get_by_role("link", name="其中未达到的").tap()
    expect(phone.locator("main")).to_contain_text("2026-08-20")
    assert overflow(phone) == 0
    phone.get_by_role("link", name="2026-08-20").first.tap()

    expect(phone).to_have_url(re.compile(rf"/meetings/{record.pk}/$"))
