"""Accounts are handed out by a code that works once; nobody but the owner ever knows the password."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from zhibu.accounts import actions
from zhibu.accounts.models import Activation, User
from zhibu.accounts.rules import FAILURES_PER_ADDRESS, normal_code, normal_username
from zhibu.audit.models import Entry
from zhibu.regulations.refusal import Refusal

NEW = "quite-another-password"


def handed_out(cast: Cast) -> actions.HandedOut:
    return actions.open_account(cast.scope(cast.office), username="T2026001", display_name="新人", at=timezone.now())


def activate(client: Client, username: str, code: str, password: str = NEW) -> int:
    data = {"username": username, "code": code, "password": password, "again": password}
    return client.post("/account/activate/", data).status_code


def test_a_new_account_is_activated_once_and_then_signs_in(cast: Cast, client: Client) -> None:
    handed = handed_out(cast)

    assert activate(client, "t2026001", handed.code.lower().replace("-", " ")) == 302
    signed_in = client.post("/account/sign-in/", {"username": "T2026001", "password": NEW})

    assert signed_in.status_code == 302
    assert activate(Client(), "t2026001", handed.code, "yet-another-password") == 422


def test_an_account_has_no_password_before_activation(cast: Cast, client: Client) -> None:
    handed = handed_out(cast)

    assert not handed.user.has_usable_password()
    for guess in ("", handed.code, "t2026001", "123456"):
        assert client.post("/account/sign-in/", {"username": "t2026001", "password": guess}).status_code == 422


def test_the_code_is_not_stored(cast: Cast) -> None:
    handed = handed_out(cast)

    stored = str(list(Activation.objects.values())) + str(list(Entry.objects.values()))
    assert handed.code not in stored
    assert normal_code(handed.code) not in stored


@pytest.mark.parametrize(
    ("late", "works"), [(timedelta(seconds=-1), True), (timedelta(0), False), (timedelta(days=1), False)]
)
def test_a_code_ends_when_it_expires(cast: Cast, late: timedelta, works: bool) -> None:
    handed = handed_out(cast)

    def use() -> User:
        return actions.activate(username="t2026001", code=handed.code, password=NEW, at=handed.expires_at + late)

    if works:
        assert use().check_password(NEW)
    else:
        with pytest.raises(Refusal, match="启用码不对，或启用码已过期"):
            use()


def test_a_new_code_replaces_the_old_one_and_the_password(cast: Cast, client: Client) -> None:
    client.post("/account/sign-in/", {"username": "member", "password": PASSWORD})
    assert client.get("/account/me/").status_code == 200

    first = actions.reset_account(cast.scope(cast.office), cast.member.user, at=timezone.now())
    second = actions.reset_account(cast.scope(cast.office), cast.member.user, at=timezone.now())

    assert client.get("/account/me/").status_code == 302, "sessions end with the password"
    assert activate(Client(), "member", first.code) == 422
    assert activate(Client(), "member", second.code) == 302


def test_a_deactivated_account_is_out_at_once(cast: Cast, sign_in) -> None:
    client = sign_in(cast.member)
    assert client.get("/account/me/").status_code == 200

    actions.deactivate(cast.scope(cast.office), cast.member.user, reason="毕业离校")

    assert client.get("/account/me/").status_code == 302
    assert client.post("/account/sign-in/", {"username": "member", "password": PASSWORD}).status_code == 422


def test_nobody_deactivates_themselves(cast: Cast) -> None:
    with pytest.raises(Refusal, match="不能停用自己"):
        actions.deactivate(cast.scope(cast.office), cast.office.user, reason="试试")


def test_an_organizer_reaches_accounts_of_the_own_faculty_only(cast: Cast, sign_in) -> None:
    client = sign_in(cast.organizer)

    assert client.get(f"/account/{cast.member.user_id}/").status_code == 200
    assert client.get(f"/account/{cast.neighbour.user_id}/").status_code == 404
    assert client.post(f"/account/{cast.neighbour.user_id}/reset/").status_code == 404
    assert client.post(f"/account/{cast.administrator.pk}/reset/").status_code == 404


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "member2026x"])
def test_weak_passwords_are_refused_with_a_reason(cast: Cast, client: Client, password: str) -> None:
    handed = actions.reset_account(cast.scope(cast.office), cast.member.user, at=timezone.now())

    assert activate(client, "member", handed.code, password) == 422
    assert activate(client, "member", handed.code) == 302, "a refused password does not use up the code"


def test_five_wrong_passwords_lock_the_account_from_there(cast: Cast, client: Client) -> None:
    for _ in range(5):
        last = client.post("/account/sign-in/", {"username": "member", "password": "wrong"})
    right = client.post("/account/sign-in/", {"username": "member", "password": PASSWORD})
    elsewhere = Client(REMOTE_ADDR="10.0.0.9").post("/account/sign-in/", {"username": "member", "password": PASSWORD})

    assert last.status_code == 429
    assert right.status_code == 429
    assert "15 分钟" in right.content.decode()
    assert elsewhere.status_code == 302, "a stranger cannot lock a member out everywhere"


def test_an_address_that_fails_for_many_accounts_must_wait(cast: Cast, client: Client) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        client.post("/account/sign-in/", {"username": f"u{number}", "password": "wrong"})

    assert client.post("/account/sign-in/", {"username": "member", "password": PASSWORD}).status_code == 429


def test_a_stranger_cannot_tell_whether_an_account_exists(cast: Cast, client: Client) -> None:
    known = client.post("/account/sign-in/", {"username": "member", "password": "wrong"}).content.decode()
    unknown = client.post("/account/sign-in/", {"username": "nobody", "password": "wrong"}).content.decode()

    assert "账号或口令不对" in known
    assert "账号或口令不对" in unknown


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(cast: Cast, client: Client, target: str) -> None:
    answer = client.post("/account/sign-in/", {"username": "member", "password": PASSWORD, "next": target})

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("typed", "name"), [(" T2026001 ", "t2026001"), ("T2026", "t2026"), ("张三", ""), ("a b", ""), ("", "")]
)
def test_account_names_have_one_form(typed: str, name: str) -> None:
    assert normal_username(typed) == name


def test_an_administrator_sees_no_personal_page(cast: Cast, sign_in) -> None:
    client = sign_in(cast.administrator)

    assert client.get("/account/").status_code == 200
    assert client.get(f"/people/{cast.member.pk}/").status_code in (403, 404)
