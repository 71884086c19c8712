"""Work of the worker: measure records, compare them with earlier ones, ask where two have much in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from zhibu.meetings.content import Content
from zhibu.meetings.models import Likeness, Meeting, RecordQuality
from zhibu.meetings.originality.reading import read
from zhibu.meetings.quality import parts
from zhibu.meetings.quality.enums import AnswerState, Subject
from zhibu.meetings.quality.queries import standard
from zhibu.meetings.quality.reading import quoted_share, text_of
from zhibu.meetings.quality.search import Search, compared_meetings, likeness, official, opened, rebuild
from zhibu.meetings.queries.records import content_of

# Of many copies of one text each is asked about its nearest sources only.
MOST_ASKED = 3
# Fewer letters in common are a turn of phrase; the corpus of the benchmark knows only texts of some length.
LEAST_LETTERS = 40


def measure(meeting: Meeting, content: Content) -> None:
    """Keep the parts of a recorded meeting as numbers. Part of the transaction that records or corrects it."""
    day = timezone.localdate(meeting.recorded_at) if meeting.recorded_at else None
    due, came = parts.expected_and_came(content)
    followed, specific = parts.follow_through(content), parts.specificity(content)
    RecordQuality.objects.update_or_create(
        meeting=meeting, defaults={
            "version": meeting.version, "days": parts.days_between(meeting.held_on, day), "due": due, "came": came,
            "decisions": int(followed.denominator), "assigned": int(followed.numerator),
            "specific": int(specific.numerator),
        },
    )  # fmt: skip


def check(pk: int) -> int:
    """Compare one record with all others. Returns how many questions it raised; none if it is gone or a draft."""
    meeting = _with_text(compared_meetings()).filter(pk=pk).first()
    return _check(opened(), meeting) if meeting else 0


def check_all(most: int) -> int:
    """The night's work: build the index anew, measure what came in without an action (imports), compare at most so
    many records that were not yet compared as they are now, newest first; look again at questions nobody answered."""
    search = rebuild()
    _measure_strangers()
    unchecked = compared_meetings().filter(Q(quality__checked_version=None) | ~Q(quality__checked_version=F("version")))
    found = 0
    for pk in list(unchecked.order_by("-held_on", "-pk").values_list("pk", flat=True)[:most]):
        meeting = _with_text(compared_meetings()).filter(pk=pk).first()
        found += _check(search, meeting) if meeting else 0
    asked = Likeness.objects.filter(subject=Subject.TEXT, state=AnswerState.ASKED)
    _drop_unfounded(search, asked.values_list("pk", flat=True))
    return found


def _measure_strangers() -> None:
    missing = Q(quality=None) | ~Q(quality__version=F("version"))
    for meeting in compared_meetings().filter(missing).order_by("pk").iterator(chunk_size=500):
        measure(meeting, content_of(meeting))


def _with_text(rows: Any) -> Any:
    return rows.select_related("quality").prefetch_related("topics", "resolutions")


def _check(search: Search, meeting: Meeting) -> int:
    own = read(text_of(meeting))
    numbers = [candidate.number for candidate in search.index.candidates(own.letters, besides=meeting.pk)]
    limit = standard().likeness / 100
    kept = _quality_of(meeting)
    corrected = kept.checked_version not in {None, meeting.version}
    shared, pairs = 0.0, []
    for other in _with_text(compared_meetings()).filter(pk__in=numbers):
        is_earlier = _written(other) < _written(meeting)
        if not is_earlier and not (corrected and _quality_of(other).checked_version == other.version):
            continue  # it was written after this one and is asked itself
        found = likeness(search, own, text_of(other))
        shared = max(shared, found.share) if is_earlier else shared
        if found.greater >= limit and found.shared_letters >= LEAST_LETTERS:
            pairs.append((other, found))
    pairs.sort(key=lambda pair: -pair[1].greater)
    with transaction.atomic():
        raised = sum(_ask(meeting, other, found) for other, found in pairs[:MOST_ASKED])
        RecordQuality.objects.filter(pk=kept.pk).update(
            shared=shared, quoted=quoted_share(own, official()), checked_version=meeting.version,
            checked_at=timezone.now(),
        )  # fmt: skip
    if corrected:
        concerned = Likeness.objects.filter(Q(later=meeting) | Q(earlier=meeting), subject=Subject.TEXT)
        _drop_unfounded(search, concerned.filter(state=AnswerState.ASKED).values_list("pk", flat=True))
    return raised


def _quality_of(meeting: Meeting) -> RecordQuality:
    try:
        return meeting.quality
    except RecordQuality.DoesNotExist:
        measure(meeting, content_of(meeting))
        return RecordQuality.objects.get(meeting=meeting)


def _written(meeting: Meeting) -> tuple[datetime, int]:
    return meeting.recorded_at or meeting.created_at, meeting.pk


def _ask(later: Meeting, earlier: Meeting, found: Any) -> int:
    """1 if this is a new question. One that was answered or closed stays as it is."""
    either = Q(later=later, earlier=earlier) | Q(later=earlier, earlier=later)
    known = Likeness.objects.select_for_update().filter(either, subject=Subject.TEXT).first()
    values = {"share": found.share, "earlier_share": found.other_share, "letters": found.shared_letters}
    if known is None:
        Likeness.objects.create(later=later, earlier=earlier, found_on=timezone.localdate(), **values)
        return 1
    if known.state == AnswerState.ASKED and known.later_id == later.pk:
        Likeness.objects.filter(pk=known.pk).update(**values)
    return 0


def _drop_unfounded(search: Search, keys: Iterable[int]) -> None:
    """Questions whose ground is gone: a text was corrected, or an official document entered that both quote."""
    limit = standard().likeness / 100
    for pk in list(keys):
        with transaction.atomic():
            row = Likeness.objects.select_for_update().filter(pk=pk, state=AnswerState.ASKED).first()
            if row is None:
                continue
            texts = {
                one.pk: text_of(one)
                for one in _with_text(Meeting.objects).filter(pk__in=(row.later_id, row.earlier_id))
            }
            found = likeness(search, read(texts[row.later_id]), texts[row.earlier_id])
            if found.greater < limit or found.shared_letters < LEAST_LETTERS:
                row.delete()
