"""A stratified sample that anyone can repeat: from a list of records and a seed, without a random generator.

Within each stratum the records are put in the order of SHA-256 of ``seed|stratum|number`` (UTF-8, lower-case
hexadecimal) and the first so many are taken. Nobody can steer it who does not know the seed before, and everybody can
recompute it with any tool after; a generator's algorithm may change from one version of a language to the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256

METHOD = "层内按 SHA-256（种子|层|记录编号）的十六进制值从小到大排列，取前若干份"


def draw(records: Iterable[tuple[int, str]], seed: str, each: int) -> dict[str, list[int]]:
    """For every stratum of (record, stratum) the drawn records, at most ``each``."""
    strata: dict[str, list[int]] = defaultdict(list)
    for number, stratum in records:
        strata[stratum].append(number)
    return {
        stratum: sorted(numbers, key=lambda number: sha256(f"{seed}|{stratum}|{number}".encode()).hexdigest())[:each]
        for stratum, numbers in sorted(strata.items())
    }
