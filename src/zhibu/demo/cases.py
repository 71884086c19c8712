"""Admissions under way: most of those between application and confirmation have a case, some of them are late.

What lies behind a stage is backfilled as `procedures.actions.opening` would; a few steps more are taken by the rules
themselves, each on a day that the projection allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.models import Person, Stage
from zhibu.procedures.actions.common import open_rows
from zhibu.procedures.actions.opening import backfilled, behind
from zhibu.procedures.enums import Actor, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries import acting, marks_of
from zhibu.procedures.rules.findings import Facts
from zhibu.procedures.rules.projection import project
from zhibu.procedures.state import fold

KEY = "admission"
WITHOUT = 0.08  # the share that nobody has opened a case for yet
LATE = 0.06  # the share whose talk or half-yearly review nobody has entered
# What may be taken beyond the stage, and never what would change it.
FURTHER = {"10": ("talk",), "30": ("introducers", "training"), "40": ("confirm_application",)}


def cases(seed: int, today: date) -> dict[str, int]:
    """Write them; gives how many rows of each table."""
    rng = Random(seed)
    shape = procedure(KEY)
    people = list(Person.objects.filter(stage__in=sorted(shape.reached)).select_related("organization").order_by("pk"))
    begun: dict[int, dict[str, date]] = defaultdict(dict)
    stages = Stage.objects.filter(person__in=[one.pk for one in people]).order_by("started_on")
    for pk, kind, on in stages.values_list("person_id", "kind", "started_on"):
        begun[pk][kind] = on
    groups = _branches_of_groups(people)
    chosen = [one for one in people if one.organization_id and rng.random() >= WITHOUT]
    made = Case.objects.bulk_create(
        [
            Case(
                procedure=KEY, person=one, opened_on=max(begun[one.pk].values(), default=today),
                organization=groups.get(one.organization_id or 0, one.organization),
            )
            for one in chosen
        ],
        batch_size=1000,
    )  # fmt: skip
    entries, rows = [], []
    nodes: dict[int, dict[Actor, Organization]] = {}
    for case, person in zip(made, chosen, strict=True):
        own = backfilled(case, behind(shape, person.stage, begun[person.pk], today), timezone.now())
        own += _further(case, person, own, rng, today)
        case.version = len(own)
        entries += own
        if case.organization_id not in nodes:
            nodes[case.organization_id] = acting(case)
        state, facts = fold(shape, marks_of(own)), Facts(born=person.birth_date)
        rows += open_rows(shape, state, facts, case, nodes[case.organization_id], today)
    Case.objects.bulk_update(made, ["version"], batch_size=1000)
    Entry.objects.bulk_create(entries, batch_size=5000)
    OpenStep.objects.bulk_create(rows, batch_size=5000)
    return {Case._meta.label: len(made), Entry._meta.label: len(entries), OpenStep._meta.label: len(rows)}


def _branches_of_groups(people: list[Person]) -> dict[int, Organization]:
    """For each group somebody belongs to, the branch that decides."""
    groups = {one.organization for one in people if one.organization and one.organization.kind == Kind.GROUP}
    above = {node.path[: -Organization.steplen]: node for node in groups}
    branches = {node.path: node for node in Organization.objects.filter(path__in=above)}
    return {node.pk: branches[node.path[: -Organization.steplen]] for node in groups}


def _further(case: Case, person: Person, own: list[Entry], rng: Random, today: date) -> list[Entry]:
    """A few steps more, and the reviews of whoever is cultivated."""
    if rng.random() < LATE:
        return []
    shape = procedure(KEY)
    found: list[Entry] = []
    for step, on in _taken(person.stage, own, rng, today):
        found.append(
            Entry(
                case=case, position=len(own) + len(found) + 1, kind=EntryKind.DONE, step=step, on=on,
                outcome=shape[step].outcomes[0].id if shape[step].outcomes else "", organization=case.organization,
                recorded_at=timezone.now(), data={"days": 3} if step == "training" else {},
            )
        )  # fmt: skip
    return found


def _taken(stage: str, own: list[Entry], rng: Random, today: date) -> Iterator[tuple[str, date]]:
    """Steps with their days, in order, none after today."""
    if not own:
        return
    start = own[-1].on
    if stage == "20":
        day = next(entry.on for entry in own if entry.step == "activist")
        while (day := day + timedelta(days=rng.randint(150, 175))) <= today:
            yield "review", day
    elif stage in FURTHER and rng.random() < 0.8:
        first = {
            one.step.id: one.earliest
            for one in project(procedure(KEY), fold(procedure(KEY), marks_of(own)), Facts(), start)
        }
        day = start
        for step in FURTHER[stage]:
            day = max(day, first.get(step, today)) + timedelta(days=rng.randint(2, 20))
            if day > today:
                return
            yield step, day
