"""Nobody in the demo can be a real person."""

import re

import pytest
from stdnum.cn import ric

from zhibu.demo.generate import Summary
from zhibu.people.models import Person
from zhibu.vault.crypto import blind_index

pytestmark = pytest.mark.django_db


def test_id_numbers_lie_in_a_region_that_does_not_exist(university: Summary) -> None:
    numbers = [person.id_number for person in Person.objects.all()]

    assert len(set(numbers)) == len(numbers) > 500
    assert all(number.startswith("00") for number in numbers)
    assert all(ric.calc_check_digit(number) == number[-1] for number in numbers)


def test_id_numbers_agree_with_birth_date_and_sex_and_can_be_found_again(university: Summary) -> None:
    for person in Person.objects.all()[:200]:
        assert person.id_number[6:14] == f"{person.birth_date:%Y%m%d}"
        assert int(person.id_number[16]) % 2 == int(person.gender) % 2
        assert bytes(person.id_number_index) == blind_index(person.id_number, field="people.Person.id_number")


def test_phones_cannot_be_dialled_and_streets_are_invented(university: Summary) -> None:
    people = list(Person.objects.all())

    assert all(re.fullmatch(r"10[01]\d{8}", person.phone) for person in people if person.phone)
    assert all(person.address.startswith("虚构省明理市") for person in people if person.address)
    assert all(person.email.endswith(".example") for person in people)
