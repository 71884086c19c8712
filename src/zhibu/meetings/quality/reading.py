"""Which words of a record are compared, and how two of them are shown side by side."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhibu.meetings.content import Content
from zhibu.meetings.originality.passages import compare, quoted
from zhibu.meetings.originality.reading import Reading, read

PLAIN, QUOTED, SHARED = 0, 1, 2


@dataclass(frozen=True)
class Segment:
    """Words that are shared with the other record, quoted from an official document, or neither."""

    text: str
    mark: int

    @property
    def is_shared(self) -> bool:
        return self.mark == SHARED

    @property
    def is_quoted(self) -> bool:
        return self.mark == QUOTED


def words_of(minutes: str, points: Iterable[str], resolutions: Iterable[str]) -> str:
    """The words of one record that are compared: minutes, the points of its topics, its decisions."""
    return "\n".join(part for part in (minutes, *points, *resolutions) if part.strip())


def text_of(meeting: Any) -> str:
    """The same of a meeting whose topics and resolutions are fetched."""
    return words_of(
        meeting.minutes,
        (row.points for row in sorted(meeting.topics.all(), key=lambda row: row.position)),
        (row.text for row in sorted(meeting.resolutions.all(), key=lambda row: row.position)),
    )


def text_of_content(content: Content) -> str:
    """The same of a record as the rules read it."""
    return words_of(
        content.minutes, (line.points for line in content.topics), (line.text for line in content.resolutions)
    )


def quoted_share(own: Reading, official: np.ndarray) -> float:
    return float(quoted(own, official).mean()) if len(own.letters) else 0.0


def side_by_side(own: str, other: str, official: np.ndarray) -> tuple[list[Segment], list[Segment]]:
    """Both texts in segments, with what they share and what either quotes."""
    here, there = read(own), read(other)
    found = compare(here, there, lambda hashed: np.ones(len(hashed)), official)
    marks = _quotations(here, official), _quotations(there, official)
    for passage in found.passages:
        marks[0][passage.start : passage.end] = SHARED
        marks[1][passage.other_start : passage.other_end] = SHARED
    return _segments(own, marks[0]), _segments(other, marks[1])


def quotations(text: str, official: np.ndarray) -> list[Segment]:
    """One text with what it quotes."""
    return _segments(text, _quotations(read(text), official))


def _quotations(text: Reading, official: np.ndarray) -> np.ndarray:
    marks = np.zeros(len(text.text), dtype=np.int8)
    for first, last in _rows(quoted(text, official)):
        marks[text.places[first] : text.places[last] + 1] = QUOTED  # with the signs between its letters
    return marks


def _rows(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(start), int(end) - 1) for start, end in edges.reshape(-1, 2)]


def _segments(text: str, marks: Sequence[int] | np.ndarray) -> list[Segment]:
    if not text:
        return []
    values = np.asarray(marks)
    cuts = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(text)]
    return [Segment(text[start:end], int(values[start])) for start, end in itertools.pairwise(cuts)]
