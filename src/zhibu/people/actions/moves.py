"""From one branch to another inside the university."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import posts_left
from zhibu.people.actions.writing import path_of
from zhibu.people.enums import GONE, Entry, Leaving, StageKind
from zhibu.people.models import Affiliation, Person
from zhibu.people.queries import person as load
from zhibu.people.queries.roster import TIE_KINDS
from zhibu.people.signals import moved, roster_changing
from zhibu.regulations.refusal import Refusal, Refusals

LISTED = 5


@transaction.atomic
def move(
    scope: Scope,
    person: Person,
    target: Organization,
    *,
    on: date,
    entry: str = Entry.INSIDE,
    leaving: str = Leaving.INSIDE,
    reason: str = "",
) -> Affiliation:
    """End the tie to the present branch on ``on`` and begin one to ``target``; gives it.

    Both must lie where the reader may edit. Refuses the same branch, a dissolved or upper organization, a day before
    the present tie or after today, people who have left, and those who hold a post in the branch they would leave:
    whether they are to give it up is decided by those who appoint. Records ``people.move``.
    """
    person = load(scope, person.pk, Right.EDIT_PERSON, lock=True)
    scope.require(Right.EDIT_PERSON, target.path)
    return _moved(scope, person, target, on, Ways(entry, leaving), reason)


@transaction.atomic
def move_by_decision(
    scope: Scope, person: Person, target: Organization, *, on: date, procedure: str, basis: str, reason: str = ""
) -> Affiliation:
    """`move` by what a procedure has decided: the sending side has agreed in it, so only ``target`` must lie where the
    reader handles it. ``basis`` names the case; the audit entry carries it. Refuses what `move` refuses."""
    scope.require(Right.EDIT_PERSON, target.path)
    held = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person.pk)
    return _moved(scope, held, target, on, Ways(Entry.INSIDE, Leaving.INSIDE), f"{basis}；{reason}", procedure)


@dataclass(frozen=True)
class Ways:
    """How the tie to the new branch begins and the one to the old branch ends."""

    entry: str
    leaving: str


def _moved(
    scope: Scope, person: Person, target: Organization, on: date, ways: Ways, reason: str, procedure: str = ""
) -> Affiliation:
    current = Affiliation.objects.select_for_update().filter(person=person, ended_on__isnull=True).first()
    faults = target_faults(scope, target, on) + _person_faults(person, current, target, on)
    if faults:
        raise Refusals(faults)
    nodes = [node for node in (person.organization, target) if node is not None]
    roster_changing.send(Person, scope=scope, persons=[person.pk], organizations=nodes, on=on, procedure=procedure)

    if current is not None:
        current.ended_on, current.leaving = on, ways.leaving
        current.save(update_fields=["ended_on", "leaving"])
    tie = Affiliation.objects.create(person=person, organization=target, started_on=on, entry=ways.entry)
    before = person.organization
    person.organization = target
    person.save(update_fields=["organization", "updated_at"])
    changes = {"organization": [str(before or ""), str(target)], "on": on.isoformat()}
    moved.send(Person, scope=scope, persons=[person.pk], target=target, on=on)
    record(scope, "people.move", object=person, organization_path=path_of(person), changes=changes, reason=reason)
    return tie


@transaction.atomic
def move_chosen(
    scope: Scope, chosen: QuerySet[Person], target: Organization, *, on: date, reason: str = ""
) -> list[Person]:
    """Move the chosen people of a roster, all or none; gives them. Refuses with the names of those who cannot go."""
    faults: list[Refusal] = []
    gone = []
    # All are held before the first entry takes the lock of the audit: whoever edits one of them waits for it, too.
    held = Person.objects.select_for_update(of=("self",)).filter(pk__in=chosen.order_by().values("pk"))
    for person in list(held.order_by("pk")):
        try:
            with transaction.atomic():
                move(scope, person, target, on=on, reason=reason)
        except Refusals as refused:
            common = [fault for fault in refused.refusals if fault.field]
            if common:
                raise Refusals(common) from None  # the day or the target is wrong for all of them
            faults += [Refusal(f"{person.name}：{fault.message}", remedy=fault.remedy) for fault in refused.refusals]
        else:
            gone.append(person)
    if not gone and not faults:
        raise Refusal("没有选中任何人。", remedy="请回到名册勾选。")
    if faults:
        rest = [Refusal(f"另有 {len(faults) - LISTED} 人也不能调整。")] if len(faults) > LISTED else []
        raise Refusals(faults[:LISTED] + rest)
    return gone


@transaction.atomic
def move_members(
    scope: Scope,
    sources: Sequence[Organization],
    target: Organization,
    *,
    on: date,
    entry: str = Entry.RESHAPED,
    leaving: str = Leaving.RESHAPED,
    persons: Iterable[int] | None = None,
) -> int:
    """Move everybody who belongs to ``sources`` (or only ``persons``) with the tree's own change; gives how many.

    For merging, splitting and dissolving, in the caller's transaction: the tree's action has decided that it may.
    Refuses a day before somebody came to the branch. Records one ``people.move_members`` on the target.
    """
    for node in (*sources, target):
        scope.require(Right.EDIT_PERSON, node.path)
    chosen = Person.objects.select_for_update(of=("self",)).filter(organization__in=sources).exclude(stage__in=GONE)
    if persons is not None:
        chosen = chosen.filter(pk__in=list(persons))
    pks = list(chosen.order_by("pk").values_list("pk", flat=True))
    open_ = Affiliation.objects.filter(person__in=pks, ended_on__isnull=True)
    late = open_.filter(started_on__gt=on).select_related("person").order_by("started_on").last()
    if late is not None:
        text = f"“{late.person.name}”{late.started_on} 才进入支部，晚于 {on}。"
        raise Refusal(text, field="on", remedy="请改用较晚的生效日期，或先更正进入支部的日期。")

    roster_changing.send(
        Person, scope=scope, persons=pks, organizations=[*sources, target], on=on, procedure="organizations"
    )
    # Suspended members have no open tie; they only change the branch that keeps their file.
    tied = list(open_.values_list("person_id", flat=True))
    open_.update(ended_on=on, leaving=leaving)
    Affiliation.objects.bulk_create(
        [Affiliation(person_id=pk, organization=target, started_on=on, entry=entry) for pk in tied], batch_size=1000
    )
    Person.objects.filter(pk__in=pks).update(organization=target, updated_at=timezone.now())
    changes = {
        "organizations": "、".join(str(node) for node in sources),
        "people": " ".join(map(str, pks)),
        "on": on.isoformat(),
    }
    moved.send(Person, scope=scope, persons=pks, target=target, on=on)
    record(scope, "people.move_members", object=target, organization_path=target.path, changes=changes)
    return len(pks)


def target_faults(scope: Scope, target: Organization, on: date) -> list[Refusal]:
    faults = []
    if target.kind not in TIE_KINDS or target.dissolved_on is not None:
        faults.append(Refusal(f"“{target}”不是现有的党支部。", field="target", remedy="请选择党支部。"))
    if on > scope.today:
        faults.append(Refusal("日期不能晚于今天。", field="on", remedy="请在调整之后登记。"))
    if on < target.established_on:
        faults.append(Refusal(f"“{target}”{target.established_on} 才成立。", field="on", remedy="请核对日期。"))
    return faults


def _person_faults(person: Person, current: Affiliation | None, target: Organization, on: date) -> list[Refusal]:
    if person.stage in GONE or person.stage == StageKind.SUSPENDED:
        text = f"目前是“{person.get_stage_display()}”，不能调整支部。"
        return [Refusal(text, remedy="恢复党籍或转回后再办理。")]
    if person.organization_id == target.pk:
        return [Refusal(f"已经在“{target}”。", remedy="请选择另一个党支部。")]
    if current is not None and on < current.started_on:
        return [Refusal(f"{current.started_on} 才进入现在的支部，晚于 {on}。", remedy="请核对日期。")]
    if person.organization is None:
        return []
    return [rules.refuse_post_left(post, on) for post in posts_left([person.pk], person.organization, target, on)]
