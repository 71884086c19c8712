"""Whoever left the university and comes back with a letter comes back to the same file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.people.actions.moves import target_faults
from zhibu.people.actions.writing import disagreeing, doubled, fill, in_words, refuse, written
from zhibu.people.enums import MEMBERS, Entry, StageKind, StageOrigin
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import open_stage
from zhibu.people.rules.fields import cleaned
from zhibu.people.signals import moved, roster_changing, stage_changing
from zhibu.regulations.refusal import Refusal

RETURNING = frozenset({StageKind.TRANSFERRED, StageKind.ENDED})
KEPT = ("joined_on", "confirmed_on")


@transaction.atomic
def take_back(
    scope: Scope, person: Person, *, organization: Organization, stage: str, on: date, fields: Mapping[str, Any],
    basis: str, procedure: str,
) -> Person:  # fmt: skip
    """Take somebody in anew who was here before: file, stages and ties of that time stay, new ones begin on ``on``.

    For whoever takes in at ``organization``; where the person belonged before need not be the reader's. Refuses another
    name than the file's, a membership that contradicts it, a day before the person left, and those who were expelled
    or have died. Records ``people.take_back``.
    """
    scope.require(Right.EDIT_PERSON, organization.path)
    person = Person.objects.select_for_update(of=("self",)).select_related("organization").get(pk=person.pk)
    stages = list(Stage.objects.filter(person=person).order_by("started_on", "pk"))
    current = open_stage(stages)
    values = cleaned(fields, scope.today)
    faults = [*target_faults(scope, organization, on), *_faults(person, current, values, stage, on)]
    if values.get("name") == person.name:  # whoever only guessed the number learns nothing of the file
        faults += _contradictions(person, stages, values, stage)
    before = person.stage
    changed = fill(person, {name: new for name, new in values.items() if name not in {"name", "id_number"}})
    person.stage = _restored(stages, stage)
    refuse(faults + disagreeing(person) + doubled(scope, person))
    assert current is not None
    stage_changing.send(
        Person, scope=scope, person=person, before=before, after=person.stage, on=on, procedure=procedure
    )
    roster_changing.send(
        Person, scope=scope, persons=[person.pk], organizations=[organization], on=on, procedure=procedure
    )

    current.ended_on = on
    current.save(update_fields=["ended_on"])
    Stage.objects.create(
        person=person, organization=organization, kind=person.stage, started_on=on, basis=basis,
        origin=StageOrigin.PROCEDURE,
    )  # fmt: skip
    Affiliation.objects.create(person=person, organization=organization, started_on=on, entry=Entry.OUTSIDE)
    old, person.organization = person.organization, organization
    person.save(update_fields=[*written(changed), "stage", "organization"])
    moved.send(Person, scope=scope, persons=[person.pk], target=organization, on=on)
    changes = {
        **in_words(changed), "stage": [StageKind(before).label, StageKind(person.stage).label],
        "organization": [str(old or ""), str(organization)], "on": on.isoformat(),
    }  # fmt: skip
    record(scope, "people.take_back", object=person, organization_path=organization.path, changes=changes, reason=basis)
    return person


def _faults(
    person: Person, current: Stage | None, values: Mapping[str, Any], stage: str, on: date
) -> Iterator[Refusal]:
    if person.stage not in RETURNING or current is None:
        text = f"原档案登记为“{person.get_stage_display()}”，不能凭介绍信恢复。"
        yield Refusal(text, field="id_number", remedy="请与开具介绍信的党组织核对，由学校组织部处理。")
        return
    if on < current.started_on:
        text = f"原档案登记 {current.started_on} 离开本校，收到日期不能更早。"
        yield Refusal(text, field="on", remedy="请核对日期。")
    if values.get("name") != person.name:
        yield Refusal(
            "姓名与原档案不一致。", field="name", remedy="请核对证件号；确已更名的，先请学校组织部更正原档案。"
        )
    if stage == StageKind.FULL and not values.get("confirmed_on"):
        yield Refusal("登记正式党员须填写转为正式党员日期。", field="confirmed_on", remedy="请按档案填写。")
    if stage != StageKind.FULL and values.get("confirmed_on"):
        yield Refusal("还不是正式党员的，不填转为正式党员日期。", field="confirmed_on", remedy="请清空，或改人员类别。")


def _contradictions(person: Person, stages: list[Stage], values: Mapping[str, Any], stage: str) -> Iterator[Refusal]:
    """What the file knows of the membership stands."""
    held = _last_membership(stages)
    if held == StageKind.FULL and stage != StageKind.FULL:
        yield Refusal("原档案已是正式党员。", field="stage", remedy="请核对介绍信；有疑问的，与开具的党组织联系。")
    for name in KEPT if held is not None else ():
        kept, new = getattr(person, name), values.get(name)
        if kept and new and kept != new:
            yield Refusal(
                f"与原档案的日期 {kept} 不一致。", field=name, remedy="请核对档案；原档案有误的，恢复后再更正。"
            )


def _last_membership(stages: list[Stage]) -> str | None:
    """The membership with which the person left; None for whoever left as an applicant."""
    held = next((one.kind for one in reversed(stages) if one.kind not in RETURNING), None)
    return held if held in MEMBERS else None


def _restored(stages: list[Stage], stage: str) -> str:
    """延长预备期 is 预备 on a letter and stays what it is."""
    extended = stage == StageKind.PROBATIONARY and _last_membership(stages) == StageKind.EXTENDED
    return StageKind.EXTENDED if extended else stage
