"""Posts, terms, and what waits for those who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, TEMPORARY_KINDS, Kind, PostKind
from zhibu.organizations.models import Organization, Tenure, Term
from zhibu.organizations.queries.base import in_office, organizations
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import in_force, value
from zhibu.ui.waiting import Asked, Waiting


def tenures(scope: Scope, node: Organization | None = None) -> QuerySet[Tenure]:
    """Who held which post when, newest first."""
    found = scope.visible(Tenure.objects.all(), Right.VIEW_ORGANIZATION).select_related("organization", "person")
    found = found if node is None else found.filter(organization=node)
    return found.order_by(F("ended_on").desc(nulls_first=True), "-started_on", "pk")


def holders(nodes: Iterable[Organization | int], post: PostKind, on: date) -> dict[int, str]:
    """Names of those who hold a post on a day, by organization."""
    found = Tenure.objects.filter(in_office(on), organization__in=list(nodes), post=post).select_related("person")
    return {tenure.organization_id: tenure.person.name for tenure in found}


def posts_of(person: Person) -> QuerySet[Tenure]:
    """The posts that a person holds now, in the own branch or above."""
    return Tenure.objects.filter(person=person, ended_on__isnull=True).select_related("organization").order_by("pk")


def posts_left(persons: Iterable[int], origin: Organization, target: Organization, on: date) -> QuerySet[Tenure]:
    """Posts that do not go along when persons move on a day: those in the branch they leave, its groups included.

    Posts above the branch, or in other branches (a teacher as secretary of students), do not rest on belonging there.
    """
    step = Organization.steplen
    branch = origin.path[:-step] if origin.kind == Kind.GROUP else origin.path
    above = [target.path[:end] for end in range(step, len(target.path) + 1, step)]
    held = Tenure.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), person__in=list(persons))
    found = held.filter(organization__path__startswith=branch).exclude(organization__path__in=above)
    return found.select_related("organization", "person").order_by("person", "pk")


def posts_held(persons: Iterable[int], on: date) -> QuerySet[Tenure]:
    """Posts of any organization that persons hold on a day: whoever leaves the university can keep none."""
    held = Tenure.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), person__in=list(persons))
    return held.select_related("organization", "person").order_by("person", "pk")


def terms_due(scope: Scope, on: date) -> QuerySet[Term]:
    """Running terms that end within the time of the reminder, or have ended without an election; the latest first."""
    ahead = value("org.remind", on).number if in_force("org.remind", on) else 0
    found = scope.visible(Term.objects.select_related("organization"), Right.EDIT_ORGANIZATION)
    return found.filter(
        ended_on__isnull=True, organization__dissolved_on__isnull=True, due_on__lte=add_months(on, ahead)
    ).order_by("due_on", "organization__path")


def vacant(scope: Scope, on: date) -> QuerySet[Organization]:
    """Branches whose committee has fewer members than seats, or that have no secretary."""
    seats = Term.objects.filter(organization=OuterRef("pk"), ended_on__isnull=True).values("seats")[:1]
    in_committee = Tenure.objects.filter(in_office(on), organization=OuterRef("pk"), post__in=COMMITTEE_POSTS)
    held = in_committee.order_by().values("organization").annotate(held=Count("person", distinct=True)).values("held")
    branches = organizations(scope, Right.EDIT_ORGANIZATION).filter(
        dissolved_on__isnull=True, kind__in=BRANCH_KINDS - TEMPORARY_KINDS
    )
    counted = branches.annotate(seats=Coalesce(Subquery(seats), 1), held=Coalesce(Subquery(held), 0))
    secretary = Exists(in_committee.filter(post=PostKind.SECRETARY))
    return counted.filter(~secretary | Q(held__lt=F("seats")))


def declared_not_matched(scope: Scope, on: date) -> QuerySet[Organization]:
    """Organizations whose form names a secretary who has not been appointed from the roster yet."""
    secretary = Tenure.objects.filter(in_office(on), organization=OuterRef("pk"), post=PostKind.SECRETARY)
    found = organizations(scope, Right.APPOINT).filter(dissolved_on__isnull=True).exclude(declared_secretary="")
    return found.filter(~Exists(secretary))


def waiting(scope: Scope) -> list[Asked]:
    """Elections that are due or late, vacant posts, secretaries named on the form and not yet appointed.

    Whoever lacks a right gets empty sets, which count as nothing.
    """
    if not (scope.may(Right.EDIT_ORGANIZATION) or scope.may(Right.APPOINT)):
        return []
    terms, on = terms_due(scope, scope.today), scope.today
    page, listing = reverse("procedures:terms"), reverse("organizations:list")

    def late(count: int, since: date) -> Waiting:
        return Waiting("届满未换届", count, f"{page}?due=late", since=since, late=True)

    def ahead(count: int, _: int) -> Waiting:
        return Waiting("即将届满，需要准备换届", count, f"{page}?due=soon", help=_reminder(on))

    def empty(count: int, _: int) -> Waiting:
        return Waiting("班子成员有空缺", count, f"{listing}?posts=vacant")

    def declared(count: int, _: int) -> Waiting:
        return Waiting("采集表填了书记，还没有任职记录", count, f"{listing}?posts=declared")

    return [
        Asked(terms.filter(due_on__lt=on), late, "due_on"),
        Asked(terms.filter(due_on__gte=on), ahead),
        Asked(vacant(scope, on), empty),
        Asked(declared_not_matched(scope, on), declared),
    ]


def _reminder(on: date) -> str:
    return f"{value('org.remind', on).citation}：届满前六个月提醒" if in_force("org.remind", on) else ""
