"""Every list, the tree, workbench and dashboards with 1,000 and with 100,000 people, through the whole server.

``python -m benchmarks.lists [--people 100000] [--only 名册] [--explain]``. Ends with 1 if a limit is broken. Queries
are counted with an empty cache. The time is of a page that somebody has opened before; the columns 冷 are of the first
one after the cache was emptied.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("ZHIBU_VAR", os.path.join(tempfile.gettempdir(), f"zhibu-bench-{os.getuid()}"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")

SMALL, TURNS, ROUNDS = 1_000, 3, 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--only", default="", help="only rows whose label matches this expression")
    parser.add_argument("--explain", action="store_true", help="also print the slowest query of each page")
    parser.add_argument("--write", action="store_true", help="also replace the section of docs/benchmarks.md")
    options = parser.parse_args()

    from zhibu.site.postgres import ensure_database

    ensure_database()
    import django

    django.setup()
    from django.conf import settings

    from benchmarks.lists.rows import ROWS

    settings.ALLOWED_HOSTS = ["*"]
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    logging.disable(logging.WARNING)
    rows = [row for row in ROWS if re.search(options.only, row.label)]
    sizes = (SMALL, options.people)
    universities = {size: load(size) for size in sizes}
    try:
        found = {row.label: compared(row, universities, explain=options.explain) for row in rows}
    finally:
        for size in sizes:
            drop(size)
    return report(found, options.people)


def load(people: int) -> Any:
    """A database and a folder of its own with so many people."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.lists.fill import fill

    print(f"装入 {people:,} 人 …", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    switch(people, database="zhibu")
    connection.settings_dict["TEST"]["NAME"] = database_of(people)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    university = fill(people, timezone.localdate())
    print(f"装入 {people:,} 人用 {time.perf_counter() - begun:.0f} 秒", file=sys.stderr, flush=True)
    return university


def database_of(people: int) -> str:
    return f"zhibu_lists_{people}"


def switch(people: int, *, database: str = "") -> None:
    """The same connection, another database, another folder."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database or database_of(people)
    settings.VAR = Path(os.environ["ZHIBU_VAR"]) / f"lists-{people}"
    settings.LAKE = settings.VAR / "lake"
    settings.VAR.mkdir(parents=True, exist_ok=True)


def drop(people: int) -> None:
    import shutil

    from django.conf import settings
    from django.db import connection

    switch(people, database="zhibu")
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {database_of(people)} with (force)")
    shutil.rmtree(settings.VAR)


@dataclass
class Measured:
    """One page with so many people. The quickest of many rounds: whatever else the machine does only makes a round
    slower."""

    status: int
    queries: int
    kb: float
    warm: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)

    @property
    def ms(self) -> float:
        return min(self.warm) * 1000

    @property
    def cold_ms(self) -> float:
        return min(self.cold) * 1000


def compared(row: Any, universities: dict[int, Any], *, explain: bool) -> dict[int, Measured]:
    """Both sizes by turns, so that whatever else the machine does falls on both."""
    from django.core.cache import cache

    found = {}
    for turn in range(TURNS):
        for size, university in universities.items():
            switch(size)
            client, address = visitor(row, university)
            if turn == 0:
                found[size] = first(client, address, row.label if explain and size != SMALL else "")
            for _ in range(ROUNDS):
                cache.clear()
                found[size].cold.append(taken(client, address))
                found[size].warm.append(taken(client, address))
    return found


def taken(client: Any, address: str) -> float:
    begun = time.perf_counter()
    client.get(address)
    return time.perf_counter() - begun


def visitor(row: Any, university: Any) -> tuple[Any, str]:
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(university.accounts[row.who], backend="django.contrib.auth.backends.ModelBackend")
    address = row.url if isinstance(row.url, str) else row.url(university)
    client.get(address)
    return client, address


def first(client: Any, address: str, explained: str) -> Measured:
    """Counts once, with nothing kept in the cache; with ``explained`` also prints the slowest query."""
    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    queries = captured.captured_queries
    slowest = max(queries, key=lambda query: float(query["time"]), default=None)
    if explained and slowest and float(slowest["time"]) > 0.01:
        print(f"\n{explained}: {slowest['time']} s\n{slowest['sql'][:3000]}", file=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("explain analyze " + slowest["sql"])
            print("\n".join(line[:200] for (line,) in cursor.fetchall()), file=sys.stderr)
    return Measured(answer.status_code, len(queries), len(answer.content) / 1000)


def report(found: dict[str, dict[int, Measured]], people: int) -> int:
    from benchmarks.lists.rows import LIMITS
    from benchmarks.report import Report

    most_queries, most_kb, most_times = LIMITS
    told = Report("lists", f"各名单、组织树、首页和概况页，{people:,} 人与 {SMALL:,} 人")
    pages = {label: (sizes[SMALL], sizes[people]) for label, sizes in found.items()}
    ratios = {label: large.ms / small.ms for label, (small, large) in pages.items()}
    cold = {label: large.cold_ms / small.cold_ms for label, (small, large) in pages.items()}
    head = ("页面", "查询数", "kB", f"{SMALL:,} 人 ms", f"{people:,} 人 ms", "倍", "冷 ms", "冷，倍")
    told.table(
        head,
        [
            (
                label, large.queries, f"{large.kb:.0f}", f"{small.ms:.1f}", f"{large.ms:.1f}", f"{ratios[label]:.2f}",
                f"{large.cold_ms:.1f}", f"{cold[label]:.2f}",
            )
            for label, (small, large) in pages.items()
        ],
    )  # fmt: skip
    told.holds("全部页面都能打开", all(large.status == 200 for _small, large in pages.values()))
    for label, (_small, large) in pages.items():
        if large.status != 200:
            told.say(f"{label}：{large.status}")
    for what, values, limit, digits in (
        ("查询次数", {label: large.queries for label, (_small, large) in pages.items()}, most_queries, 0),
        ("页面大小", {label: large.kb for label, (_small, large) in pages.items()}, most_kb, 0),
        ("倍数", ratios, most_times, 2),
    ):
        broken = {label: value for label, value in values.items() if value > limit}
        worst = max(values, key=values.__getitem__)
        for label in broken or (worst,):
            told.at_most(f"{what}，{'' if broken else '最多的：'}{label}", values[label], limit, digits=digits)
    if slow := [f"{label} {ratio:.1f}" for label, ratio in cold.items() if ratio > most_times]:
        told.say(f"缓存清空后的第一次（每一至五分钟至多一次）超过 {most_times:g} 倍的：{'；'.join(slow)}。")
    return told.finish()


if __name__ == "__main__":
    sys.exit(main())
