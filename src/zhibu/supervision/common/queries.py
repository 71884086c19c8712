"""Common problems as those see them who supervise everything below the organization that grouped them."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import UPPER_KINDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.regulations.dates import add_months
from zhibu.supervision.common.models import CommonProblem, GroupedProblem, Grouping
from zhibu.supervision.enums import OPEN, ProblemState
from zhibu.supervision.models import Problem

MONTHS = 12
IN = Q(rows__is_out=False)


def grouping_organizations(scope: Scope) -> QuerySet[Organization]:
    """Organizations whose subordinates' problems the reader may group: upper ones that they supervise."""
    found = organizations(scope, Right.SUPERVISE).filter(kind__in=UPPER_KINDS, dissolved_on__isnull=True)
    return found.order_by("path")


def grouping_organization(scope: Scope, pk: int | None) -> Organization:
    """The organization asked for, else the highest; 404 for what the reader does not supervise."""
    rows = grouping_organizations(scope)
    found = (rows.filter(pk=pk) if pk is not None else rows).first()
    if found is None:
        raise Http404("没有这个党组织，或不由您督办。")
    return found


def grouping_of(scope: Scope, node: Organization) -> Grouping | None:
    return scope.visible(Grouping.objects.all(), Right.SUPERVISE).filter(organization=node).first()


def groups(scope: Scope) -> QuerySet[CommonProblem]:
    """Common problems of the organizations that the reader supervises. Who supervises all of a subtree may read all
    its problems, so the words of a group give nothing away."""
    rows = CommonProblem.objects.select_related("grouping__organization")
    return scope.visible(rows, Right.SUPERVISE, "grouping__organization__path")


def groups_of(scope: Scope, problem: Problem) -> QuerySet[CommonProblem]:
    """The common problems to which a problem belongs, in the groupings that the reader may see."""
    return groups(scope).filter(rows__problem=problem, rows__is_out=False).order_by("pk")


def counted(rows: QuerySet[CommonProblem]) -> QuerySet[CommonProblem]:
    """Those that are not empty, with ``nodes`` (organizations), ``many`` and ``open`` (problems) and ``latest`` (the
    last day one was raised)."""
    found = rows.annotate(
        nodes=Count("rows__problem__organization", filter=IN, distinct=True), many=Count("rows", filter=IN),
        open=Count("rows", filter=IN & Q(rows__problem__state__in=OPEN)),
        latest=Max("rows__problem__raised_on", filter=IN),
    )  # fmt: skip
    return found.filter(Q(many__gt=0))


def group(scope: Scope, pk: int) -> CommonProblem:
    found = groups(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个共性问题，或不由您督办。")
    return found


def grouped(scope: Scope, of: CommonProblem) -> QuerySet[GroupedProblem]:
    """The problems of a group that the reader may see."""
    rows = GroupedProblem.objects.filter(group=of, is_out=False).select_related("problem__organization")
    return scope.visible(rows, Right.SUPERVISE, "problem__organization__path")


def taken_out(scope: Scope, of: CommonProblem) -> QuerySet[GroupedProblem]:
    """What an editor took out of it, to be put back."""
    rows = GroupedProblem.objects.filter(group=of, is_out=True).select_related("problem__organization")
    return scope.visible(rows, Right.SUPERVISE, "problem__organization__path").order_by("pk")


def in_group(scope: Scope, rows: QuerySet[Problem], pk: int) -> QuerySet[Problem]:
    """Of some problems those of one group, for the list's filter; none for whoever may not see the group."""
    inside = GroupedProblem.objects.filter(group__in=groups(scope).filter(pk=pk), is_out=False)
    return rows.filter(pk__in=inside.values("problem"))


def months(scope: Scope, of: CommonProblem) -> list[tuple[date, int, int]]:
    """Of the last twelve months: how many of its problems were raised, how many struck off."""
    first = add_months(scope.today.replace(day=1), 1 - MONTHS)
    rows = Problem.objects.filter(pk__in=grouped(scope, of).values("problem")).order_by()

    def by(column: str) -> dict[date, int]:
        found = rows.filter(**{f"{column}__gte": first}).annotate(month=TruncMonth(column)).values("month")
        return {row["month"]: row["many"] for row in found.annotate(many=Count("pk"))}

    raised, closed = by("raised_on"), by("closed_on")
    every = (add_months(first, number) for number in range(MONTHS))
    return [(month, raised.get(month, 0), closed.get(month, 0)) for month in every]


def sums(scope: Scope, of: CommonProblem) -> dict[str, int]:
    """The numbers above its page."""
    found = grouped(scope, of).order_by().aggregate(
        nodes=Count("problem__organization", distinct=True), many=Count("pk"),
        open=Count("pk", filter=Q(problem__state__in=OPEN)),
        bare=Count("pk", filter=Q(problem__state=ProblemState.UNCLAIMED)),
    )  # fmt: skip
    return {name: number or 0 for name, number in found.items()}


def others(scope: Scope, of: CommonProblem) -> QuerySet[CommonProblem]:
    """Groups of the same grouping, to merge with."""
    return groups(scope).filter(grouping=of.grouping).exclude(pk=of.pk).order_by("title", "pk")
