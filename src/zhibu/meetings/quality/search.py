"""The index of all recorded meetings' words, kept on disk between nights; what came since is added in memory.

Only the worker asks it, one task at a time (see `zhibu.meetings.tasks`): two processes never write it at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting, OfficialDocument
from zhibu.meetings.originality.index import Index
from zhibu.meetings.originality.passages import Likeness, compare, official_shingles
from zhibu.meetings.originality.prints import WIDE, shingles
from zhibu.meetings.originality.reading import Reading, read
from zhibu.meetings.quality.reading import text_of

# A transaction that was open while the night's index was built has an earlier time stamp than its commit.
OVERLAP = timedelta(hours=1)
BATCH = 500


@dataclass
class Search:
    """The night's index with what was recorded since. ``versions``: record → version of its text that is in it."""

    index: Index
    stamp: tuple[str, int, int]
    since: datetime
    versions: dict[int, int] = field(default_factory=dict)


_held: Search | None = None
_official: tuple[tuple[str, ...], np.ndarray] | None = None


def compared_meetings() -> QuerySet[Meeting]:
    """Recorded meetings but talks, whose words are nobody else's business."""
    return Meeting.objects.filter(state=State.RECORDED).exclude(kind=Kind.TALK)


def texts(rows: QuerySet[Meeting]) -> Iterator[tuple[Meeting, str]]:
    fetched = rows.order_by("pk").prefetch_related("topics", "resolutions")
    for meeting in fetched.iterator(chunk_size=BATCH):
        yield meeting, text_of(meeting)


def rebuild() -> Search:
    """Read every record again and write the index anew."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    since = timezone.now()
    seen: list[tuple[int, int]] = []

    def noted() -> Iterator[tuple[int, str]]:
        for meeting, text in texts(compared_meetings()):
            seen.append((meeting.pk, meeting.version))
            yield meeting.pk, text

    file = folder / "index.npy"
    file.unlink(missing_ok=True)  # an index without a posting is not written
    index = Index.build(noted(), file)
    known = folder / "records.new.npy"
    np.save(known, np.array(seen, dtype=np.int64).reshape(-1, 2))
    os.utime(known, (since.timestamp(), since.timestamp()))
    os.replace(known, folder / "records.npy")
    return _hold(Search(index, _stamp(folder), since, dict(seen)))


def opened() -> Search:
    """The index with everything recorded until now; built where there is none yet."""
    folder = _folder()
    if not (folder / "records.npy").exists():
        return rebuild()
    found = _held
    if found is None or found.stamp != _stamp(folder):
        known = np.load(folder / "records.npy")
        file = folder / "index.npy"
        since = datetime.fromtimestamp((folder / "records.npy").stat().st_mtime, tz=timezone.get_current_timezone())
        index = Index.open(file) if file.exists() else Index([])
        found = _hold(Search(index, _stamp(folder), since, dict(known.tolist())))
    _catch_up(found)
    return found


def _catch_up(found: Search) -> None:
    """Add what was recorded or corrected since the night, by whichever process."""
    now = timezone.now()
    recent = compared_meetings().filter(updated_at__gte=found.since - OVERLAP).values_list("pk", "version")
    fresh = {pk: version for pk, version in recent if found.versions.get(pk) != version}
    if fresh:
        found.index.add([(meeting.pk, text) for meeting, text in texts(compared_meetings().filter(pk__in=fresh))])
        found.versions.update(fresh)
    found.since = now


def _hold(found: Search) -> Search:
    global _held
    _held = found
    return found


def _folder() -> Path:
    return Path(settings.VAR) / "originality"


def _stamp(folder: Path) -> tuple[str, int, int]:
    found = (folder / "records.npy").stat()
    return str(folder), found.st_ino, found.st_mtime_ns


def official() -> np.ndarray:
    """The shingles of all official documents."""
    global _official
    key = tuple(OfficialDocument.objects.order_by("pk").values_list("digest", flat=True))
    if _official is None or _official[0] != key:
        _official = key, official_shingles(OfficialDocument.objects.order_by("pk").values_list("text", flat=True))
    return _official[1]


def likeness(found: Search, own: Reading, other: str) -> Likeness:
    """Compare an indexed text with another. What the text itself has put into the index is not held against it: the
    weights are those of the benchmark, in which the later text was not indexed yet."""
    mine = np.unique(shingles(own.letters, WIDE))

    def weigh(hashed: np.ndarray) -> np.ndarray:
        return np.where(np.isin(hashed, mine), found.index.weights(hashed, own=True), found.index.weights(hashed))

    return compare(own, read(other), weigh, official())
