"""A branch secretary's way with one meeting, on a phone of 360 px: plan, notice, meeting, minutes, signature, ledger.

Two others take part: the member answers the notice and, having kept the minutes, signs them too.
With ``ZHIBU_SHOTS=<folder>`` the pages are also kept as pictures.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import enter, overflow
from tests.cast import TODAY, Cast, make_cast
from zhibu.meetings.ledger import actions as ledger
from zhibu.meetings.models import LedgerExport, Meeting, PlannedMeeting, Signature, Task

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def everybody(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return make_cast()


class Walk:
    """One phone in several hands, one after the other; every page is looked at before it is left."""

    def __init__(self, phone: Page, live_server: Any) -> None:
        self.phone, self.server, self.pages = phone, live_server, 0

    def seen(self, name: str, *words: str) -> None:
        """The page says so, and nothing reaches over its edge."""
        for one in words:
            expect(self.phone.locator("main")).to_contain_text(one)
        self.pages += 1
        if folder := os.environ.get("ZHIBU_SHOTS"):
            self.phone.wait_for_timeout(400)
            self.phone.screenshot(path=Path(folder) / f"{self.pages:02}-{name}.png", full_page=True)
        assert overflow(self.phone) == 0, name

    def hand_to(self, person: Any, address: str) -> None:
        enter(self.phone, self.server, person.user)
        self.phone.goto(self.server.url + address)

    def tap(self, name: str) -> None:
        """The button or link of that name in the page, not in the menu."""
        at = self.phone.locator("main")
        at.get_by_role("button", name=name).or_(at.get_by_role("link", name=name)).first.tap()
        self.phone.wait_for_load_state("load")


def test_from_plan_to_ledger(phone: Page, live_server: Any, everybody: Cast) -> None:
    walk, cast = Walk(phone, live_server), everybody

    walk.hand_to(cast.secretary, "/meetings/plan/")
    walk.seen("empty plan", "还没有计划")
    walk.tap("增加一项")
    phone.select_option("#id_kind", label="支部党员大会")
    phone.fill("#id_title", "十一月支部党员大会")
    phone.fill("#id_starts_at", "14:00")
    phone.fill("#id_ends_at", "15:30")
    phone.fill("#id_place", "第一会议室")
    phone.select_option("#id_host", label="舒记（secretary）")
    phone.select_option("#id_recorder", label="孟员（member）")
    walk.seen("plan form")
    walk.tap("列入计划")
    walk.seen("planned", "第一会议室", "开始筹备后建立记录草稿")

    walk.tap("开始筹备")
    walk.tap("发通知")
    phone.fill("#id_agenda", "讨论工作计划")
    phone.fill("#id_text", "请带笔记本。")
    walk.seen("notice form")
    walk.tap("发出通知")
    walk.seen("notified", "待答复 2 人")
    address = phone.url.removeprefix(live_server.url)

    walk.hand_to(cast.member, "/meetings/invited/")
    walk.tap("十一月支部党员大会")
    walk.seen("notice", "请带笔记本", "讨论工作计划")
    phone.locator("label", has_text="参加").first.tap()
    walk.tap("答复")
    expect(phone.locator("#messages")).to_contain_text("已答复")
    walk.seen("answered", "参加")

    walk.hand_to(cast.secretary, address)
    walk.seen("answers", "参加 1 人")
    walk.tap("会场登记")
    walk.seen("desk", "实到 0 人")
    phone.locator("[data-outbox-row]", has_text="孟员").get_by_role("button", name="出席").tap()
    expect(phone.locator("#desk")).to_contain_text("实到 1 人")
    walk.tap("写记录")
    phone.get_by_role("button", name="全部出席").tap()
    expect(phone.locator("#count")).to_contain_text("应到 2 人，实到 2 人")
    assert phone.locator("#id_topics-0-title").input_value() == "讨论工作计划"
    phone.fill("#id_topics-0-points", "孟员：同意。")
    phone.fill("#id_minutes", "先学习，后讨论。")
    phone.fill("#id_resolutions-0-text", "走访共建企业")
    phone.select_option("#id_resolutions-0-owner", str(cast.member.pk))
    phone.fill("#id_resolutions-0-due_on", "2026-12-20")
    phone.locator("#id_minutes").blur()
    expect(phone.locator("#checklist li:not(.z-there)")).to_have_count(0)
    walk.seen("record")
    phone.get_by_role("button", name="登记", exact=True).tap()
    expect(phone.locator("#messages")).to_contain_text("已登记")
    walk.seen("recorded", "走访共建企业")

    walk.tap("核对并签名")
    walk.seen("to sign", "我是本次会议的主持人")
    sign_page = phone.url.removeprefix(live_server.url)
    walk.tap("签名")
    expect(phone.locator("#messages")).to_contain_text("已签名：主持人")
    walk.hand_to(cast.member, sign_page)
    walk.tap("签名")
    walk.seen("signed", "两人已签名")

    walk.hand_to(cast.secretary, "/meetings/ledger/")
    walk.tap("本科生第一党支部")
    walk.seen("ledger", "支部党员大会", "1 次")
    walk.tap("PDF")
    walk.seen("ordered", "等待生成")
    ledger.write(LedgerExport.objects.get().pk, TODAY)  # the worker's part
    expect(phone.locator("a[download]")).to_contain_text("PDF")
    with phone.expect_download() as fetched:
        phone.locator("a[download]").tap()
    walk.tap("十一月支部党员大会")
    walk.seen("ledger record", "请带笔记本", "走访共建企业", "主持人 舒记", "记录人 孟员")

    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.present, meeting.parts_present) == ("recorded", 2, meeting.parts_required)
    assert PlannedMeeting.objects.get().meeting == meeting and Task.objects.get().owner == cast.member
    assert {one.person for one in Signature.objects.filter(voided_at=None)} == {cast.secretary, cast.member}
    assert fetched.value.path().read_bytes().startswith(b"%PDF")
