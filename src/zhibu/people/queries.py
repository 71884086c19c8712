"""What can be asked about people. ``scope`` comes first and decides who is seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Grant, Scope
from zhibu.people.enums import GONE, MEMBERS
from zhibu.people.models import Person

if TYPE_CHECKING:
    from zhibu.accounts.models import User


def people(scope: Scope, right: Right = Right.VIEW_PERSON) -> QuerySet[Person]:
    """Persons whose present organization lies in the reader's subtrees."""
    return scope.visible(Person.objects.select_related("organization"), right)


def person(scope: Scope, pk: int, right: Right = Right.VIEW_PERSON) -> Person:
    """One person: oneself always (reading), others by right. 404 outside, 403 inside without ``right``."""
    visible = scope.within(Right.VIEW_PERSON) | Q(pk=scope.person_id)
    found = Person.objects.select_related("organization").filter(visible, pk=pk).first()
    if found is None:
        raise Http404("没有这个人,或不在您的管理范围内。")
    if not (right is Right.VIEW_PERSON and found.pk == scope.person_id):
        scope.require(right, found.organization.path if found.organization else "")
    return found


def person_behind(user: User) -> int | None:
    """The person of an account (registered with the scope)."""
    return Person.objects.filter(user=user).values_list("pk", flat=True).first()


def membership_grants(user: User, on: date) -> Iterator[Grant]:
    """A member may see their own branch: its meetings and its score (registered with the scope)."""
    found = Person.objects.filter(user=user).exclude(stage__in=GONE).select_related("organization").first()
    if found and found.organization and found.stage in MEMBERS:
        yield Grant(found.organization.path, Role.MEMBER, found.organization_id, f"{found.organization} 党员")
