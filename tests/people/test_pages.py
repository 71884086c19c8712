"""The room as its readers see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast, id_number, make_person
from zhibu.audit.models import Entry
from zhibu.people import actions
from zhibu.people.enums import StageKind
from zhibu.people.models import ChangeRequest, Person

SignIn = Callable[[Any], Client]
PHONE, ADDRESS = "10012345678", "虚构市松鹤区明理路 8 号 302"


@pytest.fixture
def known(cast: Cast) -> Cast:
    """The member's phone and address are on file."""
    actions.update(cast.scope(cast.secretary), cast.member, {"phone": PHONE, "address": ADDRESS})
    return cast


def file_of(person: Person, name: str = "file") -> str:
    return reverse(f"people:{name}", args=[person.pk])


def secrets_of(person: Person) -> list[str]:
    person.refresh_from_db()
    return [value for value in (person.id_number, person.phone, person.address) if value]


def test_the_secretary_finds_the_own_branch_in_the_roster_and_nobody_else(known: Cast, sign_in: SignIn) -> None:
    text = sign_in(known.secretary).get("/people/").content.decode()

    assert "孟员" in text
    assert "舒记" in text
    assert "林居" not in text
    assert "祖员" not in text


@pytest.mark.parametrize("address", ["/people/", "/people/?q=meng", "{file}", "{edit}", "{stage}", "{move}"])
def test_no_page_contains_a_number_phone_or_address(known: Cast, sign_in: SignIn, address: str) -> None:
    address = address.format(**{name: file_of(known.member, name) for name in ("file", "edit", "stage", "move")})

    text = sign_in(known.secretary).get(address).content.decode()

    assert [secret for secret in secrets_of(known.member) if secret in text] == []


def test_the_export_of_the_roster_contains_no_number_either(known: Cast, sign_in: SignIn) -> None:
    answer = sign_in(known.secretary).get("/people/?export=csv")
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig")

    assert "孟员" in text
    assert [secret for secret in secrets_of(known.member) if secret in text] == []


def test_a_masked_value_is_shown_after_a_reason_and_masked_again_on_reload(known: Cast, sign_in: SignIn) -> None:
    client = sign_in(known.secretary)

    refused = client.post(file_of(known.member, "reveal"), {"reason": "看"}, headers={"HX-Request": "true"})
    shown = client.post(file_of(known.member, "reveal"), {"reason": "联系本人"}, headers={"HX-Request": "true"})
    again = client.get(file_of(known.member))

    assert refused.status_code == 422
    assert PHONE not in refused.content.decode()
    assert PHONE in shown.content.decode()
    assert ADDRESS in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert PHONE not in again.content.decode()
    assert "100****5678" in again.content.decode()
    assert Entry.objects.filter(verb="people.reveal").values_list("reason", flat=True).get() == "联系本人"


def test_revealing_works_without_javascript(known: Cast, sign_in: SignIn) -> None:
    text = sign_in(known.secretary).post(file_of(known.member, "reveal"), {"reason": "联系本人"}).content.decode()

    assert "<!doctype html>" in text
    assert PHONE in text


def test_the_member_sees_everything_stored_and_who_looked_and_why(known: Cast, sign_in: SignIn) -> None:
    client = sign_in(known.secretary)
    client.get(file_of(known.member))
    client.post(file_of(known.member, "reveal"), {"reason": "办理组织关系转接"})

    first = sign_in(known.member).get("/people/me/").content.decode()
    text = sign_in(known.member).get("/people/me/?full=1").content.decode()

    assert PHONE not in first
    assert ADDRESS not in first
    assert PHONE in text
    assert ADDRESS in text
    assert "舒记（党支部书记）" in text
    assert '<td data-label="看了什么">查看档案</td>' in text
    assert "查看完整信息：公民身份证号、手机号、固定电话、家庭住址" in text
    assert "办理组织关系转接" in text


