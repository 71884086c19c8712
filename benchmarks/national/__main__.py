"""``python -m benchmarks.national``: twelve indicators of the whole country, in slices, against SQL written by hand.

Each slice is generated, counted by both sides in turn, and deleted. What was measured stands in ``progress.jsonl``: a
run that was broken off goes on where it stopped, a finished one is measured anew. ``--scale 0.01`` is a hundredth of
everything.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.national.sides import serve
from benchmarks.national.slices import Size
from benchmarks.score.__main__ import set_up

PEOPLE, ORGANIZATIONS, FACTS, SLICES = 100_000_000, 5_400_000, 1_000_000_000, 100
MAX_RATIO, MAX_MEMORY = 1.3, 12 * 1024
SIDES = {"ours": "平台", "by_hand": "手写"}
BLOCK = 8 * 2**20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--organizations", type=int, default=ORGANIZATIONS)
    parser.add_argument("--facts", type=int, default=FACTS)
    parser.add_argument("--slices", type=int, default=SLICES)
    parser.add_argument("--scale", type=float, default=1.0, help="of all four")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zhibu-bench" / "national")
    parser.add_argument("--write", action="store_true", help="also replace the section of docs/benchmarks.md")
    chosen = parser.parse_args()
    given = (chosen.people, chosen.organizations, chosen.facts, chosen.slices)
    people, organizations, facts, slices = (max(1, round(number * chosen.scale)) for number in given)
    size = Size(people, organizations, facts, slices)
    set_up()
    return report(size, measured(chosen.folder, size))


def measured(folder: Path, size: Size) -> list[dict[str, Any]]:
    """What each slice took, from earlier runs of the same size or now."""
    folder.mkdir(parents=True, exist_ok=True)
    progress = folder / "progress.jsonl"
    lines = progress.read_text(encoding="utf-8").splitlines() if progress.exists() else []
    found = [json.loads(line) for line in lines]
    found = [one for one in found if one["size"] == vars(size)]
    if not 0 < len(found) < size.slices:  # of another size, or finished: this is a new measurement
        found = []
        progress.unlink(missing_ok=True)
    missing = range(len(found), size.slices)
    context = get_context("spawn")
    pipes, processes = {}, []
    for side in SIDES:
        pipes[side], theirs = context.Pipe()
        processes.append(context.Process(target=serve, args=(side, theirs), daemon=True))
        processes[-1].start()
    with progress.open("a", encoding="utf-8") as out:
        for number in missing:
            one = {"size": vars(size), **one_slice(folder / "slice", number, size, pipes, warm=number == missing[0])}
            found.append(one)
            out.write(json.dumps(one) + "\n")
            out.flush()
            both = " ÷ ".join(f"{one[side]['seconds']:.2f}" for side in SIDES)
            print(f"{number + 1}/{size.slices}: {one['facts']:,} facts, {both} s", file=sys.stderr, flush=True)
    for pipe in pipes.values():
        pipe.send(None)
    for process in processes:
        process.join()
    return found


def one_slice(folder: Path, number: int, size: Size, pipes: dict[str, Any], *, warm: bool) -> dict[str, Any]:
    from benchmarks.national.slices import write

    began = time.perf_counter()
    facts, written = write(folder, number, size)
    found: dict[str, Any] = {"facts": facts, "bytes": written, "generate": time.perf_counter() - began}
    found["disk"], found["cache"], found["memory"] = disk(folder), cached(folder), memory()
    if warm:  # modules, rules and code paths that a server has loaded long before, on either side
        for pipe in pipes.values():
            pipe.send(folder), pipe.recv()
    for side in SIDES if number % 2 else reversed(SIDES):
        pipes[side].send(folder)
        found[side] = pipes[side].recv()
    shutil.rmtree(folder)
    return found


def disk(folder: Path) -> float:
    """Seconds to read the slice's files one after the other from the disk, not from memory."""
    os.sync()
    for file in folder.rglob("*.parquet"):
        with file.open("rb") as stream:
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return cached(folder)


