"""Many leave by one decision, as a class does when it graduates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS, Leaving, StageKind, WayOut
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.signals import membership_ended, roster_changing, stage_changing
from zhibu.regulations.refusal import Refusal, Refusals

LISTED = 5


@transaction.atomic
def transfer_out_many(scope: Scope, bases: Mapping[int, str], *, on: date, procedure: str, reason: str = "") -> int:
    """`set_stage` to 已转出 of many, written in blocks; gives how many. ``bases`` says for each person by what.

    Refuses, with names, whoever is no member or came to the present stage after ``on``. Records one
    ``people.transfer_out_many`` with their keys.
    """
    held = Person.objects.select_for_update(of=("self",)).select_related("organization").filter(pk__in=bases)
    people = list(held.order_by("pk"))
    nodes = {one.organization_id: one.organization for one in people if one.organization is not None}
    for node in nodes.values():
        scope.require(Right.EDIT_PERSON, node.path)
    open_ = {stage.person_id: stage for stage in Stage.objects.filter(person__in=people, ended_on__isnull=True)}
    _refuse(people, open_, on, scope.today)
    for one in people:
        stage_changing.send(
            Person, scope=scope, person=one, before=one.stage, after=StageKind.TRANSFERRED.value, on=on,
            procedure=procedure,
        )  # fmt: skip
    pks = [one.pk for one in people]
    roster_changing.send(
        Person, scope=scope, persons=pks, organizations=list(nodes.values()), on=on, procedure=procedure
    )
    _write(people, pks, bases, on)
    for one in people:
        membership_ended.send(Person, scope=scope, person=one, on=on, why=StageKind.TRANSFERRED.label)
    record(
        scope, "people.transfer_out_many", organization_path=_above([node.path for node in nodes.values()]),
        changes={"people": " ".join(map(str, pks)), "on": on.isoformat()}, reason=reason,
    )  # fmt: skip
    return len(people)


def _above(paths: Sequence[str]) -> str:
    """The path of the lowest organization above all of them."""
    first, step = min(paths, default=""), Organization.steplen
    ends = range(len(first), 0, -step)
    return next((first[:end] for end in ends if all(path.startswith(first[:end]) for path in paths)), "")


def _write(people: Sequence[Person], pks: Sequence[int], bases: Mapping[int, str], on: date) -> None:
    running = Stage.objects.filter(person__in=pks, ended_on__isnull=True)
    running.update(ended_on=on, way_out=WayOut.TRANSFERRED)
    Stage.objects.bulk_create(
        Stage(
            person=one, organization=one.organization, kind=StageKind.TRANSFERRED, started_on=on, basis=bases[one.pk]
        )
        for one in people
    )  # fmt: skip
    Person.objects.filter(pk__in=pks).update(stage=StageKind.TRANSFERRED, updated_at=timezone.now())
    ties = Affiliation.objects.filter(person__in=pks, ended_on__isnull=True)
    ties.update(ended_on=Greatest(Value(on, output_field=DateField()), F("started_on")), leaving=Leaving.OUTSIDE)


def _refuse(people: Sequence[Person], open_: Mapping[int, Stage], on: date, today: date) -> None:
    """Whoever cannot be transferred out on that day, by name."""
    if on > today:
        raise Refusal("日期不能晚于今天。", field="on", remedy="请在办理之后登记。")
    faults = []
    for one in people:
        stage = open_.get(one.pk)
        if one.stage not in MEMBERS or stage is None:
            text = f"{one.name}：目前是“{one.get_stage_display()}”，不能转出。"
            faults.append(Refusal(text, remedy="请核对档案。"))
        elif on < stage.started_on:
            text = f"{one.name}：早于“{stage.get_kind_display()}”开始的日期 {stage.started_on}。"
            faults.append(Refusal(text, field="on", remedy="请核对日期。"))
    if faults:
        raise Refusals(faults[:LISTED])
