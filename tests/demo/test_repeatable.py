"""The same seed gives the same university, into an empty database only."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.demo.university import TODAY, rows
from zhibu.accounts.models import User
from zhibu.demo.accounts import hand_out
from zhibu.demo.generate import generate
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db
# Ciphertext differs at every writing because each value has its own nonce.
ENCRYPTED = {"id_number", "phone", "landline", "address"}
MOMENT = "updated_at"  # of those whom the last steps, taken by the rooms' own actions, have moved
TABLES = (
    "organizations_organization", "organizations_change", "organizations_period", "organizations_term",
    "organizations_tenure", "people_person", "people_stage", "people_affiliation", "meetings_meeting",
    "meetings_attendance", "meetings_topic", "meetings_resolution",
)  # fmt: skip


def digest(today: date = TODAY, seed: int = 7) -> str:
    """Over all rows of a very small university, which is then taken away again."""
    found = hashlib.sha256()
    with transaction.atomic():
        generate(scale=0.02, seed=seed, today=today)
        for table in TABLES:
            columns = rows("select column_name from information_schema.columns where table_name = %s order by 1", table)
            left_out = {*ENCRYPTED, MOMENT} if table == "people_person" else set()
            listed = ", ".join(name for (name,) in columns if name not in left_out)
            for row in rows(f"select {listed} from {table} order by id"):
                found.update(repr([bytes(item) if isinstance(item, memoryview) else item for item in row]).encode())
        transaction.set_rollback(True)
    return found.hexdigest()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first = digest()

    assert digest() == first
    assert digest(seed=8) != first
    assert digest(today=date(2026, 11, 20)) != first


def test_a_database_in_use_is_refused_with_a_sentence() -> None:
    generate(scale=0.02, today=TODAY)

    with pytest.raises(Refusal, match="数据库中已有党组织") as refused:
        generate(scale=0.02, today=TODAY)

    assert "空的数据库" in refused.value.remedy


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2027, 8, 31), date(2031, 7, 1)])
def test_any_day_can_be_today(today: date) -> None:
    summary = generate(scale=0.02, today=today)

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    assert summary.rows["people.Person"] > 150


def test_an_empty_database_gets_no_demo_accounts(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有演示数据"):
        hand_out(tmp_path / "accounts.txt", today=TODAY)

    assert User.objects.count() == 0
    assert not (tmp_path / "accounts.txt").exists()
