"""Who is addressed, who has read or signed, and what waits for oneself. ``scope`` comes first.

Superiors see numbers by organization; names are for whoever keeps the very organization.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import RIGHTS, Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import COMMITTEE_POSTS, Kind, PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.regulations.queries import value
from zhibu.supervision.integrity.enums import Audience
from zhibu.supervision.integrity.models import (
    Declaration,
    DeclarationKind,
    Material,
    ReadingAssignment,
    ReadingConfirmation,
)
from zhibu.supervision.rules import STEP
from zhibu.ui.waiting import Asked, Waiting

Addressed = ReadingAssignment | DeclarationKind
POSTS = {
    Audience.COMMITTEE: COMMITTEE_POSTS,
    Audience.SECRETARIES: frozenset({PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY}),
}  # fmt: skip


def touching(scope: Scope, field: str = "organization__path") -> Q:
    """What concerns the organizations that the reader looks after: inside their subtrees, or above them."""
    found = scope.within(Right.VIEW_PROBLEM, field)
    for path in scope.paths(Right.VIEW_PROBLEM):
        found |= Q(**{f"{field}__in": [path[:length] for length in range(STEP, len(path), STEP)]})
    return found


def to_me(scope: Scope) -> Q:
    """Assignments or declarations that are addressed to the reader today."""
    here = {"organization__path__startswith": OuterRef("organization__path")}
    member = Person.objects.filter(pk=scope.person_id or 0, stage__in=MEMBERS, **here)
    found = Q(audience=Audience.MEMBERS) & Q(Exists(member))
    for audience, posts in POSTS.items():
        held = Tenure.objects.filter(in_office(scope.today), person=scope.person_id or 0, post__in=posts, **here)
        found |= Q(audience=audience) & Q(Exists(held))
    return found


# Material


def materials(scope: Scope) -> QuerySet[Material]:
    """Material issued by or assigned to organizations that concern the reader's."""
    assigned = ReadingAssignment.objects.filter(touching(scope), material=OuterRef("pk"))
    rows = Material.objects.filter(scope.within(Right.VIEW_PROBLEM) | Q(Exists(assigned)))
    return rows.select_related("organization").annotate(next_due=Min("assignments__due_on"))


def material(scope: Scope, pk: int) -> Material:
    found = materials(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份材料，或不在您的管理范围内。")
    return found


def assignments(scope: Scope, of: Material) -> QuerySet[ReadingAssignment]:
    return ReadingAssignment.objects.filter(touching(scope), material=of).select_related("organization", "material")


def assignment(scope: Scope, pk: int) -> ReadingAssignment:
    rows = ReadingAssignment.objects.filter(touching(scope)).select_related("organization", "material")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次交阅，或不在您的管理范围内。")
    return found


def due_readings(scope: Scope, path: str, first: date, last: date) -> QuerySet[ReadingAssignment]:
    """What people of an organization or below it were to read within some days that are over: assigned to it, below it
    or above it."""
    above = [path[:length] for length in range(STEP, len(path), STEP)]
    here = Q(organization__path__startswith=path) | Q(organization__path__in=above)
    withdrawn = Q(material__withdrawn_on__lte=F("due_on"))
    rows = ReadingAssignment.objects.filter(touching(scope), here, due_on__range=(first, last), due_on__lt=scope.today)
    return rows.exclude(withdrawn).select_related("organization", "material")


def my_materials(scope: Scope) -> QuerySet[Material]:
    """Material that the reader is to read, with ``due_on`` and ``confirmed_on`` (None: not yet)."""
    mine = ReadingAssignment.objects.filter(to_me(scope), material=OuterRef("pk")).order_by("due_on")
    confirmed = ReadingConfirmation.objects.filter(material=OuterRef("pk"), person=scope.person_id or 0)
    rows = Material.objects.filter(withdrawn_on__isnull=True, starts_on__lte=scope.today)
    rows = rows.annotate(
        due_on=Subquery(mine.values("due_on")[:1]), confirmed_on=Subquery(confirmed.values("confirmed_on")[:1])
    )
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=scope.today)
    return rows.filter(Q(due_on__isnull=False), running | Q(confirmed_on__isnull=False)).select_related("organization")


