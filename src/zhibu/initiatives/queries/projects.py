"""Projects, their milestones and their timeline."""

from __future__ import annotations

from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Length
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.initiatives.enums import MilestoneState, ProjectState
from zhibu.initiatives.models import Milestone, Project
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.models import Person

OPEN = Q(milestones__state=MilestoneState.OPEN)
DONE = Q(milestones__state=MilestoneState.DONE)


def projects(scope: Scope) -> QuerySet[Project]:
    """Those of the reader's organizations; what is not agreed yet is seen only by those who keep or review it."""
    kept = scope.within(Right.RECORD_INITIATIVE) | ~Q(state__in=(ProjectState.DECLARED, ProjectState.RETURNED))
    rows = scope.visible(Project.objects.filter(kept), Right.VIEW_INITIATIVE)
    return rows.select_related("organization", "secretary")


def listed(scope: Scope) -> QuerySet[Project]:
    """With how many milestones are done, how many are open, and the next day."""
    return projects(scope).annotate(
        done=Count("milestones", filter=DONE), left=Count("milestones", filter=OPEN),
        next_due=Min("milestones__due_on", filter=OPEN),
    )  # fmt: skip


def project(scope: Scope, pk: int, right: Right = Right.VIEW_INITIATIVE) -> Project:
    """One of them: 404 outside, 403 inside without the right."""
    found = projects(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个项目，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


def milestones(found: Project) -> list[Milestone]:
    """All rows in the order of their days, those that were replaced or dropped too."""
    return list(found.milestones.select_related("replaces"))


def late_milestones(scope: Scope) -> QuerySet[Milestone]:
    """Of running projects that the reader keeps: open, and their day has passed."""
    rows = Milestone.objects.filter(state=MilestoneState.OPEN, project__state=ProjectState.RUNNING)
    return rows.filter(scope.within(Right.RECORD_INITIATIVE, "project__organization__path"), due_on__lt=scope.today)


def to_review(scope: Scope) -> QuerySet[Project]:
    """Declared by organizations below those for which the reader reviews."""
    rows = Project.objects.filter(state=ProjectState.DECLARED).exclude(secretary=scope.person_id or 0)
    condition = Q(pk__in=())
    for root in scope.paths(Right.REVIEW_INITIATIVE):
        below = Q(organization__path__startswith=root, long__gt=len(root)) | Q(organization__depth=1)
        condition |= below if root else Q(pk__isnull=False)
    return rows.alias(long=Length("organization__path")).filter(condition, scope.within(Right.REVIEW_INITIATIVE))


def returned(scope: Scope) -> QuerySet[Project]:
    """Sent back, for those who keep them."""
    return scope.visible(Project.objects.filter(state=ProjectState.RETURNED), Right.RECORD_INITIATIVE)


def secretaries(scope: Scope, node: Organization) -> list[Person]:
    """Who may be responsible: whoever holds the secretary's post of the organization today."""
    scope.require(Right.RECORD_INITIATIVE, node.path)
    held = Tenure.objects.filter(in_office(scope.today), organization=node, post=PostKind.SECRETARY)
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("pinyin", "pk"))


def moved(found: Project) -> QuerySet[Milestone]:
    """Milestones of a project that were put off at least once."""
    return found.milestones.filter(replaces__isnull=False, due_on__gt=F("replaces__due_on"))
