"""Writing a checked member summary: set by set, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection, models

from zhibu.exchange.checking.members import ID_INDEX, PLAIN, TEXTS
from zhibu.exchange.columns.members import SUSPENDED
from zhibu.exchange.committing.copying import Copy, Stale, effects_of_created, load_temporary, next_ids, now
from zhibu.exchange.committing.course import move_changed
from zhibu.exchange.enums import RowState
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import Staged, staged_rows
from zhibu.people.enums import Entry, StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.pinyin import spelling
from zhibu.vault.crypto import blind_index, encrypt

ENCRYPTED = ("id_number", "phone", "landline", "address")
COLLECTED = "党员信息采集导入"
WRITTEN = (
    "organization_id", "stage", *(name for name in PLAIN if name not in ENCRYPTED), "pinyin", "initials",
    *ENCRYPTED, "id_number_index", "phone_index", "updated_at",
)  # fmt: skip
BLOCK = 5000


def write(batch: ImportBatch) -> dict[str, int]:
    """Insert new persons, update changed ones; gives the counts. Raises `Stale` when the preview no longer holds."""
    created = _insert(batch)
    updated = _update(batch)
    return {"created": created, "updated": updated}


def _column_values(values: dict[str, Any], at: str) -> list[Any]:
    """One person's row in the order of `WRITTEN`."""
    stage = SUSPENDED if values["membership"] == SUSPENDED else values["stage"]
    spelled, initials = spelling(values["name"])
    row: list[Any] = [values["organization"], stage]
    for name in PLAIN:
        if name not in ENCRYPTED:
            row.append(values[name] if values[name] is not None or name not in TEXTS else "")
    row += [spelled, initials]
    for name in ENCRYPTED:
        text = values[name]
        row.append(encrypt(text, field=f"people.Person.{name}") if text else b"")
    row.append(blind_index(values["id_number"], field=ID_INDEX))
    row.append(blind_index(values["phone"], field="people.Person.phone") if values["phone"] else None)
    row.append(at)
    return row


def _defaults() -> dict[str, Any]:
    """What a new person has in the columns that the form does not know."""
    found: dict[str, Any] = {}
    for field in Person._meta.concrete_fields:
        if field.column in {*WRITTEN, "id"} or field.null or isinstance(field, models.DateTimeField):
            continue
        found[field.column] = field.get_default()
    return found


def _insert(batch: ImportBatch) -> int:
    rows = batch.count(RowState.NEW)
    ids = next_ids(Person, rows)
    defaults = _defaults()
    columns = ("id", *WRITTEN, "created_at", *defaults)
    at = now()
    staged = staged_rows(batch, RowState.NEW)
    done = 0
    for block in _blocks(staged):
        numbers = ids[done : done + len(block)]
        with Copy(Person, columns) as copy:
            for pk, row in zip(numbers, block, strict=True):
                copy.write_row((pk, *_column_values(row.values, at), at, *defaults.values()))
        with Copy(
            Stage, ("person_id", "organization_id", "kind", "started_on", "ended_on", "way_out", "basis")
        ) as copy:
            for pk, row in zip(numbers, block, strict=True):
                for kind, started, ended in course(row.values, batch.as_of):
                    copy.write_row((pk, row.values["organization"], kind, started, ended, "", COLLECTED))
        with Copy(Affiliation, ("person_id", "organization_id", "started_on", "entry", "leaving")) as copy:
            for pk, row in zip(numbers, block, strict=True):
                copy.write_row((pk, row.values["organization"], batch.as_of, Entry.COLLECTED.value, ""))
        effects_of_created(batch, Person, [(row.number, pk) for pk, row in zip(numbers, block, strict=True)])
        done += len(block)
    return done


def course(values: dict[str, Any], as_of: date) -> Iterator[tuple[str, str, str | None]]:
    """The stages that the form's dates tell: (kind, from, until). The day of a suspension is not on the form."""
    joined, confirmed = values["joined_on"], values["confirmed_on"]
    suspended = as_of.isoformat() if values["membership"] == SUSPENDED else None
    if confirmed:
        if joined < confirmed:
            yield StageKind.PROBATIONARY.value, joined, confirmed
        yield StageKind.FULL.value, confirmed, suspended
    else:
        yield StageKind.PROBATIONARY.value, joined, suspended
    if suspended:
        yield StageKind.SUSPENDED.value, suspended, None


def _update(batch: ImportBatch) -> int:
    """Compare versions under lock, keep the values before, write the new ones with one statement."""
    table, done = Person._meta.db_table, 0
    for block in _blocks(staged_rows(batch, RowState.CHANGED)):
        ids = {row.object_id: row for row in block}
        with connection.cursor() as cursor:
            cursor.execute(
                f"select id, xmin::text::bigint from {table} where id = any(%s) order by id for update",  # noqa: S608
                [list(ids)],
            )
            versions = dict(cursor.fetchall())
        stale = [row.number for pk, row in ids.items() if versions.get(pk) != row.version]
        if stale:
            raise Stale(stale)
        moved = move_changed(block, batch.as_of)
        at = now()
        extended = {row.object_id for row in block if "stage" not in row.changes and moved.keeps_extended(row)}
        with load_temporary(Person, ("id", *WRITTEN)) as copy:
            for row in block:
                written = _column_values(row.values, at)
                if row.object_id in extended:
                    written[1] = StageKind.EXTENDED.value
                copy.write_row((row.object_id, *written))
        assignments = ", ".join(f"{column} = t.{column}" for column in WRITTEN)
        with connection.cursor() as cursor:
            cursor.execute(f"update {table} p set {assignments} from incoming t where p.id = t.id")  # noqa: S608
        moved.record_effects(batch, Person)
        done += len(block)
    return done


def _blocks(rows: Iterable[Staged]) -> Iterator[list[Staged]]:
    block: list[Staged] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block
