"""Prints of photographs by which a copy is known again after it was scaled, compressed anew or trimmed at its edges.

The print is the sign of the lowest frequencies of the brightness (a perceptual hash, pHash, of 16 × 16 bits) of the
whole picture and of the same picture trimmed a little in several ways. Faces are neither looked for nor stored.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

SIDE, LOW = 64, 16
BITS = LOW * LOW
# Bits that may differ: recompressed, scaled and trimmed copies stay far below, photographs of one room far above
# (tests/meetings/quality/test_photos.py shows both).
LIMIT = 40
# What is left of the picture: left, top, right, bottom.
TRIMS = (
    (0.0, 0.0, 1.0, 1.0), (0.03, 0.03, 0.97, 0.97), (0.06, 0.06, 0.94, 0.94), (0.06, 0.0, 1.0, 1.0),
    (0.0, 0.06, 1.0, 1.0), (0.0, 0.0, 0.94, 1.0), (0.0, 0.0, 1.0, 0.94),
    (0.06, 0.06, 1.0, 1.0), (0.0, 0.06, 0.94, 1.0), (0.06, 0.0, 1.0, 0.94), (0.0, 0.0, 0.94, 0.94),
)  # fmt: skip
# A page photographed or a wall without contrast has no print of its own.
LEAST_CONTRAST = 4.0

# Pixels of the longer side of a picture shown on a page.
SHOWN = 900

UNREADABLE = (
    UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip

_STEPS = np.arange(SIDE)
_COSINES = np.cos(np.pi * (2 * _STEPS[None, :] + 1) * np.arange(LOW)[:, None] / (2 * SIDE))


def prints(file: IO[bytes]) -> np.ndarray | None:
    """One row of 32 bytes for each trim; None for what is no picture that can be read, or has no contrast."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                opened.draft("L", (512, 512))
                grey = ImageOps.exif_transpose(opened).convert("L")
    except UNREADABLE:
        return None
    if min(grey.size) < SIDE:
        return None
    grey.thumbnail((512, 512))
    width, height = grey.size
    found = []
    for left, top, right, bottom in TRIMS:
        box = (left * width, top * height, right * width, bottom * height)
        small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX, box=box), dtype=np.float64)
        if small.std() < LEAST_CONTRAST:
            return None
        low = _COSINES @ small @ _COSINES.T
        found.append(np.packbits(low > np.median(low)))
    return np.array(found, dtype=np.uint8)


def small(file: IO[bytes]) -> bytes | None:
    """The picture for looking at beside another: turned upright, scaled down, written anew, so that nothing but its
    pixels is left (no place, no device). None for what cannot be read."""
    out = BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as opened:
                opened.draft("RGB", (SHOWN, SHOWN))
                shown = ImageOps.exif_transpose(opened).convert("RGB")
    except UNREADABLE:
        return None
    shown.thumbnail((SHOWN, SHOWN))
    Image.frombytes("RGB", shown.size, shown.tobytes()).save(out, "JPEG", quality=80)
    return out.getvalue()


def distance(own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each of many pictures (their prints along the first axis) the least number of differing bits between its
    whole and any trim of this one, or the other way round."""
    one = np.bitwise_count(others[:, 0, None, :] ^ own[None, :, :]).sum(axis=2, dtype=np.int64).min(axis=1)
    other = np.bitwise_count(others ^ own[None, :1, :]).sum(axis=2, dtype=np.int64).min(axis=1)
    return np.minimum(one, other)
