"""What is wrong with an installation, in words, and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

WELL, NOTE, FAULT = "well", "note", "fault"
ORDER = (FAULT, NOTE, WELL)
LEAST_FREE = 2 * 1024**3
LEAST_VERSION = 16
DISK_LEAP = 4.0  # PostgreSQL's default for reading a page out of turn
STALE = timedelta(days=7)
PATIENCE = timedelta(minutes=10)  # how long a job may wait for a worker
HEARTBEAT = timedelta(seconds=60)  # a worker reports every ten seconds
SECRETS = (
    "keys/zhibu_secret_key", "keys/zhibu_field_key", "keys/zhibu_field_index_key", "database-url", "demo-accounts.txt",
)  # fmt: skip
BUNDLE = ("app.js", "app.css", "charts.js")
DIST = Path(__file__).parents[1] / "ui/static/ui/dist"
KEEP_EVIDENCE = "保留现场，与备份比对，查清何人所为，并向上级报告。"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands and, unless it is well, what to do."""

    topic: str
    state: str
    text: str
    remedy: str = ""


Check = Callable[[], Iterator[Finding]]


def examine(*, quick: bool = False) -> Iterator[Finding]:
    """Look at everything in turn. ``quick`` reads only the audit entries that came since the last whole reading, and
    no papers of the archive.

    What rests on the database is left out as soon as the database or its tables are not as they should be.
    """
    for check in (_files, _calendar):
        yield from check()
    for check in (
        _database,
        _tables,
        _university,
        _tree,
        _keys,
        _warehouse,
        _jobs,
        *([] if quick else [_archive]),
        lambda: _reminders(quick),
        lambda: _audit(quick),
    ):
        try:
            findings = list(check())
        except DatabaseError as error:
            text = f"检查时数据库出错：{_first_line(error)}"
            yield Finding("数据库", FAULT, text, "先运行 zhibu manage migrate，再运行 zhibu doctor。")
            return
        yield from findings
        if check in (_database, _tables) and any(finding.state == FAULT for finding in findings):
            return


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), error.__class__.__name__)


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select current_setting('server_version_num')::int, pg_encoding_to_char(encoding),"
                " current_setting('random_page_cost')::float from pg_database where datname = current_database()"
            )
            number, encoding, leap = cursor.fetchone()
    except DatabaseError as error:
        remedy = (
            "检查 DATABASE_URL 或 var/database-url 是否正确、数据库是否已启动；两者都没有时使用 var/ 下的内置数据库。"
        )
        yield Finding("数据库", FAULT, f"连接不上：{_first_line(error)}", remedy)
        return
    version = number // 10000
    if version < LEAST_VERSION:
        yield Finding("数据库", FAULT, f"PostgreSQL 版本过低（{version}）。", f"请升级到 {LEAST_VERSION} 或更新版本。")
    elif encoding != "UTF8":
        yield Finding("数据库", FAULT, f"编码是 {encoding}。", "请用 UTF8 编码重建数据库，否则生僻字会丢失。")
    else:
        yield Finding("数据库", WELL, f"PostgreSQL {version}，编码 UTF8。")
    if leap >= DISK_LEAP:
        text = "设置适合旧式机械硬盘，人数上万时部分名单会慢几倍。"
        remedy = "在 PostgreSQL 的 postgresql.conf 中设置 random_page_cost = 1.1，重新加载配置。"
        yield Finding("数据库", NOTE, text, remedy)


def _tables() -> Iterator[Finding]:
    from zhibu.site.installation import unapplied_migrations

    if waiting := unapplied_migrations():
        yield Finding("数据表", FAULT, f"有 {waiting} 项结构更新没有执行。", "运行：zhibu manage migrate")
    else:
        yield Finding("数据表", WELL, "结构是最新的。")


def _university() -> Iterator[Finding]:
    from zhibu.accounts.models import User
    from zhibu.site.installation import university

    root = university()
    if root is None:
        yield Finding("单位", FAULT, "还没有建立学校党组织。", "运行：zhibu init（正式使用）或 zhibu demo（演示）")
    else:
        yield Finding("单位", WELL, f"{root.name}。")
    if not User.objects.filter(is_administrator=True, is_active=True).exists():
        yield Finding("账号", FAULT, "没有可用的系统管理员。", "运行：zhibu init --administrator 工号")


