"""Volunteer activities: planning, who took part, confirming inside the platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives import rules
from zhibu.initiatives.enums import ParticipationState, Through
from zhibu.initiatives.models import Activity, Participation
from zhibu.initiatives.queries import activity, recording_organization, roster_of
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import seal, sent_before

NOTED, CONFIRMED, WITHDRAWN = ParticipationState.NOTED, ParticipationState.CONFIRMED, ParticipationState.WITHDRAWN
LONGEST_REASON = 300
FIELDS = ("title", "kind", "on", "place", "content", "planned", "outcome")


def held(scope: Scope, pk: int, right: Right = Right.RECORD_INITIATIVE) -> Activity:
    """The activity, locked; rights are looked at first."""
    found = activity(scope, pk, right)
    locked = Activity.objects.select_for_update().get(pk=pk)
    locked.organization = found.organization
    return locked


@transaction.atomic
def plan_activity(scope: Scope, organization: int, *, submission: UUID, **given: object) -> Activity:
    """An activity of an organization, planned or held. The same form sent twice gives it once.

    Audited as ``initiatives.plan_activity``.
    """
    node = recording_organization(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(Activity.objects.all(), submission, organization=node):
        return same
    row = Activity(organization=node, submission=submission, entered_at=timezone.now())
    _write(row, given)
    audit.record(
        scope, "initiatives.plan_activity", object=row, organization_path=node.path,
        changes={"on": row.on, "kind": row.kind},
    )  # fmt: skip
    return row


@transaction.atomic
def update_activity(scope: Scope, pk: int, *, seen: str = "", **given: object) -> Activity:
    """Change an activity. Once hours are confirmed, day and name stand: they are what was confirmed.

    ``seen`` is the `seal` of what the reader saw. Refuses what another changed since, and a day to come once
    hours were noted. Audited as ``initiatives.update_activity``.
    """
    row = held(scope, pk)
    if seen and seen != seal(row, FIELDS):
        raise Refusal("这个活动刚被他人改动。", remedy="您填写的内容还在本页；请在另一窗口核对后，再保存一次。")
    on = given["on"]
    if isinstance(on, date) and on > scope.today and row.participations.exists():
        raise Refusal(
            "已经登记了时长的活动，日期不能晚于今天。", field="on", remedy="请核对日期，或先撤回已登记的时长。"
        )
    fixed = [name for name in ("title", "on", "place", "outcome") if given.get(name) != getattr(row, name)]
    if row.confirmed_people and fixed:
        raise Refusal(
            "时长已经确认，名称、日期、地点和成效不再改动。",
            field=fixed[0],
            remedy="登记有误的，先撤回确认并写明理由。",
        )
    before = {name: getattr(row, name) for name in ("on", "kind", "planned")}
    _write(row, given)
    audit.record(
        scope, "initiatives.update_activity", object=row, organization_path=row.organization.path,
        changes={name: [old, getattr(row, name)] for name, old in before.items() if old != getattr(row, name)},
    )  # fmt: skip
    return row


def _write(row: Activity, given: dict[str, object]) -> None:
    for name in FIELDS:
        setattr(row, name, given[name])
    rules.refuse_numbers(row.outcome, "outcome")
    row.save()


def _refuse_early(scope: Scope, row: Activity) -> None:
    if row.on > scope.today:
        raise Refusal("活动还没有开展，不能登记时长。", remedy="请在活动开展后登记。")


@transaction.atomic
def enroll(scope: Scope, pk: int, people: Iterable[int], *, hours: float) -> int:
    """Those of the roster who took part, each with the same hours; who stands there unconfirmed gets these hours.

    Refuses people of other rosters and activities still to come. Returns how many. Audited as ``initiatives.enroll``.
    """
    row = held(scope, pk)
    _refuse_early(scope, row)
    half, chosen = rules.half_hours(hours), sorted(set(people))
    if not chosen:
        raise Refusal("还没有选参加人。", field="people", remedy="请勾选参加人。")
    if roster_of(scope, row.organization).filter(pk__in=chosen).count() < len(chosen):
        raise Refusal("有的人不在这个党组织的名册里。", field="people", remedy="请刷新页面后重新勾选。")
    known = {one.person_id: one for one in row.participations.select_for_update().order_by("pk")}
    stands = [pk for pk in chosen if pk in known and known[pk].state == CONFIRMED]
    if stands:
        raise Refusal(f"其中 {len(stands)} 人的时长已经确认。", field="people", remedy="请取消勾选；有误的先撤回确认。")
    now = timezone.now()
    for person in chosen:
        one = known.get(person) or Participation(activity=row, person_id=person)
        one.half_hours, one.by_self, one.state, one.noted_at, one.reason = half, False, NOTED, now, ""
        # Nothing of an earlier confirmation, taken back since, clings to what waits anew.
        one.through, one.confirmed_at, one.confirmed_by_id = "", None, None
        one.save()
    _audit(scope, "initiatives.enroll", row, people=len(chosen), half_hours=half)
    return len(chosen)


@transaction.atomic
def note_own(scope: Scope, pk: int, *, hours: float) -> Participation:
    """A member notes the own part in an activity of the own branch; the organizer confirms it.

    Refuses accounts without a person, activities to come and parts that were confirmed. Audited as
    ``initiatives.note_own``.
    """
    row = held(scope, pk, Right.VIEW_INITIATIVE)
    if scope.person_id is None:
        raise PermissionDenied("这个账号没有对应的党员档案，不能登记本人的参加情况。")
    _refuse_early(scope, row)
    half = rules.half_hours(hours)
    one = row.participations.select_for_update().filter(person=scope.person_id).first()
    if one is not None and one.state == WITHDRAWN:
        raise Refusal("组织者撤回了确认，时长由组织者重新登记。", field="hours", remedy="请向组织者说明。")
    if one is not None and (one.state != NOTED or not one.by_self):
        raise Refusal("您的参加情况已由组织者登记。", field="hours", remedy="时长有出入的，请向组织者说明。")
    one = one or Participation(activity=row, person_id=scope.person_id, by_self=True)
    one.half_hours, one.noted_at = half, timezone.now()
    one.save()
    _audit(scope, "initiatives.note_own", row)
    return one


@transaction.atomic
def drop(scope: Scope, pk: int, participation: int) -> None:
    """Take a part back until it is confirmed: the organizer any, a member what he noted himself.

    Audited as ``initiatives.drop_part``.
    """
    row = held(scope, pk, Right.VIEW_INITIATIVE)
    keeps = scope.may(Right.RECORD_INITIATIVE, row.organization.path)
    one = row.participations.select_for_update().filter(pk=participation).first()
    mine = one is not None and one.person_id == scope.person_id
    if one is None or not (keeps or mine):
        raise Refusal("这条参加记录已经撤回。", remedy="请刷新页面。")
    if not keeps and not one.by_self:
        raise PermissionDenied("组织者登记的参加情况，由组织者更改。")
    if one.state == CONFIRMED:
        raise Refusal("时长已经确认，不能直接删去。", remedy="请由组织者撤回确认并写明理由。")
    if one.state == WITHDRAWN:
        raise Refusal("这条记录已经撤回确认，连同理由保留备查。", remedy="请刷新页面。")
    one.delete()
    _audit(scope, "initiatives.drop_part", row)


@transaction.atomic
def confirm_parts(scope: Scope, pk: int, chosen: Iterable[int]) -> int:
    """The organizer confirms the hours of those chosen. Nobody confirms his own.

    Refuses when nothing chosen waits. Returns how many. Audited as ``initiatives.confirm_parts``.
    """
    row = held(scope, pk)
    rows = list(row.participations.select_for_update().filter(pk__in=set(chosen), state=NOTED).order_by("pk"))
    others = [one for one in rows if one.person_id != scope.person_id]
    if rows and not others:
        raise Refusal("本人的时长由他人确认。", remedy="请由其他支部委员、上级组织员或服务对象确认。")
    if not others:
        raise Refusal("没有选待确认的人。", remedy="请勾选后再确认。")
    settle(row, others, Through.ORGANIZER, scope.user_id)
    _audit(scope, "initiatives.confirm_parts", row, people=len(others))
    return len(others)


def settle(row: Activity, parts: Iterable[Participation], through: Through, user: int | None) -> None:
    """These parts count from now on, in the sums of the activity too. Called with the activity locked."""
    now = timezone.now()
    for one in parts:
        one.state, one.through, one.confirmed_at, one.confirmed_by_id = CONFIRMED, through, now, user
        one.save()
    _sum(row)


def _sum(row: Activity) -> None:
    counted = row.participations.filter(state=CONFIRMED)
    row.confirmed_people = counted.count()
    row.confirmed_half_hours = counted.aggregate(total=Sum("half_hours"))["total"] or 0
    row.save(update_fields=["confirmed_people", "confirmed_half_hours"])


@transaction.atomic
def withdraw(scope: Scope, pk: int, participation: int, *, reason: str) -> Participation:
    """A confirmation that was wrong no longer counts; the line stays, with the reason. Audited as
    ``initiatives.withdraw_part``."""
    row = held(scope, pk)
    one = row.participations.select_for_update().filter(pk=participation, state=CONFIRMED).first()
    if one is None:
        raise Refusal("这条记录不在已确认状态。", remedy="请刷新页面。")
    if not reason.strip():
        raise Refusal("撤回确认须写明理由。", field="reason", remedy="例如：误选了没有参加的人。")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refusal(f"理由最多 {LONGEST_REASON} 字。", field="reason", remedy="请写得简短些。")
    one.state, one.reason = WITHDRAWN, reason.strip()
    one.save(update_fields=["state", "reason"])
    _sum(row)
    audit.record(
        scope, "initiatives.withdraw_part", object=one, organization_path=row.organization.path, reason=reason,
        changes={"activity": row.pk},
    )  # fmt: skip
    return one


def _audit(scope: Scope, verb: str, row: Activity, **changes: object) -> None:
    audit.record(scope, verb, object=row, organization_path=row.organization.path, changes=dict(changes))
