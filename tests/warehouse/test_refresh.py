"""Refresh: only what changed, one switch, nothing lost to a kill, no reader sees half."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.conf import LazySettings
from django.db import connection

from tests.cast import TODAY, Cast, make_cast, make_person
from tests.warehouse.lakes import dsn, refreshed
from zhibu.meetings.enums import Kind, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.warehouse import manifest, queries
from zhibu.warehouse.contract import ContractError, registered
from zhibu.warehouse.engines import DuckDBEngine
from zhibu.warehouse.export import RefreshRunning
from zhibu.warehouse.lake import Lake

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER, MAY = date(2026, 10, 1), date(2026, 5, 1)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def hold(cast: Cast, on: date, *, kind: Kind = Kind.GENERAL, present: int = 2) -> Meeting:
    meeting = Meeting.objects.create(
        organization=cast.branch, kind=kind, title="学习", held_on=on, state=State.RECORDED, expected=2,
        present=present, parts_required=5, parts_present=5,
    )  # fmt: skip
    for person in (cast.member, cast.secretary):
        Attendance.objects.create(meeting=meeting, person=person, presence=Presence.PRESENT)
    return meeting


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Lake]]:
    engine = DuckDBEngine(memory="500MB", threads=1)
    yield lambda: Lake(tmp_path, engine)
    engine.close()


def test_every_fact_arrives_with_its_declared_columns(people: Cast, tmp_path: Path) -> None:
    hold(people, date(2026, 10, 9))
    refreshed(tmp_path)
    current = manifest.read(tmp_path)
    for fact in registered().values():
        for part in current.select(fact.name):
            assert pq.read_schema(tmp_path / part.file) == fact.schema
            assert pq.ParquetFile(tmp_path / part.file).metadata.row_group(0).column(0).compression == "ZSTD"
    # Nobody of the cast has changed stage since, nobody's dues have been reckoned, no action measured the record, and
    # there were no projects, no service, nothing graded and nothing asked of anybody by a form.
    assert {part.fact for part in current.parts} == set(registered()) - {
        "people.stage_step", "dues.payer_month", "meetings.quality", "initiatives.activity",
        "initiatives.milestone_month", "supervision.problem_month", "supervision.integrity_month", "assessment.grade",
        "assessment.bonus", "assessment.work_report", "indicators.demand_month",
    }  # fmt: skip


def test_rows_say_what_was_recorded(people: Cast, tmp_path: Path, opened: Callable[[], Lake]) -> None:
    meeting = hold(people, date(2026, 10, 9))
    refreshed(tmp_path)
    lake = opened()
    met = lake.engine.collect(lake.scan("meetings.meeting", [OCTOBER])).to_pylist()
    assert [(row["meeting_id"], row["organization_id"], row["complete"]) for row in met] == [
        (meeting.pk, people.branch.pk, True)
    ]
    members = lake.engine.collect(lake.scan("people.membership_month", [OCTOBER])).to_pylist()
    assert {row["person_id"] for row in members if row["organization_id"] == people.branch.pk} == {
        people.member.pk, people.secretary.pk,
    }  # fmt: skip
    tree = lake.engine.collect(lake.scan("organizations.ancestry_month", [OCTOBER])).to_pylist()
    assert {(row["ancestor_id"], row["depth"]) for row in tree if row["organization_id"] == people.branch.pk} == {
        (people.branch.pk, 0), (people.faculty.pk, 1), (people.root.pk, 2),
    }  # fmt: skip


def test_month_under_way_is_not_closed(people: Cast, tmp_path: Path, opened: Callable[[], Lake]) -> None:
    refreshed(tmp_path)
    lake = opened()
    rows = lake.engine.collect(lake.scan("organizations.organization_month", [OCTOBER, date(2026, 11, 1)])).to_pylist()
    assert {(row["month"], row["closed"]) for row in rows} == {(OCTOBER, True), (date(2026, 11, 1), False)}


def test_month_before_the_records_were_kept_here_is_not_counted(
    people: Cast, tmp_path: Path, opened: Callable[[], Lake]
) -> None:
    Organization.objects.filter(pk=people.branch.pk).update(recorded_since=date(2026, 10, 2))
    refreshed(tmp_path)
    lake = opened()
    rows = lake.engine.collect(lake.scan("organizations.organization_month", [OCTOBER])).to_pylist()
    assert {row["organization_id"] for row in rows if not row["closed"]} == {people.branch.pk}


def test_second_refresh_writes_nothing(people: Cast, tmp_path: Path) -> None:
    first = refreshed(tmp_path)
    second = refreshed(tmp_path)
    assert first.written > 0
    assert (second.written, second.kept, second.fingerprint) == (0, first.written, first.fingerprint)


def test_only_the_changed_month_is_exported(people: Cast, tmp_path: Path) -> None:
    hold(people, date(2026, 5, 8))
    changed = hold(people, date(2026, 10, 9))
    refreshed(tmp_path)
    Meeting.objects.filter(pk=changed.pk).update(present=1)
    report = refreshed(tmp_path)
    assert report.changed == (("meetings.meeting", OCTOBER),)
    Attendance.objects.filter(meeting=changed).delete()
    report = refreshed(tmp_path)
    # The month that lost all its rows leaves the manifest without a file to write.
    assert report.changed == ()
    assert manifest.read(tmp_path).months("meetings.attendance") == [MAY]


def test_closed_months_of_a_snapshot_stay_as_seen(people: Cast, tmp_path: Path) -> None:
    refreshed(tmp_path, date(2026, 10, 20))
    Person.objects.filter(pk=people.member.pk).update(is_lost=True, lost_since=date(2026, 9, 10))
    report = refreshed(tmp_path, TODAY)
    changed = [month for fact, month in report.changed if fact == "people.profile_month"]
    # October was seen before its end, so it is looked at again; September was over and stays.
    assert changed == [OCTOBER, date(2026, 11, 1)]
    assert not [month for fact, month in refreshed(tmp_path, TODAY).changed]


def test_organization_ranges_make_files_of_their_own(people: Cast, tmp_path: Path, opened: Callable[[], Lake]) -> None:
    refreshed(tmp_path)
    whole = opened().engine.collect(opened().scan("people.membership_month"))
    refreshed(tmp_path, band_size=2)
    lake = opened()
    bands = {part.band for part in lake.manifest.select("people.membership_month")}
    assert len(bands) > 1
    split = lake.engine.collect(lake.scan("people.membership_month"))
    order = [("month", "ascending"), ("person_id", "ascending")]
    assert split.sort_by(order).equals(whole.sort_by(order))
    one = min(bands)
    rows = lake.engine.collect(lake.only(one).scan("people.membership_month")).to_pylist()
    assert {row["organization_id"] // 2 for row in rows} == {one}


def test_reader_keeps_its_generation_through_a_switch(people: Cast, tmp_path: Path, opened: Callable[[], Lake]) -> None:
    meeting = hold(people, date(2026, 10, 9), present=2)
    refreshed(tmp_path)
    before = opened()
    Meeting.objects.filter(pk=meeting.pk).update(present=1)
    seen = []

    def read(step: str) -> None:
        rows = before.engine.collect(opened().scan("meetings.meeting")).to_pylist()
        seen.append(rows[0]["present"])

    refreshed(tmp_path, step=read)
    assert set(seen) == {2}
    assert before.engine.collect(before.scan("meetings.meeting")).to_pylist()[0]["present"] == 2
    assert opened().engine.collect(opened().scan("meetings.meeting")).to_pylist()[0]["present"] == 1


def test_files_of_the_generation_before_last_are_swept(people: Cast, tmp_path: Path) -> None:
    meeting = hold(people, date(2026, 10, 9))
    refreshed(tmp_path)
    first = next(manifest.read(tmp_path).select("meetings.meeting")).file
    for present in (1, 0):
        assert (tmp_path / first).exists()
        Meeting.objects.filter(pk=meeting.pk).update(present=present)
        refreshed(tmp_path)
    # A sweep comes before the work: the files of the generation before are still there when the next one is.
    assert (tmp_path / first).exists()
    refreshed(tmp_path)
    assert not (tmp_path / first).exists()


def test_two_refreshes_do_not_run_at_once(people: Cast, tmp_path: Path) -> None:
    inside, leave, errors = threading.Event(), threading.Event(), []

    def wait(step: str) -> None:
        inside.set()
        assert leave.wait(30)

    def run() -> None:
        try:
            refreshed(tmp_path, step=wait)
        except BaseException as error:  # noqa: BLE001  (shown by the assertion below)
            errors.append(error)
        finally:
            connection.close()

    first = threading.Thread(target=run)
    first.start()
    assert inside.wait(30)
    with pytest.raises(RefreshRunning):
        refreshed(tmp_path)
    leave.set()
    first.join(30)
    assert not errors
    assert refreshed(tmp_path).written == 0


def test_all_facts_come_from_one_snapshot(people: Cast, tmp_path: Path, opened: Callable[[], Lake]) -> None:
    """A person who joins while the refresh runs is in no fact of this generation."""
    added = []

    def meanwhile(step: str) -> None:
        if step == "核对 people.profile_month":
            added.append(make_person("新人", people.branch, serial=77))

    refreshed(tmp_path, step=meanwhile)
    lake = opened()
    for fact in ("people.membership_month", "people.profile_month"):
        rows = lake.engine.collect(lake.scan(fact)).to_pylist()
        assert added[0].pk not in {row["person_id"] for row in rows}


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "zhibu.site.settings"
import django
django.setup()
from tests.warehouse.lakes import order
from zhibu.warehouse.export import refresh

def step(text):
    if text.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

refresh(Path(sys.argv[1]), sys.argv[2], order(), step)
"""


