"""The house under attack: bad parameters, garbage in every form, other people's objects, lost secrets.

Each test tells what an attacker, or a careless reader, does; the platform answers with a sentence, never with a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast
from tests.house.test_permissions import Undone, client_of, patterns, places

pytestmark = pytest.mark.django_db

NUL = "\x00"
LEAVING = ("accounts:sign_out", "accounts:me")  # after these a client is signed out
# What a reader may put behind any address and into any field.
STRANGE = [
    NUL,
    "-1",
    "9" * 40,
    "9" * 5000,
    "²",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "\u202e😀𠮷 ' or 1=1 -- \\ \"><script>alert(1)</script>",
    b"\xff\xfe",
]
ONE_BY_ONE = (NUL, "9" * 5000)
# Names that some page reads without showing an input for it.
HIDDEN = (
    "q", "page", "sort", "export", "on", "year", "month", "period", "organization", "kind", "category", "duty", "only",
    "pk", "posts", "parent", "subject", "field", "next", "held_on", "all", "filters", "selected", "sources", "observer",
    "do", "version", "reason", "topics-TOTAL_FORMS", "resolutions-TOTAL_FORMS", "decision",
)  # fmt: skip


def addresses(cast: Cast, method: str) -> list[tuple[str, str]]:
    found = []
    for name, pattern in patterns():
        if method in pattern.callback.access.methods:
            for label, parameters in places(cast, name, pattern):
                if label != "外":
                    found.append((name, reverse(name, kwargs=parameters)))
    return found


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The parameters that are asked for meanwhile; all of `HIDDEN` when somebody goes through them."""
    asked: set[str] = set()
    with monkeypatch.context() as patch:
        for method in ("__getitem__", "__contains__", "get", "getlist"):
            original = getattr(QueryDict, method)

            def one(self: QueryDict, name: str, *rest: Any, original: Any = original, **more: Any) -> Any:
                asked.add(name)
                return original(self, name, *rest, **more)

            patch.setattr(QueryDict, method, one)
        for method in ("__iter__", "keys", "items", "lists", "values", "dict"):
            original = getattr(QueryDict, method)

            def every(self: QueryDict, *given: Any, original: Any = original) -> Any:
                asked.update(HIDDEN)
                return original(self, *given)

            patch.setattr(QueryDict, method, every)
        yield asked


# By the address's name, found once for all strange values: the inputs on the page, and what it asks its address for.
INPUTS: dict[str, tuple[set[str], set[str]]] = {}


def inputs(cast: Cast, name: str, address: str) -> tuple[set[str], set[str]]:
    """Names of the inputs that stand on a page, and of the parameters that it looks for in its address."""
    if name not in INPUTS:
        with pytest.MonkeyPatch.context() as patch, reading(patch) as asked:
            body = text_of(client_of(cast, "office").get(address))
        INPUTS[name] = set(re.findall(r'name="([A-Za-z0-9_-]+)"', body)) - {"csrfmiddlewaretoken"}, asked
    return INPUTS[name]


def text_of(answer: Any) -> str:
    """A file that goes out is read to its end, which closes it."""
    body: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace")


