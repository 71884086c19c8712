"""A new code is the account itself. Whoever has the account, and the office, see that one was handed out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from zhibu.accounts import actions
from zhibu.accounts.models import Activation, User

NEW = "quite-another-password"


def reset_by(cast: Cast, who: Any, of: User, *, days_ago: int = 0) -> None:
    """Reset, and activated at once by whoever holds the code."""
    at = timezone.now() - timedelta(days=days_ago)
    handed = actions.reset_account(cast.scope(who), of, at=at)
    actions.activate(username=of.username, code=handed.code, password=NEW, at=at)


def signed_in(username: str, password: str = NEW) -> str:
    answer = Client().post("/account/sign-in/", {"username": username, "password": password}, follow=True)
    return answer.content.decode()


def listed(client: Any) -> list[str]:
    return re.findall(r'href="/account/\d+/"[^>]*>(\w+)<', client.get("/account/?state=reset").content.decode())


def test_the_owner_reads_at_sign_in_who_reset_the_account(cast: Cast) -> None:
    reset_by(cast, cast.administrator, cast.secretary.user)

    told = signed_in("secretary")

    assert "由“管理员”重发启用码" in told
    assert "请立即联系学校党委组织部" in told
    assert "重发启用码" not in signed_in("member", PASSWORD)


def test_a_month_later_it_stands_only_on_the_page_of_the_account(cast: Cast, sign_in: Any) -> None:
    reset_by(cast, cast.administrator, cast.secretary.user, days_ago=31)

    assert "重发启用码" not in signed_in("secretary")
    cast.secretary.user.refresh_from_db()
    assert "由“管理员”重发" in sign_in(cast.secretary).get("/account/me/").content.decode()


def test_a_first_code_is_no_reset(cast: Cast) -> None:
    handed = actions.open_account(cast.scope(cast.office), username="t2026001", display_name="新人", at=timezone.now())
    actions.activate(username="t2026001", code=handed.code, password=NEW, at=timezone.now())

    assert "重发启用码" not in signed_in("t2026001")


def test_the_office_finds_officers_whom_an_administrator_reset(cast: Cast, sign_in: Any) -> None:
    reset_by(cast, cast.administrator, cast.secretary.user)
    reset_by(cast, cast.administrator, cast.member.user)  # holds no post
    reset_by(cast, cast.office, cast.organizer.user)  # by those whose business it is

    assert listed(sign_in(cast.office)) == ["secretary"]


@pytest.mark.parametrize(("who", "seen"), [("organizer", ["secretary"]), ("administrator", ["neighbour", "secretary"])])
def test_others_find_them_in_their_own_part_of_the_tree(cast: Cast, sign_in: Any, who: str, seen: list[str]) -> None:
    for officer in (cast.secretary, cast.neighbour):
        reset_by(cast, cast.administrator, officer.user)

    assert listed(sign_in(getattr(cast, who))) == seen


def test_a_reset_stays_known_when_another_code_follows(cast: Cast, sign_in: Any) -> None:
    reset_by(cast, cast.administrator, cast.secretary.user)
    actions.reset_account(cast.scope(cast.office), cast.secretary.user, at=timezone.now())

    assert Activation.objects.filter(user=cast.secretary.user).count() == 2
    assert listed(sign_in(cast.office)) == ["secretary"]


@pytest.mark.parametrize(("who", "count"), [("office", 2), ("organizer", 1), ("administrator", 0)])
def test_it_waits_on_the_home_page_of_those_who_look_after_the_officers(
    cast: Cast, sign_in: Any, who: str, count: int
) -> None:
    for officer in (cast.secretary, cast.neighbour):
        reset_by(cast, cast.administrator, officer.user)

    client = sign_in(getattr(cast, who))
    waiting = {item.url: item.count for item in client.get("/").context["waiting"]}

    assert waiting.get("/account/?state=reset", 0) == count
