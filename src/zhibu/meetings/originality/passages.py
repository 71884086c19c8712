"""What two texts share, letter by letter: the passages, and how much of each text they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from zhibu.meetings.originality.prints import NARROW, WIDE, shingles
from zhibu.meetings.originality.reading import Reading, read

# Shorter agreements happen by chance in texts about one subject.
LEAST = 17
# A passage counts as quoted when so many letters in a row stand in an official document.
QUOTED = 12

Weigh = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Passage:
    """One shared passage: from and to (exclusive) in the characters of either text."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True)
class Likeness:
    """``share``: how much of the own weight stands in the other text; ``other_share`` the other way round (0 to 1)."""

    share: float
    other_share: float
    shared_letters: int
    passages: tuple[Passage, ...]

    @property
    def greater(self) -> float:
        return max(self.share, self.other_share)


def compare(own: Reading, other: Reading, weigh: Weigh, official: np.ndarray) -> Likeness:
    """Compare two texts.

    ``weigh`` gives each shingle a weight between 0 and 1 (``Index.weights``); ``official`` are the sorted shingles of
    official documents, which are left out on both sides.
    """
    ours, theirs = shingles(own.letters, NARROW), shingles(other.letters, NARROW)
    here, there = _covered(ours, theirs, LEAST, len(own.letters)), _covered(theirs, ours, LEAST, len(other.letters))
    quoted_here, quoted_there = quoted(own, official), quoted(other, official)
    weight_here, weight_there = (_of_letters(side.letters, weigh) for side in (own, other))
    counted = here & ~quoted_here
    return Likeness(
        _share(counted, weight_here * ~quoted_here),
        _share(there & ~quoted_there, weight_there * ~quoted_there),
        int(counted.sum()),
        tuple(_passages(own, other, ours, theirs, counted)),
    )


def official_shingles(texts: Iterable[str]) -> np.ndarray:
    """The shingles of official documents, as ``compare`` takes them."""
    found = [shingles(read(text).letters, NARROW) for text in texts]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.uint64)


def quoted(text: Reading, official: np.ndarray) -> np.ndarray:
    """Which letters stand in official documents."""
    return _covered(shingles(text.letters, NARROW), official, QUOTED, len(text.letters))


def _share(covered: np.ndarray, weight: np.ndarray) -> float:
    whole = float(weight.sum())
    return float(weight[covered].sum()) / whole if whole > 0 else 0.0


def _of_letters(letters: np.ndarray, weigh: Weigh) -> np.ndarray:
    """The weight of each letter: that of the wide shingle in whose middle it stands."""
    weights = weigh(shingles(letters, WIDE))
    if not len(weights):
        return np.ones(len(letters))
    return np.pad(weights, (WIDE // 2, len(letters) - len(weights) - WIDE // 2), mode="edge")


def _covered(hashed: np.ndarray, elsewhere: np.ndarray, least: int, letters: int) -> np.ndarray:
    """Which letters lie in a row of at least ``least`` that stands elsewhere, too."""
    covered = np.zeros(max(letters, 0), dtype=bool)
    if not len(hashed) or not len(elsewhere):
        return covered
    found = np.isin(hashed, elsewhere)
    for step in range(NARROW):
        covered[step : step + len(found)] |= found
    for start, end in _rows(covered):
        if end - start < least:
            covered[start:end] = False
    return covered


def _rows(covered: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], covered.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _passages(own: Reading, other: Reading, ours: np.ndarray, theirs: np.ndarray, counted: np.ndarray) -> list[Passage]:
    """The rows of counted letters, each with its place in the other text (the first one where it begins)."""
    order = np.argsort(theirs, kind="stable")
    passages = []
    for start, end in _rows(counted):
        while start + NARROW <= end:
            at = np.searchsorted(theirs, ours[start], sorter=order)
            if at >= len(theirs) or theirs[order[at]] != ours[start]:
                start += 1
                continue
            begin = int(order[at])
            length = NARROW  # as far as both texts go on alike
            while (
                start + length < end
                and begin + length < len(other.letters)
                and (own.letters[start + length] == other.letters[begin + length])
            ):
                length += 1
            if length >= LEAST:
                passages.append(
                    Passage(
                        int(own.places[start]),
                        int(own.places[start + length - 1]) + 1,
                        int(other.places[begin]),
                        int(other.places[begin + length - 1]) + 1,
                    )
                )
            start += length
    return passages
