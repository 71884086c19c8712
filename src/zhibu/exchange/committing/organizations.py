"""Writing a checked organization form: superiors before what lies below them, inside the caller's transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from zhibu.exchange.checking.organizations import EDITABLE, FIELD, UNIT_FIELDS
from zhibu.exchange.committing.copying import Stale, versions, write_effects
from zhibu.exchange.enums import Effect, RowState
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import BEFORE, Staged, pack, staged_rows
from zhibu.organizations.actions import lock_tree
from zhibu.organizations.enums import ChangeKind
from zhibu.organizations.models import Change, Organization, Period
from zhibu.vault.crypto import encrypt

DIRECT = ("kind", "category", "contact_name", "contact_phone", "unit_situation", "may_approve_members", *UNIT_FIELDS)


def write(batch: ImportBatch) -> dict[str, int]:
    """Establish new organizations, update the others. Raises `Stale` when the preview no longer holds."""
    lock_tree()
    created = _establish(batch, list(staged_rows(batch, RowState.NEW)))
    updated = _update(batch, list(staged_rows(batch, RowState.CHANGED)))
    return {"created": created, "updated": updated}


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    fields = {name: values[name] if values[name] is not None else "" for name in DIRECT}
    return fields | {"declared_secretary": values["secretary"] or ""}


def _establish(batch: ImportBatch, rows: list[Staged]) -> int:
    if not rows:
        return 0
    taken = Organization.objects.filter(code__in=[row.values["code"] for row in rows]).exists()
    if taken:
        raise Stale([row.number for row in rows])
    by_code: dict[str, Organization] = {}
    changes: dict[date, Change] = {}
    periods: list[Period] = []
    for row in _superiors_first(rows):
        values = row.values
        established = date.fromisoformat(values["established_on"])
        fields = _fields(values) | {"code": values["code"], "name": values["name"], "established_on": established}
        fields["recorded_since"] = timezone.localdate()  # what it held before lies in its paper books
        parent = _parent(values, by_code)
        if parent is None and Organization.objects.exists():
            raise Stale([row.number])
        node = Organization.objects.add_child(parent, fields) if parent else Organization.objects.add_root(fields)
        by_code[values["code"]] = node
        change = changes.get(established)
        if change is None:
            change = changes[established] = Change.objects.create(
                kind=ChangeKind.ESTABLISHED, effective_on=established, reason="党组织信息采集表导入"
            )
        change.results.add(node)
        periods.append(
            Period(
                organization=node,
                parent=parent,
                name=node.name,
                kind=node.kind,
                started_on=established,
                opened_by=change,
            )
        )
    Period.objects.bulk_create(periods)
    after = versions(Organization, [node.pk for node in by_code.values()])
    effects = [(row.number, by_code[row.values["code"]].pk) for row in rows]
    write_effects(batch, [(number, Effect.CREATED, pk, after[pk], b"") for number, pk in effects])
    return len(rows)


def _parent(values: dict[str, Any], by_code: dict[str, Organization]) -> Organization | None:
    if code := values.get("parent_code"):
        return Organization.objects.get(pk=by_code[code].pk)
    pk = values.get("parent_id")
    # Read afresh: adding a child before has changed the superior's count of children.
    return Organization.objects.select_for_update().get(pk=pk) if pk else None


def _superiors_first(rows: list[Staged]) -> list[Staged]:
    ordered: list[Staged] = []
    waiting, done = list(rows), set()
    while waiting:
        ready = [row for row in waiting if row.values.get("parent_code") is None or row.values["parent_code"] in done]
        if not ready:
            raise Stale([row.number for row in waiting])
        ordered += ready
        done |= {row.values["code"] for row in ready}
        waiting = [row for row in waiting if row.values["code"] not in done]
    return ordered


def _update(batch: ImportBatch, rows: list[Staged]) -> int:
    ids = {row.object_id: row for row in rows if row.object_id is not None}
    held = {node.pk: node for node in Organization.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    at = versions(Organization, list(held))
    stale = [row.number for pk, row in ids.items() if pk not in held or at[pk] != row.version]
    # Establishing a child in this same batch changes the superior's row too; its own columns are then still as seen.
    stale = [number for number in stale if not _as_seen(held, ids, number)]
    if stale:
        raise Stale(stale)
    effects = []
    for pk, row in ids.items():
        assert pk is not None
        node, fields = held[pk], [FIELD.get(name, name) for name in EDITABLE]
        before = {name: getattr(node, name) for name in fields}
        for name, value in _fields(row.values).items():
            if name in fields:
                setattr(node, name, value)
        node.save(update_fields=fields)
        after = {name: getattr(node, name) for name in fields}
        effects.append((row.number, pk, encrypt(pack({"before": before, "after": after}), field=BEFORE)))
    now_at = versions(Organization, list(held))
    write_effects(batch, [(number, Effect.UPDATED, pk, now_at[pk], before) for number, pk, before in effects])
    return len(rows)


def _as_seen(held: dict[int, Organization], ids: dict[int, Staged], number: int) -> bool:
    row = next(row for row in ids.values() if row.number == number)
    node = held.get(row.object_id or 0)
    return node is not None and all(
        getattr(node, FIELD.get(name, name)) == old for name, (old, _) in row.changes.items()
    )
