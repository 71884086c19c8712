"""Prints a table: each page with 1,000 and with 100,000 people, through middleware, views and templates.

``python -m benchmarks.lists [--people 100000] [--only 名册] [--explain]``. Ends with 1 if a limit is broken.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("ZHIBU_VAR", os.path.join(tempfile.gettempdir(), f"zhibu-bench-{os.getuid()}"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")

from benchmarks.lists.rows import LIMITS, ROWS, Row

SMALL, TURNS, ROUNDS = 1_000, 3, 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--only", default="", help="only rows whose label contains this")
    parser.add_argument("--explain", action="store_true", help="also print the slowest query of each page")
    options = parser.parse_args()

    from zhibu.site.postgres import ensure_database

    ensure_database()
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.WARNING)
    rows = [row for row in ROWS if options.only in row.label]
    sizes = (SMALL, options.people)
    universities = {size: load(size) for size in sizes}
    try:
        found = {row.label: compared(row, universities, explain=options.explain) for row in rows}
    finally:
        for size in sizes:
            drop(size)
    return show(rows, found, options.people)


def load(people: int) -> Any:
    """A database of its own with so many people."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.lists.fill import fill

    print(f"装入 {people:,} 人 …", file=sys.stderr, flush=True)
    switch("zhibu")
    connection.settings_dict["TEST"]["NAME"] = f"zhibu_lists_{people}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    return fill(people, timezone.localdate())


def switch(name: str) -> None:
    """The same connection, another database."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def drop(people: int) -> None:
    from django.db import connection

    switch("zhibu")
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists zhibu_lists_{people} with (force)")


@dataclass
class Measured:
    status: int
    queries: int
    kb: float
    taken: list[float]

    @property
    def ms(self) -> float:
        """The quickest round: what else the machine does can only make a round slower."""
        return min(self.taken) * 1000


def compared(row: Row, universities: dict[int, Any], *, explain: bool) -> dict[int, Measured]:
    """Both sizes by turns, so that whatever else the machine does falls on both."""
    found = {}
    for turn in range(TURNS):
        for size, university in universities.items():
            switch(f"zhibu_lists_{size}")
            client, address = visitor(row, university)
            if turn == 0:
                found[size] = first(client, address, row.label if explain and size != SMALL else "")
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                client.get(address)
                found[size].taken.append(time.perf_counter() - begun)
    return found


def visitor(row: Row, university: Any) -> tuple[Any, str]:
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(university.accounts[row.who], backend="django.contrib.auth.backends.ModelBackend")
    address = row.url if isinstance(row.url, str) else row.url(university)
    client.get(address)
    return client, address


def first(client: Any, address: str, explained: str) -> Measured:
    """Counts once; with ``explained`` also prints the slowest query."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    queries = captured.captured_queries
    slowest = max(queries, key=lambda query: float(query["time"]), default=None)
    if explained and slowest and float(slowest["time"]) > 0.01:
        print(f"\n{explained}: {slowest['time']} s\n{slowest['sql'][:1500]}", file=sys.stderr)
        with connection.cursor() as cursor:
            cursor.execute("explain analyze " + slowest["sql"])
            print("\n".join(line[:200] for (line,) in cursor.fetchall()), file=sys.stderr)
    return Measured(answer.status_code, len(queries), len(answer.content) / 1000, [])


def show(rows: list[Row], found: dict[str, dict[int, Measured]], people: int) -> int:
    most_queries, most_kb, most_times = LIMITS
    print(f"\n| 页面 | 状态 | 查询数 | kB | {SMALL:,} 人 ms | {people:,} 人 ms | 倍 | |")
    print("|---" * 8 + "|")
    broken = 0
    for row in rows:
        one = found[row.label][people]
        small, large = found[row.label][SMALL].ms, one.ms
        status, queries, kb, ratio = one.status, one.queries, one.kb, large / small
        if status == 404:
            verdict = "未建"
        else:
            kept = status == 200 and queries <= most_queries and kb <= most_kb and ratio <= most_times
            verdict = "" if kept else "超"
            broken += not kept
        cells = (row.label, status, queries, f"{kb:.0f}", f"{small:.1f}", f"{large:.1f}", f"{ratio:.2f}", verdict)
        print(f"| {' | '.join(map(str, cells))} |")
    print(f"\n限:{most_queries} 次查询、{most_kb} kB、{most_times:g} 倍。")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
