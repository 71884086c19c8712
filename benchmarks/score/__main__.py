"""``python -m benchmarks.score``: our twelve indicators and scores against SQL written by hand for the same numbers.

Both run alternately in processes of their own, on two threads, and must give the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEMORY = "3GB"
ROUNDS_EACH = 2


def set_up() -> None:
    os.environ.setdefault("ZHIBU_VAR", str(Path(tempfile.gettempdir()) / "zhibu-bench"))
    os.environ.setdefault("DATABASE_URL", "postgresql://127.0.0.1/unused")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhibu.site.settings")
    import django

    django.setup()


def measure(side: str, folder: Path) -> dict[str, object]:
    """Run one side in this process: seconds, peak memory in MB, and a digest of what came out."""
    import hashlib

    from benchmarks.score.by_hand import run
    from benchmarks.score.generate import FIRST, PERIODS, TODAY
    from zhibu.assessment.scheme import scheme_for
    from zhibu.assessment.scoring import score
    from zhibu.indicators.compute import compute
    from zhibu.indicators.rules import number_in_force
    from zhibu.warehouse.engines import open_engine
    from zhibu.warehouse.lake import Lake

    scheme = scheme_for(TODAY)
    seconds, cpu = [], []
    # The first round loads modules, rules and code paths that a server has loaded long before, on either side.
    for _ in range(1 + ROUNDS_EACH):
        began, worked = time.perf_counter(), time.process_time()
        if side == "ours":
            engine = open_engine("duckdb", memory=MEMORY, threads=2)
            computed = compute(
                Lake(folder, engine), PERIODS, number_in_force, indicators=scheme.needed, assumptions=scheme.assumptions
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.score")
    parser.add_argument("--side", choices=("ours", "by_hand"))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zhibu-bench" / "score-lake")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    set_up()
    if arguments.side:
        print(json.dumps(measure(arguments.side, arguments.folder)))
        return
    from benchmarks.score.generate import Size, generate

    size = Size()
    generate(arguments.folder, size)
    found: dict[str, list[dict]] = {"ours": [], "by_hand": []}
    for _ in range(arguments.rounds):
        for side, results in found.items():
            command = [sys.executable, "-m", "benchmarks.score", "--side", side, "--folder", str(arguments.folder)]
            results.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    digests = {result["digest"] for results in found.values() for result in results}
    print(f"\n{size.people:,} people, {size.branches:,} branches, five years, 20 quarters, 12 indicators and scores")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}: python -m benchmarks.score\n"
    )
    print(f"{'':14}{'seconds (median)':>18}{'best':>8}{'CPU':>8}{'peak MB':>10}{'rows':>10}")
    for side, results in found.items():
        seconds = [second for result in results for second in result["seconds"]]
        cpu = statistics.median(second for result in results for second in result["cpu"])
        peak, rows = max(result["peak"] for result in results), results[0]["rows"]
        print(f"{side:14}{statistics.median(seconds):18.2f}{min(seconds):8.2f}{cpu:8.2f}{peak:10.0f}{rows:10,}")
    ours, hand = (statistics.median(second for result in found[side] for second in result["seconds"]) for side in found)
    peak = max(result["peak"] for result in found["ours"])
    print(f"\nratio {ours / hand:.2f} (limit 1.5), peak {peak:.0f} MB (limit 4,096), same results: {len(digests) == 1}")
    if len(digests) != 1 or ours / hand > 1.5 or peak > 4096:
        sys.exit(1)


if __name__ == "__main__":
    main()