def failed_at(client: Client, address: str, given: dict[str, Any]) -> bool:
    answer = client.get(address, given)
    text_of(answer)
    return bool(answer.status_code >= 500)


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: ascii(value)[:12])
def test_no_page_fails_on_strange_parameters(cast: Cast, value: Any) -> None:
    """A page that looks for no parameter at all does not find a strange one either."""
    client = client_of(cast, "office")
    failed = []
    for name, address in addresses(cast, "GET"):
        shown, asked = inputs(cast, name, address)
        names = {*HIDDEN, *shown} - {"export"}
        if not asked:
            continue
        if failed_at(client, address, dict.fromkeys(names, value)):
            failed += [(name, one) for one in names if failed_at(client, address, {one: value})] or [name]

    assert failed == []


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: ascii(value)[:12])
def test_no_form_fails_on_strange_input(cast: Cast, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every field at once; for the worst values also alone in what is read beside a form: a parameter that an empty
    form's request does not ask for, it does not ask for either when it is given alone."""
    client = client_of(cast, "office")
    failed = []

    def send(name: str, address: str, given: dict[str, Any]) -> None:
        nonlocal client
        with suppress(Undone), transaction.atomic():
            if client.post(address, given).status_code >= 500:
                failed.append((name, sorted(given)[:3]))
            raise Undone
        client = client if name not in LEAVING else client_of(cast, "office")

    for name, address in addresses(cast, "POST"):
        names = {*HIDDEN, *inputs(cast, name, address)[0]}
        send(name, address, dict.fromkeys(names, value))
        if value in ONE_BY_ONE:
            with reading(monkeypatch) as asked:
                send(name, address, {})
            for one in asked.intersection(HIDDEN):
                send(name, address, {one: value})

    assert failed == []


# Accounts


def test_an_organizer_cannot_take_over_an_officer_who_belongs_to_one_of_their_branches(
    cast: Cast, sign_in: Any
) -> None:
    """The officer's party membership lies in the faculty, the post at the university: the code would be the post."""
    client = sign_in(cast.organizer)
    before = cast.office.user.password

    for name in ("accounts:detail", "accounts:reset", "accounts:deactivate"):
        address = reverse(name, args=[cast.office.user_id])
        answer = client.get(address) if name.endswith("detail") else client.post(address, {"reason": "试试看"})
        assert answer.status_code == 404, name

    cast.office.user.refresh_from_db()
    assert cast.office.user.password == before
    assert cast.office.user.is_active
    # Those without posts elsewhere stay theirs.
    assert client.get(reverse("accounts:detail", args=[cast.member.user_id])).status_code == 200


def test_an_organizer_cannot_open_the_account_of_an_officer(cast: Cast, sign_in: Any) -> None:
    from zhibu.accounts.models import User

    User.objects.filter(pk=cast.office.user_id).delete()
    cast.office.refresh_from_db()
    assert cast.office.user_id is None

    answer = sign_in(cast.organizer).post(reverse("people:open-account", args=[cast.office.pk]))

    assert answer.status_code == 422
    assert "请由上级党组织发放" in answer.content.decode()
    cast.office.refresh_from_db()
    assert cast.office.user_id is None
    assert not User.objects.filter(username="office").exists()


def test_a_failed_activation_leaves_neither_password_nor_code_behind(cast: Cast, client: Client) -> None:
    from axes.models import AccessAttempt

    given = {
        "username": "nobody",
        "code": "ABCD-EFGH-JKLM-NPQR",
        "password": "my-new-password",
        "again": "my-new-password",
    }
    assert client.post(reverse("accounts:activate"), given).status_code == 422

    kept = str(list(AccessAttempt.objects.values()))
    assert "nobody" in kept
    assert "my-new-password" not in kept
    assert "ABCD" not in kept


def test_no_time_of_a_sign_in_is_kept(cast: Cast, client: Client) -> None:
    from django.db import connection

    answer = client.post(reverse("accounts:sign_in"), {"username": "member", "password": PASSWORD})
    assert answer.status_code == 302

    with connection.cursor() as cursor:
        cursor.execute("select column_name from information_schema.columns where table_name = 'accounts_user'")
        assert "last_login" not in {name for (name,) in cursor.fetchall()}
        cursor.execute("select count(*) from axes_accesslog")
        assert cursor.fetchone() == (0,)


def test_whoever_left_the_party_has_no_rights_even_if_the_post_was_not_ended(cast: Cast, sign_in: Any) -> None:
    from zhibu.people.enums import StageKind

    client = sign_in(cast.secretary)
    assert client.get(reverse("people:file", args=[cast.member.pk])).status_code == 200
    cast.secretary.stage = StageKind.LEFT
    cast.secretary.save()

    # The session is still open: rights are asked anew with each request.
    assert client.get(reverse("people:file", args=[cast.member.pk])).status_code in {403, 404}


def test_a_post_that_ends_today_ends_rights_today(cast: Cast, sign_in: Any) -> None:
    from django.utils import timezone

    client = sign_in(cast.secretary)
    assert client.get(reverse("people:file", args=[cast.member.pk])).status_code == 200
    cast.secretary.tenures.update(ended_on=timezone.localdate())

    assert client.get(reverse("people:file", args=[cast.member.pk])).status_code in {403, 404}


def test_a_deactivated_account_is_out_in_the_middle_of_its_session(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    assert client.get("/").status_code == 200
    cast.secretary.user.is_active = False
    cast.secretary.user.save()

    assert client.get("/").status_code == 302


@pytest.mark.parametrize("name", ["MEMBER", " member ", "ｍｅｍｂｅｒ", "Member\u3000"])
def test_the_lockout_knows_an_account_however_it_is_written(cast: Cast, client: Client, name: str) -> None:
    address = reverse("accounts:sign_in")
    for turn in range(5):
        client.post(
            address,
            {"username": name if turn % 2 else "member", "password": "wrong-password"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}",
        )

    assert client.post(address, {"username": name, "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example"],
)
def test_signing_in_leads_nowhere_else(cast: Cast, client: Client, target: str) -> None:
    answer = client.post(reverse("accounts:sign_in"), {"username": "member", "password": PASSWORD, "next": target})

    assert answer.headers["Location"] == "/"


def test_every_writing_address_wants_the_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.office.user, backend="django.contrib.auth.backends.ModelBackend")

    for name, address in addresses(cast, "POST"):
        assert client.post(address).status_code in {403, 404}, name
    assert client.get(reverse("accounts:sign_out")).status_code == 405


def test_headers_forbid_scripts_of_others_and_frames(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.office).get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_changed_password_ends_the_sessions_of_others_and_keeps_the_own(cast: Cast) -> None:
    mine, stolen = client_of(cast, "member"), client_of(cast, "member")
    new = "another-long-password"
    given = {"old": PASSWORD, "password": new, "again": "mistyped-password"}
    assert mine.post(reverse("accounts:me"), given).status_code == 422

    assert mine.post(reverse("accounts:me"), {**given, "again": new}).status_code == 302

    assert mine.get("/").status_code == 200
    assert stolen.get("/").status_code == 302
