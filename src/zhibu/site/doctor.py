"""What is wrong with an installation, in words, and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

WELL, NOTE, FAULT = "well", "note", "fault"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands and, unless it is well, what to do."""

    topic: str
    state: str
    text: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything in turn. A check that cannot run because the one before it failed says so itself."""
    yield from _database()
    for check in CHECKS:
        try:
            yield from check()
        except DatabaseError as error:
            first = str(error).splitlines()[0]
            yield Finding(
                "数据库", FAULT, f"检查时数据库出错：{first}", "先运行 zhibu manage migrate，再运行 zhibu doctor。"
            )
            return


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int, pg_encoding_to_char(encoding)"
                           " from pg_database where datname = current_database()")  # fmt: skip
            version, encoding = cursor.fetchone()
    except DatabaseError as error:
        remedy = "检查 DATABASE_URL 是否正确、数据库是否已启动；不设 DATABASE_URL 时使用 var/ 下的内置数据库。"
        yield Finding("数据库", FAULT, f"连接不上：{str(error).splitlines()[0]}", remedy)
        return
    if version < 160000:
        yield Finding("数据库", FAULT, f"PostgreSQL 版本过低（{version // 10000}）。", "请升级到 16 或更新版本。")
    elif encoding != "UTF8":
        yield Finding("数据库", FAULT, f"编码是 {encoding}。", "请用 UTF8 编码重建数据库，否则生僻字会丢失。")
    else:
        yield Finding("数据库", WELL, f"PostgreSQL {version // 10000}，编码 UTF8。")


def _tables() -> Iterator[Finding]:
    from zhibu.site.installation import unapplied_migrations

    if waiting := unapplied_migrations():
        yield Finding("数据表", FAULT, f"有 {waiting} 项结构更新没有执行。", "运行：zhibu manage migrate")
    else:
        yield Finding("数据表", WELL, "结构是最新的。")


def _university() -> Iterator[Finding]:
    from zhibu.accounts.models import User
    from zhibu.organizations.models import Organization
    from zhibu.site.installation import university

    root = university()
    if root is None:
        yield Finding("单位", NOTE, "还没有建立学校党组织。", "运行：zhibu init(正式使用)或 zhibu demo(演示)")
    else:
        yield Finding("单位", WELL, root.name)
    if not User.objects.filter(is_administrator=True, is_active=True).exists():
        yield Finding("账号", FAULT, "没有可用的系统管理员。", "运行：zhibu init --administrator 工号")
    problems = Organization.objects.find_problems()
    if any(problems):
        yield Finding(
            "组织树", FAULT, f"组织树的路径有 {sum(map(len, problems))} 处不一致。", "运行：zhibu doctor --mend-tree"
        )


def _audit() -> Iterator[Finding]:
    from zhibu.audit.models import Entry
    from zhibu.audit.queries import chain_breaks

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_trigger where tgrelid = 'audit_entry'::regclass"
                       " and tgname like 'audit_entry_%%' and tgenabled <> 'D'", [])  # fmt: skip
        triggers = cursor.fetchone()[0]
    if triggers < 2:
        yield Finding(
            "审计",
            FAULT,
            "防止修改审计记录的触发器被停用或删除。",
            "查清何人所为，再运行：zhibu manage migrate audit 0001 && zhibu manage migrate audit",
        )
    broken = chain_breaks()
    for item in broken:
        yield Finding("审计", FAULT, f"第 {item.entry_id} 条{item.what}。", "保留现场，与备份比对，并向上级报告。")
    yield from _anchor(Entry.objects.count())
    if not broken and triggers >= 2:
        yield Finding("审计", WELL, f"{Entry.objects.count()} 条记录，校验链完整。")


def _anchor(count: int) -> Iterator[Finding]:
    """A chain cut off at its end still holds; the last head seen by doctor, kept outside the database, shows the cut."""
    from zhibu.audit.models import Entry

    file = Path(settings.VAR) / "audit-anchor.json"
    if file.exists():
        seen = json.loads(file.read_text(encoding="utf-8"))
        entry = Entry.objects.filter(pk=seen["id"]).first()
        if entry is None or bytes(entry.digest).hex() != seen["digest"]:
            yield Finding(
                "审计",
                FAULT,
                f"上次检查时的最后一条（第 {seen['id']} 条）已不存在或被替换。",
                "保留现场，与备份比对，并向上级报告。",
            )
            return
    last = Entry.objects.order_by("-pk").first()
    if last is not None:
        file.write_text(
            json.dumps({"id": last.pk, "digest": bytes(last.digest).hex(), "count": count}), encoding="utf-8"
        )


def _keys() -> Iterator[Finding]:
    from zhibu.people.models import Person
    from zhibu.vault.crypto import Unreadable, blind_index

    folder = Path(settings.VAR) / "keys"
    for name in ("zhibu_secret_key", "zhibu_field_key", "zhibu_field_index_key"):
        file = folder / name
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("密钥", FAULT, f"{file} 可被其他用户读取。", f"运行：chmod 600 {file}")
    try:
        person = Person.objects.exclude(id_number_index=None).only("id_number", "id_number_index").first()
    except Unreadable:
        yield Finding(
            "密钥", FAULT, "现有密钥打不开已保存的证件号。", "把写入时使用的 ZHIBU_FIELD_KEY(或 var/keys/)恢复回来。"
        )
        return
    if person and blind_index(person.id_number, field="people.Person.id_number") != bytes(
        person.id_number_index or b""
    ):
        yield Finding(
            "密钥",
            FAULT,
            "索引密钥与写入时不同，按证件号查找会落空。",
            "恢复原来的 ZHIBU_FIELD_INDEX_KEY(或 var/keys/)。",
        )
    else:
        yield Finding("密钥", WELL, "可以打开已保存的证件号。请把 var/keys/ 与数据库分开备份。")


def _files() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.VAR).free
    if free < 2 * 1024**3:
        yield Finding("磁盘", FAULT, f"{settings.VAR} 所在磁盘只剩 {free // 1024**2} MB。", "清理磁盘或更换数据目录。")
    else:
        yield Finding("磁盘", WELL, f"剩余 {free // 1024**3} GB。")
    if not os.access(settings.VAR, os.W_OK):
        yield Finding("磁盘", FAULT, f"{settings.VAR} 不可写。", "把目录的所有者改为运行本平台的用户。")
    bundle = Path(__file__).parents[1] / "ui/static/ui/dist/app.js"
    if not bundle.exists():
        yield Finding(
            "页面", FAULT, "页面样式与脚本还没有生成。", "运行：make demo 或 bash frontend/build.sh .venv/bin"
        )
    if settings.DEBUG:
        yield Finding("设置", FAULT, "ZHIBU_DEBUG 已打开，出错页面会显示内部信息。", "正式使用时去掉 ZHIBU_DEBUG。")


def _warehouse() -> Iterator[Finding]:
    from zhibu.warehouse.queries import health

    fault = health()
    if fault:
        yield Finding("数据仓", NOTE, fault, "运行：zhibu refresh")
    else:
        yield Finding("数据仓", WELL, "与上次更新一致。")


def _calendar() -> Iterator[Finding]:
    from django.utils import timezone

    from zhibu.regulations.dates import working_day_known

    year = timezone.localdate().year
    for wanted in (year, year + 1):
        if not working_day_known(wanted):
            text = f"{wanted} 年的调休安排尚未收录，按周末推算，页面上会注明。"
            yield Finding(
                "工作日", NOTE, text, "国务院公布后更新 chinesecalendar，或填写 regulations/data/working_days.yaml。"
            )


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _tables, _university, _audit, _keys, _files, _warehouse, _calendar
)  # fmt: skip
