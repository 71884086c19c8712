"""Writing a checked member summary: set by set, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.utils import timezone

from zhibu.exchange.bulk import Copy
from zhibu.exchange.checking.members import ID_INDEX, PLAIN, TEXTS
from zhibu.exchange.columns.members import SUSPENDED
from zhibu.exchange.committing.copying import Stale, effects_of_created, load_temporary, next_ids
from zhibu.exchange.committing.course import move_changed
from zhibu.exchange.enums import RowState
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import RawRow, Staged, opener, raw_blocks
from zhibu.people.enums import Entry, StageKind, StageOrigin
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.pinyin import spelling
from zhibu.vault.crypto import encryptor, indexer

DATES = frozenset({"birth_date", "joined_on", "confirmed_on", "lost_since"})
ENCRYPTED = ("id_number", "phone", "landline", "address")
COLLECTED = "党员信息采集导入"
ORIGIN = StageOrigin.COLLECTED.value
WRITTEN = (
    "organization_id", "stage", *(name for name in PLAIN if name not in ENCRYPTED), "pinyin", "initials",
    *ENCRYPTED, "id_number_index", "phone_index", "updated_at",
)  # fmt: skip
PINYIN = 1 + WRITTEN.index("pinyin")
BLOCK = 5000
T = TypeVar("T")


def write(batch: ImportBatch) -> dict[str, int]:
    """Insert new persons, update changed ones; gives the counts. Raises `Stale` when the preview no longer holds."""
    with connection.cursor() as cursor:
        # References are checked block by block, while the next block is being encrypted, instead of all at the end.
        cursor.execute("set constraints all immediate")
    created = _insert(batch)
    updated = _update(batch)
    return {"created": created, "updated": updated}


class PersonWriter:
    """Makes persons' rows in the order of `WRITTEN`. One at a time: not to be shared between threads."""

    def __init__(self) -> None:
        self._encrypt = {name: encryptor(f"people.Person.{name}") for name in ENCRYPTED}
        self._sign_number, self._sign_phone = indexer(ID_INDEX), indexer("people.Person.phone")
        self._open = [(name, name in TEXTS, name in DATES) for name in PLAIN if name not in ENCRYPTED]

    def row(self, values: dict[str, Any], at: datetime) -> list[Any]:
        spelled, initials = spelling(values["name"])
        row = [values["organization"], SUSPENDED if values["membership"] == SUSPENDED else values["stage"]]
        for name, is_text, is_date in self._open:
            value = values[name]
            if value is None:
                row.append("" if is_text else None)
            else:
                row.append(date.fromisoformat(value) if is_date else value)
        row += [spelled, initials]
        for name, encrypt in self._encrypt.items():
            text = values[name]
            row.append(encrypt(text) if text else b"")
        row.append(self._sign_number(values["id_number"]))
        row.append(self._sign_phone(values["phone"]) if values["phone"] else None)
        row.append(at)
        return row


def _ahead(batch: ImportBatch, state: RowState, prepare: Callable[[list[Staged]], T]) -> Iterator[T]:
    """``prepare`` over the batch's rows in blocks: the next block is prepared while the server takes the last."""
    open_block = opener(batch)

    def prepared(block: list[RawRow]) -> T:
        return prepare(open_block(block))

    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = None
        for block in raw_blocks(batch, [state], BLOCK):
            following = pool.submit(prepared, block)
            if coming is not None:
                yield coming.result()
            coming = following
        if coming is not None:
            yield coming.result()


def _defaults() -> dict[str, Any]:
    """What a new person has in the columns that the form does not know."""
    found: dict[str, Any] = {}
    for field in Person._meta.concrete_fields:
        if field.column in {*WRITTEN, "id"} or field.null or isinstance(field, models.DateTimeField) or field.generated:
            continue
        found[str(field.column)] = field.get_default()
    return found


