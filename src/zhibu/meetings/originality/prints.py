"""Hashes of so many letters in a row (shingles), and the fingerprints: those of them that are kept."""

from __future__ import annotations

import numpy as np

# Short ones show what two texts share even where every name was changed.
NARROW = 5
# Long ones tell a phrase that everybody uses from one that hardly any other record has; only these are indexed.
WIDE = 9
# One of so many shingles is kept: chosen by its own hash, so two texts keep the same ones.
KEPT_OF = 4

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def shingles(letters: np.ndarray, width: int) -> np.ndarray:
    """64-bit hashes of every ``width`` letters in a row; empty for a shorter text."""
    if len(letters) < width:
        return np.empty(0, dtype=np.uint64)
    wide = letters.astype(np.uint64)
    last = len(wide) - width + 1
    hashed = wide[:last].copy()
    for step in range(1, width):
        hashed *= _PRIME
        hashed += wide[step : step + last]
    hashed *= _PRIME
    hashed ^= hashed >> np.uint64(31)
    hashed *= _MIX
    hashed ^= hashed >> np.uint64(29)
    return hashed


def kept(hashed: np.ndarray) -> np.ndarray:
    """Which of the shingles are kept."""
    return hashed % np.uint64(KEPT_OF) == 0


def short(hashed: np.ndarray) -> np.ndarray:
    """The 32 bits that the index stores of a hash."""
    return (hashed >> np.uint64(32)).astype(np.uint32)
