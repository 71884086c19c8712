"""Chosen actions: the list, one of them, who reviews, what waits."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen.enums import ActionState
from zhibu.assessment.chosen.models import ActionEvidence, ActionReview, ChosenAction
from zhibu.assessment.evaluators.queries import is_superior
from zhibu.initiatives.models import PracticalDeed, Project
from zhibu.initiatives.queries import deeds, projects
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import organizations


def reporting_organizations(scope: Scope) -> QuerySet[Organization]:
    """For whom the reader proposes and reports."""
    found = organizations(scope, Right.REPORT_WORK).filter(dissolved_on__isnull=True)
    return found.exclude(kind=Kind.GROUP)


def reporting_organization(scope: Scope, pk: int) -> Organization:
    """One of them: 404 outside, 403 without the right."""
    found = one_organization(scope, pk, Right.REPORT_WORK)
    if found.kind == Kind.GROUP or found.dissolved_on is not None:
        raise Http404("党小组和已经撤销的党组织不单独申报。")
    return found


def chosen_actions(scope: Scope) -> QuerySet[ChosenAction]:
    """Those of the reader's organizations; until they are concluded only for those who propose or review."""
    kept = scope.within(Right.REPORT_WORK) | Q(state=ActionState.CONCLUDED)
    return scope.visible(ChosenAction.objects.filter(kept), Right.VIEW_SCORE).select_related("organization")


def chosen_action(scope: Scope, pk: int, right: Right = Right.VIEW_SCORE) -> ChosenAction:
    """One of them: 404 outside, 403 inside without the right."""
    found = chosen_actions(scope).select_related("project", "deed").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项自选动作，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


def evidence(scope: Scope, pk: int, right: Right = Right.VIEW_SCORE) -> tuple[ActionEvidence, ChosenAction]:
    row = ActionEvidence.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("没有这个附件，或不在您的查看范围内。")
    return row, chosen_action(scope, row.action_id, right)


def reviews_of(action: ChosenAction) -> list[ActionReview]:
    """Those of the present round."""
    return list(action.reviews.filter(round=action.round).select_related("reviewer").order_by("pk"))


def shown_reviews(scope: Scope, action: ChosenAction) -> list[ActionReview]:
    """What the reader may see: the own one while another is still missing; all once they are in. The branch sees them
    once the points are settled."""
    found = reviews_of(action)
    if action.state == ActionState.CONCLUDED:
        return found
    if not is_superior(scope, action.organization):
        return []
    if action.state == ActionState.DISPUTED:
        return found
    return [one for one in found if scope.user_id is not None and one.reviewer_id == scope.user_id]


def below(scope: Scope) -> Q:
    """Of organizations that stand below a node on which the reader grades."""
    condition = Q(pk__in=())
    for root in scope.paths(Right.GRADE):
        condition |= Q(organization__path__startswith=root, long__gt=len(root)) if root else Q(pk__isnull=False)
    return condition & scope.within(Right.GRADE)


def _below(scope: Scope) -> QuerySet[ChosenAction]:
    return ChosenAction.objects.alias(long=Length("organization__path")).filter(below(scope))


def to_open(scope: Scope) -> QuerySet[ChosenAction]:
    return _below(scope).filter(state=ActionState.SUBMITTED)


def to_score(scope: Scope) -> QuerySet[ChosenAction]:
    """Under review, and the reader has not given his yet."""
    own = ActionReview.objects.filter(action=OuterRef("pk"), round=OuterRef("round"), reviewer=scope.user_id or 0)
    return _below(scope).filter(~Exists(own), state=ActionState.REVIEWING)


def to_decide(scope: Scope) -> QuerySet[ChosenAction]:
    own = ActionReview.objects.filter(action=OuterRef("pk"), round=OuterRef("round"), reviewer=scope.user_id or 0)
    return _below(scope).filter(~Exists(own), state=ActionState.DISPUTED)


def to_submit(scope: Scope) -> QuerySet[ChosenAction]:
    """Done by their day, and not sent in."""
    rows = scope.visible(ChosenAction.objects.all(), Right.REPORT_WORK)
    return rows.filter(state=ActionState.PROPOSED, ends_on__lt=scope.today)


def returned(scope: Scope) -> QuerySet[ChosenAction]:
    return scope.visible(ChosenAction.objects.filter(state=ActionState.RETURNED), Right.REPORT_WORK)


def linkable(scope: Scope, node: Organization) -> tuple[list[Project], list[PracticalDeed]]:
    """What the organization has recorded already and an action may point at."""
    known = projects(scope).filter(organization=node).order_by("-starts_on")[:50]
    return list(known), list(deeds(scope).filter(organization=node).order_by("-heard_on")[:50])
