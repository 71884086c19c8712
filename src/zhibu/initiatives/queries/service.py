"""Volunteer activities, who took part, the sums of branches; practical deeds."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.initiatives.enums import DeedState, ParticipationState
from zhibu.initiatives.models import Activity, Participation, PracticalDeed
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations

NOTED = ParticipationState.NOTED


def activities(scope: Scope) -> QuerySet[Activity]:
    return scope.visible(Activity.objects.select_related("organization"), Right.VIEW_INITIATIVE)


def listed_activities(scope: Scope) -> QuerySet[Activity]:
    """With how many wait for confirmation."""
    return activities(scope).annotate(noted=Count("participations", filter=Q(participations__state=NOTED)))


def activity(scope: Scope, pk: int, right: Right = Right.VIEW_INITIATIVE) -> Activity:
    """404 outside, 403 inside without the right."""
    found = activities(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个活动，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


def participants(scope: Scope, found: Activity) -> QuerySet[Participation]:
    """Everybody's part for those who keep the activity; for a member only the own one."""
    rows = found.participations.select_related("person")
    if not scope.may(Right.RECORD_INITIATIVE, found.organization.path):
        rows = rows.filter(person=scope.person_id or 0)
    return rows.order_by("person__pinyin", "pk")


def own(scope: Scope) -> QuerySet[Participation]:
    """What the reader took part in."""
    rows = Participation.objects.filter(person=scope.person_id or 0)
    return rows.select_related("activity__organization", "person")


def unconfirmed(scope: Scope) -> QuerySet[Participation]:
    """Parts in activities that are over and that the reader keeps; the own one is for somebody else to confirm."""
    rows = Participation.objects.filter(state=NOTED, activity__on__lte=scope.today)
    rows = rows.exclude(person=scope.person_id or 0)
    return rows.filter(scope.within(Right.RECORD_INITIATIVE, "activity__organization__path"))


def hours_of_branches(scope: Scope, first: date, last: date) -> QuerySet[Organization]:
    """Each branch with its confirmed hours and how many took part. Of branches only, never of persons."""
    held = Activity.objects.filter(organization=OuterRef("pk"), on__range=(first, last), confirmed_people__gt=0)
    sums = held.order_by().values("organization")

    def number(column: str) -> Coalesce:
        found = Subquery(sums.annotate(n=Sum(column)).values("n"), output_field=IntegerField())
        return Coalesce(found, Value(0))

    rows = organizations(scope, Right.VIEW_INITIATIVE).filter(kind__in=BRANCH_KINDS, dissolved_on__isnull=True)
    counted = Subquery(sums.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return rows.annotate(
        held=Coalesce(counted, Value(0)), times=number("confirmed_people"), half_hours=number("confirmed_half_hours")
    )


def sum_of_branches(scope: Scope, first: date, last: date) -> dict[str, int]:
    """The sums of the branches together: ``held``, ``times``, ``half_hours``."""
    held = scope.visible(Activity.objects.all(), Right.VIEW_INITIATIVE).filter(
        organization__kind__in=BRANCH_KINDS, organization__dissolved_on__isnull=True, on__range=(first, last),
        confirmed_people__gt=0,
    )  # fmt: skip
    found = held.aggregate(held=Count("pk"), times=Sum("confirmed_people"), half_hours=Sum("confirmed_half_hours"))
    return {name: number or 0 for name, number in found.items()}


def deeds(scope: Scope) -> QuerySet[PracticalDeed]:
    return scope.visible(PracticalDeed.objects.select_related("organization", "responsible"), Right.VIEW_INITIATIVE)


def deed(scope: Scope, pk: int, right: Right = Right.VIEW_INITIATIVE) -> PracticalDeed:
    """404 outside, 403 inside without the right."""
    found = deeds(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这件实事，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


def late_deeds(scope: Scope) -> QuerySet[PracticalDeed]:
    """Open past their day, for those who keep them and for whoever is responsible."""
    allowed = scope.within(Right.RECORD_INITIATIVE) | Q(responsible=scope.person_id or 0)
    return PracticalDeed.objects.filter(allowed, state=DeedState.OPEN, due_on__lt=scope.today)


def reported_deeds(scope: Scope) -> QuerySet[PracticalDeed]:
    """Done, and nobody has confirmed it yet."""
    return scope.visible(PracticalDeed.objects.filter(state=DeedState.REPORTED), Right.RECORD_INITIATIVE)
