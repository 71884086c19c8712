"""What membership tells the scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person

if TYPE_CHECKING:
    from zhibu.accounts.models import User


_KNOWN = "_person_behind"


def person_behind(user: User) -> int | None:
    """The person of an account (registered with the scope). Takes the answer that `membership_grants` has just read."""
    if hasattr(user, _KNOWN):
        known: int | None = getattr(user, _KNOWN)
        delattr(user, _KNOWN)
        return known
    return Person.objects.filter(user=user).values_list("pk", flat=True).first()


def membership_grants(user: User, on: date) -> Iterator[Grant]:
    """A member may see their own branch: its meetings and its score (registered with the scope)."""
    held = Person.objects.filter(user=user).select_related("organization")
    found = held.only("stage", "organization__path", "organization__name", "organization__short_name").first()
    setattr(user, _KNOWN, found.pk if found else None)
    if found and found.organization and found.stage in MEMBERS:
        yield Grant(found.organization.path, Role.MEMBER, found.organization_id, f"{found.organization} 党员")