def test_reading_the_own_file_is_nobody_looking(known: Cast, sign_in: SignIn) -> None:
    client = sign_in(known.secretary)
    client.get("/people/me/")
    client.get(file_of(known.secretary))

    assert not Entry.objects.filter(verb="people.view").exists()


def test_a_correction_goes_from_the_member_to_the_branch_and_into_the_file(known: Cast, sign_in: SignIn) -> None:
    sign_in(known.member).post("/people/me/change/?field=phone", {"value": "10099998888", "reason": "换了号码"})
    asked = ChangeRequest.objects.get()

    page = sign_in(known.secretary).get(reverse("people:change", args=[asked.pk])).content.decode()
    sign_in(known.secretary).post(reverse("people:change", args=[asked.pk]), {"decision": "approve"})
    known.member.refresh_from_db()

    assert "10099998888" in page
    assert PHONE not in page
    assert known.member.phone == "10099998888"
    assert "已更正" in sign_in(known.member).get("/people/me/").content.decode()


def test_a_rejection_needs_words_and_reaches_the_member(known: Cast, sign_in: SignIn) -> None:
    actions.request_change(known.scope(known.member), field="school", value="虚构中学")
    address = reverse("people:change", args=[ChangeRequest.objects.get().pk])

    silent = sign_in(known.secretary).post(address, {"decision": "reject"})
    sign_in(known.secretary).post(address, {"decision": "reject", "answer": "请附毕业证书"})

    assert silent.status_code == 422
    assert "请附毕业证书" in sign_in(known.member).get("/people/me/").content.decode()


def test_an_id_number_in_the_search_box_is_led_to_the_page_that_posts(known: Cast, sign_in: SignIn) -> None:
    number = secrets_of(known.member)[0]
    client = sign_in(known.secretary)

    answer = client.get("/people/", {"q": number})
    found = client.post("/people/find/", {"wanted": f" {number.lower()} "})
    by_phone = client.post("/people/find/", {"wanted": PHONE})

    assert answer.headers["Location"] == "/people/find/"
    assert found.headers["Location"] == by_phone.headers["Location"] == file_of(known.member)


def test_a_number_of_another_faculty_is_not_found(known: Cast, sign_in: SignIn) -> None:
    text = sign_in(known.secretary).post("/people/find/", {"wanted": secrets_of(known.neighbour)[0]}).content.decode()

    assert "没有找到" in text
    assert "林居" not in text


def test_registering_in_the_browser_opens_a_complete_file(known: Cast, sign_in: SignIn) -> None:
    form = {
        "organization": "本科生第一党支部", "stage": "50", "on": "2026-11-01", "entry": "inside", "name": "仇单解",
        "gender": "1", "ethnicity": "01", "id_number": id_number(77, date(2001, 2, 3)), "birth_date": "2001-02-03",
        "education": "61", "work_post": "7006", "phone": "10011112222", "address": "虚构市 1 号",
        "joined_on": "2023-06-01", "confirmed_on": "2024-06-01",
    }  # fmt: skip

    answer = sign_in(known.secretary).post("/people/new/", form, follow=True)

    person = Person.objects.get(name="仇单解")
    assert "已登记“仇单解”" in answer.content.decode()
    assert (person.pinyin, person.initials, person.is_incomplete) == ("qiudanjie", "qdj", False)
    assert [(stage.kind, stage.started_on) for stage in person.stages.order_by("started_on")] == [
        ("40", date(2023, 6, 1)),
        ("50", date(2024, 6, 1)),
    ]


def test_nothing_typed_is_lost_when_registering_is_refused(known: Cast, sign_in: SignIn) -> None:
    form = {"organization": "本科生第一党支部", "stage": "10", "on": "2026-11-01", "entry": "inside", "name": "查良心"}

    answer = sign_in(known.secretary).post("/people/new/", form | {"id_number": "11010519491231002"})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="查良心"' in text
    assert "公民身份证号应为 18 位，这里有 17 位" in text


