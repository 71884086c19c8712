"""What can be asked about accounts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Q, QuerySet, Sum
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.models import NOT_ACTIVATED, Activation, User
from zhibu.accounts.rules import WINDOW_MINUTES
from zhibu.accounts.scope import Scope
from zhibu.ui.waiting import Asked, Waiting

# The person behind an account is known to a room above; the relation is used by name only.
PATH = "person__organization__path"
POST_PATH = "person__tenures__organization__path"
TOLD_FOR = timedelta(days=30)
MOST_RESETS = 10


@dataclass(frozen=True)
class Reset:
    """Somebody handed out a new code for an account: when, and the name of their own account."""

    at: datetime
    by: str


def accounts(scope: Scope) -> QuerySet[User]:
    """Accounts that the reader may manage: of persons in their subtrees; all, for rights over everything.

    A faculty organizer must not touch the accounts of administrators, nor of those who hold a post outside the
    faculty, even of ones who belong to it.
    """
    found = User.objects.order_by("username")
    if "" in scope.paths(Right.MANAGE_ACCOUNTS):
        return found
    inside = scope.within(Right.MANAGE_ACCOUNTS, PATH)
    outside = _with_posts_outside(scope).filter(inside)
    return found.filter(inside, is_administrator=False).exclude(pk__in=outside.values("pk"))


def _with_posts_outside(scope: Scope) -> QuerySet[User]:
    """Accounts whose person holds a post outside the reader's subtrees.

    A new activation code is the account itself: whoever could have one for an officer of the university who belongs
    to a branch of theirs would have the officer's rights.
    """
    running = _in_office(scope.today)
    # In one filter and without negation, so that all conditions speak of the same post.
    for path in scope.paths(Right.MANAGE_ACCOUNTS):
        running &= Q(**{f"{POST_PATH}__lt": path}) | Q(**{f"{POST_PATH}__gte": path[:-1] + chr(ord(path[-1]) + 1)})
    return User.objects.filter(running)


def _in_office(on: date) -> Q:
    return Q(person__tenures__isnull=False) & (
        Q(person__tenures__ended_on__isnull=True) | Q(person__tenures__ended_on__gt=on)
    )


def resets(user_id: int | None, *, since: date | None = None) -> list[Reset]:
    """When somebody else handed out a new code for an account, newest first: its owner must be able to see that."""
    found = Activation.objects.filter(user=user_id or 0, purpose="reset").exclude(issued_by_id=user_id)
    if since is not None:
        found = found.filter(created_at__date__gte=since)
    held = list(found.order_by("-created_at")[:MOST_RESETS])
    names = dict(User.objects.filter(pk__in=[code.issued_by_id for code in held]).values_list("pk", "display_name"))
    return [Reset(code.created_at, names.get(code.issued_by_id or 0, "系统")) for code in held]


def officers_reset(found: QuerySet[User], today: date) -> QuerySet[User]:
    """Accounts of those in office that a system administrator has reset lately.

    A code is the account itself, and an administrator needs nobody's consent to hand one out; so the others see it.
    """
    lately = Activation.objects.filter(
        purpose="reset",
        created_at__date__gte=today - TOLD_FOR,
        issued_by_id__in=User.objects.filter(is_administrator=True).values("pk"),
    )
    officers = User.objects.filter(_in_office(today))
    return found.filter(pk__in=lately.values("user")).filter(pk__in=officers.values("pk"))


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
    return accounts(scope).filter(NOT_ACTIVATED)


def waiting(scope: Scope) -> list[Asked]:
    """Accounts whose owners have not yet chosen a password; and officers whom an administrator has reset lately."""
    if not scope.may(Right.MANAGE_ACCOUNTS):
        return []
    index = reverse("accounts:index")

    def unused(count: int, _: int) -> Waiting:
        return Waiting("账号等待本人启用", count, f"{index}?state=waiting", help="启用码过期的可以重发")

    def reset(count: int, _: int) -> Waiting:
        url, help_text = f"{index}?state=reset", "近 30 天；请向本人核实是否由本人要求"
        return Waiting("任职人员的账号由系统管理员重发了启用码", count, url, help=help_text)

    found = [Asked(without_activation(scope), unused)]
    if scope.role is not Role.ADMINISTRATOR:
        found.append(Asked(officers_reset(accounts(scope), scope.today), reset))
    return found
