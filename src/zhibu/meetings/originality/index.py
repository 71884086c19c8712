"""Which earlier records share rare fingerprints with a text: one sorted array, and small ones for what came since."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from zhibu.meetings.originality.prints import WIDE, kept, shingles, short
from zhibu.meetings.originality.reading import read_many

# A fingerprint that so many other records have weighs half of one that no other has: a phrase everybody uses proves
# nothing, and a text that is all such phrases is compared by them alone.
HALF_WEIGHT = 2
# More postings than this are not followed for one fingerprint unless all are that common.
FOLLOWED = 400
RAREST = 20
BATCH = 1_000
_PARTS = 16
_NUMBERS = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


@dataclass(frozen=True)
class Candidate:
    """An earlier record and how much of the text's weight it shares by the fingerprints (0 to 1, an estimate)."""

    number: int
    share: float


class Index:
    """Fingerprints of many records. A posting is one 64-bit number: 32 bits of the hash, 32 of the record's number."""

    def __init__(self, runs: list[np.ndarray]) -> None:
        self._runs = [run for run in runs if len(run)]

    @classmethod
    def build(cls, records: Iterable[tuple[int, str]], file: Path | None = None) -> Index:
        """An index of all records (number below 2³², text); in memory, or written to ``file`` and mapped from there."""
        parts: list[list[np.ndarray]] = [[] for _ in range(_PARTS)]
        bounds = (np.arange(1, _PARTS, dtype=np.uint64) << np.uint64(60)).astype(np.uint64)
        for postings in _postings(records):
            for part, piece in zip(parts, np.split(postings, np.searchsorted(postings, bounds)), strict=True):
                part.append(piece)
        total = sum(len(piece) for part in parts for piece in part)
        if file is None or not total:
            whole = np.empty(total, dtype=np.uint64)
        else:
            whole = np.lib.format.open_memmap(file.with_suffix(".new"), mode="w+", dtype=np.uint64, shape=(total,))
        filled = 0
        for part in parts:  # each part is smaller than all that stands in the next: sorted one by one they are sorted
            joined = np.concatenate(part) if part else np.empty(0, dtype=np.uint64)
            part.clear()
            joined.sort()
            whole[filled : filled + len(joined)] = joined
            filled += len(joined)
        if file is not None and total:
            whole.flush()  # type: ignore[attr-defined]
            os.replace(file.with_suffix(".new"), file)
            return cls.open(file)
        return cls([whole])

    @classmethod
    def open(cls, file: Path) -> Index:
        """The index that ``build`` wrote."""
        return cls([np.load(file, mmap_mode="r")])

    def add(self, records: Iterable[tuple[int, str]]) -> None:
        """Later records, in memory; a record added again is found by both its texts until the next build."""
        self._runs += [postings for postings in _postings(records) if len(postings)]
        while len(self._runs) > 2 and len(self._runs[-1]) * 2 > len(self._runs[-2]):  # never more than a few runs
            merged = np.concatenate((self._runs.pop(), self._runs.pop()))
            merged.sort()
            self._runs.append(merged)

    @property
    def size(self) -> int:
        """Bytes of all postings."""
        return sum(run.nbytes for run in self._runs)

    def frequency(self, hashed: np.ndarray) -> np.ndarray:
        """How many records have each of the (kept) shingles."""
        found = np.zeros(len(hashed), dtype=np.int64)
        for low, high in self._ranges(short(hashed)):
            found += high - low
        return found

    def weights(self, hashed: np.ndarray, own: bool = False) -> np.ndarray:
        """For every wide shingle of a text between 0 and 1: 1 where no other record has it. ``own``: it is indexed."""
        if not len(hashed):
            return np.empty(0)
        at = np.flatnonzero(kept(hashed))
        if not len(at):
            return np.ones(len(hashed))
        others = np.maximum(self.frequency(hashed[at]) - int(own), 0)
        weights = HALF_WEIGHT / (HALF_WEIGHT + others)
        # A shingle that is not kept is as rare as the kept one before it, or the first.
        before = np.maximum(np.searchsorted(at, np.arange(len(hashed)), side="right") - 1, 0)
        return np.asarray(weights[before])

    def candidates(self, letters: np.ndarray, besides: int | None = None, most: int = 12) -> list[Candidate]:
        """The records that share the greatest weight, greatest first; ``besides``: the number of the text itself."""
        hashed = shingles(letters, WIDE)
        prints = np.unique(short(hashed[kept(hashed)]))
        if not len(prints) or not self._runs:
            return []
        ranges = list(self._ranges(prints))
        shared_by = sum((high - low for low, high in ranges), np.zeros(len(prints), dtype=np.int64))
        weight = HALF_WEIGHT / (HALF_WEIGHT + np.maximum(shared_by - int(besides is not None), 0))
        rare = shared_by <= max(FOLLOWED, int(np.sort(shared_by)[:RAREST][-1]))
        numbers, weights = [], []
        for run, (low, high) in zip(self._runs, ranges, strict=True):
            count = np.where(rare, high - low, 0)
            begins = np.repeat(low - np.concatenate(([0], np.cumsum(count)[:-1])), count)
            numbers.append((run[begins + np.arange(count.sum())] & _NUMBERS).astype(np.int64))
            weights.append(np.repeat(weight, count))
        all_numbers = np.concatenate(numbers)
        found, place = np.unique(all_numbers, return_inverse=True)
        shares = np.bincount(place, weights=np.concatenate(weights), minlength=len(found)) / weight.sum()
        order = np.argsort(-shares, kind="stable")
        best = [Candidate(int(found[i]), float(shares[i])) for i in order[: most + 1] if found[i] != besides]
        return best[:most]

    def _ranges(self, prints: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        first = prints.astype(np.uint64) << _SHIFT
        for run in self._runs:
            yield np.searchsorted(run, first), np.searchsorted(run, first | _NUMBERS, side="right")


def _postings(records: Iterable[tuple[int, str]]) -> Iterator[np.ndarray]:
    """Sorted postings, one array a batch, a fingerprint once a record."""
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        numbers = np.array([number for number, _ in batch], dtype=np.uint64)
        letters, owners = read_many([text for _, text in batch])
        hashed = shingles(letters, WIDE)
        if not len(hashed):
            continue
        # A shingle that reaches into the next text is none.
        keep = np.flatnonzero(kept(hashed) & (owners[: len(hashed)] == owners[WIDE - 1 :]))
        postings = (short(hashed[keep]).astype(np.uint64) << _SHIFT) | numbers[owners[keep]]
        postings.sort()
        yield postings[np.concatenate(([True], postings[1:] != postings[:-1]))] if len(postings) else postings
