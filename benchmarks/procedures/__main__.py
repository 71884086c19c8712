"""Procedures with 5,000 open admission cases (125,000 entries): workbench, one case, the ledger, the projection.

``python -m benchmarks.procedures [--write]``. The rival of the ledger is the same workbook built in memory by openpyxl
from the same rows in the same run, each in a process of its own. Ends with 1 if a limit is broken.
"""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from typing import Any

os.environ.setdefault("ZHIBU_VAR", os.path.join(tempfile.gettempdir(), f"zhibu-bench-{os.getuid()}"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")

PEOPLE, ROUNDS = 8_000, 7


def main() -> int:
    from zhibu.site.postgres import ensure_database

    ensure_database()
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from benchmarks.lists.__main__ import drop, load
    from benchmarks.procedures.fill import fill

    settings.ALLOWED_HOSTS = ["*"]
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    logging.disable(logging.WARNING)
    university = load(PEOPLE)
    try:
        states = fill(timezone.localdate())
        return report(university, states)
    finally:
        drop(PEOPLE)


def report(university: Any, states: list[Any]) -> int:
    from benchmarks.report import Report
    from zhibu.procedures.models import Case, Entry

    count, entries = Case.objects.count(), Entry.objects.count()
    told = Report("procedures", f"{count:,} 件办理中的发展党员事项、{entries:,} 项记录")
    pk = Case.objects.order_by("pk").values_list("pk", flat=True)[100]
    pages = {
        "等我办理（院系）": ("organizer", "/procedures/?"),
        "本级和下级全部（学校）": ("office", "/procedures/?all=1"),
        "已逾期（学校）": ("office", "/procedures/?all=1&delay=late"),
        "全部事项（学校）": ("office", "/procedures/cases/"),
        "一件事项（学校）": ("office", f"/procedures/{pk}/"),
    }  # fmt: skip
    found = {label: opened(university, *page) for label, page in pages.items()}
    told.table(("页面", "查询数", "ms"), [(label, queries, f"{ms:.0f}") for label, (queries, ms) in found.items()])
    lists = {label: page for label, page in found.items() if not label.startswith("一件")}
    told.at_most("工作台查询数", max(queries for queries, _ms in lists.values()), 15, digits=0)
    told.at_most("工作台最慢", max(ms for _queries, ms in lists.values()), 200, unit=" ms", digits=0)
    told.at_most("一件事项查询数", found["一件事项（学校）"][0], 12, digits=0)
    told.at_most("取一件事项的查询数", access(university, pk), 1, digits=0)
    project_all(told, states)
    ledgers(told)
    return told.finish()


def opened(university: Any, who: str, address: str) -> tuple[int, float]:
    """Queries of the first opening and the quickest of some rounds, in ms."""
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(raise_request_exception=False)
    client.force_login(university.accounts[who], backend="django.contrib.auth.backends.ModelBackend")
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    queries = len(captured)  # asked now: the next request empties the log
    assert answer.status_code == 200, (address, answer.status_code)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - begun)
    return queries, min(times) * 1000


def access(university: Any, pk: int) -> int:
    """How many queries it takes to get one case through the scope."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from zhibu.accounts.scope import scope_of
    from zhibu.procedures.queries import case

    scope = scope_of(university.accounts["office"], timezone.localdate())
    with CaptureQueriesContext(connection) as captured:
        case(scope, pk)
    return len(captured)


def project_all(told: Any, states: list[Any]) -> None:
    from django.utils import timezone

    from benchmarks.procedures.fill import ADMISSION, FACTS
    from zhibu.procedures.rules.projection import project
    from zhibu.procedures.state import EMPTY

    today = timezone.localdate()
    for label, chosen in (("推算全部事项的余下日程", states), ("推算同样多的从头开始的事项", [EMPTY] * len(states))):
        begun = time.perf_counter()
        for state in chosen:
            project(ADMISSION, state, FACTS, today)
        told.at_most(label, time.perf_counter() - begun, 2, unit=" s")


def ledgers(told: Any) -> None:
    """Ours and openpyxl's by turns, each in a process of its own, so that its memory can be seen."""
    ours = [apart(stream) for _ in range(3)]
    theirs = [apart(in_memory) for _ in range(3)]
    mine, rival = min(one["seconds"] for one in ours), min(one["seconds"] for one in theirs)
    told.table(
        ("台账", "秒", "首字节，秒", "增加的内存 MB", "文件 MB"),
        [
            ("边读边发（xlsx）", f"{mine:.2f}", f"{min(one['first'] for one in ours):.2f}",
             f"{max(one['memory'] for one in ours):.0f}", f"{ours[0]['size']:.1f}"),
            ("openpyxl，在内存里", f"{rival:.2f}", f"{rival:.2f}", f"{max(one['memory'] for one in theirs):.0f}",
             f"{theirs[0]['size']:.1f}"),
        ],
    )  # fmt: skip
    told.at_most("台账首字节", min(one["first"] for one in ours), 1, unit=" s")
    told.at_most("台账增加的内存", max(one["memory"] for one in ours), 80, unit=" MB", digits=0)
    told.at_most("台账用时，是 openpyxl 的几分之几", mine / rival, 1 / 3, digits=3)


def apart(build: Any) -> dict[str, float]:
    context = multiprocessing.get_context("fork")
    from django.db import connection

    connection.close()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(build, there))
    process.start()
    found = here.recv()
    process.join()
    return found


def _measured(build: Any, pipe: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    first, size = build(begun)
    seconds = time.perf_counter() - begun
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pipe.send({"seconds": seconds, "first": first, "memory": memory, "size": size / 1e6})


def _cases() -> Any:
    from zhibu.procedures.models import Case

    return Case.objects.filter(procedure="admission")


def stream(begun: float) -> tuple[float, int]:
    from benchmarks.procedures.fill import ADMISSION
    from zhibu.procedures.ledger import ledger

    first, size = 0.0, 0
    for piece in ledger(ADMISSION, _cases()):
        first = first or time.perf_counter() - begun
        size += len(piece)
    return first, size


def in_memory(begun: float) -> tuple[float, int]:
    """The same rows as a workbook of openpyxl, which is written when all are there."""
    from openpyxl import Workbook

    from benchmarks.procedures.fill import ADMISSION
    from zhibu.procedures.ledger import _rows, columns

    book = Workbook()
    sheet = book.active
    sheet.append([label for label, _width in columns(ADMISSION)])
    for row in _rows(ADMISSION, _cases()):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return time.perf_counter() - begun, len(file.getvalue())


if __name__ == "__main__":
    sys.exit(main())
