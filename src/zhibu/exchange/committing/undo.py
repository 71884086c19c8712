"""Taking a committed batch back: only when everything still stands as the batch left it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import ForeignObjectRel, Model
from django.utils import timezone

from zhibu.exchange.checking.members import ID_INDEX
from zhibu.exchange.committing.copying import load_temporary
from zhibu.exchange.committing.members import DATES, ENCRYPTED, WRITTEN
from zhibu.exchange.enums import BatchKind, Effect
from zhibu.exchange.models import ImportBatch, ImportEffect
from zhibu.organizations.models import Change, Organization, Period
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.vault.crypto import blind_index, encrypt

OWN: dict[type[Model], frozenset[str]] = {
    Person: frozenset({"people_stage", "people_affiliation"}),
    Organization: frozenset({"organizations_period", "organizations_change_results", "organizations_change_sources"}),
}
BLOCK = 2000


def hold_records(batch: ImportBatch) -> None:
    """Lock what the batch made or changed: who is changing or using one of them just now is waited for, who comes later
    waits. Only then can what `obstacles` finds still be true when it is taken back."""
    table = "people_person" if batch.kind == BatchKind.MEMBERS else "organizations_organization"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id from {table} where id in (select e.object_id + n from exchange_importeffect e "  # noqa: S608
            "cross join generate_series(0, e.count - 1) n where e.batch_id = %s) order by id for update",
            [batch.pk],
        )


def obstacles(batch: ImportBatch) -> list[str]:
    """What stands in the way of undoing, in sentences; empty when nothing does."""
    model: type[Model] = Person if batch.kind == BatchKind.MEMBERS else Organization
    found = _changed_since(batch) if model is Person else _organizations_changed(batch)
    return found + _referenced(batch, model)


def _changed_since(batch: ImportBatch) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select e.row_number + n from exchange_importeffect e cross join generate_series(0, e.count - 1) n
            left join people_person p on p.id = e.object_id + n
            where e.batch_id = %s and (p.id is null or p.xmin::text::bigint <> e.version) order by 1
            """,
            [batch.pk],
        )
        rows = [row[0] for row in cursor.fetchall()]
    return [f"{_places(rows)}的人员信息在导入之后又有变动。"] if rows else []


def _organizations_changed(batch: ImportBatch) -> list[str]:
    rows = []
    effects = {effect.object_id: effect for effect in batch.effects.all()}
    nodes = {node.pk: node for node in Organization.objects.filter(pk__in=effects)}
    periods = dict.fromkeys(effects, 0)
    for pk in Period.objects.filter(organization__in=effects).values_list("organization_id", flat=True):
        periods[pk] += 1
    created = {pk for pk, effect in effects.items() if effect.effect == Effect.CREATED}
    below = False
    for pk, effect in effects.items():
        node = nodes.get(pk)
        if node is None or node.dissolved_on:
            rows.append(effect.row_number)
        elif effect.effect == Effect.UPDATED:
            after = json.loads(str(effect.before))["after"]
            if any(getattr(node, name) != value for name, value in after.items()):
                rows.append(effect.row_number)
        else:
            if periods[pk] != 1:
                rows.append(effect.row_number)
            below = below or Organization.objects.get_descendants(node).exclude(pk__in=created).exists()
    found = [f"{_places(sorted(rows))}的党组织在导入之后又有变动。"] if rows else []
    return found + (["新设的党组织下面后来又设立了别的党组织。"] if below else [])


