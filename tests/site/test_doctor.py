"""`zhibu doctor` finds each fault and says how to mend it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError, connection
from django.utils import timezone

from tests.cast import TODAY, Cast
from zhibu.accounts.scope import system_scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.site import doctor, tree
from zhibu.site.cli.doctor import command
from zhibu.site.doctor import FAULT, NOTE, WELL, Finding, examine
from zhibu.warehouse.manifest import Manifest, Part, switch

pytestmark = pytest.mark.django_db
SCOPE = system_scope(TODAY)


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation folder of its own, with room on the disk and a bundle."""
    settings.VAR, settings.LAKE, settings.DEBUG = tmp_path, tmp_path / "lake", False
    dist = tmp_path / "dist"
    dist.mkdir()
    for name in doctor.BUNDLE:
        (dist / name).touch()
    monkeypatch.setattr(doctor, "DIST", dist)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=50 * 1024**3))
    return tmp_path


def told(topic: str, *states: str) -> list[Finding]:
    return [finding for finding in examine() if finding.topic == topic and finding.state in (states or (FAULT,))]


def faults() -> list[str]:
    return [finding.topic for finding in examine() if finding.state == FAULT]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_a_sound_installation_has_no_faults_and_the_command_says_so(cast: Cast) -> None:
    record(SCOPE, "organizations.update")

    result = run()

    assert (result.exit_code, faults()) == (0, [])
    assert "没有发现故障。" in result.output
    assert "PostgreSQL" in result.output


def test_a_fault_makes_the_command_fail_and_stands_with_its_remedy(cast: Cast, settings: Any) -> None:
    settings.DEBUG = True

    result = run()

    assert result.exit_code == 1
    assert "ZHIBU_DEBUG 已打开" in result.output
    assert "怎么办：正式使用时去掉 ZHIBU_DEBUG。" in result.output
    assert "共 1 处故障。" in result.output


