"""What waits for the reader in this room."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from zhibu.accounts.enums import RIGHTS, Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import Kind
from zhibu.supervision.alerts.queries import waiting as alerts_waiting
from zhibu.supervision.enums import ON_CLOCK, ProblemState
from zhibu.supervision.integrity.queries import waiting as integrity_waiting
from zhibu.supervision.models import Milestone, Problem
from zhibu.supervision.queries.base import my_problems
from zhibu.supervision.rules import SOON_DAYS, STEP
from zhibu.ui.waiting import Asked, Waiting

NOBODY = Q(pk__in=())


def own(scope: Scope) -> Q:
    """Problems of the very organizations in which the reader holds an office, and of a branch's groups."""
    nodes = [grant for grant in scope.grants if Right.HANDLE_PROBLEM in RIGHTS[grant.role] and grant.organization_id]
    ids = Q(organization__in=[grant.organization_id for grant in nodes])
    groups = (Q(organization__kind=Kind.GROUP, organization__path__startswith=grant.path) for grant in nodes)
    deep = (Q(organization__depth=len(grant.path) // STEP + 1) for grant in nodes)
    return reduce(or_, (one & two for one, two in zip(groups, deep, strict=True)), ids)


def directly_below(scope: Scope) -> Q:
    """Problems that the reader's own organizations review: of those directly below, and of the groups below these."""
    found = NOBODY
    for grant in scope.grants:
        if Right.SUPERVISE in RIGHTS[grant.role] and grant.organization_id:
            depth = len(grant.path) // STEP
            near = Q(organization__depth=depth + 1) | Q(organization__depth=depth + 2, organization__kind=Kind.GROUP)
            found |= near & Q(organization__path__startswith=grant.path)
    return found


def escalated_to(scope: Scope) -> Q:
    """Late problems of which the reader's own organizations have been told."""
    found = NOBODY
    for grant in scope.grants:
        if Right.SUPERVISE in RIGHTS[grant.role] and grant.organization_id:
            depth = len(grant.path) // STEP
            below = Q(organization__path__startswith=grant.path, organization__depth__gt=depth)
            found |= below & Q(escalation__gte=F("organization__depth") - depth)
    return found


def late_step(today: date) -> Subquery:
    """The day of the first milestone that is past and not done."""
    late = Milestone.objects.filter(problem=OuterRef("pk"), done_on__isnull=True, due_on__lt=today)
    return Subquery(late.order_by("due_on").values("due_on")[:1])


def for_me(rows: QuerySet[Problem], scope: Scope, what: str) -> QuerySet[Problem]:
    """The rows behind one line of `waiting`, for the list's filter."""
    today = scope.today
    if what == "step":
        rows = rows.annotate(late_step=late_step(today))
    running = Q(state__in=ON_CLOCK)
    found = {
        "claim": own(scope) & Q(state=ProblemState.UNCLAIMED),
        "late": own(scope) & running & Q(due_on__lt=today),
        "soon": own(scope) & running & Q(due_on__gte=today, due_on__lte=today + timedelta(days=SOON_DAYS)),
        "step": own(scope) & running & Q(late_step__isnull=False),
        "review": directly_below(scope) & Q(state=ProblemState.TO_REVIEW) & ~Q(reported_by=scope.user_id or 0),
        "escalated": escalated_to(scope) & running,
    }
    return rows.filter(found.get(what, NOBODY))


WHAT = (
    ("claim", "待认领的问题", "raised_on", False),
    ("late", "问题整改已逾期", "due_on", True),
    ("soon", f"问题整改 {SOON_DAYS} 天内到期", "raised_on", False),
    ("step", "整改节点已过期限", "late_step", True),
    ("review", "下级报告整改完成，待复核", "done_on", False),
    ("escalated", "下级问题逾期，已报告到本级", "due_on", True),
)


def waiting(scope: Scope) -> list[Asked]:
    """Problems of the own organization to claim and to put right; reports of those directly below to review; late
    ones that rules have brought up to here; alerts that nobody has looked at."""
    mine = [_named(scope), *integrity_waiting(scope)] if scope.person_id else []
    if not scope.may(Right.HANDLE_PROBLEM):
        return mine
    rows, page = scope.visible(Problem.objects.all(), Right.VIEW_PROBLEM), reverse("supervision:index")

    def asked(what: str, title: str, column: str, late: bool) -> Asked:
        def told(count: int, since: date) -> Waiting:
            return Waiting(title, count, f"{page}?mine={what}", since=since, late=late)

        return Asked(for_me(rows, scope, what), told, column)

    return [*mine, *(asked(*one) for one in WHAT), *alerts_waiting(scope)]


def _named(scope: Scope) -> Asked:
    """Running problems that name the reader."""

    def told(count: int, due: date) -> Waiting:
        return Waiting(
            "由我负责的问题待整改", count, reverse("supervision:mine"), since=due if due < scope.today else None,
            late=due < scope.today,
        )  # fmt: skip

    return Asked(my_problems(scope).filter(state__in=ON_CLOCK), told, "due_on")
