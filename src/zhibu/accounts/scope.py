"""The one scope: what a reader may do, and on which part of the tree.

A grant is a role at a node of the organization tree and holds for the node's whole subtree; matching is a prefix on
the stored path. Rooms above (posts in `organizations`, membership in `people`) say which grants a person has by
registering a source with `grants_from`; nothing is stored with the account, so a post that ends today ends the rights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

from zhibu.accounts.enums import RIGHTS, Right, Role

if TYPE_CHECKING:
    from zhibu.accounts.models import User

M = TypeVar("M", bound=Model)
ROLE_ORDER = (Role.OFFICE, Role.ORGANIZER, Role.SECRETARY, Role.ADMINISTRATOR, Role.MEMBER, Role.INSPECTOR)


@dataclass(frozen=True, order=True)
class Grant:
    """A role over the subtree below ``path`` ("" is everything). ``title`` is what the page shows."""

    path: str
    role: Role
    organization_id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Scope:
    """A reader: account, person behind it, grants, and the day that counts as today."""

    user_id: int | None
    person_id: int | None
    today: date
    grants: tuple[Grant, ...] = field(default=())

    def paths(self, right: Right) -> tuple[str, ...]:
        """Roots of the subtrees on which ``right`` is held, without those that lie inside another."""
        found = sorted({grant.path for grant in self.grants if right in RIGHTS[grant.role]})
        kept: list[str] = []
        for path in found:
            if not kept or not path.startswith(kept[-1]):
                kept.append(path)
        return tuple(kept)

    def may(self, right: Right | str, path: str | None = None) -> bool:
        """Whether the right is held anywhere, or, given a path, on that node."""
        paths = self.paths(Right(right))
        return bool(paths) if path is None else any(path.startswith(root) for root in paths)

    def require(self, right: Right, path: str | None = None) -> None:
        """Refuse with a sentence (403) unless the right is held; for objects that the reader may see."""
        if not self.may(right, path):
            where = "在这个组织上" if path is not None else ""
            raise PermissionDenied(f"您{where}没有“{right.label}”的权限。需要办理的，请联系上级党组织。")

    def within(self, right: Right, field: str = "organization__path") -> Q:
        """The condition that a row lies in a subtree where the right is held. ``field`` leads to the node's path."""
        condition = Q(pk__in=())
        for path in self.paths(right):
            if path == "":
                # Not an empty Q: "everything or one's own" would then become "one's own".
                return Q(pk__isnull=False)
            condition |= Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + chr(ord(path[-1]) + 1)})
        return condition

    def visible(self, queryset: QuerySet[M], right: Right, field: str = "organization__path") -> QuerySet[M]:
        """Only the rows within. Every query of every room passes through here."""
        return queryset.filter(self.within(right, field))

    @cached_property
    def role(self) -> Role | None:
        """The widest role, which decides the home page."""
        roles = {grant.role for grant in self.grants}
        return next((role for role in ROLE_ORDER if role in roles), None)

    @property
    def role_label(self) -> str:
        return self.role.label if self.role else "未授权账号"

    @property
    def home(self) -> Grant | None:
        """The grant of the widest role that lies highest in the tree."""
        return min((grant for grant in self.grants if grant.role is self.role), default=None)


GrantSource = Callable[["User", date], Iterable[Grant]]
PersonSource = Callable[["User"], int | None]
_grant_sources: list[GrantSource] = []
_person_sources: list[PersonSource] = []


def grants_from(source: GrantSource) -> GrantSource:
    """Register a room's answer to "which grants does this account have on that day?" (called in AppConfig.ready)."""
    if source not in _grant_sources:
        _grant_sources.append(source)
    return source


def person_from(source: PersonSource) -> PersonSource:
    """Register the answer to "which person is behind this account?"."""
    if source not in _person_sources:
        _person_sources.append(source)
    return source


def scope_of(user: User, today: date) -> Scope:
    """The scope of an account on a day. An inactive account has no grants."""
    if not user.is_active:
        return Scope(user_id=user.pk, person_id=None, today=today)
    grants: set[Grant] = set()
    if user.is_administrator:
        grants.add(Grant("", Role.ADMINISTRATOR, None, Role.ADMINISTRATOR.label))
    for source in _grant_sources:
        grants.update(source(user, today))
    person_id = next((found for source in _person_sources if (found := source(user)) is not None), None)
    return Scope(user_id=user.pk, person_id=person_id, today=today, grants=tuple(sorted(grants)))


def system_scope(today: date) -> Scope:
    """The platform itself (worker, command line, demo): the office's rights over everything, no account."""
    return Scope(user_id=None, person_id=None, today=today, grants=(Grant("", Role.OFFICE, None, "系统"),))
