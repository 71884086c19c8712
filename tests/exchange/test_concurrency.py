"""Two people confirming, a double click, a kill in the middle: all of it once, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from tests.cast import TODAY, Cast, make_cast, make_organization
from tests.exchange.files import member, members_file, preview
from zhibu.accounts.scope import Scope, system_scope
from zhibu.audit.models import Entry
from zhibu.exchange import actions
from zhibu.exchange.enums import BatchState
from zhibu.exchange.models import ImportBatch
from zhibu.organizations.enums import Kind
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = 5


@pytest.fixture
def people() -> Cast:
    return make_cast()


def ready(scope: Scope, count: int = 30) -> ImportBatch:
    return preview(scope, members_file(*(member(serial) for serial in range(101, 101 + count))))


def together(calls: list[object]) -> list[object]:
    """Run the calls at the same time, each on its own connection; gives results or refusals."""
    results: list[object] = []
    gate = threading.Barrier(len(calls))

    def run(call: object) -> None:
        gate.wait()
        try:
            results.append(call())  # type: ignore[operator]
        except Refusal as refusal:
            results.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_confirmations_one_counts(people: Cast) -> None:
    batch = ready(people.scope(people.secretary))
    scopes = [people.scope(people.secretary), people.scope(people.organizer)]

    results = together([lambda scope=scope: actions.confirm(scope, batch.pk) for scope in scopes])

    assert sorted(type(result).__name__ for result in results) == ["ImportBatch", "Refusal"]
    assert "不会写入两次" in str(next(result for result in results if isinstance(result, Refusal)))


def test_two_workers_write_a_batch_once(people: Cast) -> None:
    scope = people.scope(people.secretary)
    batch = ready(scope)
    actions.confirm(scope, batch.pk)

    together([lambda: actions.commit(batch.pk), lambda: actions.commit(batch.pk)])

    assert Person.objects.count() == BEFORE + 30
    assert Entry.objects.filter(verb="exchange.import").count() == 1


def test_two_files_with_the_same_people_write_them_once(people: Cast) -> None:
    scope = people.scope(people.secretary)
    first, second = ready(scope, 30), ready(scope, 31)
    for batch in (first, second):
        actions.confirm(scope, batch.pk)

    together([lambda: actions.commit(first.pk), lambda: actions.commit(second.pk)])

    states = sorted(ImportBatch.objects.values_list("state", flat=True))
    assert states == [BatchState.COMMITTED, BatchState.READY]
    assert Person.objects.count() in {BEFORE + 30, BEFORE + 31}


def test_who_changes_a_record_while_the_import_is_taken_back_loses_nothing(people: Cast) -> None:
    scope = people.scope(people.organizer)
    batch = ready(scope, 3)
    actions.confirm(scope, batch.pk)
    actions.commit(batch.pk)
    results: list[object] = []
    with psycopg.connect(**server()) as other:
        other.execute("update people_person set native_place = '某省' where name = %s", [member(101)["name"]])
        undoing = threading.Thread(
            target=lambda: results.extend(together([lambda: actions.undo(scope, batch.pk, reason="传错了")]))
        )
        undoing.start()
        wait_for_a_lock()
        other.commit()
    undoing.join()

    assert [type(result) for result in results] == [Refusal]
    assert "又有变动" in str(results[0])
    assert Person.objects.count() == BEFORE + 3


def wait_for_a_lock() -> None:
    """Until another session of this database waits for a row."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_stat_activity "
                "where datname = current_database() and wait_event_type = 'Lock')"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


WORKER = """
import django, sys
django.setup()
from zhibu.exchange.committing import members
import zhibu.exchange.actions.confirming as confirming, time
original = confirming.record
def late(*a, **k):
    print("written", flush=True)
    time.sleep(60)
confirming.record = late
from zhibu.exchange import actions
actions.commit(int(sys.argv[1]))
"""


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_batch_can_be_confirmed_again(people: Cast) -> None:
    scope = people.scope(people.secretary)
    batch = ready(scope)
    actions.confirm(scope, batch.pk)
    held = connection.settings_dict
    url = f"postgresql://{held['USER']}@/{held['NAME']}?host={held['HOST']}"
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "zhibu.site.settings"}
    command = [sys.executable, "-c", WORKER, str(batch.pk)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)

    assert Person.objects.count() == BEFORE
    ImportBatch.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(minutes=1))
    deadline = time.monotonic() + 10
    while (held := actions.recover(scope, batch.pk)).state != BatchState.READY and time.monotonic() < deadline:
        time.sleep(0.1)
    assert "没有写入任何内容" in held.summary["interrupted"]
    actions.confirm(scope, batch.pk)
    actions.commit(batch.pk)
    assert Person.objects.count() == BEFORE + 30


def test_a_table_analyzed_in_the_middle_does_not_slow_the_first_import_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Autovacuum analyzes a table soon after it grew; what is being written it does not see, and takes it for empty."""
    from zhibu.exchange.bulk import Copy
    from zhibu.exchange.committing import members

    make_organization("本科生第一党支部", make_organization("中共虚构大学委员会", None, kind=Kind.COMMITTEE))
    scope = system_scope(TODAY)
    batch = ready(scope, 890)
    monkeypatch.setattr(members, "BLOCK", 300)
    send, sent = Copy.send, []

    def send_and_analyze(self: Copy, packed: bytes) -> None:
        sent.append(self)
        if len(sent) == 5:  # the stages of the second block, whose persons are in
            with psycopg.connect(**server(), autocommit=True) as other, suppress(LockNotAvailable):
                other.execute("set lock_timeout = '100ms'")
                other.execute("analyze people_person")
        send(self, packed)

    monkeypatch.setattr(Copy, "send", send_and_analyze)
    before = searches()

    actions.confirm(scope, batch.pk)
    actions.commit(batch.pk)

    assert Person.objects.count() == 890
    # Every look-up of a person by the key; the order of the names knows the key, too, but only by reading all of it.
    found = Counter(searches()) - Counter(before)
    assert found["people_person_pkey"] >= 2 * 890
    assert found["person_pinyin_order"] + found["person_stage_pinyin"] == 0


def server() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    return {key: parameters[key] for key in ("dbname", "host", "port", "user", "password") if parameters.get(key)}


def searches() -> dict[str, int]:
    """How often each index of the persons has been searched."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select pg_stat_clear_snapshot()")
        cursor.execute("select indexrelname, idx_scan from pg_stat_user_indexes where relname = 'people_person'")
        return dict(cursor.fetchall())
