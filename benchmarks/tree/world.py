"""The shape of the measured tree: a university, its faculties, general branches, branches and groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

FACULTIES = 20


@dataclass(frozen=True)
class Place:
    """One node: its number, the number of its superior, how deep it stands, and its ordinal among its siblings."""

    number: int
    parent: int | None
    depth: int
    ordinal: int


def university(nodes: int) -> Iterator[Place]:
    """Superiors before what lies below them: 1 root, 20 faculties (2 in a small one), the rest spread evenly.

    A faculty has up to 8 general branches, each with branches; every third branch has two groups.
    """
    faculties = FACULTIES if nodes >= 500 else 2
    yield Place(0, None, 1, 0)
    made = 1
    for faculty in range(faculties):
        yield Place(made, 0, 2, faculty)
        top, made = made, made + 1
        share = (nodes - 1) // faculties - 1 + (1 if faculty < (nodes - 1) % faculties else 0)
        generals = min(8, max(1, share // 10))
        heads: list[int] = []
        for general in range(generals):
            yield Place(made, top, 3, general)
            heads.append(made)
            made += 1
        left, below = share - generals, [0] * generals
        turn = 0
        while left > 0:
            head = turn % generals
            branch = made
            yield Place(made, heads[head], 4, below[head])
            below[head] += 1
            made, left = made + 1, left - 1
            for group in range(2 if turn % 3 == 0 else 0):
                if left > 0:
                    yield Place(made, branch, 5, group)
                    made, left = made + 1, left - 1
            turn += 1
