"""Who may be named in a step of an organization: its full members, in a list or found by what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.people.enums import SanctionKind, StageKind
from zhibu.people.models import Affiliation, Person, Sanction, Stage
from zhibu.people.queries import in_effect, under_observation, within
from zhibu.procedures.definition import Step
from zhibu.procedures.models import Case


def voters(node: Organization, on: date | None = None) -> QuerySet[Person]:
    """Full members of an organization and of everything below it, today or on an earlier day ``on``; without those
    under 留党察看, who have no vote and cannot be voted for (发展党员 1.2; 基层组织选举工作条例 第五条)."""
    if on is None:
        full = Person.objects.filter(stage=StageKind.FULL).exclude(pk__in=under_observation().values("person"))
        return within(full, node)
    held = Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    end = node.path[:-1] + chr(ord(node.path[-1]) + 1)
    tied = Affiliation.objects.filter(held, organization__path__gte=node.path, organization__path__lt=end)
    full = Person.objects.filter(pk__in=Stage.objects.filter(held, kind=StageKind.FULL).values("person"))
    under = Sanction.objects.filter(in_effect(on), kind=SanctionKind.OBSERVATION)
    return full.filter(pk__in=tied.values("person")).exclude(pk__in=under.values("person"))


def written(case: Case, names: Iterable[str], on: date | None = None) -> dict[str, list[Person]]:
    """Whom each name or 学工号 means among the full members of the case's organization. ``case`` has been loaded
    through the scope."""
    wanted = set(names)
    found = voters(case.organization, on).filter(Q(name__in=wanted) | Q(number__in=wanted))
    people = list(found.only("pk", "name", "number").order_by("pk"))
    return {text: [one for one in people if text in (one.name, one.number)] for text in wanted}


def is_named_in_writing(case: Case, step: Step) -> bool:
    """A faculty has too many members to tick: there the step's people are written down, one a line."""
    chosen = step.people is not None and not (step.vote and step.vote.of)
    return chosen and case.person_id is None and case.organization.kind not in BRANCH_KINDS