def _tree() -> Iterator[Finding]:
    from zhibu.site.tree import faults

    if number := len(faults()):
        text = f"{number} 个党组织的路径与隶属关系不一致，管理范围可能有误。"
        yield Finding("组织树", FAULT, text, "先备份数据库，再运行：zhibu doctor --mend-tree")
    else:
        yield Finding("组织树", WELL, "路径与隶属关系一致。")


def _audit(quick: bool) -> Iterator[Finding]:
    from zhibu.site.anchor import examine_chain

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_trigger where tgrelid = 'audit_entry'::regclass"
                       " and tgname like 'audit_entry_%%' and tgenabled in ('O', 'A')", [])  # fmt: skip
        triggers = cursor.fetchone()[0]
    if triggers < 2:
        remedy = "查清何人所为，再运行：zhibu doctor --mend-audit"
        yield Finding("审计", FAULT, "防止修改审计记录的触发器被停用或删除。", remedy)
    broken, count = examine_chain(quick=quick)
    for text in broken:
        yield Finding("审计", FAULT, text, KEEP_EVIDENCE)
    if not broken and triggers >= 2:
        yield Finding("审计", WELL, f"{'新增' if quick else '共'} {count} 条记录，校验链完整。")


def _archive() -> Iterator[Finding]:
    """Reads every filed paper and compares it with its hash; a quick look does without."""
    from zhibu.archive.queries import damaged, strays

    broken, number = damaged()
    if broken:
        named = "、".join(map(str, broken[:20]))
        text = f"{len(broken)} 份归档材料的文件找不到，或者与归档时的校验值不一致（材料编号：{named}）。"
        yield Finding("电子档案", FAULT, text, KEEP_EVIDENCE)
    else:
        yield Finding("电子档案", WELL, f"共 {number} 份文件与归档时一致。")
    if without_row := len(strays()):
        text = f"有 {without_row} 个加密文件不属于任何一份材料，是归档中途撤销或中断留下的。"
        remedy = "刚从备份恢复过数据库的，先核对备份是不是最新的；核对无误，运行：zhibu doctor --sweep-archive"
        yield Finding("电子档案", NOTE, text, remedy)


def _reminders(quick: bool) -> Iterator[Finding]:
    from zhibu.site.outgoing import examine_outgoing

    for state, text, remedy in examine_outgoing(quick):
        yield Finding("提醒", state, text, remedy)


def _keys() -> Iterator[Finding]:
    from zhibu.people.models import Person
    from zhibu.vault.crypto import Unreadable, blind_index

    with_number = Person.objects.exclude(id_number_index=None).order_by("pk")
    ends = (with_number.values("pk")[:1], with_number.reverse().values("pk")[:1])
    oldest_and_newest = with_number.filter(Q(pk=ends[0]) | Q(pk=ends[1])).only("id_number", "id_number_index")
    try:
        person = next(iter(list(oldest_and_newest)), None)
    except Unreadable:
        remedy = "把写入时使用的 ZHIBU_FIELD_KEY（或 var/keys/zhibu_field_key）恢复回来；没有它，证件号和电话无法找回。"
        yield Finding("密钥", FAULT, "现有密钥打不开已保存的证件号。", remedy)
        return
    index = person and blind_index(str(person.id_number), field="people.Person.id_number")
    if person and index != bytes(person.id_number_index or b""):
        remedy = "恢复原来的 ZHIBU_FIELD_INDEX_KEY（或 var/keys/zhibu_field_index_key）。"
        yield Finding("密钥", FAULT, "索引密钥与写入时不同，按证件号查找会落空，重复的人也查不出来。", remedy)
    else:
        found = "可以打开已保存的证件号。" if person else "还没有保存证件号。"
        yield Finding("密钥", WELL, f"{found}请把 var/keys/ 与数据库分开备份。")


