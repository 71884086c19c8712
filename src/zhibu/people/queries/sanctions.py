"""Sanctions in force: for those who keep the file, and for the rules that depend on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.enums import SanctionKind
from zhibu.people.models import Person, Sanction


def sanctions(scope: Scope, person: Person) -> list[Sanction]:
    """All of a person, newest first. Seen by the posts that keep the file, nobody else."""
    if person.pk == scope.person_id or not scope.may(Right.EDIT_PERSON, _path(person)):
        return []
    return list(Sanction.objects.filter(person=person).select_related("recorded_by"))


def sanction(scope: Scope, person: Person, pk: int) -> Sanction:
    """One sanction of a person who has been loaded through the scope; 404 for others'."""
    found = Sanction.objects.filter(person=person, pk=pk).first()
    if found is None or person.pk == scope.person_id:
        raise Http404("没有这一项处分，或不在您的管理范围内。")
    return found


def _path(person: Person) -> str:
    return person.organization.path if person.organization else ""


def in_effect(on: date) -> Q:
    """Which sanctions have effect on a day. 留党察看 has it until the rights were restored, whatever the period says
    (发展党员工作细则 第十四条)."""
    running = Q(is_withdrawn=False, since__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    return running & (Q(kind=SanctionKind.OBSERVATION) | Q(until__gte=on))


def sanctioned(pks: Iterable[int], on: date) -> dict[int, str]:
    """The gravest sanction in effect on a day, by person. For rules that have been given these people already."""
    found: dict[int, str] = {}
    for person, kind in Sanction.objects.filter(in_effect(on), person__in=list(pks)).values_list("person", "kind"):
        found[person] = max(kind, found.get(person, ""))
    return found


def under_observation() -> QuerySet[Sanction]:
    """留党察看 that nobody has ended: without vote, today."""
    return Sanction.objects.filter(kind=SanctionKind.OBSERVATION, is_withdrawn=False, ended_on__isnull=True)
