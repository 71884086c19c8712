"""A whole invented university from a seed: the same seed, scale and day give the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from zhibu.demo import calendars, gatherings, offices, troubles, university
from zhibu.demo.cases import cases
from zhibu.demo.doings import doings
from zhibu.demo.integrity import integrity
from zhibu.demo.lively import lively
from zhibu.demo.load import load, restart
from zhibu.demo.population import Plan, populate
from zhibu.demo.problems import problems
from zhibu.demo.terms import terms
from zhibu.demo.transfers import transfers
from zhibu.demo.world import World
from zhibu.meetings.models import Meeting
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.procedures.models import Case
from zhibu.procedures.transfers.models import Letter
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal

Progress = Callable[[str, int, int], None]
YEARS = 4


@dataclass
class Summary:
    """How many rows were written, and what was put wrong on purpose (also in ``var/demo-troubles.json``)."""

    seed: int
    scale: float
    today: date
    rows: dict[str, int] = field(default_factory=dict)
    troubles: list[dict[str, Any]] = field(default_factory=list)


def build(*, scale: float, seed: int, today: date) -> World:
    """The university in memory, without its meetings."""
    start = add_months(today, -12 * YEARS).replace(day=1)
    world = World(scale=scale, seed=seed, today=today, start=start)
    university.build(world)
    plan = Plan(world)
    university.add_groups(world, plan.sizes)
    for number, node in enumerate(world.nodes, 1):
        node.id = number
    troubles.plan(world)
    calendars.plan_general(world)
    populate(world, plan)
    troubles.people(world)
    offices.fill(world)
    troubles.note_branches(world)
    return world


@transaction.atomic
def generate(
    *, scale: float = 1.0, seed: int = 2026, today: date, progress: Progress = lambda step, done, total: None
) -> Summary:
    """Fills an empty database. Refuses any other: it never mixes with real data."""
    for model, what in ((Organization, "党组织"), (Person, "人员"), (Meeting, "组织生活记录")):
        if model._default_manager.exists():
            raise Refusal(
                f"数据库中已有{what}，没有生成演示数据。",
                remedy="演示数据只写入空的数据库。请换一个 ZHIBU_VAR 目录，或清空后再运行。",
            )
    if not 0.01 <= scale <= 20:
        raise Refusal("规模（scale）应在 0.01 与 20 之间。", field="scale", remedy="1 约为 12000 人、320 个支部。")
    progress("构造大学", 0, 1)
    world = build(scale=scale, seed=seed, today=today)
    progress("构造大学", 1, 1)
    rows = load(world, progress)
    _analyze()
    progress("写入办理事项", 0, 1)
    restart(Case)  # their numbers stand in other records
    restart(Letter)
    rows.update(cases(seed, today))
    rows.update(terms(seed, today))
    rows.update(transfers(seed, today))
    gatherings.held_before(seed, today)
    rows.update(problems(seed, today))
    rows.update(integrity(seed, today))
    rows.update(lively(seed, today))
    rows.update(gatherings.to_come(seed, today))
    rows.update(doings(today))
    progress("写入办理事项", 1, 1)
    _analyze()
    summary = Summary(seed, scale, today, rows, world.troubles)
    _write_truth(summary)
    return summary


def _analyze() -> None:
    """The planner otherwise takes the tables for as empty as they were, and reads them row by row for minutes."""
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _write_truth(summary: Summary) -> None:
    content = {
        "synthetic": "虚构数据，与任何真实的学校和个人无关",
        "seed": summary.seed,
        "scale": summary.scale,
        "today": summary.today.isoformat(),
        "troubles": summary.troubles,
    }
    file = Path(settings.VAR) / "demo-troubles.json"
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