def my_material(scope: Scope, pk: int) -> Material:
    found = my_materials(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份材料，或没有交给您阅读。")
    return found


# Declarations


def soon_days(on: date) -> int:
    return value("supervise.declaration_soon", on).number


def declarations(scope: Scope) -> QuerySet[DeclarationKind]:
    """Declarations asked for by organizations that concern the reader's, with ``version``."""
    rows = DeclarationKind.objects.filter(touching(scope)).select_related("organization")
    return rows.annotate(version=Max("texts__version"))


def declaration(scope: Scope, pk: int) -> DeclarationKind:
    found = declarations(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份承诺书，或不在您的管理范围内。")
    return found


def my_declarations(scope: Scope) -> QuerySet[DeclarationKind]:
    """What the reader is to sign, with ``renew_on`` (None: never signed) and ``next_on``, the day it is due."""
    last = Declaration.objects.filter(text__kind=OuterRef("pk"), person=scope.person_id or 0).order_by("-renew_on")
    rows = DeclarationKind.objects.filter(to_me(scope), ended_on__isnull=True).select_related("organization")
    return rows.annotate(
        renew_on=Subquery(last.values("renew_on")[:1]), signed_on=Subquery(last.values("signed_on")[:1])
    ).annotate(next_on=Coalesce(F("renew_on"), F("due_on")))


def my_declaration(scope: Scope, pk: int) -> DeclarationKind:
    found = my_declarations(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份承诺书，或不由您签署。")
    return found


def to_sign(rows: QuerySet[DeclarationKind], today: date) -> QuerySet[DeclarationKind]:
    """Of `my_declarations` those never signed, and those to be renewed soon."""
    return rows.filter(Q(renew_on__isnull=True) | Q(renew_on__lte=today + timedelta(days=soon_days(today))))


# Coverage


def _done(of: Addressed, person: str, today: date) -> Exists:
    """Whether somebody has read the material, or has a signature that is still good."""
    if isinstance(of, ReadingAssignment):
        return Exists(ReadingConfirmation.objects.filter(material=of.material_id, person=OuterRef(person)))
    return Exists(Declaration.objects.filter(text__kind=of.pk, person=OuterRef(person), renew_on__gt=today))


def _tied(of: Addressed, on: date) -> tuple[QuerySet, str]:
    """Rows that tie the addressed to their organizations today, and the column of the person."""
    inside = {"organization__path__startswith": of.organization.path, "organization__dissolved_on__isnull": True}
    if of.audience == Audience.MEMBERS:
        return Person.objects.filter(stage__in=MEMBERS, **inside), "pk"
    posts = POSTS[Audience(of.audience)]
    return Tenure.objects.filter(in_office(on), post__in=posts, **inside), "person"


@dataclass(frozen=True)
class Coverage:
    """How many of an organization's are addressed, and how many have done it."""

    asked: int
    done: int

    @property
    def left(self) -> int:
        return self.asked - self.done


def coverage(scope: Scope, of: Addressed) -> dict[str, Coverage]:
    """By path of the organization, a group's people with their branch. Numbers only."""
    rows, person = _tied(of, scope.today)
    rows = scope.visible(rows, Right.VIEW_PROBLEM).annotate(is_done=_done(of, person, scope.today)).order_by()
    counted = rows.values("organization__path", "organization__kind", "is_done").annotate(
        many=Count(person, distinct=True)
    )
    asked, done = Counter[str](), Counter[str]()
    for row in counted:
        path = row["organization__path"]
        path = path[:-STEP] if row["organization__kind"] == Kind.GROUP else path
        asked[path] += row["many"]
        done[path] += row["many"] * row["is_done"]
    return {path: Coverage(asked[path], done[path]) for path in asked}


def covered(scope: Scope, found: dict[str, Coverage]) -> QuerySet[Organization]:
    """The organizations of a coverage."""
    rows = Organization.objects.filter(path__in=list(found))
    return rows.filter(scope.within(Right.VIEW_PROBLEM, "path")).order_by("path")


def is_keeper(scope: Scope, node: Organization) -> bool:
    """Whether the reader looks after this very organization, not only from above."""
    return any(
        grant.organization_id == node.pk and Right.HANDLE_PROBLEM in RIGHTS[grant.role] for grant in scope.grants
    )


def kept_organization(scope: Scope, pk: int, of: Addressed) -> Organization:
    """404 outside the reader's subtrees and the addressed one; 403 for a superior."""
    rows = Organization.objects.filter(scope.within(Right.VIEW_PROBLEM, "path"), pk=pk)
    found = rows.filter(path__startswith=of.organization.path).first()
    if found is None:
        raise Http404("没有这个党组织，或不在您的管理范围内。")
    if not is_keeper(scope, found):
        raise PermissionDenied("名单只由本党组织查看，上级看数字。需要了解的，请联系这个党组织。")
    return found


def names(scope: Scope, of: Addressed, node: Organization) -> QuerySet[Person]:
    """Who of an organization is addressed, with ``done_on`` (and ``renew_on``). ``node`` is `kept_organization`'s."""
    rows, person = _tied(of, scope.today)
    here = Q(organization=node) | Q(
        organization__kind=Kind.GROUP, organization__path__startswith=node.path, organization__depth=node.depth + 1
    )
    found = Person.objects.filter(pk__in=rows.filter(here).values(person))
    if isinstance(of, ReadingAssignment):
        read = ReadingConfirmation.objects.filter(material=of.material_id, person=OuterRef("pk"))
        return found.annotate(done_on=Subquery(read.values("confirmed_on")[:1]))
    last = Declaration.objects.filter(text__kind=of.pk, person=OuterRef("pk")).order_by("-renew_on")
    return found.annotate(
        done_on=Subquery(last.values("signed_on")[:1]), renew_on=Subquery(last.values("renew_on")[:1]),
        signed_version=Subquery(last.values("text__version")[:1]),
    )  # fmt: skip


def waiting(scope: Scope) -> list[Asked]:
    """What the reader is to read and to sign."""
    if scope.person_id is None:
        return []
    page, today = reverse("supervision:integrity-mine"), scope.today

    def read(count: int, due: date) -> Waiting:
        return Waiting("廉政教育材料待阅读", count, page, by=due, late=due < today)

    def sign(count: int, due: date) -> Waiting:
        return Waiting("承诺书待签署或续签", count, page, by=due, late=due < today)

    return [
        Asked(my_materials(scope).filter(Q(confirmed_on__isnull=True)), read, "due_on"),
        Asked(to_sign(my_declarations(scope), today), sign, "next_on"),
    ]
