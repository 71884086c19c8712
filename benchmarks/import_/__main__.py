"""Import of a member summary against reading and copying the same rows.

    python -m benchmarks.import_ [--rows 100000] [--rounds 5] [--write]

Each round runs two fresh processes one after the other: ``plain`` lets python-calamine read the workbook and PostgreSQL
COPY its cells into a bare table of twenty text columns; ``ours`` previews and commits it (upload, every cell checked,
people with encrypted numbers, stages, ties, effects for the undo, audit). Peak memory is that of the process tree of
``ours``, sampled every 20 ms; the database server is not in it. Demands: ratio at most 6, memory at most 600 MB.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from benchmarks.report import Report

FOLDER = Path(os.environ.setdefault("ZHIBU_VAR", "/tmp/zhibu-bench-import"))
BRANCHES = 3000
MAX_RATIO, MAX_MEMORY = 6.0, 600
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚英华文玉建国春梅海燕志红兰云飞雪晨思雨子轩浩宇欣怡梓涵一诺嘉俊泽"


@click.command()
@click.argument("part", required=False, type=click.Choice(["plain", "ours"]))
@click.option("--rows", default=100_000, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--write", is_flag=True, help="also replace the section of docs/benchmarks.md")
def main(part: str | None, rows: int, rounds: int, write: bool) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"members-{rows}.xlsx"
    if part:
        click.echo(json.dumps({"plain": plain, "ours": ours}[part](file)))
        return
    prepare()
    if not file.exists():
        click.echo(f"making {file}")
        make_workbook(file, rows)
    report = Report("import_", "汇总表核对并写入 ÷（calamine 读取 + COPY 同样的行）")
    report.say(f"{rows:,} 行 × 20 列，{file.stat().st_size / 1e6:.1f} MB；每轮两个新进程先后各做一次。")
    measured = [(run("plain", rows)[0], *run("ours", rows)) for _ in range(rounds)]
    ratios = [(full["check"] + full["commit"]) / (bare["read"] + bare["copy"]) for bare, full, _ in measured]
    report.table(
        ("轮", "读取 秒", "COPY 秒", "核对 秒", "写入 秒", "比", "内存峰值 MB"),
        (
            (
                number,
                *(f"{taken:.2f}" for taken in (*bare.values(), full["check"], full["commit"], ratio)),
                f"{peak:.0f}",
            )
            for number, ((bare, full, peak), ratio) in enumerate(zip(measured, ratios, strict=True), 1)
        ),
    )
    report.at_most("比值的中位数", statistics.median(ratios), MAX_RATIO)
    report.at_most("内存峰值", max(peak for *_, peak in measured), MAX_MEMORY, unit=" MB", digits=0)
    sys.exit(report.finish())


def run(part: str, rows: int) -> tuple[dict[str, float], float]:
    """A fresh process, and the peak of resident memory of it and its children in MB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.import_", part, "--rows", str(rows)], stdout=subprocess.PIPE, text=True
    )
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peak[0] = max(peak[0], tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode:
        raise click.ClickException(f"{part} failed")
    return json.loads(out.splitlines()[-1]), peak[0] / 1e6


def tree_memory(pid: int) -> int:
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def start() -> None:
    from zhibu.site.cli import start_django

    start_django()


def prepare() -> None:
    start()
    from django.core.management import call_command

    from zhibu.organizations.enums import Category, Kind
    from zhibu.organizations.models import Organization

    call_command("migrate", verbosity=0)
    if Organization.objects.count() > BRANCHES:
        return
    Organization.objects.all().delete()
    day = date(2000, 1, 1)
    upper = {"kind": Kind.COMMITTEE, "category": Category.UPPER, "established_on": day}
    root = {"data": {"code": "ROOT", "name": "中共基准大学委员会", **upper}, "children": []}
    for faculty in range(BRANCHES // 100):
        branches = [
            {
                "data": {
                    "code": f"B{faculty * 100 + i:04d}",
                    "name": f"第{faculty * 100 + i}党支部",
                    "kind": Kind.BRANCH,
                    "established_on": day,
                }
            }
            for i in range(100)
        ]
        root["children"].append(
            {"data": {"code": f"F{faculty:02d}", "name": f"第{faculty}学院党委", **upper}, "children": branches}
        )
    Organization.objects.load_bulk([root])


def make_workbook(file: Path, rows: int) -> None:
    """Seeded, invented people: every ID number, phone and address its own, names as varied as real ones."""
    import xlsxwriter
    from stdnum.cn import ric

    from zhibu.exchange.columns.members import MEMBERS
    from zhibu.people.codes import choices

    dice = random.Random(20261121)
    posts = [name for _, name in choices("work_post")]
    peoples = [name for _, name in choices("ethnicity")]
    educations = [name for _, name in choices("education")]
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        page = book.add_worksheet("党员基本信息汇总表")
        page.write_row(0, 0, [column.title for column in MEMBERS.columns])
        for number in range(1, rows + 1):
            born = date(1950, 1, 1) + timedelta(days=dice.randrange(20_000))
            joined = max(born + timedelta(days=18 * 366 + dice.randrange(9000)), date(1978, 1, 1))
            joined = min(joined, date(2024, 12, 31))
            full = dice.random() < 0.9
            lost, mobile = dice.random() < 0.005, dice.random() < 0.02
            sex = dice.randrange(2)
            serial = number % 500 * 2 + sex
            body = f"00{number // 500 % 10000:04d}{born:%Y%m%d}{serial:03d}"
            page.write_row(
                number,
                0,
                [
                    number,
                    dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2)))),
                    f"第{dice.randrange(BRANCHES)}党支部",
                    body + ric.calc_check_digit(body + "0"),
                    "男" if sex else "女",
                    "汉族" if dice.random() < 0.9 else dice.choice(peoples),
                    born.isoformat(),
                    dice.choice(educations),
                    "正式党员" if full else "预备党员",
                    joined.isoformat(),
                    (joined + timedelta(days=366)).isoformat() if full else "",
                    dice.choice(posts),
                    f"138{number:08d}",
                    f"010-6{number:07d}" if dice.random() < 0.3 else "",
                    f"某省某市某区某路{number % 900}号{number % 77}室{number}",
                    "正常",
                    "是" if lost else "否",
                    "2024-03" if lost else "",
                    "是" if mobile else "否",
                    "某省某市" if mobile else "",
                ],
            )


