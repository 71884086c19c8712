"""An applicant's first weeks: the secretary opens the case and enters the talk on a phone, the organizer mends a delay,
the applicant reads what is next."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import enter, overflow
from tests.cast import make_cast, make_person
from zhibu.accounts.models import User
from zhibu.people.enums import StageKind
from zhibu.procedures.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_application_to_the_next_step(live_server: Any, phone: Page, desk: Page) -> None:
    cast = make_cast()
    person = make_person("新申", cast.branch, serial=700, stage=StageKind.APPLICANT, since=date(2026, 9, 1))
    person.user = User.objects.create(username="newcomer", display_name="新申")
    person.save()

    enter(phone, live_server, cast.secretary.user)
    phone.goto(f"{live_server.url}/procedures/new/one/")
    phone.get_by_label("姓名或学工号").fill("新申")
    phone.get_by_role("button", name="立项").click()
    expect(phone.get_by_text("已为“新申”立项")).to_be_visible()
    expect(phone.get_by_text("最晚 2026-10-01", exact=False)).to_be_visible()
    assert overflow(phone) == 0
    phone.get_by_role("link", name="办理", exact=True).first.click()
    phone.get_by_label("办理日期").fill("2026-11-10")
    phone.get_by_label("原件存放处").fill("党支部档案柜")
    phone.get_by_role("button", name="登记").click()
    expect(phone.get_by_text("已超过 40 天").first).to_be_visible()
    expect(phone.get_by_label("原件存放处")).to_have_value("党支部档案柜")

    case = Case.objects.get(person=person)
    enter(desk, live_server, cast.organizer.user)
    desk.goto(f"{live_server.url}/procedures/{case.pk}/do/explain/?step=talk")
    desk.get_by_label("理由").fill("书记出国访学，本周补谈话")
    desk.get_by_role("button", name="登记").click()
    expect(desk.get_by_text("超期说明：派人谈话")).to_be_visible()

    phone.goto(f"{live_server.url}/procedures/{case.pk}/talk/")
    phone.get_by_label("办理日期").fill("2026-11-10")
    phone.get_by_label("原件存放处").fill("党支部档案柜")
    phone.get_by_role("button", name="登记").click()
    expect(phone.get_by_text("已登记“派人谈话”")).to_be_visible()

    enter(phone, live_server, person.user)
    phone.goto(f"{live_server.url}/procedures/mine/")
    expect(phone.get_by_role("heading", name="下一步")).to_be_visible()
    expect(phone.get_by_text("推荐和确定入党积极分子").first).to_be_visible()
    expect(phone.get_by_role("link", name="办理", exact=True)).to_have_count(0)
    assert overflow(phone) == 0
