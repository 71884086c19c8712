"""The home page: first what waits, then what the reader looks after; every number opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import Cast, appoint, make_organization, make_person
from zhibu.accounts.models import User
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Term
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.site import home
from zhibu.ui.waiting import Waiting

pytestmark = pytest.mark.django_db
ROLES = ("member", "secretary", "organizer", "office", "administrator")


@pytest.fixture(autouse=True)
def fresh_cache(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path
    settings.LAKE = tmp_path / "lake"
    cache.clear()


def glance(client: Client) -> str:
    answer = client.get("/?part=glance", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def tiles(text: str) -> dict[str, str]:
    found = re.findall(r'z-stat-label">(.*?)</span><span class="z-stat-value[^>]*>(\S+)', text)
    return dict(found)


def first_heading(text: str) -> str:
    return re.findall(r"<h2[^>]*>(.*?)</h2>", text[text.index("<main") :])[0]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_first_what_waits(cast: Cast, sign_in: Callable[[Any], Client], role: str) -> None:
    text = sign_in(getattr(cast, role)).get("/").content.decode()

    assert first_heading(text) == "等我办理"


def test_late_things_come_first_then_the_oldest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Waiting("无日期", 1, "/"),
        Waiting("较新", 1, "/", since=date(2026, 11, 1)),
        Waiting("较早", 1, "/", since=date(2026, 1, 1)),
        Waiting("没有了", 0, "/", late=True),
        Waiting("逾期", 1, "/", since=date(2026, 11, 20), late=True),
        Waiting("限期", 1, "/", by=date(2026, 12, 6)),
    ]
    monkeypatch.setattr("zhibu.reminders.queries.sources", lambda: (lambda scope: found,))

    told = home.waiting(cast.scope(cast.member))
    assert [item.title for item in told] == ["逾期", "较早", "较新", "限期", "无日期"]
    assert [item.when for item in told[1:]] == ["2026-01-01 起", "2026-11-01 起", "最早 2026-12-06 前", ""]


@pytest.mark.parametrize(
    ("late", "all_of_them", "shown"), [(0, 12, 12), (0, 14, 14), (0, 15, 12), (13, 15, 15), (13, 16, 13), (30, 30, 30)]
)
def test_who_looks_after_much_reads_a_screens_worth_and_what_is_late(
    cast: Cast,
    sign_in: Callable[[Any], Client],
    monkeypatch: pytest.MonkeyPatch,
    late: int,
    all_of_them: int,
    shown: int,
) -> None:
    found = [Waiting(f"事项{number}", 1, f"/{number}/", late=number < late) for number in range(all_of_them)]
    monkeypatch.setattr("zhibu.reminders.queries.sources", lambda: (lambda scope: found,))

    page = sign_in(cast.secretary).get("/").content.decode()
    open_part, *folded = page.split("z-waiting-more")
    assert open_part.count('class="z-waiting-text"') == shown
    assert page.count('class="z-waiting-text"') == all_of_them, "the rest is there, one step away"
    assert "逾期" not in "".join(folded).replace("没有逾期", "")
    assert (f"另有 {all_of_them - shown} 项" in page) is (shown < all_of_them)


@pytest.mark.parametrize("role", ROLES)
def test_without_javascript_links_lead_from_one_part_to_the_other(
    cast: Cast, sign_in: Callable[[Any], Client], role: str
) -> None:
    client = sign_in(getattr(cast, role))

    assert 'href="/?part=glance"' in client.get("/").content.decode()
    whole = client.get("/?part=glance").content.decode()
    main = whole[whole.index("<main") :]
    assert 'id="glance"' in main
    assert '<a href="/">等我办理</a>' in main
    assert "<nav" in whole


def test_a_member_reads_the_own_attendance_the_next_meetings_and_the_own_file(
    cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    held = Meeting.objects.create(
        organization=cast.branch, kind=Kind.THEME_DAY, title="学习", held_on=date(2026, 11, 10), state=State.RECORDED
    )
    Attendance.objects.create(meeting=held, person=cast.member, part=Part.VOTER, presence=Presence.LEAVE)
    Meeting.objects.create(
        organization=cast.other_branch, kind=Kind.LECTURE, title="别处", held_on=date(2026, 11, 11),
        state=State.RECORDED,
    )  # fmt: skip

    text = glance(sign_in(cast.member))

    assert "请假" in text
    assert "别处" not in text
    assert "组织生活会" in text and "2026-12-31 前开展" in text
    assert "还缺：工作岗位、联系电话、家庭住址。" in text
    assert "舒记" in text


def test_a_secretary_counts_the_branch_by_stage_and_opens_each(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    make_person("钱备", cast.branch, serial=21, stage=StageKind.PROBATIONARY)
    make_person("旁人", cast.sibling, serial=22, stage=StageKind.PROBATIONARY)
    client = sign_in(cast.secretary)

    text = glance(client)

    assert tiles(text)["正式党员"] == "2"
    assert tiles(text)["预备党员"] == "1"
    assert f"organization={cast.branch.pk}&amp;stage=40" in text
    roster = client.get(f"/people/?organization={cast.branch.pk}&stage=40").content.decode()
    assert "钱备" in roster and "旁人" not in roster
    assert "今年的组织生活" in text


def test_the_office_reads_which_branches_are_late_and_whose_term_ends(
    cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    Term.objects.create(organization=cast.sibling, started_on=date(2023, 9, 1), due_on=date(2026, 9, 1), seats=1)

    text = glance(sign_in(cast.office))

    assert tiles(text)["党支部"] == "3"
    assert tiles(text)["组织生活有缺"] == "3"
    assert "缺 " in text and "研究生党支部" in text
    assert "应换届日期 2026-09-01" in text and "已届满" in text


def test_an_organizer_does_not_see_other_faculties(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    text = glance(sign_in(cast.organizer))

    assert tiles(text)["党支部"] == "2"
    assert "研究生党支部" not in text


def test_the_administrator_reads_faults_first_and_accounts_to_be_activated(
    cast: Cast, sign_in: Callable[[Any], Client], settings: Any
) -> None:
    waiting = User(username="new", display_name="新人")
    waiting.set_unusable_password()
    waiting.save()
    settings.DEBUG = True

    text = glance(sign_in(cast.administrator))

    assert tiles(text)["待启用账号"] == "1"
    assert text.index("ZHIBU_DEBUG 已打开") < text.index("数据仓还没有数据")
    assert "孟员" not in text


def test_an_account_without_any_right_is_told_so(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    stranger = User.objects.create(username="nobody", display_name="某人")

    assert "还没有给您授权" in sign_in(stranger).get("/").content.decode()


def test_with_a_second_post_elsewhere_the_numbers_are_those_of_the_place_named_above_them(
    cast: Cast, sign_in: Callable[[Any], Client]
) -> None:
    appoint(cast.organizer, cast.other_branch, PostKind.DEPUTY_SECRETARY)

    text = glance(sign_in(cast.organizer))

    assert "<h2>计算机学院党委</h2>" in text
    assert tiles(text)["正式党员"] == "4"


def test_a_member_of_a_group_reads_about_the_branch_it_belongs_to(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    group = make_organization("第一党小组", cast.branch, kind=OrganizationKind.GROUP)
    Person.objects.filter(pk=cast.member.pk).update(organization=group)
    Meeting.objects.create(
        organization=cast.branch, kind=Kind.GENERAL, state=State.RECORDED, held_on=date(2026, 10, 20), title="讨论计划"
    )

    next_door = make_organization("第二党小组", cast.branch, kind=OrganizationKind.GROUP)
    for organization, title in ((group, "自己小组的会"), (next_door, "别的小组的会")):
        Meeting.objects.create(
            organization=organization, kind=Kind.GROUP, state=State.RECORDED, held_on=date(2026, 10, 21), title=title
        )

    text = glance(sign_in(cast.member))

    assert cast.branch.short_name in text
    assert "讨论计划" in text
    assert "自己小组的会" in text
    assert "别的小组的会" not in text
    assert cast.secretary.name in text
