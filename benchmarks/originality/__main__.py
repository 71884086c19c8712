"""Near-duplicates: how many copies of which strength are found, and one lookup against a million records.

``python -m benchmarks.originality [--write] [--records=1000000]``. The threshold is set on one half of the labelled
pairs and reported on the other. Rivals in the same run: plain five-character shingle Jaccard for what is found,
datasketch's MinHashLSH for the time of building. Ends with 1 if a demand is not met.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.progress import track

from benchmarks.originality.corpus import COPIES, LOOK_ALIKES, Look, Pair, Writer, joined, labelled
from benchmarks.report import Report
from zhibu.meetings.originality.index import Index
from zhibu.meetings.originality.passages import compare, official_shingles
from zhibu.meetings.originality.reading import read

SEED, EACH = 2026, 1_000
RIVAL_RECORDS = 3_000
LOOKUPS = 200
DEMANDED = {"names": 1.0, "fifth": 0.97, "half": 0.80, "planted": 0.60}
SAID = {
    "names": "只改姓名、地点、日期、数字", "fifth": "另改写五分之一的句子", "half": "改写一半并打乱段落",
    "planted": "三分之一移入另一篇", "passage": "同引一段文件", "template": "同用一个模板", "series": "同一系列会议",
}  # fmt: skip


def main() -> int:
    asked = [option for option in sys.argv[1:] if option.startswith("--records=")]
    records = int(asked[0].split("=")[1]) if asked else 1_000_000
    told = Report("originality", f"雷同查找，{records:,} 篇已有记录")
    with tempfile.TemporaryDirectory() as folder:
        index, spent = _built(records, Path(folder) / "index.npy")
        _speed(told, index, records, spent)
        _found(told, index, records)
    return told.finish()


def text_of(number: int) -> str:
    """The record of that number, always the same one. Two in five hold an office's template or a quoted passage."""
    writer = Writer(number)
    kind = number % 5
    return look.alike(writer, LOOK_ALIKES[kind])[0] if kind < 2 else joined(writer.minutes())


look = Look(Writer(SEED))


class Timed:
    """Gives out texts and knows how long making them took, which is not the index's time."""

    def __init__(self, numbers: range) -> None:
        self.numbers, self.making = numbers, 0.0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for number in track(self.numbers, description="建立索引", update_period=1):
            start = time.process_time()
            text = text_of(number)
            self.making += time.process_time() - start
            yield number, text


def _built(records: int, file: Path) -> tuple[Index, float]:
    source = Timed(range(records))
    start = time.process_time()
    index = Index.build(source, file)
    return index, time.process_time() - start - source.making


def _rival(texts: list[str]) -> float:
    """Seconds that datasketch takes for the same texts: 128 permutations, five-character shingles."""
    from datasketch import MinHash, MinHashLSH

    start = time.process_time()
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([shingle.encode() for shingle in {text[i : i + 5] for i in range(len(text) - 4)}])
        lsh.insert(number, sketch)
    return time.process_time() - start


def _speed(told: Report, index: Index, records: int, spent: float) -> None:
    sample = [text_of(number) for number in range(RIVAL_RECORDS)]
    rival = _rival(sample) / RIVAL_RECORDS
    spans = []
    for number in range(LOOKUPS):  # a copy of a record somewhere in the index, and its nearest compared in full
        source = Writer(records + number)
        earlier = source.draw.randrange(records)
        text = text_of(earlier)
        others = {c.number: text_of(c.number) for c in index.candidates(read(text).letters)}
        start = time.perf_counter()
        own = read(text)
        nearest = index.candidates(own.letters)
        for candidate in nearest:
            compare(own, read(others[candidate.number]), index.weights, np.empty(0, dtype=np.uint64))
        spans.append(time.perf_counter() - start)
        assert nearest[0].number == earlier
    told.table(
        ["", "每秒篇数"],
        [["本平台建立索引", f"{records / spent:,.0f}"], ["datasketch MinHashLSH", f"{1 / rival:,.0f}"]],
    )
    told.at_most("索引大小", index.size / 1e9, 3, unit=" GB")
    told.at_most("查一篇（含逐字比对最近的各篇），中位数", statistics.median(spans) * 1000, 50, unit=" ms", digits=1)
    told.at_most("建立索引用时 ÷ datasketch", spent / records / rival, 0.2, digits=3)


def _found(told: Report, index: Index, records: int) -> None:
    pairs, passages = labelled(Writer(SEED + 1), look, EACH)
    index.add((records + number, pair.earlier) for number, pair in enumerate(pairs))
    official = official_shingles(passages)
    ours = np.array([
        _score(index, pair, records + number, official) for number, pair in enumerate(track(pairs, description="比对"))
    ])  # fmt: skip
    plain = np.array([_jaccard(pair) for pair in pairs])
    labels = np.array([pair.label for pair in pairs])
    tuning = np.arange(len(pairs)) % 2 == 0
    honest = np.isin(labels, LOOK_ALIKES)
    rows = []
    thresholds = [float(np.quantile(scores[tuning & honest], 0.99)) for scores in (ours, plain)]
    for label in (*COPIES, *LOOK_ALIKES):
        chosen = ~tuning & (labels == label)
        shares = [float((s[chosen] > limit).mean()) for s, limit in zip((ours, plain), thresholds, strict=True)]
        rows.append([SAID[label], *(f"{share:.1%}" for share in shares)])
        if label in DEMANDED:
            told.at_most(
                f"漏查：{SAID[label]}", (1 - shares[0]) * 100, (1 - DEMANDED[label]) * 100, unit=" %", digits=1
            )
    told.say(
        f"每类 {EACH:,} 对；门槛在一半上定（百篇相像而正当的记录误报一篇：本平台 {thresholds[0]:.2f}，"
        f"五字片段杰卡德 {thresholds[1]:.2f}），在另一半上报告。"
    )
    told.table(["被查出的比例", "本平台", "五字片段杰卡德"], rows)
    alarms = float((ours[~tuning & honest] > thresholds[0]).mean())
    told.at_most("另一半上的误报", alarms * 100, 1.5, unit=" %")


def _score(index: Index, pair: Pair, number: int, official: np.ndarray) -> float:
    """The likeness to the earlier text of the pair, 0 if the index does not lead to it."""
    own = read(pair.later)
    if number not in {candidate.number for candidate in index.candidates(own.letters)}:
        return 0.0
    return compare(own, read(pair.earlier), index.weights, official).greater


def _jaccard(pair: Pair) -> float:
    first, second = ({text[i : i + 5] for i in range(len(text) - 4)} for text in (pair.earlier, pair.later))
    return len(first & second) / len(first | second)


if __name__ == "__main__":
    sys.exit(main())
