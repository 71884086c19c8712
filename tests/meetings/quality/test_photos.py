"""A photograph used for two meetings is known again; different photographs of one room are not taken for copies."""

import io
import random
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from tests.cast import Cast
from tests.meetings.records import held
from zhibu.meetings import actions as room
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Likeness, Meeting
from zhibu.meetings.quality.comparing_photos import check_photo, check_record, check_unprinted
from zhibu.meetings.quality.enums import Subject
from zhibu.meetings.quality.photos import BITS, LIMIT, distance, prints, small


def room_of(place: int, people: int, wide: int = 800, high: int = 600) -> Image.Image:
    """A meeting room with its windows and banner, and the people of one day in it."""
    draw, image = random.Random(place), Image.new("RGB", (wide, high), (225, 220, 205))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, high * 0.65, wide, high), fill=(120, 95, 70))
    pen.rectangle((wide * 0.3, 50, wide * 0.7, 100), fill=(190, 30, 30))
    for _ in range(3):
        x, y = draw.randint(30, wide - 160), draw.randint(40, 90)
        pen.rectangle((x, y, x + 110, y + 150), fill=(170, 205, 235), outline=(90, 80, 70), width=6)
    draw = random.Random(people)
    for _ in range(draw.randint(6, 14)):
        x, y, size = draw.randint(30, wide - 60), draw.randint(high // 3, int(high * 0.8)), draw.randint(35, 75)
        pen.ellipse((x, y, x + size * 0.6, y + size * 0.7), fill=(225, 185, 160))
        shirt = tuple(draw.randint(20, 230) for _ in range(3))
        pen.rectangle((x - size * 0.3, y + size * 0.7, x + size * 0.9, y + size * 2.6), fill=shirt)
    grain = np.random.default_rng(people).normal(0, 6, (high, wide, 1)).astype(int)
    noisy = (np.asarray(image).astype(int) + grain).clip(0, 255).astype("uint8")
    return Image.fromarray(noisy).filter(ImageFilter.GaussianBlur(1))


def file(image: Image.Image, form: str = "JPEG", quality: int = 90) -> bytes:
    made = io.BytesIO()
    image.save(made, form, quality=quality)
    return made.getvalue()


def apart(one: bytes, other: bytes) -> int:
    first, second = prints(io.BytesIO(one)), prints(io.BytesIO(other))
    assert first is not None and second is not None
    return int(distance(first, second[None])[0])


def trimmed(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    wide, high = image.size
    return image.crop((int(left * wide), int(top * high), int((1 - right) * wide), int((1 - bottom) * high)))


@pytest.mark.parametrize("place", range(4))
def test_recompressed_scaled_and_trimmed_copies_are_known_again(place: int) -> None:
    original = room_of(place, place * 10)
    copies = {
        "recompressed": file(original, quality=35),
        "other format": file(original, "PNG"),
        "half": file(original.resize((400, 300))),
        "trimmed all around": file(trimmed(original, 0.04, 0.04, 0.04, 0.04)),
        "trimmed left": file(trimmed(original, 0.07, 0, 0, 0)),
        "trimmed corner, small, poor": file(trimmed(original, 0.05, 0.05, 0, 0).resize((500, 375)), quality=50),
    }

    assert {
        name: apart(file(original), copy) for name, copy in copies.items() if apart(file(original), copy) > LIMIT
    } == {}


def test_a_picture_is_shown_small_upright_and_without_where_it_was_taken() -> None:
    picture, tags = room_of(1, 1, 1600, 1200), Image.Exif()
    tags[0x0112], tags[0x010F] = 6, "some camera"
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=tags)

    shown = Image.open(io.BytesIO(small(io.BytesIO(made.getvalue())) or b""))
    assert (shown.size, len(shown.getexif())) == ((675, 900), 0)
    assert small(io.BytesIO(b"%PDF-1.4")) is None


@pytest.mark.parametrize("place", range(4))
def test_other_photographs_of_the_same_room_are_no_copies(place: int) -> None:
    days = [file(room_of(place, place * 10 + day)) for day in range(4)]

    nearest = min(apart(one, other) for at, one in enumerate(days) for other in days[:at])
    assert nearest > 1.5 * LIMIT
    assert BITS // 2 > LIMIT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(16),
        b"\xff\xd8\xff\xe0" + bytes(99),
        file(Image.new("L", (200, 200), 200)),
        file(room_of(1, 1))[:900],
        file(Image.new("L", (20, 20))),
    ],
    ids=("empty", "broken png", "broken jpeg", "one colour", "cut off", "tiny"),
)
def test_what_cannot_be_known_again_is_left_alone(body: bytes) -> None:
    assert prints(io.BytesIO(body)) is None


