"""Where the reader may record, and whom he may name there."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import organizations
from zhibu.people.models import Person
from zhibu.people.queries import roster
from zhibu.people.queries.roster import within


def recording_organizations(scope: Scope) -> QuerySet[Organization]:
    """Where the reader may record; groups do what they do as part of their branch, dissolved ones do nothing more."""
    found = organizations(scope, Right.RECORD_INITIATIVE).filter(dissolved_on__isnull=True)
    return found.exclude(kind=Kind.GROUP)


def recording_organization(scope: Scope, pk: int) -> Organization:
    """One of them: 404 outside, 403 without the right, 404 for groups and dissolved ones."""
    found = one_organization(scope, pk, Right.RECORD_INITIATIVE)
    if found.kind == Kind.GROUP or found.dissolved_on is not None:
        raise Http404("党小组和已经撤销的党组织不在这里登记。")
    return found


def roster_of(scope: Scope, node: Organization) -> QuerySet[Person]:
    """Who belongs to the organization with all below it today."""
    return within(roster(scope), node).order_by("pinyin", "pk")


def is_superior(scope: Scope, node: Organization) -> bool:
    """Whether the reader reviews for what stands above the organization; the university's own root reviews itself."""
    above = node.path[: -Organization.steplen] if node.depth > 1 else node.path
    return scope.may(Right.REVIEW_INITIATIVE, above)
