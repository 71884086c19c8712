"""What can be asked about organizations. ``scope`` comes first and decides what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Grant, Scope
from zhibu.organizations.enums import Kind, PostKind, role_of
from zhibu.organizations.models import Organization, Tenure
from zhibu.people.enums import MEMBERS

if TYPE_CHECKING:
    from zhibu.accounts.models import User


def organizations(scope: Scope, right: Right = Right.VIEW_ORGANIZATION) -> QuerySet[Organization]:
    """Organizations within the reader's subtrees, dissolved ones included, in the order of the tree."""
    return scope.visible(Organization.objects.order_by("path"), right, "path")


def organization(scope: Scope, pk: int, right: Right = Right.VIEW_ORGANIZATION) -> Organization:
    """One organization: 404 outside the reader's subtrees, 403 inside them without ``right``."""
    found = organizations(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个党组织，或不在您的管理范围内。")
    scope.require(right, found.path)
    return found


def in_office(on: date) -> Q:
    """The condition that a dated row (``started_on``, ``ended_on`` exclusive) holds on that day."""
    return Q(started_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))


def grants_of(user: User, on: date) -> Iterator[Grant]:
    """The grants that the posts of the person behind an account give on a day (registered with the scope)."""
    held = Tenure.objects.filter(
        # Whoever is no longer a member keeps no rights, even if nobody has ended the post yet.
        in_office(on), person__user=user, person__stage__in=MEMBERS, organization__dissolved_on__isnull=True
    )  # fmt: skip
    for tenure in held.select_related("organization"):
        node = tenure.organization
        role = role_of(PostKind(tenure.post), Kind(node.kind), is_root=node.depth == 1)
        if role is not None:
            yield Grant(node.path, role, node.pk, f"{node} {tenure.get_post_display()}")