def cached(folder: Path) -> float:
    buffer = bytearray(BLOCK)
    began = time.perf_counter()
    for file in folder.rglob("*.parquet"):
        with file.open("rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass
    return time.perf_counter() - began


def memory() -> float:
    """Seconds to copy 256 MB inside memory."""
    import numpy as np

    source = np.ones(2**28, np.uint8)
    target = np.zeros_like(source)
    np.copyto(target, source)  # its pages are there: what follows is copying only
    began = time.perf_counter()
    np.copyto(target, source)
    return time.perf_counter() - began


def report(size: Size, slices: list[dict[str, Any]]) -> int:
    from benchmarks.report import Report

    told = Report("national", "全国规模的十二项指标和四级汇总 ÷ 手写的 DuckDB SQL")
    facts, volume = sum(one["facts"] for one in slices), sum(one["bytes"] for one in slices)
    told.say(
        f"{size.people:,} 人、{size.organizations:,} 个党组织、{facts:,} 条事实（一个季度），"
        f"分 {len(slices)} 片生成为 Parquet（共 {volume / 2**30:.1f} GiB，同一时刻只有一片在盘上）；"
        "每片由两边轮流计算，两线程；结果为每个党组织的分子、分母，四级汇总。"
    )
    rows, total = [], {}
    for side, name in SIDES.items():
        seconds = [sum(one[side][stage] for one in slices) for stage in ("count", "roll_up", "seconds", "cpu")]
        total[side] = seconds[2]
        peak = max(one[side]["peak"] for one in slices)
        rate = (f"{volume / seconds[2] / 1e9:.2f}", f"{facts / seconds[2] / 1e6:.1f}")
        rows.append((name, *(f"{value:.1f}" for value in seconds), *rate, f"{peak:,.0f}"))
    told.table(("", "计数 秒", "汇总 秒", "合计 秒", "CPU 秒", "GB/s（Parquet）", "百万条/秒", "内存峰值 MB"), rows)
    told.table(
        ("阶段", "秒", "GB/s"),
        [
            ("生成", *rated(sum(one["generate"] for one in slices), volume)),
            ("从盘顺序读一遍", *rated(sum(one["disk"] for one in slices), volume)),
            ("从内存（页缓存）顺序读一遍", *rated(sum(one["cache"] for one in slices), volume)),
            ("内存复制（每片 256 MiB）", *rated(sum(one["memory"] for one in slices), len(slices) * 2**28)),
        ],
    )
    ratios = [one["ours"]["seconds"] / one["by_hand"]["seconds"] for one in slices]
    told.say(f"逐片比值：中位数 {statistics.median(ratios):.2f}，最低 {min(ratios):.2f}，最高 {max(ratios):.2f}。")
    told.at_most("比值（合计）", total["ours"] / total["by_hand"], MAX_RATIO)
    told.at_most("内存峰值", max(one["ours"]["peak"] for one in slices), MAX_MEMORY, unit=" MB", digits=0)
    told.holds("两边每一片的结果逐字节相同", all(one["ours"]["digest"] == one["by_hand"]["digest"] for one in slices))
    told.holds("两边全国的合计相同", nation(slices, "ours") == nation(slices, "by_hand"))
    return told.finish()


def rated(seconds: float, volume: int) -> tuple[str, str]:
    return f"{seconds:.1f}", f"{volume / seconds / 1e9:.2f}"


def nation(slices: list[dict[str, Any]], side: str) -> dict[str, tuple[int, int]]:
    """The nation's numbers, added up over the slices."""
    found: dict[str, tuple[int, int]] = {}
    for one in slices:
        for place, (top, bottom) in one[side]["nation"].items():
            have = found.get(str(place), (0, 0))
            found[str(place)] = (have[0] + top, have[1] + bottom)
    return found


if __name__ == "__main__":
    sys.exit(main())
