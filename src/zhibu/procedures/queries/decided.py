"""Steps that a meeting of the organization decides, for the room that keeps the records of meetings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.procedures.definition import Step
from zhibu.procedures.enums import Actor, CaseState, EntryKind
from zhibu.procedures.loading import procedure, procedures
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries.cases import cases
from zhibu.procedures.queries.workbench import open_rows

Key = tuple[int, str]  # the case, and the step in it


@dataclass(frozen=True)
class Decidable:
    """A step with its words. ``vote``: the rule of its quorum, empty where the meeting takes none."""

    case_id: int
    step: Step
    label: str
    is_open: bool
    may_take: bool

    @property
    def vote(self) -> str:
        return self.step.vote.quorum if self.step.vote else ""


def decidable(scope: Scope, node: Organization, on: date) -> list[Decidable]:
    """The open steps that a meeting of this organization may decide on a day; nobody is offered their own case."""
    rows = open_rows(scope).filter(organization=node, actor=Actor.BRANCH, earliest__lte=on, step__in=_decided())
    rows = rows.exclude(case__person=scope.person_id or 0).order_by("case__procedure", "case__person__pinyin", "pk")
    return [told for row in rows if (told := _told(scope, row.case, row.step, True)).step.is_decided_in_meeting]


def decided_steps(scope: Scope, keys: Collection[Key]) -> dict[Key, Decidable]:
    """The same of known steps, open or not, in the cases that the reader may see."""
    if not keys:
        return {}
    found = {one.pk: one for one in cases(scope).filter(pk__in={case for case, _ in keys})}
    rows = OpenStep.objects.filter(case__in=found, case__state=CaseState.OPEN)
    living = set(rows.values_list("case", "step"))
    return {
        (case, step): _told(scope, found[case], step, (case, step) in living)
        for case, step in keys
        if case in found and step in procedure(found[case].procedure).by_id
    }


def taken(keys: Collection[Key]) -> dict[Key, date]:
    """The latest day of which each step was entered."""
    entries = Entry.objects.filter(case__in={case for case, _ in keys}, kind=EntryKind.DONE).order_by("on")
    days = {(case, step): on for case, step, on in entries.values_list("case", "step", "on")}
    return {key: days[key] for key in keys if key in days}


def untaken(rows: QuerySet, on: str) -> QuerySet:
    """Of rows with ``case`` and ``step`` those whose step is open and was not entered as of the day in column ``on``
    or later."""
    here = {"case": OuterRef("case"), "step": OuterRef("step")}
    later = Entry.objects.filter(kind=EntryKind.DONE, on__gte=OuterRef(on), **here)
    waits = OpenStep.objects.filter(case__state=CaseState.OPEN, **here)
    return rows.filter(Exists(waits), ~Exists(later))


def address(case: int, step: str, record: int, number: int) -> str:
    """The page of a step that is filled in from a decision: it names the record and the decision's number in it, and
    nothing of what was decided."""
    return f"{reverse('procedures:step', args=[case, step])}?{urlencode({'record': record, 'number': number})}"


def outcome_of(step: Step, passed: bool) -> str:
    """The outcome that a vote leaves no choice about; empty where it does."""
    fitting = [one.id for one in step.outcomes if one.favour is passed]
    return fitting[0] if len(fitting) == 1 else ""


def _decided() -> set[str]:
    return {step.id for shape in procedures().values() for step in shape.steps if step.is_decided_in_meeting}


def _told(scope: Scope, case: Case, step_id: str, is_open: bool) -> Decidable:
    shape = procedure(case.procedure)
    step = shape[step_id]
    whose = case.person.name if case.person else str(case.organization)
    may = scope.may(Right.HANDLE_CASE, case.organization.path) and case.person_id != (scope.person_id or 0)
    return Decidable(case.pk, step, f"{shape.label}（{whose}）：{step.number} {step.label}", is_open, may)
