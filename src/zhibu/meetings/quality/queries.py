"""What can be asked about the quality of records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.content import Content
from zhibu.meetings.enums import TaskState
from zhibu.meetings.models import (
    Correction,
    Likeness,
    Meeting,
    OfficialDocument,
    Overruling,
    QualityStandard,
    RecordQuality,
    Task,
)
from zhibu.meetings.quality import parts
from zhibu.meetings.quality.enums import AnswerState, PartKey, Verdict
from zhibu.ui.waiting import Asked, Waiting

# Until the office sets its own: a week, and the benchmark's threshold (benchmarks/originality: one false alarm in a
# hundred look-alikes).
DAYS, LIKENESS = 7, 23


def standard() -> QualityStandard:
    """What the office set last, or what the platform comes with."""
    return QualityStandard.objects.select_related("set_by").first() or QualityStandard(days=DAYS, likeness=LIKENESS)


@dataclass(frozen=True)
class ShownPart:
    """One part of a record as the page shows it: measured, and what a reviewer put in its place."""

    measured: parts.Measured
    overruling: Overruling | None

    @property
    def label(self) -> str:
        return str(self.measured.key.label)

    @property
    def percent(self) -> int | None:
        if self.overruling is not None:
            return self.overruling.percent
        return None if self.measured.share is None else round(self.measured.share * 100)

    @property
    def missing(self) -> tuple[parts.Evidence, ...]:
        return () if self.overruling is not None else self.measured.missing


def _tasks(meeting: Meeting, today: date) -> parts.Tasks:
    done, late = Q(state=TaskState.DONE), Q(state=TaskState.OPEN, due_on__lt=today)
    found = Task.objects.filter(meeting=meeting).exclude(state=TaskState.DROPPED)
    counted = found.aggregate(all=Count("pk"), done=Count("pk", filter=done), late=Count("pk", filter=late))
    return parts.Tasks(**counted)


def measured_parts(meeting: Meeting, content: Content, today: date, asked: int = 0) -> list[parts.Measured]:
    """The six parts of one record. ``asked``: questions about likenesses that wait for an answer."""
    recorded_on = timezone.localdate(meeting.recorded_at) if meeting.recorded_at else None
    kept: RecordQuality | None = getattr(meeting, "quality", None)
    if kept is not None and kept.checked_version != meeting.version:
        kept = None
    return [
        parts.completeness(content),
        parts.timeliness(content.held_on, recorded_on, standard().days),
        parts.attendance(content),
        parts.follow_through(content, _tasks(meeting, today)),
        parts.specificity(content),
        parts.originality(kept.shared if kept else None, kept.quoted if kept else None, asked),
    ]


def shown_parts(
    meeting: Meeting,
    content: Content,
    today: date,
    rows: Iterable[Likeness] | None = None,
    ruled_on: Iterable[Overruling] | None = None,
) -> list[ShownPart]:
    """The six parts with what reviewers overruled, for whoever may read the record fully. ``rows``, ``ruled_on``: its
    questions and overrulings (newest first) if they were read already."""
    asked = sum(
        row.state == AnswerState.ASKED
        for row in (Likeness.objects.filter(later=meeting).only("state") if rows is None else rows)
    )
    newest: dict[str, Overruling] = {}
    for row in reversed(list(overrulings(meeting) if ruled_on is None else ruled_on)):
        newest[row.part] = row
    return [
        ShownPart(one, ruled if (ruled := newest.get(one.key)) is not None and ruled.percent is not None else None)
        for one in measured_parts(meeting, content, today, asked)
    ]


def overrulings(meeting: Meeting) -> QuerySet[Overruling]:
    return Overruling.objects.filter(meeting=meeting).select_related("by")


def part_of(key: str) -> PartKey:
    if key not in PartKey.values:
        raise Http404("没有这一项。")
    return PartKey(key)


def likenesses(scope: Scope) -> QuerySet[Likeness]:
    """Questions about records that the reader keeps or looks after: those of the later record's branch and above."""
    found = scope.visible(Likeness.objects.all(), Right.RECORD_MEETING, "later__organization__path")
    return found.select_related(
        "later__organization", "earlier__organization", "answered_by", "closed_by", "later_photo", "earlier_photo"
    )


def likeness(scope: Scope, pk: int, right: Right = Right.RECORD_MEETING) -> Likeness:
    found = likenesses(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这条提示，或不在您的查看范围内。")
    scope.require(right, found.later.organization.path)
    return found


def may_read_earlier(scope: Scope, row: Likeness) -> bool:
    """The other branch's words are for those who keep its records and for the common superior."""
    return scope.may(Right.RECORD_MEETING, row.earlier.organization.path)


def may_close(scope: Scope, row: Likeness) -> bool:
    """Whoever reviews both branches: nobody judges a text that they have not read."""
    return all(scope.may(Right.REVIEW_MEETING, one.organization.path) for one in (row.later, row.earlier))


def closable(scope: Scope) -> Q:
    return scope.within(Right.REVIEW_MEETING, "later__organization__path") & scope.within(
        Right.REVIEW_MEETING, "earlier__organization__path"
    )


def official_documents(scope: Scope) -> QuerySet[OfficialDocument]:
    """The same for everybody who keeps records: what is recognized as quotation must be known to who quotes."""
    scope.require(Right.RECORD_MEETING)
    return OfficialDocument.objects.select_related("added_by")


def official_document(scope: Scope, pk: int) -> OfficialDocument:
    found = official_documents(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份文件。")
    return found


# Amended is a record once it was changed or, being signed, corrected beside its signed text.
UNAMENDED = Q(state=AnswerState.CLOSED, verdict=Verdict.AMEND, closed_version=F("later__version")) & ~Exists(
    Correction.objects.filter(meeting=OuterRef("later"), made_at__gt=OuterRef("closed_at"))
)


def waiting(scope: Scope) -> Iterator[Asked]:
    """To the branch: explain, amend. To the reviewer: look at what was explained."""
    address = reverse("meetings:likenesses")
    found = likenesses(scope)
    own = found.exclude(scope.within(Right.REVIEW_MEETING, "later__organization__path"))

    def explain(count: int, oldest: date) -> Waiting:
        return Waiting("相近的记录请说明", count, f"{address}?state=asked", since=oldest, help="写明缘由即可")

    def amend(count: int, oldest: date) -> Waiting:
        return Waiting("经核查应补正的记录", count, f"{address}?amend=yes", since=oldest)

    def review(count: int, oldest: date) -> Waiting:
        return Waiting("相近说明待核查", count, f"{address}?state=answered", since=oldest)

    yield Asked(own.filter(state=AnswerState.ASKED), explain, "found_on")
    yield Asked(own.filter(UNAMENDED), amend, "found_on")
    if scope.may(Right.REVIEW_MEETING):
        yield Asked(found.filter(closable(scope), state=AnswerState.ANSWERED), review, "found_on")
