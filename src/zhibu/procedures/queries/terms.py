"""Terms of office with the procedures that belong to them."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import COMMITTEE_POSTS
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.queries import in_office
from zhibu.procedures.enums import LIVING
from zhibu.procedures.models import Case

OF_TERMS = ("election", "by_election", "term_extension")


def terms(scope: Scope) -> QuerySet[Term]:
    """Every running term in the reader's subtrees, the ones due first, with ``held`` (people in the committee) and
    ``case``, the election under way."""
    held = Tenure.objects.filter(
        in_office(scope.today), organization=OuterRef("organization"), post__in=COMMITTEE_POSTS
    ).order_by()
    counted = held.values("organization").annotate(number=Count("person", distinct=True)).values("number")
    under_way = Case.objects.filter(
        organization=OuterRef("organization"), procedure="election", person=None, state__in=sorted(LIVING)
    )
    found = scope.visible(Term.objects.select_related("organization"), Right.EDIT_ORGANIZATION)
    return found.filter(ended_on__isnull=True, organization__dissolved_on__isnull=True).annotate(
        held=Coalesce(Subquery(counted), 0), case=Subquery(under_way.values("pk")[:1])
    )


def term_end(node: Organization) -> date | None:
    """When the running term of an organization ends. ``node`` has been loaded through the scope."""
    term = Term.objects.filter(organization=node, ended_on__isnull=True).first()
    return term.due_on if term else None


def cases_of(scope: Scope, node: Organization) -> list[Case]:
    """The elections, by-elections and extensions of an organization, newest first. ``node`` has been loaded through
    the scope."""
    found = Case.objects.filter(organization=node, procedure__in=OF_TERMS, person=None)
    return list(found.order_by("-opened_on", "-pk")[:20])
