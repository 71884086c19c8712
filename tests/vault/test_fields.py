"""What is encrypted stays encrypted, and can still be found."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast, id_number
from zhibu.people.models import Person
from zhibu.vault.crypto import Unreadable, blind_index, decrypt, encrypt
from zhibu.vault.masks import mask_address, mask_id_number, mask_phone


@given(st.text(max_size=200))
def test_what_was_encrypted_opens_again(text: str) -> None:
    assert decrypt(encrypt(text, field="a.b"), field="a.b") == text


@given(st.text(min_size=1, max_size=40))
def test_the_same_value_never_looks_the_same_twice_but_is_found_by_its_index(text: str) -> None:
    assert encrypt(text, field="a.b") != encrypt(text, field="a.b")
    assert blind_index(text, field="a.b") == blind_index(text, field="a.b")
    assert blind_index(text, field="a.b") != blind_index(text, field="a.c")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unreadable):
        decrypt(encrypt("甲", field="people.Person.phone"), field="people.Person.address")


def test_a_damaged_value_does_not_open() -> None:
    stored = bytearray(encrypt("甲", field="a.b"))
    stored[-1] ^= 1

    with pytest.raises(Unreadable, match="密钥不符或数据损坏"):
        decrypt(bytes(stored), field="a.b")


def test_another_key_does_not_open(settings: pytest.FixtureRequest) -> None:
    stored = encrypt("甲", field="a.b")
    settings.FIELD_KEY = "another"  # type: ignore[attr-defined]

    with pytest.raises(Unreadable):
        decrypt(stored, field="a.b")


def test_the_column_holds_no_readable_number(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select id_number from people_person where id = %s", [cast.member.pk])
        raw = bytes(cursor.fetchone()[0])

    assert id_number(1).encode() not in raw
    assert Person.objects.get(pk=cast.member.pk).id_number == id_number(1)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("11010519491231002X", "110***********002X"), ("1234", "****"), ("", ""), ("1234567", "*******")],
)
def test_an_id_number_is_shown_by_its_ends_only(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("13812345678", "138****5678"), ("010-62345678", "010****5678"), ("12", "12"), ("", "")]
)
def test_a_phone_is_shown_by_its_ends_only(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


def test_an_address_is_shown_by_its_city_only() -> None:
    assert mask_address("虚构省虚构市明理路1号") == "虚构省虚构市****"
    assert mask_address("") == ""