def _files() -> Iterator[Finding]:
    var = Path(settings.VAR)
    free = shutil.disk_usage(var).free
    if free < LEAST_FREE:
        yield Finding("磁盘", FAULT, f"{var} 所在磁盘只剩 {free // 1024**2} MB。", "清理磁盘或更换数据目录。")
    else:
        yield Finding("磁盘", WELL, f"剩余 {free // 1024**3} GB。")
    if not os.access(var, os.W_OK):
        yield Finding("磁盘", FAULT, f"{var} 不可写。", "把目录的所有者改为运行本平台的用户。")
    for name in SECRETS:
        file = var / name
        if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding("密钥", FAULT, f"{file} 可被其他用户读取。", f"运行：chmod 600 {file}")
    if missing := [name for name in BUNDLE if not (DIST / name).exists()]:
        text = f"页面的样式或脚本还没有生成（缺 {'、'.join(missing)}）。"
        yield Finding("页面", FAULT, text, "运行：make demo 或 bash frontend/build.sh .venv/bin")
    if settings.BEHIND_TLS and not settings.TRUSTED_PROXIES:
        text = "网站在 HTTPS 反向代理之后，但没有登记代理的地址：所有人的登录失败会算在代理一个地址上，可能一起被限速。"
        yield Finding("设置", NOTE, text, "设置 ZHIBU_TRUSTED_PROXIES 为反向代理的地址，例如 127.0.0.1。")
    if settings.DEBUG:
        yield Finding("设置", FAULT, "ZHIBU_DEBUG 已打开，出错页面会显示内部信息。", "正式使用时去掉 ZHIBU_DEBUG。")


def _warehouse() -> Iterator[Finding]:
    from zhibu.warehouse.queries import health, state

    fault = health()
    if fault:
        made = (Path(settings.LAKE) / "manifest.json").exists()
        yield Finding("数据仓", FAULT if made else NOTE, fault, "运行：zhibu refresh，再运行：zhibu score --all")
        return
    last = state().today
    if last is not None and timezone.localdate() - last > STALE:
        text = f"上次更新是 {last}，评价结果可能已过时。"
        yield Finding("数据仓", NOTE, text, "让 zhibu serve 保持运行，每夜会自动更新；现在就要，运行：zhibu refresh")
    else:
        yield Finding("数据仓", WELL, f"数据截至 {last}。")


JOBS = """
select
    (select count(*) from procrastinate_workers where last_heartbeat > %(alive)s),
    (select count(*) from procrastinate_jobs job where status = 'todo' and coalesce(
        scheduled_at, (select max(at) from procrastinate_events event where event.job_id = job.id), 'epoch'
    ) < %(patience)s),
    (select count(*) from procrastinate_jobs job left join procrastinate_workers worker on worker.id = job.worker_id
        where status = 'doing' and (worker.id is null or worker.last_heartbeat < %(patience)s)),
    (select count(distinct job.id) from procrastinate_jobs job join procrastinate_events event
        on event.job_id = job.id and event.type = 'failed' and event.at > %(lately)s where status = 'failed')
"""


def _jobs() -> Iterator[Finding]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(JOBS, {"alive": now - HEARTBEAT, "patience": now - PATIENCE, "lately": now - STALE})
        workers, waiting, stuck, failed = cursor.fetchone()
    start = "运行：zhibu serve（网站和后台任务一起），或另开一个 zhibu worker。"
    if waiting:
        why = "后台任务没有运行" if not workers else "后台任务忙不过来或停住了"
        yield Finding("后台任务", FAULT, f"有 {waiting} 项任务等了十分钟以上：{why}。", start)
    elif not workers:
        yield Finding("后台任务", NOTE, "没有运行，导入和每夜的更新要等它。", start)
    if stuck:
        remedy = "导入可在“导入导出”里打开该批次，重新核对或确认；评价可重新运行 zhibu refresh 和 zhibu score --all。"
        yield Finding("后台任务", FAULT, f"有 {stuck} 项任务做到一半中断了。", remedy)
    if failed:
        remedy = "看运行 zhibu serve 的窗口或日志里的原因；改正后在页面上重新办理。"
        yield Finding("后台任务", NOTE, f"最近七天有 {failed} 项任务失败。", remedy)
    if workers and not (waiting or stuck or failed):
        yield Finding("后台任务", WELL, "正在运行，没有积压。")


def _calendar() -> Iterator[Finding]:
    from zhibu.regulations.dates import working_day_known

    year = timezone.localdate().year
    unknown = [wanted for wanted in (year, year + 1) if not working_day_known(wanted)]
    for wanted in unknown:
        text = f"{wanted} 年的放假调休安排尚未收录，按周末推算，页面上会注明。"
        remedy = "国务院公布后更新 chinesecalendar，或填写 regulations/data/working_days.yaml。"
        yield Finding("工作日", NOTE, text, remedy)
    if not unknown:
        yield Finding("工作日", WELL, f"已收录到 {year + 1} 年。")