@pytest.mark.parametrize("moment", ["核对 meetings.meeting", "写出 meetings.attendance", "切换"])
def test_kill_in_the_middle_leaves_the_last_good_state(
    people: Cast, tmp_path: Path, opened: Callable[[], Lake], moment: str
) -> None:
    hold(people, date(2026, 5, 8))
    good = refreshed(tmp_path)
    hold(people, date(2026, 10, 9))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), dsn(), moment], env=os.environ, capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    lake = opened()
    assert lake.fingerprint == good.fingerprint
    assert len(lake.engine.collect(lake.scan("meetings.meeting"))) == 1
    report = refreshed(tmp_path)
    assert (report.swept > 0) == (moment != "核对 meetings.meeting")
    assert len(opened().engine.collect(opened().scan("meetings.meeting"))) == 2
    on_disk = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet")}
    current = manifest.read(tmp_path)
    assert on_disk == current.files() | set(current.previous)


def test_code_outside_the_declared_ones_stops_the_export(people: Cast, tmp_path: Path) -> None:
    meeting = hold(people, date(2026, 10, 9))
    good = refreshed(tmp_path)
    Meeting.objects.filter(pk=meeting.pk).update(kind="张三的名字")
    with pytest.raises(ContractError, match="未声明的代码") as caught:
        refreshed(tmp_path)
    assert "张三" not in str(caught.value)
    assert manifest.read(tmp_path).fingerprint == good.fingerprint


def test_deleted_file_is_noticed_and_exported_again(
    people: Cast, tmp_path: Path, settings: LazySettings, opened: Callable[[], Lake]
) -> None:
    settings.LAKE = tmp_path
    assert "还没有数据" in queries.health()
    hold(people, date(2026, 10, 9))
    good = refreshed(tmp_path)
    assert queries.health() == ""
    (tmp_path / next(manifest.read(tmp_path).select("meetings.meeting")).file).unlink()
    assert "缺少 1 个文件" in queries.health()
    report = refreshed(tmp_path)
    assert (report.written, report.fingerprint, queries.health()) == (1, good.fingerprint, "")
