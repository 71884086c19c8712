"""Nobody in the demo can be a real person, and the same seed gives the same university."""

import hashlib
import re
from datetime import date

import pytest
from django.db import transaction
from stdnum.cn import ric

from tests.demo.university import TODAY, rows
from zhibu.demo.generate import Summary, generate
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal
from zhibu.vault.crypto import blind_index

# Ciphertext differs at every writing because each value has its own nonce.
ENCRYPTED = {"id_number", "phone", "landline", "address"}
TABLES = (
    "organizations_organization", "organizations_change", "organizations_period", "organizations_term",
    "organizations_tenure", "people_person", "people_stage", "people_affiliation", "meetings_meeting",
    "meetings_attendance", "meetings_topic", "meetings_resolution",
)  # fmt: skip


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


def digest(today: date = TODAY, seed: int = 7) -> str:
    """Over all rows of a very small university, which is then taken away again."""
    found = hashlib.sha256()
    with transaction.atomic():
        generate(scale=0.02, seed=seed, today=today)
        for table in TABLES:
            columns = rows("select column_name from information_schema.columns where table_name = %s order by 1", table)
            listed = ", ".join(name for (name,) in columns if not (table == "people_person" and name in ENCRYPTED))
            for row in rows(f"select {listed} from {table} order by id"):
                found.update(repr([bytes(item) if isinstance(item, memoryview) else item for item in row]).encode())
        transaction.set_rollback(True)
    return found.hexdigest()


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first = digest()

    assert digest() == first
    assert digest(seed=8) != first
    assert digest(today=date(2026, 11, 20)) != first


@pytest.mark.django_db
def test_a_database_in_use_is_refused_with_a_sentence() -> None:
    generate(scale=0.02, today=TODAY)

    with pytest.raises(Refusal, match="数据库中已有党组织") as refused:
        generate(scale=0.02, today=TODAY)

    assert "空的数据库" in refused.value.remedy


@pytest.mark.django_db
@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2027, 8, 31), date(2031, 7, 1)])
def test_any_day_can_be_today(today: date) -> None:
    from django.db import connection

    summary = generate(scale=0.02, today=today)

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    assert summary.rows["people.Person"] > 150
