"""Integrity education: what is assigned is read and confirmed once; declarations are signed and renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test import Client

from tests.cast import TODAY, Cast, make_organization, make_person
from tests.supervision.rows import days, make_declaration, make_material
from tests.supervision.test_named_and_walls import titles
from tests.supervision.test_pages import text
from tests.supervision.test_problems import PDF, later
from zhibu.assessment.explain import RecordsFilter
from zhibu.assessment.records import records, table_of
from zhibu.organizations.enums import Kind
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.facts import integrity_month
from zhibu.supervision.integrity import actions, queries
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.supervision.models import Declaration, DeclarationKind, Material, ReadingConfirmation
from zhibu.warehouse.contract import render

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
READ, SIGN = "廉政教育材料待阅读", "承诺书待签署或续签"


def test_material_is_issued_assigned_and_confirmed_by_its_readers(
    cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, here = sign_in(cast.organizer), "/supervision/integrity/"
    assert "还没有廉政教育材料" in text(client, here)
    given = {
        "organization": "计算机学院党委",
        "kind": "case",
        "title": "礼金案例",
        "starts_on": TODAY,
        "submission": uuid4(),
    }
    assert client.post(here + "new/", given).status_code == 422
    empty = client.post(here + "new/", {**given, "source": "通报"})
    assert "请填写正文，或上传一个文件" in empty.content.decode()
    for _click in range(2):
        client.post(here + "new/", {**given, "source": "通报", "upload": SimpleUploadedFile("案例.pdf", PDF)})
    made = Material.objects.get()
    assert (made.size, len(made.sha256)) == (len(PDF), 64)
    assigned = {"organization": cast.branch.code, "audience": "members"}
    assert client.post(f"{here}{made.pk}/assign/", {**assigned, "due_on": days(-1)}).status_code == 422
    client.post(f"{here}{made.pk}/assign/", {**assigned, "due_on": days(7)})

    assert titles(cast, cast.member)[READ] == (1, None)
    assert READ not in titles(cast, cast.organizer), "a member of another branch"
    sign_in(cast.member)
    mine = f"{here}mine/{made.pk}/"
    assert "确认已阅读" in text(client, mine)
    assert b"".join(client.get(mine + "file/").streaming_content) == PDF  # type: ignore[attr-defined]
    assert not ReadingConfirmation.objects.exists(), "opening a page is not kept"
    client.post(mine)
    client.post(mine)
    row = ReadingConfirmation.objects.get()
    assert (row.person, row.confirmed_on) == (cast.member, TODAY)
    assert {field.name for field in ReadingConfirmation._meta.fields} == {"id", "material", "person", "confirmed_on"}
    assert READ not in titles(cast, cast.member)
    sign_in(cast.neighbour)
    assert client.get(mine).status_code == 404


def test_who_was_given_something_to_read_does_not_give_itself_more_time(cast: Cast) -> None:
    given = make_material(cast.root, to=cast.faculty)
    again = {"organization": cast.faculty.pk, "audience": Audience.MEMBERS}
    with pytest.raises(Refusal, match="本级不能延后"):
        actions.assign(cast.scope(cast.organizer), given.pk, **again, due_on=days(6))
    actions.assign(cast.scope(cast.organizer), given.pk, **again, due_on=days(3))
    actions.assign(cast.scope(cast.office), given.pk, **again, due_on=days(9))
    assert given.assignments.get().due_on == days(9)


def test_superiors_see_numbers_and_the_branch_sees_its_names(cast: Cast, sign_in: SignIn) -> None:
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    make_person("邹组", group, serial=30)
    made = make_material(cast.faculty, to=cast.faculty)
    reading = made.assignments.get()
    actions.confirm(cast.scope(cast.member), made.pk)
    found = queries.coverage(cast.scope(cast.organizer), reading)

    assert {path: (one.asked, one.done) for path, one in found.items()} == {
        cast.branch.path: (3, 1), cast.sibling.path: (2, 0),
    }  # fmt: skip
    here = f"/supervision/integrity/readings/{reading.pk}/"
    client = sign_in(cast.organizer)
    page = text(client, here)
    assert ("应阅读 5 人，已确认 1 人" in page, "孟员" in page) == (True, False)
    assert client.get(f"{here}of/{cast.branch.pk}/").status_code == 403
    sign_in(cast.secretary)
    names = text(client, f"{here}of/{cast.branch.pk}/?done=no")
    assert [name in names for name in ("舒记", "邹组", "孟员", "祖员")] == [True, True, False, False]
    assert client.get(f"{here}of/{cast.sibling.pk}/").status_code == 404
    sign_in(cast.neighbour)
    assert client.get(here).status_code == 404


def test_by_posts_whoever_holds_them_today_is_asked(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)
    made = make_material(cast.faculty)
    actions.assign(scope, made.pk, organization=cast.faculty.pk, audience=Audience.SECRETARIES, due_on=days(3))

    assert [READ in titles(cast, who) for who in (cast.secretary, cast.member)] == [True, False]
    found = queries.coverage(scope, made.assignments.get())
    assert [(path, one.asked) for path, one in found.items()] == [(cast.branch.path, 1)]


def test_withdrawn_and_ended_material_waits_for_nobody(cast: Cast) -> None:
    scope, made = cast.scope(cast.organizer), make_material(cast.faculty, to=cast.branch, ends_on=days(30))
    old = make_material(cast.faculty, to=cast.branch, ends_on=days(-1))
    with pytest.raises(Refusal, match="停用，阅读期限不能更晚"):
        actions.assign(scope, made.pk, organization=cast.branch.pk, audience=Audience.MEMBERS, due_on=days(31))

    assert titles(cast, cast.member)[READ][0] == 1
    with pytest.raises(Http404):
        actions.confirm(cast.scope(cast.member), old.pk)
    actions.withdraw(scope, made.pk)
    assert READ not in titles(cast, cast.member)
    with pytest.raises(Refusal, match="已撤回"):
        actions.withdraw(scope, made.pk)


def test_a_month_counts_what_was_read_and_signed_in_time(cast: Cast) -> None:
    """By whoever was asked on the day it fell due; nobody twice for one material, and nothing that was withdrawn."""
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    reader = make_person("组员", group, serial=30)
    given = make_material(cast.root, to=cast.branch)
    given.assignments.update(due_on=days(-3))
    given.assignments.create(organization=cast.faculty, audience="members", due_on=days(-2), assigned_on=days(-9))
    for person, on in ((cast.secretary, days(-3)), (reader, days(-2))):
        given.confirmations.create(person=person, confirmed_on=on)
    make_material(cast.root, to=cast.branch, withdrawn_on=days(-6)).assignments.update(due_on=days(-5))
    make_material(cast.root, to=cast.branch)  # due in five days
    first = make_declaration(cast.root, audience="secretaries", due_on=days(-4))
    text = first.texts.get()
    text.signed.create(person=cast.secretary, signed_on=days(-400), renew_on=days(-35))
    text.signed.create(person=cast.secretary, signed_on=days(-34), renew_on=days(330))

    with connection.cursor() as cursor:
        cursor.execute(render(integrity_month, TODAY))
        rows = {(row[0], row[1]): row[2:] for row in cursor.fetchall()}

    october, november = date(2026, 10, 1), date(2026, 11, 1)
    # Member, secretary and the group's reader; one in time. The first signature was there by its day.
    assert rows.pop((november, cast.branch.pk)) == (3, 1, 1, 1)
    assert rows.pop((october, cast.branch.pk)) == (0, 0, 1, 0), "renewed a day late"
    assert rows.pop((november, cast.sibling.pk)) == (2, 0, 0, 0)
    assert rows == {(november, cast.other_branch.pk): (0, 0, 1, 0)}
    # The number opens to what was to be read, and from there to how far each organization came.
    wanted = RecordsFilter("supervision.readingassignment", "到期的交阅", cast.branch.pk, november, TODAY, {})
    opened = records(cast.scope(cast.secretary), wanted, cast.branch).order_by("due_on")
    assert [one.due_on for one in opened] == [days(-3), days(-2)]
    link = table_of(wanted).columns[0].link
    assert link is not None and [link(one) for one in opened] == [
        f"/supervision/integrity/readings/{one.pk}/" for one in given.assignments.order_by("due_on")
    ]
    assert not queries.due_readings(cast.scope(cast.neighbour), cast.branch.path, november, TODAY).exists()


def test_material_needs_a_source_and_ends_after_it_starts(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)
    given: dict[str, Any] = {
        "kind": MaterialKind.CASE,
        "title": "案例",
        "text": "某某。",
        "starts_on": TODAY,
        "submission": uuid4(),
    }

    for wrong, words in (
        ({"source": " "}, "来源"),
        ({"source": "通报", "ends_on": days(-1)}, "不能早于启用日期"),
        ({"source": "来电 13800000000"}, "手机号码"),
    ):
        with pytest.raises(Refusal, match=words):
            actions.issue(scope, cast.faculty.pk, **given, **wrong)
    with pytest.raises(Http404):
        actions.issue(scope, cast.other_faculty.pk, **given, source="通报")


@pytest.mark.parametrize(("day", "is_waiting"), [(334, False), (335, True), (364, True), (400, True)])
def test_a_declaration_waits_again_thirty_days_before_it_is_to_be_renewed(
    cast: Cast, day: int, is_waiting: bool
) -> None:
    made = make_declaration(cast.faculty)
    actions.sign(cast.scope(cast.member), made.pk, version=1)
    assert Declaration.objects.get().renew_on == date(2027, 11, 21)

    found = queries.to_sign(queries.my_declarations(later(cast.scope(cast.member), day)), days(day))

    assert found.exists() is is_waiting


def test_a_new_version_is_signed_from_then_on_and_old_signatures_stay_good(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.organizer)
    given = {"organization": cast.faculty.code, "title": "廉洁承诺书", "audience": "members", "due_on": days(9)}
    client.post("/supervision/integrity/declarations/new/", {**given, "text": "不收受礼金。"})
    made = DeclarationKind.objects.get()
    again = client.post("/supervision/integrity/declarations/new/", {**given, "text": "不收受礼金。"})
    assert (again.status_code, "已有同名的承诺书" in again.content.decode()) == (422, True)
    assert titles(cast, cast.member)[SIGN][0] == 1
    actions.sign(cast.scope(cast.member), made.pk, version=1)
    here = f"/supervision/integrity/declarations/{made.pk}/"
    assert client.post(here + "revise/", {"text": "不收受礼金。"}).status_code == 422
    client.post(here + "revise/", {"text": "不收受礼品、礼金。"})

    assert SIGN not in titles(cast, cast.member)
    sign_in(cast.secretary)
    mine = f"/supervision/integrity/mine/declarations/{made.pk}/"
    stale = client.post(mine, {"version": "1"})
    assert (stale.status_code, "刚刚发布了新版本" in stale.content.decode()) == (422, True)
    client.post(mine, {"version": "2"})
    assert set(Declaration.objects.values_list("person__name", "text__version")) == {("孟员", 1), ("舒记", 2)}
    names = text(client, f"{here}of/{cast.branch.pk}/?due=no")
    assert ("孟员" in names, "舒记" in names) == (True, True)
    sign_in(cast.organizer).post(here + "end/")
    assert sign_in(cast.secretary).get(mine).status_code == 404
    with pytest.raises(Refusal, match="已停用"):
        actions.revise(cast.scope(cast.organizer), made.pk, text="另一版")