@dataclass(slots=True)
class NewPersons:
    """A block of new persons, ready for the server. ``created``: (row number, id) in order."""

    persons: bytes
    stages: bytes
    ties: bytes
    created: list[tuple[int, int]]


def _insert(batch: ImportBatch) -> int:
    new, defaults = batch.count(RowState.NEW), _defaults()
    ids = iter(next_ids(Person, new))
    writer, at, rest = PersonWriter(), timezone.now(), tuple(defaults.values())
    persons = Copy(Person, ("id", *WRITTEN, "created_at", *defaults))
    stages = Copy(
        Stage, ("person_id", "organization_id", "kind", "started_on", "ended_on", "way_out", "basis", "origin")
    )
    ties = Copy(Affiliation, ("person_id", "organization_id", "started_on", "entry", "leaving"))

    def prepare(rows: list[Staged]) -> NewPersons:
        numbered = [(next(ids), row.values) for row in rows]
        # In the order of the names, so that the server finds the pages of four indexes at hand.
        written = sorted(((pk, *writer.row(values, at)) for pk, values in numbered), key=itemgetter(PINYIN))
        return NewPersons(
            persons.pack((*row, at, *rest) for row in written),
            stages.pack(
                # Where somebody belonged at a stage that is over does not stand on the form.
                (pk, None if ended else values["organization"], kind, started, ended, "", COLLECTED, ORIGIN)
                for pk, values in numbered
                for kind, started, ended in course(values, batch.as_of)
            ),
            ties.pack((pk, values["organization"], batch.as_of, Entry.COLLECTED.value, "") for pk, values in numbered),
            [(row.number, pk) for row, (pk, _) in zip(rows, numbered, strict=True)],
        )

    done = 0
    for block in _ahead(batch, RowState.NEW, prepare):
        persons.send(block.persons)
        if not done and new > BLOCK:
            _count_anew()
        stages.send(block.stages)
        ties.send(block.ties)
        effects_of_created(batch, Person, block.created)
        done += len(block.created)
    return done


def _count_anew() -> None:
    """Keep the server from taking the table for empty until the end of this transaction.

    Every stage and tie looks up its person. Were the table analyzed by somebody else just now (autovacuum does it after
    any large change), it would seem to hold nothing, every index would seem as good as the key, and looking up 100,000
    persons takes minutes. Our own count includes our own rows, and nobody else may count before we are done.
    """
    with connection.cursor() as cursor:
        cursor.execute("analyze people_person (id)")


def course(values: dict[str, Any], as_of: date) -> Iterator[tuple[str, date, date | None]]:
    """The stages that the form's dates tell: (kind, from, until). The day of a suspension is not on the form."""
    joined = date.fromisoformat(values["joined_on"])
    confirmed = date.fromisoformat(values["confirmed_on"]) if values["confirmed_on"] else None
    suspended = as_of if values["membership"] == SUSPENDED else None
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
    table, done, writer, at = Person._meta.db_table, 0, PersonWriter(), timezone.now()

    def prepare(rows: list[Staged]) -> tuple[list[Staged], list[list[Any]]]:
        return rows, [writer.row(row.values, at) for row in rows]

    for block, persons in _ahead(batch, RowState.CHANGED, prepare):
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
        extended = {row.object_id for row in block if "stage" not in row.changes and moved.keeps_extended(row)}
        for row, written in zip(block, persons, strict=True):
            if row.object_id in extended:
                written[1] = StageKind.EXTENDED.value
        written_rows = [(row.object_id, *written) for row, written in zip(block, persons, strict=True)]
        load_temporary(Person, ("id", *WRITTEN), written_rows)
        assignments = ", ".join(f"{column} = t.{column}" for column in WRITTEN)
        with connection.cursor() as cursor:
            cursor.execute(f"update {table} p set {assignments} from incoming t where p.id = t.id")  # noqa: S608
        moved.record_effects(batch, Person)
        done += len(block)
    return done
