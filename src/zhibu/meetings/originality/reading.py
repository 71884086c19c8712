"""A text as it is compared: without punctuation, spaces, case and width, every number the same."""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass

import numpy as np

# Chinese numerals are masked only where they count something; 一些, 万一 and 三会一课 are words.
_NUMERALS = re.compile(r"[一二三四五六七八九十百千零〇两\d]+(?=[年月日号时分点名人次个条项届期周岁元%])|\d+")


def _table() -> list[int]:
    """For each code point: the letter it is compared as, or 0 where it is left out."""
    table = []
    for code in range(0x10000):
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        table.append(ord(folded) if len(folded) == 1 and folded.isalnum() and ord(folded) < 0x10000 else 0)
    return table


_LETTERS = np.array(_table(), dtype=np.uint32)


@dataclass(frozen=True)
class Reading:
    """``letters``: the compared letters; ``places``: where in ``text`` each stands (both of one length)."""

    text: str
    letters: np.ndarray
    places: np.ndarray


def read(text: str) -> Reading:
    """A text ready to be compared."""
    letters, places = _letters(text)
    return Reading(text, letters, places)


def _codes(text: str) -> np.ndarray:
    # surrogatepass: a text from a damaged file may hold half a character; it is compared as left out.
    order = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
    return np.frombuffer(text.encode(order, "surrogatepass"), dtype=np.uint32)


def _letters(text: str) -> tuple[np.ndarray, np.ndarray]:
    masked = _NUMERALS.sub(lambda found: "0" + " " * (len(found[0]) - 1), text)
    codes = _codes(masked)
    letters = _LETTERS[np.where(codes < 0x10000, codes, 0)]
    places = np.flatnonzero(letters)
    return letters[places], places


def read_many(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The letters of all texts in one row, and for each the position of its text in ``texts``."""
    letters, places = _letters("".join(texts))
    ends = np.cumsum([len(text) for text in texts])
    return letters, np.searchsorted(ends, places, side="right")
