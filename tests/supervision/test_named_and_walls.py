"""Somebody whom a problem names without a post; a screen on the wall that has a key and no account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import PASSWORD, TODAY, Cast
from tests.supervision.rows import days, make_alert, make_problem
from tests.supervision.test_pages import text
from tests.supervision.test_problems import PDF
from zhibu.accounts.models import User
from zhibu.regulations.refusal import Refusal
from zhibu.supervision import actions, queries
from zhibu.supervision.enums import ProblemState
from zhibu.supervision.models import WallKey
from zhibu.supervision.wall import actions as walls
from zhibu.supervision.wall.queries import key_of
from zhibu.ui.waiting import answered

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
UNDER_WAY = {"state": ProblemState.UNDER_WAY, "measure": "十一月底前补讲党课。"}


def titles(cast: Cast, who: Any) -> dict[str, tuple[int, date | None]]:
    return {one.title: (one.count, one.since) for one in answered(queries.waiting(cast.scope(who)))}


def test_a_member_named_by_a_problem_sees_it_and_reports_it_done(
    cast: Cast, sign_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    made = make_problem(cast.branch, person=cast.member, due_on=days(-2), **UNDER_WAY)
    step = made.milestones.create(text="备课", due_on=days(-3))
    other = make_problem(cast.branch, **UNDER_WAY)
    here = f"/supervision/mine/{made.pk}/"
    assert titles(cast, cast.member) == {"由我负责的问题待整改": (1, days(-2))}
    client = sign_in(cast.member)
    assert "共 1 条" in text(client, "/supervision/mine/")
    assert "延长期限" not in text(client, here)
    assert client.get(f"/supervision/mine/{other.pk}/").status_code == 404
    assert client.get(f"/supervision/{made.pk}/").status_code == 403

    client.post(f"{here}milestones/{step.pk}/")
    assert client.post(here + "report/", {"text": ""}).status_code == 422
    client.post(here + "report/", {"text": "已补讲。", "evidence": SimpleUploadedFile("记录.pdf", PDF)})

    made.refresh_from_db()
    assert (made.state, made.reported_by, step.__class__.objects.get().done_on) == (
        ProblemState.TO_REVIEW, cast.member.user, TODAY,
    )  # fmt: skip
    file = re.search(rf'href="({here}files/\d+/)"', text(client, here))
    assert file is not None
    assert b"".join(client.get(file[1]).streaming_content) == PDF  # type: ignore[attr-defined]
    assert titles(cast, cast.member) == {}


def test_who_has_left_the_organization_no_longer_answers_for_its_problem(cast: Cast) -> None:
    made = make_problem(cast.branch, person=cast.member, **UNDER_WAY)
    cast.member.organization = cast.sibling
    cast.member.save()

    assert not queries.my_problems(cast.scope(cast.member)).exists()
    with pytest.raises(Exception, match="没有这个问题"):
        actions.report_done(cast.scope(cast.member), made.pk, text="已补讲。")


def test_a_milestone_past_its_day_waits_for_the_branch_until_it_is_done(cast: Cast) -> None:
    made = make_problem(cast.branch, **UNDER_WAY)
    made.milestones.create(text="备课", due_on=days(-3))
    made.milestones.create(text="讲课", due_on=TODAY)
    rows = queries.problems(cast.scope(cast.secretary))

    assert titles(cast, cast.secretary) == {"整改节点已过期限": (1, days(-3))}
    assert list(queries.for_me(rows, cast.scope(cast.secretary), "step")) == [made]
    made.milestones.filter(text="备课").update(done_on=TODAY)
    assert titles(cast, cast.secretary) == {}


def test_the_number_disposed_of_opens_exactly_those_alerts(cast: Cast, sign_in: SignIn) -> None:
    make_alert(cast.branch, "theme_days_low", acknowledged_on=TODAY, state="acknowledged")
    make_alert(cast.sibling, "theme_days_low")
    client = sign_in(cast.office)

    assert "/supervision/alerts/?rule=theme_days_low&amp;state=acted" in text(
        client, "/supervision/alerts/rules/theme_days_low/"
    )
    assert "共 1 条" in text(client, "/supervision/alerts/?rule=theme_days_low&state=acted")


def issued(client: Client, **given: Any) -> str:
    form = {"organization": "计算机学院党委", "place": "学院活动室", "until": days(30), "submission": uuid4()}
    answer = client.post("/supervision/walls/new/", {**form, **given})
    found = re.search(r"<strong>([A-Z0-9-]{19})</strong>", answer.content.decode())
    assert found is not None, answer.content.decode()
    return found[1]


def test_a_screen_with_a_key_shows_the_wall_and_nothing_else_until_the_key_is_revoked(
    cast: Cast, sign_in: SignIn
) -> None:
    make_problem(cast.branch, person=cast.member)
    code = issued(sign_in(cast.organizer))
    assert code not in str(WallKey.objects.values())
    screen = Client()
    assert screen.get("/wall/").headers["Location"].startswith("/account/sign-in/")

    assert screen.post("/wall/key/", {"code": "AAAA-AAAA-AAAA-AAAA"}).status_code == 422
    assert screen.post("/wall/key/", {"code": code.lower()}).headers["Location"] == "/wall/"

    page = text(screen, "/wall/")
    assert "计算机学院党委问题整改态势" in page
    assert 'href="/supervision/' not in page
    assert not [name for name in ("舒记", "祖员", "孟员") if name in page]
    assert screen.get(f"/wall/?node={cast.other_faculty.pk}").status_code == 404
    for address in ("/supervision/", "/supervision/map/", "/", f"/organizations/{cast.branch.pk}/"):
        assert screen.get(address).status_code == 302, address
    assert not User.objects.filter(username__icontains="wall").exists()

    sign_in(cast.organizer).post(f"/supervision/walls/{WallKey.objects.get().pk}/revoke/")
    assert screen.get("/wall/").headers["Location"] == "/wall/key/"
    part = screen.get("/wall/", headers={"HX-Request": "true", "HX-Target": "wall"})
    assert part.headers["HX-Redirect"] == "/wall/key/"
    assert "已到期或已收回" in text(screen, "/wall/key/")
    assert screen.post("/wall/key/", {"code": code}).status_code == 422


def test_no_account_stays_signed_in_as_long_as_a_screen(cast: Cast, sign_in: SignIn) -> None:
    code = issued(sign_in(cast.organizer))
    desk = sign_in(cast.secretary)
    desk.post("/wall/key/", {"code": code})
    assert desk.get("/").status_code == 302, "whoever lets a screen in is signed out there"
    assert "问题整改态势" in text(desk, "/wall/")
    assert desk.session.get_expiry_age() > 20 * 24 * 3600

    desk.post("/account/sign-in/", {"username": cast.secretary.user.username, "password": PASSWORD})
    assert desk.get("/").status_code == 200
    assert desk.session.get_expiry_age() <= 8 * 3600


def test_a_key_is_issued_for_a_year_at_most_and_within_what_one_supervises(cast: Cast) -> None:
    scope = cast.scope(cast.organizer)

    with pytest.raises(Refusal, match="最长一年"):
        walls.issue_key(scope, cast.faculty.pk, place="活动室", until=days(367), submission=uuid4())
    with pytest.raises(Refusal, match="装在哪里"):
        walls.issue_key(scope, cast.faculty.pk, place=" ", until=days(7), submission=uuid4())
    with pytest.raises(Exception, match="没有这个党组织"):
        walls.issue_key(scope, cast.other_faculty.pk, place="活动室", until=days(7), submission=uuid4())
    form = {"place": "活动室", "until": days(366), "submission": uuid4()}
    made, first = walls.issue_key(scope, cast.faculty.pk, **form)
    assert made.until == days(366)
    again, code = walls.issue_key(scope, cast.faculty.pk, **form)
    assert (again, WallKey.objects.count()) == (made, 1), "a double click issues one key"
    assert key_of(first, TODAY) is None and key_of(code, TODAY) == made, "the code that was seen last lets in"
    walls.revoke_key(scope, made.pk)
    with pytest.raises(Refusal, match="已经收回"):
        walls.issue_key(scope, cast.faculty.pk, **form)
