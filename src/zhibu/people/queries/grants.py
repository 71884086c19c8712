"""What membership tells the scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant
from zhibu.people.enums import GONE, MEMBERS
from zhibu.people.models import Person

if TYPE_CHECKING:
    from zhibu.accounts.models import User


def person_behind(user: User) -> int | None:
    """The person of an account (registered with the scope)."""
    return Person.objects.filter(user=user).values_list("pk", flat=True).first()


def membership_grants(user: User, on: date) -> Iterator[Grant]:
    """A member may see their own branch: its meetings and its score (registered with the scope)."""
    held = Person.objects.filter(user=user).exclude(stage__in=GONE).select_related("organization")
    found = held.only("stage", "organization__path", "organization__name", "organization__short_name").first()
    if found and found.organization and found.stage in MEMBERS:
        yield Grant(found.organization.path, Role.MEMBER, found.organization_id, f"{found.organization} 党员")
