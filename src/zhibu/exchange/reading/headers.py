"""Finding the header of a sheet: below title rows, in one row or two. Pure, so that the parsing child can use it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SEARCHED_ROWS = 30
_IGNORED = re.compile(r"[\s*:,、。.·_\-—/]+")
_BRACKETS = re.compile(r"[(\[【<《].*?[)\]】>》]")


def normal_title(text: Any) -> str:
    """A header's text without spaces, stars, brackets and their content: ``*出生日期（年月日）`` is ``出生日期``."""
    if not isinstance(text, str):
        return ""
    plain = unicodedata.normalize("NFKC", text)
    without = _IGNORED.sub("", _BRACKETS.sub("", plain))
    return (without or _IGNORED.sub("", plain)).lower()


@dataclass
class Header:
    """Where the columns stand. ``places`` maps a column's name to its index in the row; ``last_row`` is 0-based."""

    first_row: int
    last_row: int
    places: dict[str, int]
    unknown: dict[int, str] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)


def find_header(rows: Sequence[Sequence[Any]], titles: Mapping[str, str]) -> Header | None:
    """The row (or pair of rows) that names the most columns; ``titles`` maps normal titles to column names.

    None when no row names at least two: then this is another kind of sheet.
    """
    best: Header | None = None
    for index in range(min(len(rows), SEARCHED_ROWS)):
        single = _match([[cell] for cell in map(_text, rows[index])], titles, index, index)
        found = single
        if index + 1 < len(rows):
            pairs = _pairs(rows[index], rows[index + 1])
            double = _match(pairs, titles, index, index + 1)
            if len(double.places) > len(single.places):
                found = double
        if len(found.places) >= 2 and (best is None or len(found.places) > len(best.places)):
            best = found
    return best


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def _pairs(upper: Sequence[Any], lower: Sequence[Any]) -> list[list[str]]:
    """For each place the readings of a two-row header: lower, upper with lower, upper (merged downwards).

    A merged upper cell holds its text only at its left end, hence the carrying to the right.
    """
    pairs: list[list[str]] = []
    carried = ""
    for place in range(max(len(upper), len(lower))):
        above = _text(upper[place]) if place < len(upper) else ""
        below = _text(lower[place]) if place < len(lower) else ""
        carried = above or carried
        pairs.append([below, carried + below] if below else [above])
    return pairs


def _match(readings: list[list[str]], titles: Mapping[str, str], first: int, last: int) -> Header:
    header = Header(first, last, {})
    for place, candidates in enumerate(readings):
        names = [titles[key] for text in candidates if (key := normal_title(text)) in titles]
        fresh = next((name for name in names if name not in header.places), None)
        if fresh is not None:
            header.places[fresh] = place
        elif names:
            header.doubled.append(candidates[0])
        elif candidates[0].strip():
            header.unknown[place] = candidates[0].strip()
    return header
