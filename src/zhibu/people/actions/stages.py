"""From one stage of membership to another."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.actions.writing import path_of
from zhibu.people.enums import MEMBERS, Entry, Leaving, StageKind, StageOrigin
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import history, open_stage, past
from zhibu.people.queries import person as load
from zhibu.people.rules.stages import Transition, findings, needs_procedure, transition
from zhibu.people.signals import membership_ended, roster_changing, stage_changing
from zhibu.regulations.refusal import Refusal, Refusals

LEAVING = {
    StageKind.LEFT: Leaving.LEFT,
    StageKind.TRANSFERRED: Leaving.OUTSIDE,
    StageKind.DECEASED: Leaving.DIED,
    StageKind.ENDED: Leaving.ENDED,
    StageKind.SUSPENDED: Leaving.SUSPENDED,
}


@transaction.atomic
def set_stage(
    scope: Scope,
    person: Person,
    to: str,
    *,
    on: date,
    way_out: str = "",
    basis: str = "",
    reason: str = "",
    procedure: str = "",
    is_backfill: bool = False,
    place: str = "",
) -> Stage:
    """End the open stage on ``on`` and begin the next one; gives it.

    Refuses a step that does not follow, a day before the open stage or after today, and whatever a rule in force on
    that day forbids (``must``); where a rule says ``normally``, asks for a reason. Leaving and suspension also end the
    tie to the branch and all posts, coming back begins only the tie anew; admission and confirmation fill the two
    collected dates. ``procedure`` names the procedure whose step this is; without it, whatever a case under way decides
    is refused by that room (`stage_changing`), and a member's transfer asks for a reason. A step of admission without
    a case is entered as 补录 (``is_backfill``) with its reason and where the papers lie, and stays marked so. Records
    ``people.set_stage``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    stages = history(scope, person)
    current = open_stage(stages)
    if current is None:
        raise Refusal(f"“{person.name}”没有进行中的人员类别。", remedy="请联系学校组织部核对档案。")
    step = transition(current.kind, to, past(stages))
    if step is None:
        raise Refusal(
            f"“{current.get_kind_display()}”不能直接变为“{StageKind(to).label}”。",
            field="to",
            remedy="请逐个阶段办理。",
        )
    backfills = needs_procedure(step) and not procedure
    _check(scope, step, person, current, stages, on, way_out, reason, procedure)
    stage_changing.send(
        Person, scope=scope, person=person, before=current.kind, after=str(to), on=on, procedure=procedure
    )
    if backfills:
        _refuse_beside_procedure(person, is_backfill, reason, place)
    if to in LEAVING and person.organization is not None:
        roster_changing.send(
            Person, scope=scope, persons=[person.pk], organizations=[person.organization], on=on, procedure=procedure
        )

    current.ended_on, current.way_out = on, way_out
    current.save(update_fields=["ended_on", "way_out"])
    added = Stage.objects.create(
        person=person, organization=person.organization, kind=to, started_on=on, basis=basis,
        origin=StageOrigin.BACKFILLED if backfills else StageOrigin.PROCEDURE if procedure else "",
        reason=reason.strip() if backfills else "", place=place.strip() if backfills else "",
    )  # fmt: skip
    old = person.stage
    person.stage = to
    touched = ["stage", "updated_at", *_dates(person, step, on)]
    person.save(update_fields=touched)
    _tie(person, step, on)
    if old in MEMBERS and to in LEAVING:
        membership_ended.send(Person, scope=scope, person=person, on=on, why=StageKind(to).label)
    rule = ",".join(step.rules[:1])
    changes = {"stage": [StageKind(old).label, StageKind(to).label], "on": on.isoformat(), "way_out": way_out}
    changes |= {"origin": added.get_origin_display()} if backfills else {}
    record(
        scope, "people.set_stage", object=person, organization_path=path_of(person), changes=changes,
        reason="；".join(filter(None, [basis, reason])), rule=rule,
    )  # fmt: skip
    return added


