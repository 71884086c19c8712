"""Papers in the folders: those of people under way and of members confirmed in the four years that the demo tells.

Nearly all are only registered with the place of the paper original; the branch of the demo accounts also has a few
files that can be opened. What is missing is missing on purpose: a folder here and there lacks something.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from docx import Document as Letter

from zhibu.archive.enums import SEALED, DocumentKind, Match
from zhibu.archive.models import Document
from zhibu.archive.rules import ROAD, entries, needs, required
from zhibu.archive.storage import put
from zhibu.demo.world import Being, World
from zhibu.people.enums import StageKind

COLUMNS = (
    "id", "person_id", "organization_id", "kind", "title", "dated_on", "place", "match", "version", "state", "added_at",
)  # fmt: skip
WITHOUT_GAP = 0.85  # folders that lack nothing
FILES = 4
WORDS = "这是演示数据，不是真实的入党申请书。"


def papers(world: World) -> Iterator[tuple[Any, ...]]:
    """Rows of `Document` as COPY wants them."""
    rng = world.rng("papers")
    number = 0
    for being in world.beings:
        lost = 0 if rng.random() < WITHOUT_GAP else rng.randint(1, 3)
        if not _is_told(being, world) or being.home is None:
            continue
        dated = list(_dated(being, world.today).items())
        for _ in range(min(lost, len(dated))):
            dated.pop(rng.randrange(len(dated)))
        place = f"{being.home.short_name}档案柜" if being.stage is not StageKind.FULL else "学校档案馆人事档案"
        for kind, day in dated:
            number += 1
            where = "院系党委保密柜" if kind in SEALED and being.stage is not StageKind.FULL else place
            added = min(day + timedelta(days=3 + number % 9), world.today)
            yield (
                number, being.id, being.home.id, kind.value, kind.label, day, where, Match.PAPER.value, 1, "current",
                _noon(added),
            )  # fmt: skip


def _is_told(being: Being, world: World) -> bool:
    confirmed = being.since(StageKind.FULL)
    home = being.home
    shown = home is not None and any(node.flaws.get("showcase") for node in (home, home.parent) if node)
    lately = confirmed is None or confirmed >= world.start
    return being.stage in {*ROAD, StageKind.EXTENDED} and bool(lately or shown)


def _dated(being: Being, today: date) -> dict[DocumentKind, date]:
    """The kinds that the folder must hold, each with the day of the stage that it belongs to."""
    confirmed = being.columns.get("confirmed_on")
    entered = entries({step.kind: step.start for step in reversed(being.steps)}, confirmed, today)
    asked = [kind for need in required(being.stage, entered) for kind in need.kinds]
    stage_of = {kind: need.stage for need in reversed(needs()) for kind in need.kinds}
    reached = {step.kind for step in being.steps}
    found = {}
    for kind in asked:
        stage = stage_of[kind]
        day = entered[stage] or confirmed or today
        # The file begins with a later stage: what came before lies some months back.
        unknown = sum(
            earlier not in reached for earlier in ROAD[ROAD.index(stage) : ROAD.index(StageKind.PROBATIONARY)]
        )
        found[kind] = day - timedelta(days=170 * unknown + asked.index(kind) % 7)
    return found


def files(world: World) -> int:
    """A few applications of the branch of the demo accounts as files that can be opened."""
    shown = {node.id for node in world.living_branches if node.flaws.get("showcase")}
    held = Document.objects.filter(organization__in=shown, kind=DocumentKind.APPLICATION).select_related("person")
    rows = list(held.filter(person__stage__in=ROAD[:-1]).order_by("pk")[:FILES])
    for row in rows:
        assert row.person is not None
        put(row, _application(row.person.name, row.dated_on))
        row.name, row.match = "入党申请书.docx", Match.FOUND
        row.content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        row.save()
    return len(rows)


def _application(name: str, day: date) -> bytes:
    letter = Letter()
    letter.add_heading("入党申请书", level=1)
    for text in ("敬爱的党组织：", WORDS, f"申请人：{name}", f"{day.year}年{day.month}月{day.day}日"):
        letter.add_paragraph(text)
    made = io.BytesIO()
    letter.save(made)
    return made.getvalue()


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))  # noqa: DTZ001
