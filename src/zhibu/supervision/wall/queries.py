"""Keys of screens, as those see them who issue them; and what a screen may show."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from zhibu.accounts.actions import hash_of
from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Grant, Scope
from zhibu.supervision.wall.models import WallKey


def wall_keys(scope: Scope) -> QuerySet[WallKey]:
    """Keys issued for organizations that the reader supervises."""
    return scope.visible(WallKey.objects.select_related("organization", "issued_by"), Right.SUPERVISE)


def wall_key(scope: Scope, pk: int) -> WallKey:
    found = wall_keys(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个大屏口令，或不在您的管理范围内。")
    return found


def good(today: date) -> QuerySet[WallKey]:
    """Keys that let a screen in today."""
    return WallKey.objects.filter(revoked_at__isnull=True, until__gte=today).select_related("organization")


def key_of(code: str, today: date) -> WallKey | None:
    """The key that was typed, while it is good."""
    return good(today).filter(code_hash=hash_of(code)).first()


def screen_scope(pk: int | None, today: date) -> Scope | None:
    """What the screen that came in by this key sees; asked for every time, so that revoking ends it at once."""
    found = good(today).filter(pk=pk or 0).first()
    if found is None:
        return None
    node = found.organization
    return Scope(None, None, today, (Grant(node.path, Role.SCREEN, node.pk, Role.SCREEN.label),))