def _referenced(batch: ImportBatch, model: type[Model]) -> list[str]:
    """Records that others have made about created ones since."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        table, column = relation.related_model._meta.db_table, getattr(relation.field, "column", "")
        if not column or table in OWN[model]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f'select count(*), min(e.row_number + r."{column}" - e.object_id) '  # noqa: S608  (names from the models)
                f'from "{table}" r join exchange_importeffect e '
                f'on r."{column}" between e.object_id and e.object_id + e.count - 1 '
                "where e.batch_id = %s and e.effect = 'created'",
                [batch.pk],
            )
            count, first = cursor.fetchone()
        if count:
            label = relation.related_model._meta.verbose_name
            found.append(f"第 {first} 行等新增的记录已有 {count} 条“{label}”。")
    return found


def _places(rows: list[int]) -> str:
    return f"第 {'、'.join(map(str, rows[:8]))} 行" + (f"等 {len(rows)} 行" if len(rows) > 8 else "")


def take_back(batch: ImportBatch) -> dict[str, int]:
    """Restore old values and remove what was created; gives the counts. The caller holds the records and has asked for
    `obstacles`."""
    if batch.kind == BatchKind.ORGANIZATIONS:
        return _take_back_organizations(batch)
    removed = _remove_persons(batch)
    restored = 0
    effects = batch.effects.filter(effect=Effect.UPDATED).order_by("row_number")
    while block := list(effects[restored : restored + BLOCK]):
        _restore_persons(block)
        restored += len(block)
    return {"removed": removed, "restored": restored}


def _remove_persons(batch: ImportBatch) -> int:
    created = (
        "select object_id + n from exchange_importeffect, generate_series(0, count - 1) n "
        "where batch_id = %s and effect = 'created'"
    )
    with connection.cursor() as cursor:
        for table, column in (
            ("people_stage", "person_id"),
            ("people_affiliation", "person_id"),
            ("people_person", "id"),
        ):
            cursor.execute(f"delete from {table} where {column} in ({created})", [batch.pk])  # noqa: S608
        return int(cursor.rowcount)


def _restore_persons(effects: list[ImportEffect]) -> None:
    held = {effect.object_id: json.loads(str(effect.before)) for effect in effects}
    moved = [pk for pk, before in held.items() if "stages" in before]
    Stage.objects.filter(person__in=moved).delete()
    Affiliation.objects.filter(person__in=moved).delete()
    Stage.objects.bulk_create([Stage(**row) for pk in moved for row in held[pk]["stages"]], batch_size=1000)
    Affiliation.objects.bulk_create([Affiliation(**row) for pk in moved for row in held[pk]["ties"]], batch_size=1000)
    at = timezone.now()
    rows = ((pk, *(_column(before["person"], name, at) for name in WRITTEN)) for pk, before in held.items())
    load_temporary(Person, ("id", *WRITTEN), rows)
    assignments = ", ".join(f"{column} = t.{column}" for column in WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute(f"update people_person p set {assignments} from incoming t where p.id = t.id")  # noqa: S608


def _column(person: dict[str, Any], name: str, at: datetime) -> Any:
    if name == "updated_at":
        return at
    if name == "id_number_index":
        return blind_index(person["id_number"], field=ID_INDEX) if person["id_number"] else None
    if name == "phone_index":
        return blind_index(person["phone"], field="people.Person.phone") if person["phone"] else None
    if name in ENCRYPTED:
        return encrypt(person[name], field=f"people.Person.{name}") if person[name] else b""
    return date.fromisoformat(person[name]) if name in DATES and person[name] else person[name]


def _take_back_organizations(batch: ImportBatch) -> dict[str, int]:
    updated = list(batch.effects.filter(effect=Effect.UPDATED))
    for effect in updated:
        Organization.objects.filter(pk=effect.object_id).update(**json.loads(str(effect.before))["before"])
    created = list(batch.effects.filter(effect=Effect.CREATED).values_list("object_id", flat=True))
    changes = set(Period.objects.filter(organization__in=created).values_list("opened_by", flat=True))
    Period.objects.filter(organization__in=created).delete()
    Change.results.through.objects.filter(organization__in=created).delete()
    Change.objects.filter(pk__in=changes, opened__isnull=True).delete()
    Organization.objects.filter(pk__in=created).delete()
    return {"removed": len(created), "restored": len(updated)}
