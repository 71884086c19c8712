"""Self-check lists: written by the person, read by the person and the committee."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.enums import Kind
from zhibu.meetings.life import queries
from zhibu.meetings.life.actions.preparing import hold, locked, note, refresh, refuse_if_held
from zhibu.meetings.life.models import LifeMeeting, SelfCheck, SelfCheckPoint
from zhibu.regulations.refusal import Refusal

MOST_POINTS = 20


@dataclass(frozen=True)
class Point:
    problem: str
    cause: str = ""
    measure: str = ""


@transaction.atomic
def add_point(scope: Scope, pk: int, check: int, point: Point) -> SelfCheckPoint:
    """One problem more on a list of one's own that is not handed in yet. Not audited: it is the writer's own paper."""
    row = _own(scope, pk, check)
    _refuse_if_in(row)
    if not point.problem.strip():
        raise Refusal("没有写问题。", field="problem", remedy="请写具体的事。")
    if row.points.count() >= MOST_POINTS:
        raise Refusal(f"一份清单最多 {MOST_POINTS} 条。", field="problem", remedy="请合并相近的问题。")
    # A double click sends the same words twice; they cannot be compared in the database.
    for known in row.points.all():
        if str(known.problem) == point.problem.strip():
            return known
    return SelfCheckPoint.objects.create(
        check_of=row, problem=point.problem.strip(), cause=point.cause.strip(), measure=point.measure.strip()
    )


@transaction.atomic
def remove_point(scope: Scope, pk: int, check: int, point: int) -> None:
    row = _own(scope, pk, check)
    _refuse_if_in(row)
    row.points.filter(pk=point).delete()


@transaction.atomic
def hand_in(scope: Scope, pk: int, check: int) -> SelfCheck:
    """Give the list to the committee. Refuses an empty one. Audited as ``meetings.hand_in``."""
    row = _own(scope, pk, check)
    if not row.points.exists():
        raise Refusal("清单上还没有问题。", remedy="请先逐条填写。")
    if row.handed_in_on is None:
        row.handed_in_on = scope.today
        row.save(update_fields=["handed_in_on"])
        refresh(row.life)
        _audit(scope, "meetings.hand_in", row)
    return row


@transaction.atomic
def take_back(scope: Scope, pk: int, check: int) -> SelfCheck:
    """To change it, before the meeting. Audited as ``meetings.take_back``."""
    row = _own(scope, pk, check)
    refuse_if_held(row.life)
    if row.handed_in_on is not None:
        row.handed_in_on = None
        row.save(update_fields=["handed_in_on"])
        refresh(row.life)
        _audit(scope, "meetings.take_back", row)
    return row


@transaction.atomic
def renew_lists(scope: Scope, pk: int) -> int:
    """Lists for who has come since, none for who has gone without writing anything. Audited as
    ``meetings.renew_lists``."""
    life = locked(scope, pk)
    refuse_if_held(life)
    wanted = set(queries.who_attends(life.organization, Kind(life.kind), scope.today))
    known = set(life.checks.filter(person__isnull=False).values_list("person_id", flat=True))
    new = SelfCheck.objects.bulk_create(SelfCheck(life=life, person_id=one) for one in sorted(wanted - known))
    gone = life.checks.filter(person__in=known - wanted, points=None, handed_in_on=None)
    removed = gone.count()
    gone.delete()
    note(scope, "meetings.renew_lists", life, {"added": len(new), "removed": removed})
    return len(new)


@transaction.atomic
def note_reading_list(scope: Scope, row: SelfCheck) -> None:
    """That somebody opened a list, also the writer himself."""
    _audit(scope, "meetings.read_self_check", row)


def _own(scope: Scope, pk: int, check: int) -> SelfCheck:
    queries.one(scope, pk)
    life: LifeMeeting = hold(pk)
    row = life.checks.filter(pk=check).first()
    if row is None:
        raise Http404("没有这份查摆清单。")
    row.life = life
    if not queries.writes(scope, life, row):
        raise PermissionDenied("查摆清单由本人填写，委员会的由书记填写。")
    return row


def _refuse_if_in(row: SelfCheck) -> None:
    if row.handed_in_on is not None:
        raise Refusal("清单已经提交。", field="problem", remedy="会议召开前可以撤回修改。")


def _audit(scope: Scope, verb: str, row: SelfCheck) -> None:
    audit.record(scope, verb, object=row, organization_path=row.life.organization.path)
