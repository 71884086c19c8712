"""限期改正: for those who keep the file, and what waits for its conclusion."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.models import CorrectionTerm, Person
from zhibu.people.queries.roster import people


def correction_terms(scope: Scope) -> QuerySet[CorrectionTerm]:
    """Of everybody whose file the reader keeps, themselves excepted."""
    kept = people(scope, Right.EDIT_PERSON).exclude(pk=scope.person_id or 0)
    return CorrectionTerm.objects.filter(person__in=kept.order_by().values("pk")).select_related(
        "person", "person__organization", "recorded_by"
    )


def correction_term(scope: Scope, person: Person, pk: int) -> CorrectionTerm:
    """One of a person who has been loaded through the scope; 404 for others'."""
    found = CorrectionTerm.objects.filter(person=person, pk=pk).first()
    if found is None or person.pk == scope.person_id:
        raise Http404("没有这一项限期改正，或不在您的管理范围内。")
    return found


def corrected_since(persons: Collection[int], day: date) -> set[int]:
    """Of these people, loaded through the scope or named in a record, those given a term on that day or later."""
    if not persons:
        return set()
    found = CorrectionTerm.objects.filter(person__in=persons, decided_on__gte=day)
    return set(found.values_list("person", flat=True))
