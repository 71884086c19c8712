"""What several actions share: the place of a file, and writing cleaned values into it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people import codes
from zhibu.people.enums import StageKind
from zhibu.people.identity import id_number_index, phone_index
from zhibu.people.models import Person, Stage
from zhibu.people.pinyin import spelling
from zhibu.people.queries import people
from zhibu.people.rules.dates import faults
from zhibu.people.rules.fields import FIELD
from zhibu.regulations.refusal import Refusal, Refusals


def path_of(person: Person) -> str:
    return person.organization.path if person.organization else ""


def refuse(found: list[Refusal]) -> None:
    if found:
        raise Refusals(found)


def fill(person: Person, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Put cleaned values into the object with what follows from them; gives ``{field: [old, new]}`` of the changed."""
    changed = {}
    for name, new in values.items():
        old = getattr(person, name)
        if (old or None) != (new or None) or (FIELD[name].kind == "flag" and old != new):
            changed[name] = [old, new]
            setattr(person, name, new)
    if "name" in changed:
        person.pinyin, person.initials = spelling(person.name)
    if "id_number" in changed:
        person.id_number_index = id_number_index(str(person.id_number))
    if "phone" in changed:
        person.phone_index = phone_index(str(person.phone))
    return changed


def written(changed: Mapping[str, Any]) -> list[str]:
    """The columns that `fill` touched, for ``save(update_fields=…)``."""
    follow = {"name": ("pinyin", "initials"), "id_number": ("id_number_index",), "phone": ("phone_index",)}
    return [*changed, *(column for name in changed for column in follow.get(name, ())), "updated_at"]


def in_words(changed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """Old and new value for the audit log, codes by name. Personal values become marks there."""
    return {
        name: [codes.label(FIELD[name].table, old), codes.label(FIELD[name].table, new)]
        if FIELD[name].kind == "code"
        else [old, new]
        for name, (old, new) in changed.items()
    }


def doubled(scope: Scope, person: Person) -> list[Refusal]:
    """Whether somebody else has this ID number or 学工号. Names them only to whoever may see them."""
    found = []
    others = Person.objects.exclude(pk=person.pk)
    if person.id_number_index is not None and (other := others.filter(id_number_index=person.id_number_index).first()):
        text = f"这个公民身份证号已经登记{_whose(scope, other)}。"
        remedy = "同一人请在原档案上修改，或办理组织关系转接。"
        if other.stage == StageKind.TRANSFERRED:
            remedy = "此人曾在本校；凭介绍信转回的，请在“组织关系转接”中登记收到的介绍信，恢复原档案。"
        found.append(Refusal(text, field="id_number", remedy=remedy))
    if person.number and (other := others.filter(number=person.number).first()):
        found.append(Refusal(f"学工号已经登记{_whose(scope, other)}。", field="number", remedy="请核对学工号。"))
    return found


def _whose(scope: Scope, other: Person) -> str:
    if people(scope, Right.VIEW_PERSON).filter(pk=other.pk).exists():
        return f"在{other.organization or ''}“{other.name}”名下"
    return "在其他党组织"


def disagreeing(person: Person) -> list[Refusal]:
    return faults(born=person.birth_date, joined=person.joined_on, confirmed=person.confirmed_on, stage=person.stage)


def shift_stage(person: Person, kind: str, old: date, new: date) -> None:
    """A corrected date also corrects the stage that began on the old one. Refuses where it would pass a neighbour."""
    stages = list(Stage.objects.select_for_update().filter(person=person).order_by("started_on", "pk"))
    at = next((i for i, stage in enumerate(stages) if stage.kind == kind and stage.started_on == old), None)
    if at is None:
        return
    stage, before = stages[at], stages[at - 1] if at else None
    field = "joined_on" if kind == "40" else "confirmed_on"
    if before is not None and before.ended_on == old:
        if new < before.started_on:
            raise Refusal(
                f"早于“{before.get_kind_display()}”开始的日期 {before.started_on}。",
                field=field,
                remedy="请核对发展经过。",
            )
        before.ended_on = new
        before.save(update_fields=["ended_on"])
    if stage.ended_on is not None and new > stage.ended_on:
        raise Refusal(
            f"晚于“{stage.get_kind_display()}”结束的日期 {stage.ended_on}。", field=field, remedy="请核对发展经过。"
        )
    stage.started_on = new
    stage.save(update_fields=["started_on"])
