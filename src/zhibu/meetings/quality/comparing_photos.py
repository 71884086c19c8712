"""Work of the worker: know a photograph again that was attached to another record before, and ask about it."""

from __future__ import annotations

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Attachment, Likeness, PhotoPrint
from zhibu.meetings.quality.enums import Subject
from zhibu.meetings.quality.photos import BITS, LIMIT, TRIMS, distance, prints

WIDTH = BITS // 8
READ = 5_000
# Where a picture of the office's wall was used a hundred times, the first few say enough.
MOST_ASKED = 3


def check_photo(pk: int) -> int:
    """Print one attached picture and compare it with those of other records. Returns how many questions it raised."""
    photo = Attachment.objects.select_related("meeting").filter(pk=pk, content_type__startswith="image/").first()
    if photo is None or photo.meeting.kind == Kind.TALK:
        return 0
    own = _printed(photo)
    if own is None:
        return 0
    if photo.meeting.state != State.RECORDED:
        return 0  # a draft is asked about once it is recorded
    alike = sorted(_alike(photo, own))[:MOST_ASKED]
    with transaction.atomic():
        return sum(_ask(photo, other, bits) for bits, other in alike)


def check_record(pk: int) -> int:
    """All pictures of one record."""
    pictures = Attachment.objects.filter(meeting=pk, content_type__startswith="image/").order_by("pk")
    return sum(check_photo(photo) for photo in list(pictures.values_list("pk", flat=True)))


def check_unprinted(most: int) -> int:
    """The night: pictures that came in without an action or before this was there, oldest first."""
    waiting = Attachment.objects.filter(content_type__startswith="image/", photo_print=None)
    return sum(check_photo(pk) for pk in list(waiting.order_by("added_at", "pk").values_list("pk", flat=True)[:most]))


def _printed(photo: Attachment) -> np.ndarray | None:
    try:
        with photo.file.open("rb") as file:
            found = prints(file)
    except FileNotFoundError:
        return None  # the doctor reports files that are gone
    PhotoPrint.objects.update_or_create(attachment=photo, defaults={"bits": b"" if found is None else found.tobytes()})
    return found


def _alike(photo: Attachment, own: np.ndarray) -> list[tuple[int, int]]:
    """(differing bits, attachment) of pictures of other recorded meetings."""
    others = PhotoPrint.objects.filter(attachment__meeting__state=State.RECORDED)
    others = others.exclude(attachment__meeting=photo.meeting).exclude(bits=b"")
    rows = others.order_by("pk").values_list("attachment", "bits").iterator(chunk_size=READ)
    found: list[tuple[int, int]] = []
    keys: list[int] = []
    bits: list[bytes] = []

    def look() -> None:
        kept = np.frombuffer(b"".join(bits), dtype=np.uint8).reshape(-1, len(TRIMS), WIDTH)
        apart = distance(own, kept)
        found.extend((int(apart[at]), keys[at]) for at in np.flatnonzero(apart <= LIMIT))
        keys.clear()
        bits.clear()

    for key, row in rows:
        if len(row) == len(TRIMS) * WIDTH:
            keys.append(key)
            bits.append(bytes(row))
        if len(keys) == READ:
            look()
    if keys:
        look()
    return found


def _ask(photo: Attachment, other: int, bits: int) -> int:
    found = Attachment.objects.select_related("meeting").filter(pk=other).first()
    if found is None:
        return 0
    earlier, later = sorted((found, photo), key=lambda one: (one.added_at, one.pk))
    share = 1 - bits / BITS
    one, two = later.meeting, earlier.meeting
    # Of two records with several pictures in common the one may have been added first here, the other first there.
    either = Q(later=one, earlier=two) | Q(later=two, earlier=one)
    if Likeness.objects.filter(either, subject=Subject.PHOTO).exists():
        return 0
    _row, made = Likeness.objects.get_or_create(
        subject=Subject.PHOTO, later=one, earlier=two, defaults={
            "share": share, "earlier_share": share, "later_photo": later, "earlier_photo": earlier,
            "found_on": timezone.localdate(),
        },
    )  # fmt: skip
    return int(made)