def attached(cast: Cast, meeting: Meeting, body: bytes, name: str = "照片.jpg") -> Any:
    return room.attach(cast.scope(cast.secretary), meeting.pk, SimpleUploadedFile(name, body))


def test_a_photograph_of_last_months_meeting_is_asked_about(cast: Cast, sign_in: Any) -> None:
    october, november = held(cast, kind=Kind.THEME_DAY), held(cast)
    original = room_of(1, 1)
    check_photo(attached(cast, october, file(original)).pk)
    copy = attached(cast, november, file(original.resize((400, 300))), "又一张.jpg")

    assert check_photo(copy.pk) == 1
    assert check_photo(copy.pk) == 0
    row = Likeness.objects.get()
    assert (row.subject, row.later, row.earlier, row.later_photo) == (Subject.PHOTO, november, october, copy)
    shown = sign_in(cast.secretary).get(f"/meetings/quality/likenesses/{row.pk}/").content.decode()
    assert "又一张.jpg" in shown and "照片.jpg" in shown and "请支部写明缘由" in shown
    beside = [f"/meetings/quality/likenesses/{row.pk}/photos/{which}/" for which in ("later", "earlier")]
    assert all(address in shown for address in beside)
    pictures = [Image.open(io.BytesIO(sign_in(cast.secretary).get(address).content)) for address in beside]
    assert [(one.format, one.size) for one in pictures] == [("JPEG", (400, 300)), ("JPEG", (800, 600))]
    assert sign_in(cast.neighbour).get(beside[0]).status_code == 404


def test_pictures_of_one_meeting_other_days_and_drafts_are_not_asked_about(cast: Cast) -> None:
    meeting, other, draft = held(cast), held(cast, kind=Kind.THEME_DAY), held(cast, State.DRAFT)
    body = file(room_of(2, 1))
    pictures = [
        attached(cast, meeting, body), attached(cast, meeting, file(room_of(2, 1).resize((400, 300)))),
        attached(cast, other, file(room_of(2, 7))), attached(cast, draft, body),
    ]  # fmt: skip

    assert [check_photo(one.pk) for one in pictures] == [0, 0, 0, 0]
    Meeting.objects.filter(pk=draft.pk).update(state=State.RECORDED)
    assert check_record(draft.pk) == 1


def test_the_night_knows_pictures_that_no_worker_saw(cast: Cast) -> None:
    for meeting in (held(cast), held(cast, kind=Kind.THEME_DAY)):
        attached(cast, meeting, file(room_of(3, 1)))
        attached(cast, meeting, b"%PDF-1.7\n%%EOF", "a.pdf")

    assert check_unprinted(100) == 1
    assert check_unprinted(100) == 0


def test_two_records_with_several_pictures_in_common_are_asked_about_once(cast: Cast) -> None:
    october, november = held(cast, kind=Kind.THEME_DAY), held(cast)
    for place, first, then in ((1, october, november), (2, november, october)):
        check_photo(attached(cast, first, file(room_of(place, 1))).pk)
        check_photo(attached(cast, then, file(room_of(place, 1).resize((400, 300)))).pk)

    assert Likeness.objects.filter(subject=Subject.PHOTO).count() == 1
