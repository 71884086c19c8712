"""What membership tells the scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import Grant
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
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


def is_in_roster(user: User) -> bool:
    """Whether somebody in the roster is behind the account; leaves what `membership_grants` has read to
    `person_behind`."""
    if hasattr(user, _KNOWN):
        return getattr(user, _KNOWN) is not None
    return Person.objects.filter(user=user).exists()


def membership_grants(user: User, on: date) -> Iterator[Grant]:
    """A member may see their own branch: its meetings and its score (registered with the scope).

    Who is in one of the groups of a branch is a member of the branch: it decides, and it is what has a score.
    """
    held = Person.objects.filter(user=user).select_related("organization")
    names = ("path", "kind", "name", "short_name")
    found = held.only("stage", *(f"organization__{name}" for name in names)).first()
    setattr(user, _KNOWN, found.pk if found else None)
    if not found or found.stage not in MEMBERS:
        return
    branch = found.organization
    if branch and branch.kind == Kind.GROUP:
        branch = Organization.objects.only(*names).filter(path=branch.path[: -Organization.steplen]).first()
    if branch:
        yield Grant(branch.path, Role.MEMBER, branch.pk, f"{branch} 党员")
