"""``python -m benchmarks.score``: our thirteen indicators and scores against SQL written by hand for the same numbers;
sixty indicators over sixty months, then one more month, and the same on another engine.

Both sides run alternately in processes of their own, on two threads, and must give the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MEMORY = "3GB"
ROUNDS_EACH = 2
MAX_RATIO, MAX_MEMORY, MAX_MONTH = 1.5, 4096, 1 / 30


def set_up() -> None:
    os.environ.setdefault("ZHIBU_VAR", str(Path(tempfile.gettempdir()) / "zhibu-bench"))
    os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1/unused")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")
    import django

    django.setup()


def measure(side: str, folder: Path) -> dict[str, Any]:
    """Run one side in this process: seconds, peak memory in MB, and a digest of what came out."""
    import hashlib

    from benchmarks.score.by_hand import run
    from benchmarks.score.generate import FIRST, PERIODS, TODAY
    from zhibu.assessment.scheme import delivered_for
    from zhibu.assessment.scoring import score
    from zhibu.indicators.compute import compute
    from zhibu.indicators.rules import number_in_force
    from zhibu.warehouse.engines import open_engine
    from zhibu.warehouse.lake import Lake

    scheme = delivered_for(TODAY)
    seconds, cpu = [], []
    # The first round loads modules, rules and code paths that a server has loaded long before, on either side.
    for _ in range(1 + ROUNDS_EACH):
        began, worked = time.perf_counter(), time.process_time()
        if side == "ours":
            engine = open_engine("duckdb", memory=MEMORY, threads=2)
            computed = compute(
                Lake(folder, engine, keep=False),
                PERIODS,
                number_in_force,
                indicators=scheme.needed,
                assumptions=scheme.assumptions,
            )
            scored = score(computed, scheme)
            lines, totals = scored.lines, scored.totals
            engine.close()
        else:
            lines, totals = run(folder, PERIODS, FIRST, scheme, MEMORY)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - worked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    digest = hashlib.sha256()
    for table, columns in (
        (lines, ["organization_id", "period", "indicator", "numerator", "denominator", "smoothed", "points"]),
        (totals, ["organization_id", "period", "members", "uncapped", "total"]),
    ):
        ordered = table.select(columns).sort_by([(name, "ascending") for name in columns[:3]])
        digest.update(str(len(ordered)).encode())
        for name in columns:
            digest.update(ordered[name].combine_chunks().cast("int64").to_numpy(zero_copy_only=False).tobytes())
    return {"seconds": seconds[1:], "cpu": cpu[1:], "peak": peak, "digest": digest.hexdigest()[:16], "rows": len(lines)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.score")
    parser.add_argument("--side", choices=("ours", "by_hand", "sixty", "other"))
    parser.add_argument("--engine", default="sail", help="sail, local[2] or spark://host:port: must give the same")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zhibu-bench" / "score-lake")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--write", action="store_true", help="also replace the section of docs/benchmarks.md")
    arguments = parser.parse_args()
    set_up()
    if arguments.side in ("sixty", "other"):
        from benchmarks.score import sixty

        if arguments.side == "sixty":
            print(json.dumps(sixty.measure(arguments.folder, arguments.rounds)))
        else:
            print(json.dumps(sixty.on_other_engine(arguments.folder, arguments.engine)))
        return 0
    if arguments.side:
        print(json.dumps(measure(arguments.side, arguments.folder)))
        return 0
    from benchmarks.score.generate import SMALL, Size, generate

    size = Size()
    generate(arguments.folder, size)
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "by_hand": []}
    for _ in range(arguments.rounds):
        for side, results in found.items():
            results.append(run_apart(side, arguments.folder))
    apart = (str(arguments.rounds), arguments.engine)
    sixty = run_apart("sixty", arguments.folder, *apart)
    other = run_apart("other", generate(arguments.folder.with_name("score-lake-small"), SMALL), *apart)
    return report(size, found, sixty, other, arguments.engine)


def run_apart(side: str, folder: Path, rounds: str = "1", engine: str = "sail") -> dict[str, Any]:
    """One side in a process of its own; what it says last."""
    options = ["--side", side, "--folder", str(folder), "--rounds", rounds, "--engine", engine]
    command = [sys.executable, "-m", "benchmarks.score", *options]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def report(
    size: Any, found: dict[str, list[dict[str, Any]]], sixty: dict[str, Any], other: dict[str, Any], engine: str
) -> int:
    from benchmarks.report import Report

    told = Report("score", "全部指标和得分 ÷ 手写的 DuckDB SQL")
    told.say(
        f"{size.people:,} 人、{size.branches:,} 个支部、五年（20 个季度），十三项指标和得分；两线程，内存限 {MEMORY}；"
        "两边轮流、各在新进程中先热身一轮。"
    )
    rows, medians = [], []
    for side, results in found.items():
        seconds = [second for result in results for second in result["seconds"]]
        cpu = statistics.median(second for result in results for second in result["cpu"])
        medians.append(statistics.median(seconds))
        peak = max(result["peak"] for result in results)
        figures = (f"{medians[-1]:.2f}", f"{min(seconds):.2f}", f"{cpu:.2f}", f"{peak:.0f}", f"{results[0]['rows']:,}")
        rows.append(({"ours": "平台", "by_hand": "手写"}[side], *figures))
    told.table(("", "中位数 秒", "最快 秒", "CPU 秒", "内存峰值 MB", "行"), rows)
    told.at_most("比值（中位数）", medians[0] / medians[1], MAX_RATIO)
    told.at_most("内存峰值", max(result["peak"] for result in found["ours"]), MAX_MEMORY, unit=" MB", digits=0)
    told.holds("两边结果逐字节相同", len({result["digest"] for results in found.values() for result in results}) == 1)
    tell_sixty(told, sixty)
    told.say(f"六十项指标在 {engine} 上（小一级的数据仓，{other['rows']:,} 行）：{other['seconds']:.1f} 秒。")
    told.holds(f"{engine} 与 DuckDB 结果逐字节相同（全为整数，容差 0）", other["same"])
    return told.finish()


def tell_sixty(told: Any, sixty: dict[str, Any]) -> None:
    told.say("六十项指标，方案按月评价，六十个月：一次算完全部；再多一个月（其余月份的计数已留存）。")
    rows = []
    for side, title, lines in (("full", "全部", "rows"), ("month", "多一个月", "month_rows")):
        cpu = statistics.median(sixty[f"{side}_cpu"])
        seconds = sixty[side]
        rows.append(
            (title, f"{statistics.median(seconds):.2f}", f"{min(seconds):.2f}", f"{cpu:.2f}", f"{sixty[lines]:,}")
        )
    told.table(("", "中位数 秒", "最快 秒", "CPU 秒", "行"), rows)
    ratio = statistics.median(sixty["month"]) / statistics.median(sixty["full"])
    told.at_most("多一个月 ÷ 全部", ratio, round(MAX_MONTH, 4), digits=4)
    told.holds("多一个月与一次算完的该月逐字节相同", sixty["same"])


if __name__ == "__main__":
    sys.exit(main())
