"""Membership over time of persons whom an import changes: stages and ties are moved as the form's dates tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from zhibu.exchange.committing.copying import versions, write_effects
from zhibu.exchange.enums import Effect
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import BEFORE, Staged, pack
from zhibu.people.enums import Entry, Leaving, StageKind, StageOrigin
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.vault.crypto import encrypt

MOVING = frozenset({"stage", "membership", "organization", "joined_on", "confirmed_on"})
BASIS = "党员信息采集导入"


class Moved:
    """What stood before, by person, for the undo."""

    def __init__(self, block: list[Staged]) -> None:
        self.rows = {row.object_id: row for row in block if row.object_id is not None}
        ids = list(self.rows)
        self.persons = {row["id"]: row for row in Person.objects.filter(pk__in=ids).values()}
        moving = [pk for pk, row in self.rows.items() if MOVING & set(row.changes)]
        self.stages: dict[int, list[Stage]] = defaultdict(list)
        self.ties: dict[int, list[Affiliation]] = defaultdict(list)
        for stage in Stage.objects.filter(person__in=moving).order_by("started_on", "id"):
            self.stages[stage.person_id].append(stage)
        for tie in Affiliation.objects.filter(person__in=moving).order_by("started_on", "id"):
            self.ties[tie.person_id].append(tie)
        self.before = {pk: self._before(pk) for pk in ids}

    def _before(self, pk: int) -> bytes:
        held: dict[str, Any] = {"person": self._plain(self.persons[pk])}
        if MOVING & set(self.rows[pk].changes):
            held["stages"] = [_columns(stage) for stage in self.stages[pk]]
            held["ties"] = [_columns(tie) for tie in self.ties[pk]]
        return encrypt(pack(held), field=BEFORE)

    @staticmethod
    def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in row.items()
            if isinstance(value, str | int | bool | date | None) and name not in {"created_at", "updated_at"}
        }

    def keeps_extended(self, row: Staged) -> bool:
        """延长预备期 is 预备党员 on the form and stays what it is."""
        assert row.object_id is not None
        return self.persons[row.object_id]["stage"] == StageKind.EXTENDED and "membership" not in row.changes

    def record_effects(self, batch: ImportBatch, model: type[Model]) -> None:
        after = versions(model, list(self.rows))
        write_effects(
            batch,
            [(row.number, Effect.UPDATED, pk, after[pk], self.before[pk]) for pk, row in self.rows.items()],
        )


def _columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def move_changed(block: list[Staged], as_of: date) -> Moved:
    """Write the stages and ties of the block's persons and give what stood before."""
    moved = Moved(block)
    changed_stages: list[Stage] = []
    new_stages: list[Stage] = []
    changed_ties: list[Affiliation] = []
    new_ties: list[Affiliation] = []
    for pk, row in moved.rows.items():
        if {"stage", "membership", "joined_on", "confirmed_on"} & set(row.changes):
            _move_stages(moved.stages[pk], pk, row, as_of, changed_stages, new_stages)
        if "organization" in row.changes:
            _move_tie(moved.ties[pk], pk, row, as_of, changed_ties, new_ties)
    # Closing comes before opening: one open row a person is a constraint.
    Stage.objects.bulk_update(changed_stages, ["started_on", "ended_on"], batch_size=500)
    Stage.objects.bulk_create(new_stages, batch_size=1000)
    Affiliation.objects.bulk_update(changed_ties, ["ended_on", "leaving"], batch_size=500)
    Affiliation.objects.bulk_create(new_ties, batch_size=1000)
    return moved


def _move_stages(held: list[Stage], pk: int, row: Staged, as_of: date, changed: list[Stage], new: list[Stage]) -> None:
    values = row.values
    joined = date.fromisoformat(values["joined_on"])
    confirmed = date.fromisoformat(values["confirmed_on"]) if values["confirmed_on"] else None
    by_kind = {stage.kind: stage for stage in held}
    wanted: list[tuple[str, date]] = []
    if confirmed is None or joined < confirmed:
        wanted.append((StageKind.PROBATIONARY.value, joined))
    if StageKind.EXTENDED in by_kind:
        wanted.append((StageKind.EXTENDED.value, by_kind[StageKind.EXTENDED].started_on))
    if confirmed:
        wanted.append((StageKind.FULL.value, confirmed))
    if values["membership"] == StageKind.SUSPENDED:
        known = by_kind.get(StageKind.SUSPENDED)
        wanted.append((StageKind.SUSPENDED.value, known.started_on if known else as_of))
    kinds = {kind for kind, _ in wanted}
    course = [stage for stage in held if stage.kind not in kinds and stage.kind < StageKind.PROBATIONARY]
    for kind, started in wanted:
        stage = by_kind.get(kind)
        if stage is None:
            stage = Stage(
                person_id=pk,
                organization_id=values["organization"],
                kind=kind,
                basis=BASIS,
                origin=StageOrigin.COLLECTED,
            )
            new.append(stage)
        elif stage not in changed:
            changed.append(stage)
        stage.started_on = started
        course.append(stage)
    _close_gaps(course, changed, new)


def _close_gaps(course: list[Stage], changed: list[Stage], new: list[Stage]) -> None:
    """Every stage ends where the next begins; the last one is open."""
    for stage, following in zip(course, [*course[1:], None], strict=True):
        ended = following.started_on if following else None
        if ended is not None and ended < stage.started_on:
            ended = stage.started_on
        if stage.ended_on != ended:
            stage.ended_on = ended
            if stage not in new and stage not in changed:
                changed.append(stage)


def _move_tie(
    held: list[Affiliation], pk: int, row: Staged, as_of: date, changed: list[Affiliation], new: list[Affiliation]
) -> None:
    open_tie = next((tie for tie in held if tie.ended_on is None), None)
    started = as_of
    if open_tie is not None:
        started = max(as_of, open_tie.started_on)
        open_tie.ended_on, open_tie.leaving = started, Leaving.INSIDE
        changed.append(open_tie)
    entry = Entry.INSIDE if open_tie else Entry.COLLECTED
    new.append(Affiliation(person_id=pk, organization_id=row.values["organization"], started_on=started, entry=entry))
