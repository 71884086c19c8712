"""Behind a reverse proxy every client counts by its own address, and none can invent another."""

from ipaddress import ip_network
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.cast import PASSWORD, Cast
from zhibu.accounts.rules import FAILURES_PER_ADDRESS, client_address
from zhibu.site import environment
from zhibu.site.cli.doctor import command as doctor

PROXY = "10.0.0.5"
TRUSTED = (ip_network(PROXY), ip_network("192.168.3.0/24"), ip_network("fd00::/8"))


@pytest.fixture(autouse=True)
def behind_a_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = TRUSTED


def sign_in(username: str, password: str, forwarded: str, peer: str = PROXY) -> int:
    client = Client(REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    return client.post("/account/sign-in/", {"username": username, "password": password}).status_code


def fail_often(forwarded: str, peer: str = PROXY) -> None:
    for number in range(FAILURES_PER_ADDRESS):
        sign_in(f"u{number}", "wrong", forwarded.format(number), peer)


def test_failures_of_one_client_do_not_stop_the_others_behind_the_same_proxy(cast: Cast) -> None:
    fail_often("203.0.113.7")

    assert sign_in("member", PASSWORD, "203.0.113.7") == 429
    assert sign_in("member", PASSWORD, "203.0.113.8") == 302


def test_a_lockout_behind_a_proxy_holds_for_the_address_that_failed_only(cast: Cast) -> None:
    for _ in range(5):
        last = sign_in("member", "wrong", "203.0.113.7")

    assert last == 429
    assert sign_in("member", PASSWORD, "203.0.113.7") == 429
    assert sign_in("member", PASSWORD, "203.0.113.8") == 302


def test_addresses_that_a_client_invents_do_not_free_it_from_the_throttle(cast: Cast) -> None:
    fail_often("198.51.100.{0}, 203.0.113.7")

    assert sign_in("member", PASSWORD, "198.51.100.99, 203.0.113.7") == 429


def test_the_header_of_a_peer_that_is_no_proxy_is_ignored(cast: Cast) -> None:
    fail_often("198.51.100.{0}", peer="203.0.113.9")

    assert sign_in("member", PASSWORD, "198.51.100.99", peer="203.0.113.9") == 429


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (PROXY, "", PROXY),
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (PROXY, "203.0.113.7, 192.168.3.4,192.168.3.5", "203.0.113.7"),
        (PROXY, "192.168.3.4", "192.168.3.4"),
        (PROXY, "203.0.113.7, unknown", PROXY),
        (PROXY, "203.0.113.7, '; drop table", PROXY),
        (f"::ffff:{PROXY}", "2001:DB8::1", "2001:db8::1"),
        ("fd00::1", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_client_is_the_rightmost_address_that_no_trusted_proxy_holds(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_address(peer, forwarded, TRUSTED) == client


def test_nobody_is_trusted_unless_the_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIBU_TRUSTED_PROXIES", raising=False)
    assert environment.networks("ZHIBU_TRUSTED_PROXIES") == ()

    monkeypatch.setenv("ZHIBU_TRUSTED_PROXIES", "10.0.0.5, 192.168.3.0/24,fd00::/8")
    assert environment.networks("ZHIBU_TRUSTED_PROXIES") == TRUSTED


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.5/8", "10.0.0.5;10.0.0.6"])
def test_doctor_names_a_malformed_address_of_a_proxy(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("ZHIBU_TRUSTED_PROXIES", f"10.0.0.5,{wrong}")
    monkeypatch.setattr("zhibu.site.postgres.ensure_database", lambda: None)
    monkeypatch.setattr("zhibu.site.cli._load", lambda: environment.networks("ZHIBU_TRUSTED_PROXIES"))

    told = CliRunner().invoke(doctor)

    assert told.exit_code == 1
    assert f"ZHIBU_TRUSTED_PROXIES：“{wrong}”不是网络地址" in told.output
