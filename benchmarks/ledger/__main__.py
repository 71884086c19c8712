"""The ledger of a branch-year (120 records) as PDF and as Word with attachments, as the worker writes it.

``python -m benchmarks.ledger [--write]``. The rival of the PDF is the same content written one PDF a record and put
together by pypdf, in the same run, in turns. Ends with 1 if the PDF takes ten seconds or tells nothing on the way.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("ZHIBU_VAR", os.path.join(tempfile.gettempdir(), f"zhibu-bench-{os.getuid()}"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")

ROUNDS, YEAR = 3, 2025


def main() -> int:
    from zhibu.site.postgres import ensure_database

    ensure_database()
    import django

    django.setup()
    from benchmarks.ledger.fill import database, fill

    logging.disable(logging.WARNING)
    with database("zhibu_ledger", Path(tempfile.mkdtemp(prefix="zhibu-ledger-"))):
        branch, user = fill(YEAR)
        return report(branch, user)


def report(branch: Any, user: Any) -> int:
    from pypdf import PdfReader

    from benchmarks.ledger.fill import RECORDS
    from benchmarks.report import Report
    from zhibu.meetings.ledger.enums import Format

    busy = os.getloadavg()[0]
    one, other, packed = [], [], []
    for _ in range(ROUNDS):
        one.append(_alone(lambda: _written(branch, user, Format.PDF)))
        other.append(_alone(lambda: _one_by_one(branch)))
        packed.append(_alone(lambda: _written(branch, user, Format.ZIP)))
    body, told = _last(branch), one[0].value
    shown = Report("ledger", f"台账：一个支部一年的 {RECORDS} 份记录")
    shown.say(
        f"每份有通知、30 人出席、三个议题、约 1,200 字记录、三项决议、一项任务、两人签名和两个附件；PDF 共"
        f" {len(PdfReader(BytesIO(body)).pages)} 页、{len(body) / 2**20:.1f} MB。"
        f"对照：同样内容一份一个 PDF，再用 pypdf 合并。各 {ROUNDS} 次交替，每次另起进程，取中位数；"
        f"开始测时一分钟平均负载 {busy:.1f}，进程优先级（nice）{os.nice(0)}。"
    )
    kinds = {"一次写成 PDF（平台）": one, "一份一个 PDF 再合并": other, "Word 和附件压缩包（平台）": packed}
    shown.table(
        ("", "秒", "其中处理器", "内存峰值 MiB"),
        [
            (label, *(f"{statistics.median(getattr(run, name) for run in runs):.1f}" for name in ("wall", "cpu")),
             f"{max(run.peak for run in runs):.0f}")
            for label, runs in kinds.items()
        ],
    )  # fmt: skip
    wall = {label: statistics.median(run.wall for run in runs) for label, runs in kinds.items()}
    shown.say(f"对照用时是平台的 {wall['一份一个 PDF 再合并'] / wall['一次写成 PDF（平台）']:.1f} 倍。")
    shown.at_most("PDF 用时", wall["一次写成 PDF（平台）"], 10, unit=" 秒", digits=1)
    shown.at_most("PDF 内存峰值", max(run.peak for run in one), 768, unit=" MiB", digits=0)
    shown.holds(f"途中报告进度（{len(told)} 次）", len(told) >= 6 and told == sorted(told))
    return shown.finish()


@dataclass(frozen=True)
class Run:
    wall: float
    cpu: float
    peak: float
    value: Any


def _alone(call: Callable[[], Any]) -> Run:
    """In a process of its own, so that one run's memory is not counted to the next."""
    from django.db import connection

    connection.close()
    context = multiprocessing.get_context("fork")
    given = context.SimpleQueue()

    def run() -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        value = call()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        given.put(Run(time.perf_counter() - wall, time.process_time() - cpu, peak, value))

    process = context.Process(target=run)
    process.start()
    found: Run = given.get()
    process.join()
    return found


def _written(branch: Any, user: Any, wanted: Any) -> list[int]:
    """As the worker does it; returns what the page would show meanwhile."""
    from django.utils import timezone

    from zhibu.meetings.ledger import actions
    from zhibu.meetings.ledger.models import LedgerExport

    row = LedgerExport.objects.create(
        organization=branch, year=YEAR, format=wanted, total=0, user=user, asked_at=timezone.now()
    )
    usual, told = actions.tell, []

    def heard(pk: int, done: int) -> None:
        told.append(done)
        usual(pk, done)

    actions.tell = heard
    try:
        actions.write(row.pk, timezone.localdate())
    finally:
        actions.tell = usual
    return told


def _last(branch: Any) -> bytes:
    from zhibu.meetings.ledger.models import LedgerExport

    return bytes(LedgerExport.objects.filter(organization=branch, format="pdf").latest("pk").file.read())


def _one_by_one(branch: Any) -> None:
    """What one would do first: a PDF for each record, put together at the end."""
    from django.template.loader import render_to_string
    from pypdf import PdfWriter

    from zhibu.meetings.ledger.queries import records
    from zhibu.meetings.ledger.sheets import in_full, sheet
    from zhibu.ui.documents import html_to_pdf

    whole, out = PdfWriter(), BytesIO()
    for meeting in in_full(records(branch, YEAR)):
        html = render_to_string("meetings/ledger/document_sheet.html", {"sheet": sheet(meeting)})
        whole.append(BytesIO(html_to_pdf(f"<!doctype html><html lang='zh-CN'><body>{html}</body></html>")))
    whole.write(out)


if __name__ == "__main__":
    sys.exit(main())
