"""What waits around life meetings: lists to write, opinions to take up, lines overdue, records without preparation."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.life.enums import LineState, OpinionSource
from zhibu.meetings.life.models import LifeMeeting, Opinion, Rectification, SelfCheck
from zhibu.meetings.life.queries import kept_lines
from zhibu.meetings.models.records import Meeting
from zhibu.ui.waiting import Asked, Waiting

# Lists are asked for when the day is near; lines a little before their day.
LISTS_BEFORE = timedelta(days=14)
LINES_BEFORE = timedelta(days=7)
LOOK_BACK = timedelta(days=92)

_NOT_HELD = Q(life__meeting__isnull=True) | Q(life__meeting__state=State.DRAFT)


def _unwritten(today: date) -> QuerySet[SelfCheck]:
    return SelfCheck.objects.filter(
        _NOT_HELD, handed_in_on__isnull=True, life__planned_on__lte=today + LISTS_BEFORE,
        life__planned_on__gte=today - LOOK_BACK,
    )  # fmt: skip


def lacking_lists(rows: QuerySet[LifeMeeting], today: date) -> QuerySet[LifeMeeting]:
    return rows.filter(Exists(_unwritten(today).filter(life=OuterRef("pk"))))


def _heard(today: date) -> QuerySet[Opinion]:
    closed = Q(source=OpinionSource.PAPER) | Q(life__box_until__lt=today)
    return Opinion.objects.filter(closed, taken_up_on__isnull=True)


def with_opinions(rows: QuerySet[LifeMeeting], today: date) -> QuerySet[LifeMeeting]:
    return rows.filter(Exists(_heard(today).filter(life=OuterRef("pk"))))


def unprepared(scope: Scope) -> QuerySet[Meeting]:
    """Recorded life meetings of late that belong to no preparation and so have no rectification list."""
    return Meeting.objects.filter(
        scope.within(Right.RECORD_MEETING), kind__in=(Kind.LIFE, Kind.DEMOCRATIC_LIFE), state=State.RECORDED,
        life_meeting=None, held_on__gte=scope.today - LOOK_BACK,
    )  # fmt: skip


def waiting(scope: Scope) -> list[Asked]:
    return [*_own(scope), *_kept(scope)]


def _own(scope: Scope) -> list[Asked]:
    if scope.person_id is None:
        return []
    address = reverse("meetings:my_life")
    near = {"state": LineState.OPEN, "due_on__lte": scope.today + LINES_BEFORE}
    lines = Rectification.objects.filter(owner=scope.person_id, **near)

    def to_write(count: int, oldest: date) -> Waiting:
        return Waiting("查摆清单待您提交", count, address, late=oldest < scope.today)

    def to_do(count: int, oldest: date) -> Waiting:
        return Waiting("您负责的整改即将到期或已逾期", count, address, late=oldest < scope.today)

    return [
        Asked(_unwritten(scope.today).filter(person=scope.person_id), to_write, "life__planned_on"),
        Asked(lines, to_do, "due_on"),
    ]


def _kept(scope: Scope) -> list[Asked]:
    if not scope.may(Right.RECORD_MEETING):
        return []
    within = scope.within(Right.RECORD_MEETING, "life__organization__path")
    late = Rectification.objects.filter(kept_lines(scope), state=LineState.OPEN, due_on__lt=scope.today)
    index = reverse("meetings:lives")

    def lists(count: int, oldest: date) -> Waiting:
        return Waiting("查摆清单还没有交齐", count, f"{index}?lacking=lists", late=oldest < scope.today)

    def heard(count: int, oldest: object) -> Waiting:
        return Waiting("征求到的意见待归纳", count, f"{index}?lacking=opinions")

    def overdue(count: int, oldest: date) -> Waiting:
        return Waiting("组织生活会整改逾期", count, f"{reverse('meetings:rectifications')}?late=yes", oldest, late=True)

    def bare(count: int, oldest: date) -> Waiting:
        return Waiting(
            "组织生活会没有办理准备和整改", count, f"{reverse('meetings:new_life')}", since=oldest,
            help="近三个月的记录：补办后同记录连起来，列出整改清单。",
        )  # fmt: skip

    return [
        Asked(_unwritten(scope.today).filter(within), lists, "life__planned_on"),
        Asked(_heard(scope.today).filter(within), heard, "life__planned_on"),
        Asked(late, overdue, "due_on"),
        Asked(unprepared(scope), bare, "held_on"),
    ]