@transaction.atomic
def redate_stage(scope: Scope, person: Person, kind: str, *, on: date, reason: str) -> Stage:
    """Correct the first day of the latest stage of a kind, and what repeats it; gives the stage.

    Refuses a day that is not after the stage before it began, or not before the next one did. Records
    ``people.redate_stage``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    stages = history(scope, person)
    at = next((place for place in reversed(range(len(stages))) if stages[place].kind == kind), None)
    if at is None:
        raise Refusal(f"“{person.name}”没有“{StageKind(kind).label}”的记录。", field="on", remedy="请核对档案。")
    stage, before = stages[at], stages[at - 1] if at else None
    if (before and on < before.started_on) or (stage.ended_on and on > stage.ended_on) or on > scope.today:
        first, last = before.started_on if before else "出生日期", stage.ended_on or scope.today
        raise Refusal(
            f"“{stage.get_kind_display()}”应自 {first} 与 {last} 之间开始。", field="on", remedy="请核对日期。"
        )
    old, stage.started_on = stage.started_on, on
    stage.save(update_fields=["started_on"])
    if before is not None and before.ended_on is not None:
        before.ended_on = on
        before.save(update_fields=["ended_on"])
    collected = {StageKind.PROBATIONARY: "joined_on", StageKind.FULL: "confirmed_on"}.get(StageKind(kind))
    if collected and getattr(person, collected) == old:
        setattr(person, collected, on)
        person.save(update_fields=[collected, "updated_at"])
    changes = {"stage": stage.get_kind_display(), "on": [old.isoformat(), on.isoformat()]}
    record(
        scope, "people.redate_stage", object=person, organization_path=path_of(person), changes=changes,
        reason=reason,
    )  # fmt: skip
    return stage


def _check(
    scope: Scope,
    step: Transition,
    person: Person,
    current: Stage,
    stages: list[Stage],
    on: date,
    way_out: str,
    reason: str,
    procedure: str,
) -> None:
    faults = []
    if not procedure and len(reason.strip()) < 4 and (by_transfer := _by_transfer(step, on)):
        faults.append(by_transfer)
    if on > scope.today:
        faults.append(Refusal("日期不能晚于今天。", field="on", remedy="请在办理之后登记。"))
    if on < current.started_on:
        text = f"早于“{current.get_kind_display()}”开始的日期 {current.started_on}。"
        faults.append(Refusal(text, field="on", remedy="请核对日期。"))
    if step.ways_out and way_out not in step.ways_out:
        faults.append(Refusal("请选择终止的方式。", field="way_out"))
    if not step.ways_out and way_out:
        faults.append(Refusal("这一步不需要终止的方式。", field="way_out", remedy="请清空。"))
    for finding in findings(step, person, past(stages), on, way_out):
        until = f"，{finding.not_before} 起才可以办理" if finding.not_before else ""
        if finding.refuses:
            faults.append(Refusal(f"{finding.message}{until}。", field="on", rule=finding.rule, on=on))
        elif len(reason.strip()) < 4:
            faults.append(
                Refusal(
                    f"{finding.message}。", field="reason", rule=finding.rule, on=on, remedy="仍要登记的，请写明理由。"
                )
            )
    if faults:
        raise Refusals(faults)


def _refuse_beside_procedure(person: Person, is_backfill: bool, reason: str, place: str) -> None:
    """Nobody is admitted past the procedure unnoticed: what was decided on paper only says so."""
    if not is_backfill:
        raise Refusal(
            f"“{person.name}”没有办理中的发展党员事项，确定积极分子、发展对象，接收和转正不能直接变更。",
            field="is_backfill", remedy="请先立项，按步骤办理；已经按程序办完、只有纸质材料的，请勾选“补录”。",
        )  # fmt: skip
    faults = []
    if len(reason.strip()) < 4:
        faults.append(Refusal("补录的须写明理由。", field="reason", remedy="如“系统启用前已按程序办理”。"))
    if not place.strip():
        faults.append(Refusal("补录的须写明纸质材料存放在哪里。", field="place"))
    if faults:
        raise Refusals(faults)


def _by_transfer(step: Transition, on: date) -> Refusal | None:
    """A member's tie goes out and comes in by the procedure of transfer, which knows letter and receipt. What was
    settled outside the platform is entered afterwards, with a reason."""
    remedy = "已在平台之外办结、需要补录的，请在“说明”中写明。"
    if step.after is StageKind.TRANSFERRED and step.before in MEMBERS:
        text = "党员转出由“组织关系转接”办理，收到回执时自动登记。"
        return Refusal(text, field="reason", rule="move.responsible", on=on, remedy=f"请办理转接；{remedy}")
    if step.before is StageKind.TRANSFERRED and step.after in MEMBERS:
        text = "党员转回凭介绍信，由“组织关系转接”登记，恢复原档案。"
        return Refusal(text, field="reason", rule="move.responsible", on=on, remedy=f"请登记收到的介绍信；{remedy}")
    return None


def _dates(person: Person, step: Transition, on: date) -> list[str]:
    """The collected dates that this step is the fact behind."""
    if step.after is StageKind.PROBATIONARY and step.before is StageKind.CANDIDATE:
        person.joined_on, person.confirmed_on = on, None
        return ["joined_on", "confirmed_on"]
    if step.after is StageKind.FULL and step.before in {StageKind.PROBATIONARY, StageKind.EXTENDED}:
        person.confirmed_on = on
        return ["confirmed_on"]
    if step.after is StageKind.APPLICANT and step.before in {StageKind.LEFT, StageKind.ENDED}:
        # Membership begins anew; the earlier one stands in the stages.
        person.joined_on, person.confirmed_on = None, None
        return ["joined_on", "confirmed_on"]
    return []


def _tie(person: Person, step: Transition, on: date) -> None:
    """End or renew the tie to the branch with the stage."""
    open_ = Affiliation.objects.select_for_update().filter(person=person, ended_on__isnull=True).first()
    if step.after in LEAVING:
        if open_ is not None:
            open_.ended_on, open_.leaving = max(on, open_.started_on), LEAVING[step.after]
            open_.save(update_fields=["ended_on", "leaving"])
    elif open_ is None and person.organization is not None:
        entry = Entry.RESTORED
        if step.before is StageKind.TRANSFERRED:
            entry = Entry.OUTSIDE
        elif step.after not in MEMBERS:
            entry = Entry.ADMITTED
        Affiliation.objects.create(person=person, organization=person.organization, started_on=on, entry=entry)
