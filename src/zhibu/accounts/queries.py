"""What can be asked about accounts."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.rules import WINDOW_MINUTES
from zhibu.accounts.scope import Scope

# The person behind an account is known to a room above; the relation is used by name only.
PATH = "person__organization__path"
POST_PATH = "person__tenures__organization__path"


def accounts(scope: Scope) -> QuerySet[User]:
    """Accounts that the reader may manage: of persons in their subtrees; all, for rights over everything.

    A faculty organizer must not touch the accounts of administrators, nor of those who hold a post outside the
    faculty, even of ones who belong to it.
    """
    found = User.objects.order_by("username")
    if "" in scope.paths(Right.MANAGE_ACCOUNTS):
        return found
    mine = found.filter(scope.within(Right.MANAGE_ACCOUNTS, PATH), is_administrator=False)
    return mine.exclude(pk__in=_with_posts_outside(scope).values("pk"))


def _with_posts_outside(scope: Scope) -> QuerySet[User]:
    """Accounts whose person holds a post outside the reader's subtrees.

    A new activation code is the account itself: whoever could have one for an officer of the university who belongs
    to a branch of theirs would have the officer's rights.
    """
    running = Q(person__tenures__ended_on__isnull=True) | Q(person__tenures__ended_on__gt=scope.today)
    # In one filter and without negation, so that all conditions speak of the same post.
    for path in scope.paths(Right.MANAGE_ACCOUNTS):
        running &= Q(**{f"{POST_PATH}__lt": path}) | Q(**{f"{POST_PATH}__gte": path[:-1] + chr(ord(path[-1]) + 1)})
    return User.objects.filter(running)


def account(scope: Scope, pk: int) -> User:
    """One account to manage; 404 outside the reader's reach."""
    found = accounts(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个账号，或不在您的管理范围内。")
    return found


def recent_failures(address: str, now: datetime) -> int:
    """Failed sign-ins from one address within the window, over all accounts."""
    since = now - timedelta(minutes=WINDOW_MINUTES)
    attempts = AccessAttempt.objects.filter(Q(ip_address=address), attempt_time__gte=since)
    return attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0


def without_activation(scope: Scope) -> QuerySet[User]:
    """Accounts that were handed out and not yet activated."""
    return accounts(scope).filter(is_active=True, password__startswith="!")  # noqa: S106
