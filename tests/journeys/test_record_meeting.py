"""A branch secretary records a theme day on the way home, on a phone of 360 px.

With ``ZHIBU_SHOTS=<folder>`` the pages are also kept as pictures.
"""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import enter, overflow
from tests.cast import Cast, appoint, make_cast, make_organization, make_person
from zhibu.meetings.models import Meeting
from zhibu.organizations.enums import PostKind
from zhibu.people.enums import StageKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("安宁", "白露", "陈实", "丁一", "方圆", "高远", "何苗", "江山")


@pytest.fixture
def everybody(transactional_db: None) -> Cast:
    cast = make_cast()
    for serial, name in enumerate(NAMES):
        stage = StageKind.PROBATIONARY if name == "江山" else StageKind.FULL
        make_person(name, cast.branch, serial=60 + serial, stage=stage)
    for name, post in (("安宁", PostKind.ORGANIZATION_MEMBER), ("白露", PostKind.PUBLICITY_MEMBER)):
        appoint(cast.branch.people.get(name=name), cast.branch, post)
    return cast


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("ZHIBU_SHOTS"):
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def mark(page: Page, person: str, presence: str) -> None:
    row = page.locator("fieldset.z-person", has=page.locator("legend", has_text=person))
    row.locator("label.btn", has_text=presence).tap()


def test_a_whole_meeting_is_recorded_on_a_phone(phone: Page, live_server: Any, everybody: Cast) -> None:
    enter(phone, live_server, everybody.secretary.user)
    phone.goto(live_server.url + "/meetings/")
    shoot(phone, "meetings-empty-phone")
    phone.locator(".z-actions").get_by_role("link", name="登记组织生活").tap()
    phone.wait_for_load_state("networkidle")
    phone.locator("label", has_text="主题党日").tap()
    expect(phone.locator("#kind-theme_day")).to_be_checked()
    expect(phone.locator("#checklist")).not_to_contain_text("决议或议定事项")

    phone.fill("#id_title", "十一月主题党日")
    phone.fill("#id_starts_at", "14:00")
    phone.fill("#id_ends_at", "16:00")
    phone.fill("#id_place", "第一会议室")
    phone.select_option("#id_host", label="舒记")

    phone.get_by_role("button", name="全部出席").tap()
    expect(phone.locator("#count")).to_contain_text("应到 10 人，实到 10 人")
    mark(phone, "陈实", "请假")
    phone.get_by_label("原因").locator("visible=true").fill("外出实习")
    mark(phone, "丁一", "迟到")
    expect(phone.locator("#checklist .z-there", has_text="逐人出席情况")).to_be_visible()
    expect(phone.locator("#count")).to_contain_text("实到 9 人")
    expect(phone.locator("#id_title")).to_have_value("十一月主题党日")

    phone.fill("#id_topics-0-title", "集中学习")
    phone.fill("#id_topics-0-points", "舒记：领学。")
    phone.locator("#topics").get_by_role("button", name="再加一行").tap()
    phone.fill("#id_topics-1-title", "讨论志愿服务安排")
    expect(phone.locator("#id_topics-0-points")).to_have_value("舒记：领学。")
    phone.fill("#id_minutes", "先集中学习，后讨论。")
    phone.locator("#id_minutes").blur()
    expect(phone.locator("#checklist li:not(.z-there)")).to_have_count(0)
    shoot(phone, "record-phone")
    assert overflow(phone) == 0

    small = phone.evaluate(
        "[...document.querySelectorAll('.z-presence label, .z-kinds label, .z-record-end button')]"
        ".filter((one) => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    phone.get_by_role("button", name="登记", exact=True).tap()
    expect(phone.locator("#messages")).to_contain_text("已登记")
    shoot(phone, "meeting-phone")
    assert overflow(phone) == 0

    meeting = Meeting.objects.get()
    assert (meeting.state, meeting.expected, meeting.present, meeting.voters_present) == ("recorded", 10, 9, 8)
    assert meeting.attendances.get(person__name="陈实").reason == "外出实习"
    assert [topic.title for topic in meeting.topics.all()] == ["集中学习", "讨论志愿服务安排"]
    assert meeting.parts_present == meeting.parts_required

    phone.goto(live_server.url + f"/meetings/cadence/{everybody.branch.pk}/")
    shoot(phone, "strip-phone")
    assert overflow(phone) == 0


def test_what_was_typed_survives_a_lost_connection(phone: Page, live_server: Any, everybody: Cast) -> None:
    enter(phone, live_server, everybody.secretary.user)
    phone.goto(live_server.url + "/meetings/new/")
    phone.fill("#id_title", "断网也不丢")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="保存草稿").tap()
    expect(phone.get_by_text("网络中断，还没有保存")).to_be_visible()
    expect(phone.locator("#id_title")).to_have_value("断网也不丢")

    phone.context.set_offline(False)
    phone.get_by_role("button", name="重试").tap()
    phone.wait_for_url("**/meetings/*/edit/")

    assert [meeting.title for meeting in Meeting.objects.all()] == ["断网也不丢"]


