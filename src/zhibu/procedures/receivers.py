"""What the room does when another tells it something, within that action's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import CULTIVATED, MEMBERS, StageKind
from zhibu.people.models import Person
from zhibu.procedures.actions.steering import close, hand_over
from zhibu.procedures.enums import LIVING, Actor
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.queries.actors import Acting, acting
from zhibu.regulations.refusal import Refusal

DECIDED_BY_STEPS = frozenset({*CULTIVATED, *MEMBERS, StageKind.ENDED})


def keep_to_the_case(
    sender: Any, *, scope: Scope, person: Person, before: str, after: str, on: date, procedure: str, **more: Any
) -> None:
    """While an admission is under way, the stage is changed by its steps and nothing else; leaving ends the case."""
    if procedure:
        return
    living = Case.objects.filter(person=person, procedure="admission", state__in=sorted(LIVING)).first()
    if living is None:
        return
    if after in DECIDED_BY_STEPS and before in DECIDED_BY_STEPS:
        raise Refusal(
            f"“{person.name}”的发展党员事项正在办理，人员类别随步骤变更。",
            field="to",
            remedy="请在“发展党员”中办理相应的步骤。",
        )
    close(scope, living, on=on, why=StageKind(after).label)


def follow_the_person(
    sender: Any, *, scope: Scope, persons: Sequence[int], target: Organization, on: date, **more: Any
) -> None:
    """A case goes with its person to the branch they belong to now."""
    branch = target
    if target.kind == Kind.GROUP:
        branch = Organization.objects.get(path=target.path[: -Organization.steplen])
    found = Case.objects.filter(person__in=persons, procedure="admission", state__in=sorted(LIVING))
    for case in found.exclude(organization=branch).order_by("pk"):
        hand_over(scope, case, branch, on=on)


def follow_the_organization(sender: Any, *, scope: Scope, node: Organization, on: date, **more: Any) -> None:
    """What waits for the superiors of an organization waits for its new ones, whatever procedure it belongs to."""
    inside = Q(case__organization__path__startswith=node.path) | Q(case__target__path__startswith=node.path)
    rows = list(OpenStep.objects.filter(inside).select_related("case__organization", "case__target", "organization"))
    known: dict[tuple[int, int | None], Acting] = {}
    for row in rows:
        ends = (row.case.organization_id, row.case.target_id)
        if ends not in known:
            known[ends] = acting(row.case)
        row.organization = known[ends][Actor(row.actor)]
    OpenStep.objects.bulk_update(rows, ["organization"], batch_size=500)
