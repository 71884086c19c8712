"""What the room's pages draw, made from loaded objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from zhibu.people.enums import GONE, MEMBERS, StageOrigin
from zhibu.people.forms import mask
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.rules.fields import FIELDS
from zhibu.ui.parts import Event


def fields_by_group(
    person: Person, *, leave_out: Collection[str] = (), masked: bool = False
) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(label, value in words)]), all fields in the order of the form; ``masked`` hides numbers and address."""
    found: dict[str, list[tuple[str, str]]] = {}
    for field in FIELDS:
        if field.name not in leave_out:
            value = getattr(person, field.name)
            text = mask(field.name, value) if masked and field.is_secret else field.shown(value)
            found.setdefault(field.group, []).append((field.label, text))
    return list(found.items())


def events(stages: Iterable[Stage]) -> list[Event]:
    """Stages, newest first."""
    found = []
    for stage in stages:
        until = f"至 {stage.ended_on}" if stage.ended_on else "至今"
        backfilled = f"补录：{stage.reason}（材料在{stage.place}）" if stage.origin == StageOrigin.BACKFILLED else ""
        collected = stage.get_origin_display() if stage.origin == StageOrigin.COLLECTED else ""
        notes = (until, stage.get_way_out_display(), stage.basis, str(stage.organization or ""), collected, backfilled)
        tone = "red" if stage.kind in GONE else "green" if stage.kind in MEMBERS else "blue"
        tone = "yellow" if backfilled else tone
        found.append(Event(stage.started_on, stage.get_kind_display(), "；".join(filter(None, notes)), tone=tone))
    return found[::-1]


def ties_as_events(ties: Iterable[Affiliation]) -> list[Event]:
    """Ties to branches, newest first."""
    found = []
    for tie in ties:
        until = f"至 {tie.ended_on}（{tie.get_leaving_display()}）" if tie.ended_on else "至今"
        note = f"{tie.get_entry_display()}；{until}"
        found.append(Event(tie.started_on, str(tie.organization), note, tone="grey" if tie.ended_on else "blue"))
    return found[::-1]