def test_a_vote_without_majority_is_told_and_kept(desk: Page, live_server: Any, everybody: Cast) -> None:
    enter(desk, live_server, everybody.secretary.user)
    desk.goto(live_server.url + "/meetings/new/")
    desk.fill("#id_title", "讨论决定事项")
    desk.get_by_role("button", name="全部出席").click()
    expect(desk.locator("#count")).to_contain_text("实到 10 人")
    desk.fill("#id_resolutions-0-text", "同意工作计划")
    desk.locator("#resolutions summary").click()
    desk.fill("#id_resolutions-0-in_favour", "4")
    desk.fill("#id_resolutions-0-against", "5")
    desk.select_option("#id_resolutions-0-outcome", label="通过")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("[data-form-errors]")).to_contain_text("不能登记为“通过”")
    expect(desk.locator("[data-form-errors]")).to_contain_text("第十一条")
    shoot(desk, "refused-desk")
    assert overflow(desk) == 0

    desk.locator("#resolutions summary").click() if not desk.locator("#id_resolutions-0-outcome").is_visible() else None
    desk.select_option("#id_resolutions-0-outcome", label="未通过")
    desk.get_by_role("button", name="登记", exact=True).click()
    expect(desk.locator("#messages")).to_contain_text("已登记")
    shoot(desk, "meeting-desk")

    assert Meeting.objects.get().resolutions.get().outcome == "rejected"


def test_the_lists_fit_a_wide_screen(desk: Page, live_server: Any, everybody: Cast) -> None:
    today = timezone.localdate()
    for number in range(6):
        make_organization(f"第{number}党支部", everybody.faculty, on=date(2024, 9, 1))
        Meeting.objects.create(
            organization=everybody.branch, kind="theme_day", title="主题党日", state="recorded",
            held_on=today - timedelta(days=31 * number), expected=10, present=9,
            parts_required=9, parts_present=9 - number % 2,
        )  # fmt: skip
    enter(desk, live_server, everybody.organizer.user)
    branch = everybody.branch.pk
    for name, url in (
        ("list", "/meetings/"), ("cadence", "/meetings/cadence/"), ("quarters", "/meetings/cadence/?duty=general"),
        ("strip", f"/meetings/cadence/{branch}/"), ("new", f"/meetings/new/?organization={branch}"),
        ("choose", "/meetings/choose/"), ("talk", "/meetings/talks/new/"),
    ):  # fmt: skip
        desk.goto(live_server.url + url)
        shoot(desk, f"{name}-desk")

        assert overflow(desk) == 0, url


def test_the_lists_fit_a_phone(phone: Page, live_server: Any, everybody: Cast) -> None:
    Meeting.objects.create(
        organization=everybody.branch, kind="theme_day", title="主题党日", held_on=timezone.localdate(),
        state="recorded", expected=10, present=9, parts_required=9, parts_present=8,
    )  # fmt: skip
    enter(phone, live_server, everybody.secretary.user)
    for name, url in (
        ("list", "/meetings/"), ("cadence", "/meetings/cadence/"), ("talks", "/meetings/talks/"),
        ("talk", "/meetings/talks/new/"),
    ):  # fmt: skip
        phone.goto(live_server.url + url)
        shoot(phone, f"{name}-phone")

        assert overflow(phone) == 0, url