def test_unapplied_migrations_end_the_examination_with_their_remedy(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where id = (select max(id) from django_migrations)")

    found = list(examine())

    assert [(finding.topic, finding.remedy) for finding in found if finding.state == FAULT] == [
        ("数据表", "运行：zhibu manage migrate")
    ]
    assert found[-1].topic == "数据表"


def test_a_database_out_of_reach_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(doctor, "connection", SimpleNamespace(cursor=refuse))

    (finding,) = told("数据库")

    assert finding.text == "连接不上：connection refused"
    assert "DATABASE_URL" in finding.remedy


def test_a_database_set_for_old_disks_is_a_note_with_the_setting(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local random_page_cost = 4")
        (note,) = told("数据库", NOTE)
        cursor.execute("set local random_page_cost = 1.1")
        assert told("数据库", NOTE) == []

    assert "random_page_cost = 1.1" in note.remedy


def test_an_empty_installation_is_sent_to_init() -> None:
    assert [finding.remedy for finding in told("单位")] == ["运行：zhibu init（正式使用）或 zhibu demo（演示）"]
    assert [finding.remedy for finding in told("账号")] == ["运行：zhibu init --administrator 工号"]


def test_an_installation_whose_administrator_left_is_told_so(cast: Cast) -> None:
    cast.administrator.is_active = False
    cast.administrator.save()

    assert faults() == ["账号"]


def test_a_silenced_audit_trigger_is_found_and_put_back(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger audit_entry_append_only")

    (finding,) = told("审计")
    assert "触发器被停用或删除" in finding.text
    assert finding.remedy.endswith("zhibu doctor --mend-audit")

    assert run("--mend-audit").exit_code == 0
    assert told("审计") == []


def test_a_dropped_audit_trigger_is_found_and_put_back(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop trigger audit_entry_no_truncate on audit_entry")

    assert len(told("审计")) == 1
    assert run("--mend-audit").exit_code == 0
    assert told("审计") == []


def behind_the_back(sql: str, *values: Any) -> None:
    """What somebody with the database's own password can do."""
    with connection.cursor() as cursor:
        cursor.execute("alter table audit_entry disable trigger audit_entry_append_only")
        cursor.execute(sql, values)
        cursor.execute("alter table audit_entry enable trigger audit_entry_append_only")


def test_an_altered_audit_row_is_named(cast: Cast) -> None:
    first = record(SCOPE, "organizations.update", reason="原来的理由")
    record(SCOPE, "organizations.update")
    behind_the_back("update audit_entry set reason = %s where id = %s", "别的理由", first.pk)

    (finding,) = told("审计")

    assert finding.text == f"第 {first.pk} 条内容与校验值不符：记录被改动。"
    assert finding.remedy == doctor.KEEP_EVIDENCE


def test_a_tail_cut_off_is_noticed_by_the_anchor_and_stays_noticed(cast: Cast, var: Path) -> None:
    record(SCOPE, "organizations.update")
    last = record(SCOPE, "people.reveal")
    assert told("审计") == []
    behind_the_back("delete from audit_entry where id = %s", last.pk)
    record(SCOPE, "organizations.update")

    for _ in range(2):
        (finding,) = told("审计")
        assert f"最后一条（第 {last.pk} 条）已不存在或被替换" in finding.text
    assert json.loads((var / "audit-anchor.json").read_text())["id"] == last.pk


def test_the_quick_look_reads_only_what_came_since_the_last_whole_one(cast: Cast) -> None:
    for _ in range(3):
        record(SCOPE, "organizations.update")
    list(examine())
    record(SCOPE, "organizations.update")

    texts = [finding.text for finding in examine(quick=True) if finding.topic == "审计"]

    assert texts == ["新增 1 条记录，校验链完整。"]


def test_a_wrong_field_key_is_found(cast: Cast, settings: Any) -> None:
    settings.FIELD_KEY = "another key"

    (finding,) = told("密钥")

    assert finding.text == "现有密钥打不开已保存的证件号。"
    assert "ZHIBU_FIELD_KEY" in finding.remedy


def test_a_wrong_index_key_is_found(cast: Cast, settings: Any) -> None:
    settings.FIELD_INDEX_KEY = "another key"

    assert ["索引密钥" in finding.text for finding in told("密钥")] == [True]


def test_a_key_that_others_can_read_is_found(cast: Cast, var: Path) -> None:
    (var / "keys").mkdir()
    file = var / "keys" / "zhibu_field_key"
    file.write_text("secret")
    file.chmod(0o644)
    assert [finding.remedy for finding in told("密钥")] == [f"运行：chmod 600 {file}"]

    file.chmod(0o600)
    assert told("密钥") == []


@pytest.mark.parametrize("name", ["app.js", "app.css"])
def test_a_missing_part_of_the_bundle_is_named(cast: Cast, name: str) -> None:
    (doctor.DIST / name).unlink()

    (finding,) = told("页面")

    assert f"缺 {name}" in finding.text


def test_little_room_on_the_disk_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=300 * 1024**2))

    assert ["只剩 300 MB" in finding.text for finding in told("磁盘")] == [True]


@pytest.mark.parametrize(
    "damage",
    [
        {"path": "0001000100010099"},
        {"path": "00010009"},
        {"depth": 9},
        {"numchild": 7},
    ],
    ids=["under a branch", "under the root", "depth", "number of children"],
)
def test_a_damaged_tree_is_found_and_mended(cast: Cast, damage: dict[str, Any]) -> None:
    before = dict(Organization.objects.values_list("pk", "path"))
    Organization.objects.filter(pk=cast.sibling.pk).update(**damage)

    (finding,) = told("组织树")
    assert finding.remedy.endswith("zhibu doctor --mend-tree")
    assert run("--mend-tree").exit_code == 0

    after = dict(Organization.objects.values_list("pk", "path"))
    assert tree.faults() == []
    assert {pk: path[:-4] for pk, path in after.items()} == {pk: path[:-4] for pk, path in before.items()}
    assert {pk: path for pk, path in after.items() if pk != cast.sibling.pk} == {
        pk: path for pk, path in before.items() if pk != cast.sibling.pk
    }


def test_a_branch_that_hangs_rightly_but_below_the_wrong_superior_is_found_and_taken_back(cast: Cast) -> None:
    """Nothing in the tree itself is wrong; only the history knows better."""
    rows = Organization.objects
    rows.filter(pk=cast.sibling.pk).update(path=f"{cast.other_faculty.path}0002")
    rows.filter(pk=cast.faculty.pk).update(numchild=1)
    rows.filter(pk=cast.other_faculty.pk).update(numchild=2)

    assert tree.faults() == [cast.sibling.pk]
    assert tree.mend(SCOPE) == 1

    assert rows.get(pk=cast.sibling.pk).path == cast.sibling.path
    assert tree.faults() == []


def test_a_faculty_whose_path_was_broken_takes_its_branches_back(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.faculty.pk).update(path="0007")

    assert len(tree.faults()) >= 2
    assert tree.mend(SCOPE) == 3

    assert tree.faults() == []
    paths = dict(Organization.objects.values_list("pk", "path"))
    assert paths[cast.faculty.pk][:-4] == paths[cast.root.pk]
    assert {paths[pk][:-4] for pk in (cast.branch.pk, cast.sibling.pk)} == {paths[cast.faculty.pk]}


def test_a_lake_never_filled_is_a_note_and_a_missing_file_a_fault(cast: Cast, settings: Any) -> None:
    assert [finding.text for finding in told("数据仓", FAULT, NOTE)] == ["数据仓还没有数据，评价和统计暂不可用。"]

    settings.LAKE.mkdir()
    part = Part("meetings.meeting", TODAY.replace(day=1), 0, "abc", 1, TODAY)
    switch(settings.LAKE, Manifest(1, timezone.localdate(), 0, (part,)))
    (finding,) = told("数据仓")
    assert f"缺少 1 个文件，例如 {part.file}" in finding.text
    assert "zhibu refresh" in finding.remedy


def test_a_lake_that_was_left_alone_is_a_note(cast: Cast, settings: Any) -> None:
    settings.LAKE.mkdir()
    switch(settings.LAKE, Manifest(1, timezone.localdate() - timedelta(days=30)))

    assert ["可能已过时" in finding.text for finding in told("数据仓", NOTE)] == [True]


def job(status: str, *, minutes: int, event: str = "deferred") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status)"
            " values ('q', 't', %s::procrastinate_job_status) returning id",
            [status],
        )
        pk = cursor.fetchone()[0]
        cursor.execute("delete from procrastinate_events where job_id = %s", [pk])
        cursor.execute(
            "insert into procrastinate_events (job_id, type, at) values (%s, %s::procrastinate_job_event_type, %s)",
            [pk, event, timezone.now() - timedelta(minutes=minutes)],
        )


def worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")


def test_without_a_worker_it_is_a_note_until_jobs_wait_long(cast: Cast) -> None:
    job("todo", minutes=3)
    assert ["没有运行" in finding.text for finding in told("后台任务", FAULT, NOTE)] == [True]
    assert told("后台任务") == []

    job("todo", minutes=11)
    (finding,) = told("后台任务")
    assert finding.text == "有 1 项任务等了十分钟以上：后台任务没有运行。"
    assert "zhibu serve" in finding.remedy


def test_with_a_worker_and_nothing_waiting_all_is_well(cast: Cast) -> None:
    worker()
    job("succeeded", minutes=60)

    assert [finding.state for finding in told("后台任务", FAULT, NOTE, WELL)] == [WELL]


def test_a_job_whose_worker_died_is_a_fault_and_a_failed_one_a_note(cast: Cast) -> None:
    worker()
    job("doing", minutes=1)
    job("failed", minutes=30, event="failed")

    found = told("后台任务", FAULT, NOTE)

    assert [(finding.state, "中断" in finding.text, "失败" in finding.text) for finding in found] == [
        (FAULT, True, False),
        (NOTE, False, True),
    ]


def test_holidays_not_yet_announced_are_a_note(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    year = timezone.localdate().year
    monkeypatch.setattr("zhibu.regulations.dates.working_day_known", lambda wanted: wanted <= year)

    assert [finding.text[:6] for finding in told("工作日", NOTE)] == [f"{year + 1} 年"]


def test_many_audit_entries_are_read_quickly(cast: Cast) -> None:
    """100,000 in ten seconds are promised; a tenth of them here, in a tenth of that time."""
    from zhibu.audit.chain import START, digest
    from zhibu.audit.models import Entry

    at, previous, rows = timezone.now(), START, []
    for number in range(10_000):
        row = Entry(at=at, verb="people.view", object_kind="people.person", object_id=number, previous=previous)
        row.digest = previous = digest(row)
        rows.append(row)
    Entry.objects.bulk_create(rows, batch_size=5000)

    begun = time.process_time()
    assert told("审计") == []
    assert time.process_time() - begun < 1


def test_the_page_shows_the_same_faults_first(cast: Cast, sign_in: Callable[[Any], Any], settings: Any) -> None:
    settings.DEBUG = True

    text = sign_in(cast.administrator).get("/maintenance/").content.decode()

    assert text.index("故障") < text.index("正常")
    assert "怎么办：正式使用时去掉 ZHIBU_DEBUG。" in text


def test_the_page_reads_the_audit_log_from_its_first_entry_only_when_asked(
    cast: Cast, sign_in: Callable[[Any], Any]
) -> None:
    client = sign_in(cast.administrator)
    for _ in range(3):
        record(None, "people.view", object=cast.member)
    assert told("审计") == []

    assert "新增 0 条记录" in client.get("/maintenance/").content.decode()
    assert "共 3 条记录" in client.get("/maintenance/?whole=1").content.decode()


def test_a_proxy_whose_address_is_unknown_is_noted(cast: Cast, settings: Any) -> None:
    settings.BEHIND_TLS, settings.TRUSTED_PROXIES = True, ()

    (finding,) = told("设置", NOTE)

    assert "ZHIBU_TRUSTED_PROXIES" in finding.remedy
