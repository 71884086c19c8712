"""What waits for those who keep records: what is late, what is due now, drafts, incomplete records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import Max
from django.urls import reverse

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.meetings.cadence import Due, Standing, Unit, span_of
from zhibu.meetings.enums import State
from zhibu.meetings.ledger.models import Inspection
from zhibu.meetings.life.waiting import waiting as life_waiting
from zhibu.meetings.planning import queries as planning
from zhibu.meetings.quality.queries import waiting as likenesses_waiting
from zhibu.meetings.quality.reviewing import waiting as reviews_waiting
from zhibu.meetings.queries.audience import recording_organizations
from zhibu.meetings.queries.calls import calls
from zhibu.meetings.queries.due import due
from zhibu.meetings.queries.leading import untaken
from zhibu.meetings.queries.records import INCOMPLETE, meetings
from zhibu.meetings.talks import queries as talks
from zhibu.ui.waiting import Asked, Waiting

# Older gaps cannot be mended by holding a meeting now; they stand on the cadence page and no longer on the home page.
LOOK_BACK = timedelta(days=92)
SOON = timedelta(days=10)
KEPT_SECONDS = 300


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """For the home page: what calls somebody as a member, then what those who keep records have to do."""
    called = [*calls(scope), *planning.waiting(scope), *talks.waiting(scope), *life_waiting(scope)]
    if scope.role is Role.INSPECTOR:
        return _lent(scope)
    if not scope.may(Right.RECORD_MEETING):
        return [*called]
    return [*called, *_kept_duties(scope), *_records(scope), *likenesses_waiting(scope), *reviews_waiting(scope)]


def _lent(scope: Scope) -> list[Waiting | Asked]:
    """What an inspector has come for."""
    granted = Inspection.objects.filter(user=scope.user_id, until__gte=scope.today, revoked_at=None)
    until = granted.aggregate(last=Max("until"))["last"]
    help = f"授权到 {until} 为止，到期自动失效" if until else ""
    return [Waiting("授权查阅的台账", len(scope.grants), reverse("meetings:ledgers"), help=help)]


def _kept_duties(scope: Scope) -> list[Waiting]:
    """Whoever looks after more than a branch gets numbers that are at most five minutes old, at once."""
    if scope.role is Role.SECRETARY:
        return list(_duties(scope))
    key = "meetings.waiting:" + ":".join((str(scope.today), *scope.paths(Right.RECORD_MEETING)))
    found: list[Waiting] | None = cache.get(key)
    if found is None:
        found = list(_duties(scope))
        cache.set(key, found, KEPT_SECONDS)
    return found


def _duties(scope: Scope) -> Iterator[Waiting]:
    since = scope.today - LOOK_BACK
    items = due(scope, scope.today, since=since, among=recording_organizations(scope), only_missing=True)
    recent = [item for item in items if item.span.end >= since]
    late = [item for item in recent if item.standing(scope.today) is Standing.LATE]
    # A year's duty is named in its last quarter, a month's or quarter's all along.
    open_now = [item for item in recent if item.standing(scope.today) is Standing.OPEN and _is_near(item, scope)]
    address = reverse("meetings:cadence")
    if late:
        number = len({item.organization_id for item in late})
        yield Waiting(
            "组织生活有缺", sum(item.missing for item in late), f"{address}?only=late",
            since=min(item.span.end for item in late) + timedelta(days=1), late=True,
            help=f"涉及 {number} 个党组织：{_kinds(late)}。已开展的请补登记。",
        )  # fmt: skip
    if open_now:
        yield Waiting(
            "本期待开展的组织生活", sum(item.missing for item in open_now), f"{address}?only=open",
            since=min(item.span.start for item in open_now), help=_kinds(open_now),
        )  # fmt: skip


def _is_near(item: Due, scope: Scope) -> bool:
    if item.span.unit is Unit.YEAR:
        return span_of(Unit.QUARTER, scope.today).end == item.span.end
    return item.span.unit is Unit.MONTH or item.span.end - scope.today <= timedelta(days=31)


def _kinds(items: list[Due]) -> str:
    return "、".join(dict.fromkeys(item.duty.label for item in items))


def _records(scope: Scope) -> Iterator[Asked]:
    kept = meetings(scope).filter(scope.within(Right.RECORD_MEETING))
    partly = kept.filter(INCOMPLETE, state=State.RECORDED, held_on__gte=scope.today - LOOK_BACK)
    address = reverse("meetings:index")

    def draft(count: int, oldest: date) -> Waiting:
        late = oldest < scope.today - SOON
        return Waiting("会议记录草稿待完成", count, f"{address}?state=draft", since=oldest, late=late)

    def incomplete(count: int, oldest: date) -> Waiting:
        page = f"{address}?incomplete=yes&state=recorded"
        return Waiting("记录要素不全", count, page, since=oldest, help="近三个月的记录")

    def decision(count: int, oldest: date) -> Waiting:
        page = f"{address}?decided=yes"
        return Waiting("会议已作决定，待办理步骤", count, page, since=oldest, help="打开会议记录，从决议进入办理。")

    yield Asked(untaken(scope), decision, "meeting__held_on")
    # A draft of a meeting still to come waits for nobody yet.
    yield Asked(kept.filter(state=State.DRAFT, held_on__lte=scope.today), draft, "held_on")
    yield Asked(partly, incomplete, "held_on")
