"""5,000 open admission cases with 125,000 entries, bulk loaded into the university of `benchmarks.lists`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from zhibu.organizations.models import Organization
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures.actions.common import open_rows
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries import acting
from zhibu.procedures.rules.findings import Facts
from zhibu.procedures.rules.projection import project
from zhibu.procedures.state import EMPTY, Mark, State, fold

CASES, STEPS = 5_000, 25
ADMISSION = procedure("admission")
FACTS = Facts(born=date(2000, 1, 1))
VOTE = {"entitled": 20, "present": 19, "in_favour": 19}


def fill(today: date) -> list[State]:
    """The states of all cases, in the order of their ids."""
    chosen = list(Person.objects.select_related("organization").filter(stage=StageKind.FULL).order_by("pk")[:CASES])
    Person.objects.filter(pk__in=[one.pk for one in chosen]).update(stage=StageKind.PROBATIONARY)
    cases = Case.objects.bulk_create(
        [
            Case(
                procedure=ADMISSION.key, person=one, organization=one.organization, opened_on=date(2024, 6, 1),
                version=STEPS,
            )
            for one in chosen
        ],
        batch_size=2000,
    )  # fmt: skip
    roads = {shift: list(road(today, shift)) for shift in range(200)}
    states = {shift: fold(ADMISSION, marks) for shift, marks in roads.items()}
    at = timezone.now()
    Entry.objects.bulk_create(
        (
            Entry(
                case=case, position=mark.position, kind=mark.kind, step=mark.step, on=mark.on, outcome=mark.outcome,
                data=mark.data, organization=case.organization, recorded_at=at,
            )
            for number, case in enumerate(cases)
            for mark in roads[number % 200]
        ),
        batch_size=5000,
    )  # fmt: skip
    nodes: dict[int, dict] = {}
    rows: list[OpenStep] = []
    for number, case in enumerate(cases):
        if case.organization_id not in nodes:
            nodes[case.organization_id] = acting(case)
        rows += open_rows(ADMISSION, states[number % 200], FACTS, case, nodes[case.organization_id], today)
    OpenStep.objects.bulk_create(rows, batch_size=5000)
    return [states[number % 200] for number in range(len(cases))]


def road(today: date, shift: int) -> Iterator[Mark]:
    """The first 25 steps of somebody who began so many days later than the first, each as early as the rules allow."""
    begun = today - timedelta(days=900 - shift)
    for position, one in enumerate(project(ADMISSION, EMPTY, FACTS, begun)[:STEPS], start=1):
        outcome = one.step.outcomes[0].id if one.step.outcomes else ""
        yield Mark(position, EntryKind.DONE, one.step.id, one.earliest, outcome, VOTE if one.step.vote else {})


def branch_of_cases() -> Organization:
    """A branch that has some of the cases."""
    return Case.objects.select_related("organization").order_by("pk").first().organization
