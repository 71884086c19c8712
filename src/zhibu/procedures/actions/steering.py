"""What people decide about a case beside its steps: return, explain, extend, rule, suspend, hand over, end."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.people import actions as people
from zhibu.people.enums import StageKind
from zhibu.people.rules.stages import transition
from zhibu.procedures.actions.common import (
    Held,
    add_entry,
    decided,
    hold,
    need_reason,
    require_actor,
    require_living,
    settle,
    write_down,
)
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import OF_PAPER, Actor, CaseState, EntryKind, Late
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.queries.actors import may_act
from zhibu.procedures.queries.facts import facts_of
from zhibu.procedures.rules import limits
from zhibu.procedures.signals import called_off
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def send_back(scope: Scope, pk: int, step_id: str, *, version: int, reason: str) -> Entry:
    """Open a step anew, with all that rest on it. For the superior, and for whoever takes that step.

    Refuses without a reason, a step that is not done, and one after which the person's stage was changed: that stands.
    """
    held, step = _held(scope, pk, step_id, version, reason)
    if not any(may_act(scope, held.case, actor, held.acting) for actor in (Actor.SUPERIOR, Actor.APPROVER, step.actor)):
        raise PermissionDenied("退回由上级党组织或办理这一步的组织决定。需要退回的，请联系上级党组织。")
    if step_id not in held.state.done:
        raise Refusal(f"“{step.label}”还没有办理。", field="step", remedy="请选择已经办理的步骤。")
    for name in (step_id, *sorted(held.procedure.followers(step_id))):
        if name in held.state.done and _changed_stage(held, held.procedure[name]):
            text = f"“{held.procedure[name].label}”之后，人员类别或者任职已经变更，不能退回。"
            raise Refusal(text, field="step", remedy="登记有误的，请用“更正”。")
    return _entered(scope, held, EntryKind.RETURNED, step_id, reason)


def _changed_stage(held: Held, step: Step) -> bool:
    mark = held.state.mark(step.id)
    outcome = step.outcome(mark.outcome) if mark else None
    effect = outcome.effect if outcome and outcome.effect else step.effect
    return bool(mark and not mark.is_backfilled and effect and effect.does not in OF_PAPER)


@transaction.atomic
def explain(scope: Scope, pk: int, step_id: str, *, version: int, reason: str) -> Entry:
    """The superior has a missed deadline explained; the step can then be taken. The delay stays in the report.

    Refuses while the deadline has not passed, and where an earlier step has to be taken anew instead.
    """
    held, step = _held(scope, pk, step_id, version, reason)
    require_actor(scope, held, _overseer(step))
    passed = [
        one
        for one in limits.bounds(held.procedure, step, held.state, scope.today)
        if one.binds and scope.today > one.day
    ]
    if not passed or step_id in held.state.explained:
        raise Refusal(f"“{step.label}”没有超期，或者已经登记过说明。", field="step", remedy="不需要登记超期说明。")
    redo = next((one.limit for one in passed if one.limit.late is Late.REDO), None)
    if redo is not None:
        text = f"“{step.label}”超期的，应当从“{held.procedure[redo.redo].label}”重新办理，不能用说明代替。"
        raise Refusal(text, field="step", rule=redo.rule, on=scope.today, remedy="请用“退回”。")
    return _entered(scope, held, EntryKind.EXPLAINED, step_id, reason)


@transaction.atomic
def extend(scope: Scope, pk: int, step_id: str, *, version: int, reason: str) -> Entry:
    """Extend a deadline where its rule knows a longer one for special circumstances (第二十五条, 第三十五条)."""
    held, step = _held(scope, pk, step_id, version, reason)
    require_actor(scope, held, step.actor)
    limit = next((one for one in step.limits if one.extended_by), None)
    if limit is None:
        raise Refusal(f"“{step.label}”的期限不能延长。", field="step", remedy="请在期限内办理。")
    if step_id in held.state.extended:
        raise Refusal(f"“{step.label}”的期限已经延长过。", field="step", rule=limit.extended_by, on=scope.today)
    if limit.extended_by == "dev.defer_transfer":
        _came_during_probation(scope, held)
    return _entered(scope, held, EntryKind.EXTENDED, step_id, reason)


def _came_during_probation(scope: Scope, held: Held) -> None:
    """Only of somebody who was transferred in while on probation may the discussion be put off."""
    came = facts_of(held.case, scope.today, held.procedure["confirm_meeting"]).came_on
    begun = held.state.on("accept_meeting")
    if came is None or begun is None or came <= begun:
        text = "只有预备期内转入的预备党员，可以推迟讨论转正。"
        raise Refusal(text, field="step", rule="dev.defer_transfer", on=scope.today, remedy="请按期讨论。")


@transaction.atomic
def rule(scope: Scope, pk: int, step_id: str, *, version: int, edition_on: date, reason: str) -> Entry:
    """The superior rules which edition holds for a step of a case that straddles two (the regulation has no clause on
    transition; regulations.md 1.6). ``edition_on`` is a day on which that edition was in force."""
    held, step = _held(scope, pk, step_id, version, reason)
    require_actor(scope, held, _overseer(step))
    if step_id in held.state.done:
        raise Refusal(f"“{step.label}”已经办理。", field="step", remedy="适用哪一版，须在办理之前裁定。")
    first = min((entry.on for entry in held.entries if entry.step), default=held.case.opened_on)
    changed = max(basis.since for other in held.procedure.steps for basis in other.basis)
    if not first < changed:
        text = f"这件事的第一步在 {first}，没有跨越两版规定。"
        raise Refusal(text, field="edition_on", remedy="按步骤发生之日施行的版本办理。")
    if edition_on > scope.today:
        raise Refusal("版本日期不能晚于今天。", field="edition_on")
    return _entered(scope, held, EntryKind.RULED, step_id, reason, {"edition_on": edition_on.isoformat()})


@transaction.atomic
def suspend(scope: Scope, pk: int, *, version: int, reason: str) -> Entry:
    """Set the case aside. No rule stops a deadline meanwhile, so none is stopped."""
    held = hold(scope, pk, version)
    require_actor(scope, held, Actor.BRANCH)
    if held.state.status is not CaseState.OPEN:
        raise Refusal(f"这件事{held.state.status.label}。", remedy="只有办理中的可以暂停。")
    need_reason(reason)
    return _entered(scope, held, EntryKind.SUSPENDED, "", reason)


@transaction.atomic
def resume(scope: Scope, pk: int, *, version: int, reason: str = "") -> Entry:
    """Take up a case that was set aside."""
    held = hold(scope, pk, version)
    require_actor(scope, held, Actor.BRANCH)
    if held.state.status is not CaseState.SUSPENDED:
        raise Refusal("这件事没有暂停。", remedy="可以直接办理。")
    return _entered(scope, held, EntryKind.RESUMED, "", reason)


@transaction.atomic
def withdraw(scope: Scope, pk: int, *, version: int, on: date, way_out: str, reason: str) -> Entry:
    """End the cultivation of a person: withdrawn by the person, not accepted, or no longer fit (``way_out``); or give
    up a procedure that decides nothing about the stage (a transfer, an election), which needs no way out.

    Refuses for probationary members: their standing is decided by the meeting (转正、延长、取消).
    """
    held = hold(scope, pk, version)
    own = held.case.person_id is not None and held.case.person_id == scope.person_id
    if not (own and "sent" not in held.state.done and not held.procedure.reached):
        require_actor(scope, held, Actor.BRANCH)
    require_living(held)
    need_reason(reason)
    person = held.case.person
    if person is None or not held.procedure.reached:
        called_off.send(Case, scope=scope, case=held.case, on=scope.today)
        return _entered(scope, held, EntryKind.WITHDRAWN, "", reason)
    step = transition(person.stage, StageKind.ENDED)
    if step is None or way_out not in step.ways_out or way_out == "cancelled":
        raise Refusal(
            "不能这样终止。", field="way_out",
            remedy="预备党员由支部党员大会讨论转正、延长或取消资格；其他人请选择适用的终止方式。",
        )  # fmt: skip
    entry = add_entry(scope, held, EntryKind.WITHDRAWN, on=on, outcome=way_out, reason=reason)
    people.set_stage(
        scope, person, StageKind.ENDED, on=on, way_out=way_out, reason=reason, procedure=held.procedure.key
    )
    settle(scope, held)
    write_down(scope, held, entry)
    return entry


def close(scope: Scope, case: Case, *, on: date, why: str) -> Entry:
    """End the case of somebody who leaves: transferred out, died, expelled. Called within the action that said so."""
    held = hold(decided(scope), case.pk, None)
    entry = add_entry(scope, held, EntryKind.WITHDRAWN, on=on, reason=f"因“{why}”终止")
    settle(scope, held)
    write_down(scope, held, entry)
    return entry


@transaction.atomic
def record_report(scope: Scope, case: Case) -> None:
    """Note that the compliance report of a case was made. Records ``procedures.report``."""
    record(
        scope, "procedures.report", object=case, organization_path=case.organization.path,
        changes={"procedure": case.procedure},
    )  # fmt: skip


def hand_over(scope: Scope, case: Case, target: Organization, *, on: date) -> Entry:
    """Give the case to the branch its person now belongs to. What was done keeps its days: time already cultivated
    counts on (发展党员工作细则 第十二条). Called within the action that moved the person."""
    held = hold(decided(scope), case.pk, None)
    before = held.case.organization
    held.case.organization = target
    data = {"from": before.pk, "to": target.pk}
    entry = add_entry(scope, held, EntryKind.HANDED_OVER, on=on, data=data, reason=f"{before} → {target}")
    settle(scope, held)
    write_down(scope, held, entry)
    return entry


def _held(scope: Scope, pk: int, step_id: str, version: int, reason: str) -> tuple[Held, Step]:
    held = hold(scope, pk, version)
    require_living(held)
    need_reason(reason)
    if step_id not in held.procedure.by_id:
        raise Refusal("没有这一步。", field="step", remedy="请从办理页面进入。")
    return held, held.procedure[step_id]


def _overseer(step: Step) -> Actor:
    """Who looks after the delays of a step: the organization above the one that takes it."""
    return Actor.SUPERIOR if step.actor in {Actor.BRANCH, Actor.PERSON, Actor.RECEIVER} else Actor.APPROVER


def _entered(
    scope: Scope, held: Held, kind: EntryKind, step_id: str, reason: str, data: dict[str, str] | None = None
) -> Entry:
    entry = add_entry(scope, held, kind, on=scope.today, step=step_id, data=data, reason=reason)
    settle(scope, held)
    write_down(scope, held, entry)
    return entry