def plain(file: Path) -> dict[str, float]:
    from zhibu.site.postgres import ensure_database

    url = ensure_database()
    import psycopg
    from python_calamine import CalamineWorkbook

    started = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    read = time.perf_counter()
    columns = ", ".join(f"c{place} text" for place in range(len(rows[0])))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("drop table if exists bench_plain")
        cursor.execute(f"create table bench_plain ({columns})")
        with cursor.copy("copy bench_plain from stdin") as copy:
            for row in rows[1:]:
                copy.write_row([str(cell) for cell in row])
        connection.commit()
        copied = time.perf_counter()
        cursor.execute("drop table bench_plain")
    return {"read": read - started, "copy": copied - read}


def ours(file: Path) -> dict[str, Any]:
    start()
    from django.db import connection
    from django.utils import timezone

    from zhibu.accounts.scope import system_scope
    from zhibu.exchange import actions
    from zhibu.exchange.enums import BatchKind, BatchState

    with connection.cursor() as cursor:
        cursor.execute(
            "truncate people_person, people_stage, people_affiliation, exchange_importbatch, exchange_importrow, "
            "exchange_importeffect cascade"
        )
    scope = system_scope(timezone.localdate())
    started = time.perf_counter()
    batch = actions.upload(scope, BatchKind.MEMBERS, file.read_bytes(), file.name)
    batch = actions.check(batch.pk)
    assert batch.state == BatchState.READY and not batch.problems, batch.summary
    checked = time.perf_counter()
    actions.confirm(scope, batch.pk, accept_notices=True)
    batch = actions.commit(batch.pk)
    assert batch.state == BatchState.COMMITTED, batch.summary
    return {"check": checked - started, "commit": time.perf_counter() - checked, "summary": batch.summary["rows"]}


if __name__ == "__main__":
    main()
