"""A number that contradicts the birthday or the sex is said to whoever keeps the file; it is not refused."""

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, id_number, make_person
from zhibu.people import actions
from zhibu.people.identity import contradictions
from zhibu.people.models import ChangeRequest, Person

BORN, SEX = "出生日期与公民身份证号第 7 至 14 位不一致", "性别与公民身份证号第 17 位不一致"


def file_of(client: Any, person: Person) -> str:
    return client.get(reverse("people:file", args=[person.pk])).content.decode()


def test_a_new_file_that_contradicts_its_number_is_kept_and_says_so(cast: Cast, sign_in: Any) -> None:
    client, number = sign_in(cast.secretary), id_number(61, date(2001, 5, 6))
    form = {
        "organization": cast.branch.code, "stage": "10", "on": "2026-11-01", "entry": "collected", "name": "申请人甲",
        "id_number": number, "birth_date": "2001-06-05", "gender": "2",
    }  # fmt: skip

    answer = client.post(reverse("people:new"), form, follow=True)

    told = answer.content.decode()
    assert Person.objects.get(name="申请人甲").birth_date == date(2001, 6, 5)
    assert BORN in told
    assert SEX in told
    assert number not in told


def test_a_file_that_agrees_says_nothing(cast: Cast, sign_in: Any) -> None:
    told = file_of(sign_in(cast.secretary), cast.member)

    assert not re.search("第 7 至 14 位|第 17 位", told)


def test_a_corrected_birthday_that_contradicts_the_number_is_told_after_saving(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretary)
    edit = reverse("people:edit", args=[cast.member.pk])
    form = {key: value for key, value in client.get(edit).context["form"].initial.items() if value not in (None, False)}

    told = client.post(edit, form | {"birth_date": "2000-01-02"}, follow=True).content.decode()

    assert BORN in told
    assert SEX not in told


@pytest.mark.parametrize(
    ("field", "value", "doubts"),
    [
        ("birth_date", "2000-01-02", [BORN]),
        ("gender", "女", [SEX]),
        ("id_number", id_number(70, date(2000, 1, 3)), [BORN, SEX]),
        ("id_number", id_number(71), []),
        ("school", "虚构大学", []),
    ],
)
def test_whoever_decides_a_correction_reads_what_it_would_contradict(
    cast: Cast, sign_in: Any, field: str, value: str, doubts: list[str]
) -> None:
    asked = actions.request_change(cast.scope(cast.member), field=field, value=value)
    assert isinstance(asked, ChangeRequest)

    told = sign_in(cast.secretary).get(reverse("people:change", args=[asked.pk])).content.decode()

    assert [doubt for doubt in (BORN, SEX) if doubt in told] == doubts


def test_a_file_without_a_number_or_with_an_old_one_contradicts_nothing(cast: Cast) -> None:
    person = make_person("无号", cast.branch, serial=62)

    for number in ("", "110105491231002", "Z1234567"):
        assert contradictions(number, person.birth_date, person.gender) == []
    assert contradictions(str(person.id_number), None, "") == []