def test_editing_leaves_secret_values_alone_that_were_not_typed(known: Cast, sign_in: SignIn) -> None:
    client = sign_in(known.secretary)
    page = client.get(file_of(known.member, "edit"))
    form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    form.pop("is_exempt")

    client.post(file_of(known.member, "edit"), form | {"school": "虚构中学"})
    stale = client.post(file_of(known.member, "edit"), form | {"school": "另一所中学"})

    known.member.refresh_from_db()
    assert (known.member.school, known.member.phone) == ("虚构中学", PHONE)
    assert stale.status_code == 422
    assert "已由别人修改" in stale.content.decode()


def test_the_stage_page_names_the_rule_and_the_first_day(known: Cast, sign_in: SignIn) -> None:
    person = make_person("单转正", known.branch, serial=50, stage=StageKind.PROBATIONARY, since=date(2026, 3, 1))

    text = sign_in(known.secretary).get(file_of(person, "stage")).content.decode()

    assert "2027-03-01 起才可以办理" in text
    assert "第三十一条" in text


def test_chosen_people_move_together_or_not_at_all(known: Cast, sign_in: SignIn) -> None:
    pair = [known.member.pk, make_person("舒友", known.branch, serial=51).pk]
    form = {"selected": pair, "target": "教师党支部", "on": "2026-11-20"}
    client = sign_in(known.organizer)

    asked = client.post("/people/move/", {"selected": pair})
    client.post("/people/move/", form)
    again = client.post("/people/move/", form)

    assert "孟员、舒友" in asked.content.decode()
    assert set(Person.objects.filter(pk__in=pair).values_list("organization", flat=True)) == {known.sibling.pk}
    assert again.status_code == 422
    assert "孟员：已经在“教师党支部”" in again.content.decode()


def test_a_secretary_cannot_move_people_to_another_branch(known: Cast, sign_in: SignIn) -> None:
    answer = sign_in(known.secretary).post(file_of(known.member, "move"), {"target": "教师党支部", "on": "2026-11-20"})

    assert answer.status_code == 422
    assert "在您的管理范围内没有这个党支部" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 200), ("organizer", 200), ("neighbour", 404), ("member", 403)]
)
def test_who_may_open_a_file(known: Cast, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(getattr(known, who)).get(file_of(known.member)).status_code == status


def test_lists_need_the_same_number_of_queries_with_one_row_and_with_three(cast: Cast, sign_in: SignIn) -> None:
    Person.objects.filter(pk=cast.member.pk).update(organization=cast.sibling)
    client = sign_in(cast.secretary)
    client.get("/people/")

    counts = []
    for serial in (0, 61, 62):
        if serial:
            make_person("多人", cast.branch, serial=serial)
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/")
        counts.append(len(queries))

    assert counts[0] == counts[2] <= 15


def test_what_waits_leads_to_exactly_these(known: Cast, sign_in: SignIn) -> None:
    make_person("预到期", known.branch, serial=51, stage=StageKind.PROBATIONARY, since=date(2025, 11, 1))
    make_person("预快到", known.branch, serial=52, stage=StageKind.PROBATIONARY, since=date(2025, 12, 1))
    make_person("预还早", known.branch, serial=53, stage=StageKind.PROBATIONARY, since=date(2026, 9, 1))
    client = sign_in(known.secretary)

    over = client.get("/people/?probation=over").content.decode()
    soon = client.get("/people/?probation=soon").content.decode()

    assert [name in over for name in ("预到期", "预快到", "预还早")] == [True, False, False]
    assert [name in soon for name in ("预到期", "预快到", "预还早")] == [False, True, False]


def test_my_file_can_be_printed(known: Cast, sign_in: SignIn) -> None:
    answer = sign_in(known.member).get("/people/me/print/")

    assert answer.content.startswith(b"%PDF")


def test_an_account_without_a_person_is_told_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    assert "没有对应的人员档案" in sign_in(cast.administrator).get("/people/me/").content.decode()
