"""The shares that the invented university is made by (``margins.yaml``) and the dealing of exact shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import yaml

T = TypeVar("T")


@cache
def margins() -> dict[str, Any]:
    """``{subject: {values | value, source, note}}``. Every entry names its source: a bulletin or an assumption."""
    return yaml.safe_load(Path(__file__).with_name("margins.yaml").read_text(encoding="utf-8"))


def share(subject: str) -> float:
    return float(margins()[subject]["value"])


def shares(subject: str) -> dict[str, float]:
    return {str(key): float(value) for key, value in margins()[subject]["values"].items()}


def counts(parts: Mapping[T, float], total: int) -> dict[T, int]:
    """``total`` things in the given proportions, by largest remainder."""
    whole = sum(parts.values())
    exact = {key: total * part / whole for key, part in parts.items()}
    found = {key: int(value) for key, value in exact.items()}
    rest = sorted(exact, key=lambda key: found[key] - exact[key])
    for key in rest[: total - sum(found.values())]:
        found[key] += 1
    return found


def deal(rng: Random, parts: Mapping[T, float], total: int) -> list[T]:
    """A shuffled list of ``total`` values in exactly these proportions: small universities keep the shares, too."""
    cards = [key for key, number in counts(parts, total).items() for _ in range(number)]
    rng.shuffle(cards)
    return cards


def yes(rng: Random, part: float, total: int) -> list[bool]:
    return deal(rng, {True: part, False: 1 - part}, total)


def spread(rng: Random, total: int, over: Sequence[Any], *, unevenness: float = 0.3, least: int = 1) -> list[int]:
    """How many of ``total`` go to each of ``over``: random sizes around the mean, none below ``least``."""
    if not over:
        return []
    sizes = {index: 1 + rng.uniform(-unevenness, unevenness) for index in range(len(over))}
    free = max(0, total - least * len(over))
    return [least + number for number in counts(sizes, free).values()]
