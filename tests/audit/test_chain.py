"""The audit log cannot be changed, and a change behind its back shows."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cast import Cast
from zhibu.audit.actions import record
from zhibu.audit.models import Entry
from zhibu.audit.queries import chain_breaks, entries


def test_entries_follow_each_other_and_the_chain_holds(cast: Cast) -> None:
    for number in range(5):
        record(
            cast.scope(cast.secretary), "people.update", object=cast.member, changes={"grade": ["2023", f"202{number}"]}
        )

    assert Entry.objects.count() == 5
    assert chain_breaks() == []


@pytest.mark.parametrize(
    "statement", ["update audit_entry set reason = 'x'", "delete from audit_entry", "truncate audit_entry"]
)
def test_the_database_refuses_to_change_or_remove_entries(cast: Cast, statement: str) -> None:
    record(cast.scope(cast.secretary), "people.update", object=cast.member)

    with pytest.raises(DatabaseError, match="审计记录只能追加"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Entry.objects.count() == 1


def behind_its_back(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger user")
        cursor.execute(statement)
        cursor.execute("alter table audit_entry enable trigger user")


def test_a_row_altered_by_the_owner_of_the_database_is_found(cast: Cast) -> None:
    rows = [record(None, "people.update", reason=f"第{number}次") for number in range(4)]

    behind_its_back(f"update audit_entry set reason = '别的' where id = {rows[1].pk}")

    assert [(item.entry_id, item.what) for item in chain_breaks()] == [(rows[1].pk, "内容与校验值不符：记录被改动")]


def test_a_removed_row_is_found(cast: Cast) -> None:
    rows = [record(None, "people.update") for _ in range(4)]

    behind_its_back(f"delete from audit_entry where id = {rows[1].pk}")

    assert [item.entry_id for item in chain_breaks()] == [rows[2].pk]


def test_personal_values_stand_in_the_log_only_as_marks(cast: Cast) -> None:
    entry = record(
        cast.scope(cast.secretary),
        "people.update",
        object=cast.member,
        changes={"name": ["孟员", "孟圆"], "phone": ["10012345678", "10087654321"], "stage": ["预备党员", "正式党员"]},
    )

    text = str(Entry.objects.values().get(pk=entry.pk))
    assert "孟" not in text
    assert "10012345678" not in text
    assert entry.changes["stage"] == ["预备党员", "正式党员"]
    assert entry.changes["name"][0] != entry.changes["name"][1]


def test_equal_values_of_one_person_give_equal_marks_and_of_two_persons_different_ones(cast: Cast) -> None:
    first = record(None, "people.update", object=cast.member, changes={"ethnicity": ["", "汉族"]})
    second = record(None, "people.update", object=cast.member, changes={"ethnicity": ["汉族", ""]})
    other = record(None, "people.update", object=cast.secretary, changes={"ethnicity": ["", "汉族"]})

    assert first.changes["ethnicity"][1] == second.changes["ethnicity"][0]
    assert first.changes["ethnicity"][1] != other.changes["ethnicity"][1], "else one known entry would read them all"


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_one_chain() -> None:
    def write() -> None:
        for _ in range(5):
            with transaction.atomic():
                record(None, "people.update")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Entry.objects.count() == 20
    assert chain_breaks() == []


def test_the_office_reads_everything_a_secretary_nothing(cast: Cast) -> None:
    record(cast.scope(cast.secretary), "people.update", object=cast.member, organization_path=cast.branch.path)

    assert entries(cast.scope(cast.office)).count() == 1
    assert entries(cast.scope(cast.administrator)).count() == 1
    assert entries(cast.scope(cast.secretary)).count() == 0
