"""Problems as they are read: within the reader's subtrees, with their standing and whoever answers for them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import BooleanField, Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office, organizations
from zhibu.people.models import Person
from zhibu.supervision.enums import ON_CLOCK, ProblemState, Standing
from zhibu.supervision.models import Evidence, Problem, ProblemEntry
from zhibu.supervision.rules import SOON_DAYS, limits


def overdue(today: date) -> Q:
    """On the clock, and past the day by which it was to be done."""
    return Q(state__in=ON_CLOCK, due_on__lt=today)


def conditions(today: date) -> dict[Standing, Q]:
    """What makes a problem stand so, each without regard to those before it."""
    given = limits(today)
    running = Q(state__in=ON_CLOCK)
    stuck = (
        Q(state=ProblemState.STOPPED)
        | Q(state=ProblemState.TO_REVIEW, done_on__lt=today - timedelta(days=given.review))
        | Q(state=ProblemState.UNCLAIMED, raised_on__lt=today - timedelta(days=given.claim))
        | running & Q(due_on__lte=today - timedelta(days=given.last))
    )
    return {
        Standing.CLOSED: Q(state=ProblemState.CLOSED),
        Standing.STUCK: stuck,
        Standing.LATE: overdue(today),
        Standing.SOON: running & Q(due_on__lte=today + timedelta(days=SOON_DAYS)),
    }


def standing_on(today: date) -> Case:
    """How a problem stands on a day, as an expression; `rules.standing` says the same of one."""
    whens = [When(condition, then=Value(standing.value)) for standing, condition in conditions(today).items()]
    return Case(*whens, default=Value(Standing.DUE.value), output_field=CharField())


def problems(scope: Scope, right: Right = Right.VIEW_PROBLEM) -> QuerySet[Problem]:
    """Problems of the organizations in the reader's subtrees, with ``standing``, ``is_over`` (closed) and
    ``responsible``, the name of who answers for it today."""
    return _described(scope, scope.visible(Problem.objects.select_related("organization"), right))


def _described(scope: Scope, found: QuerySet[Problem]) -> QuerySet[Problem]:
    holder = Tenure.objects.filter(
        in_office(scope.today), organization=OuterRef("organization"), post=OuterRef("post")
    ).order_by("started_on", "pk")
    named = Person.objects.filter(pk=OuterRef("person"), organization=OuterRef("organization"))
    return found.annotate(
        standing=standing_on(scope.today),
        is_over=Case(When(state=ProblemState.CLOSED, then=True), default=False, output_field=BooleanField()),
        responsible=Coalesce(Subquery(named.values("name")[:1]), Subquery(holder.values("person__name")[:1])),
    )


def narrowed(rows: QuerySet[Problem], standing: str, today: date) -> QuerySet[Problem]:
    """Of rows from `problems` those that stand so; ``open`` are all that are not closed, ``in_time``
    what is not late, ``overdue`` what is past its day, stuck or not."""
    if standing == "open":
        return rows.exclude(state=ProblemState.CLOSED)
    if standing == "overdue":
        return rows.filter(overdue(today))
    if standing == "in_time":
        return rows.filter(Q(standing__in=[Standing.DUE.value, Standing.SOON.value]))
    return rows.filter(Q(standing=standing))


def problem(scope: Scope, pk: int, right: Right = Right.VIEW_PROBLEM) -> Problem:
    """One problem: 404 outside the reader's subtrees, 403 inside them without ``right``."""
    found = problems(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个问题，或不在您的管理范围内。")
    scope.require(right, found.organization.path)
    return found


def named(scope: Scope) -> Q:
    """Problems for which the reader is named and holds no post: theirs to see and report, not to hand on."""
    return Q(person=scope.person_id or 0, person__organization=F("organization"))


def my_problems(scope: Scope) -> QuerySet[Problem]:
    """Problems that name the reader, whatever rights they have; with what `problems` adds."""
    return _described(scope, Problem.objects.select_related("organization", "person").filter(named(scope)))


def my_problem(scope: Scope, pk: int) -> Problem:
    """One of them; 404 for everybody whom it does not name."""
    found = my_problems(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个问题，或不由您负责。")
    return found


def judged(scope: Scope, path: str, first: date, last: date) -> QuerySet[Problem]:
    """Problems under ``path`` whose day fell between two days and is over, with ``in_time``: the same as the warehouse
    counts (`supervision.facts`). What stands still, and what was reported in time and waits for review, is left out."""
    rows = scope.visible(Problem.objects.select_related("organization"), Right.VIEW_PROBLEM)
    rows = rows.filter(organization__path__startswith=path, due_on__range=(first, last), due_on__lt=scope.today)
    waiting = Q(state=ProblemState.TO_REVIEW, done_on__lte=F("due_on"))
    in_time = When(state=ProblemState.CLOSED, done_on__lte=F("due_on"), then=True)
    return rows.exclude(waiting | Q(state=ProblemState.STOPPED)).annotate(
        in_time=Case(in_time, default=False, output_field=BooleanField())
    )


def entries(found: Problem) -> QuerySet[ProblemEntry]:
    """What happened with a problem, in that order. ``found`` has been loaded through the scope."""
    return found.entries.select_related("by").prefetch_related("files")


def handovers(found: Problem) -> QuerySet[Tenure]:
    """Who took over the post that answers for a problem since it was raised."""
    held = Tenure.objects.filter(organization=found.organization_id, post=found.post, started_on__gt=found.raised_on)
    return held.select_related("person").order_by("started_on", "pk")


def evidence(scope: Scope, pk: int, file: int) -> Evidence:
    """One file of a problem that the reader may see."""
    return _file(problem(scope, pk), file)


def my_evidence(scope: Scope, pk: int, file: int) -> Evidence:
    """One file of a problem that names the reader."""
    return _file(my_problem(scope, pk), file)


def _file(of: Problem, file: int) -> Evidence:
    found = Evidence.objects.filter(pk=file, entry__problem=of).first()
    if found is None:
        raise Http404("没有这份材料。")
    return found


def raising_organizations(scope: Scope) -> QuerySet[Organization]:
    """Organizations of which the reader may raise a problem."""
    return organizations(scope, Right.HANDLE_PROBLEM).filter(dissolved_on__isnull=True)
