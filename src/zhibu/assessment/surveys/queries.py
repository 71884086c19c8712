"""Who sees which surveys, and who may hold one."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import RIGHTS, Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.evaluators.queries import above, below, is_superior, tells_few
from zhibu.assessment.surveys.enums import SurveyState
from zhibu.assessment.surveys.models import Survey
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization


def surveys(scope: Scope) -> QuerySet[Survey]:
    """Wherever the reader sees scores, never with the counts of a running one."""
    return _joined(scope.visible(Survey.objects.all(), Right.VIEW_SCORE), scope.today)


def _joined(rows: QuerySet[Survey], on: date) -> QuerySet[Survey]:
    """Each with whether its result is ``held_back``, as its grading is: asked again, it would tell beside the later
    one what a few answered."""
    found = rows.annotate(held_back=tells_few(on, "grading"))
    return found.select_related("organization", "held_by", "opened_by", "ended_by", "grading").defer("counts")


def survey(scope: Scope, pk: int) -> Survey:
    """One of them: 404 outside the reader's subtrees, 403 inside without the right."""
    found = _joined(scope.visible(Survey.objects.filter(pk=pk), Right.VIEW_ORGANIZATION), scope.today).first()
    if found is None:
        raise Http404("没有这次测评，或不在您的管理范围内。")
    scope.require(Right.VIEW_SCORE, found.organization.path)
    return found


def held(scope: Scope, pk: int) -> Survey:
    """One that the reader's organization holds as the superior: nobody surveys about his own."""
    found = survey(scope, pk)
    if not is_superior(scope, found.organization):
        raise PermissionDenied("测评由上级党组织组织，不能办理对本组织的测评。")
    return found


def holder(scope: Scope, node: Organization) -> Organization:
    """The organization in whose name the reader asks: of his grants that reach above ``node`` the nearest."""
    reach = [grant for grant in scope.grants if Right.GRADE in RIGHTS[grant.role]]
    nearest = max((grant.path for grant in reach if above(node).startswith(grant.path)), key=len)
    found: Organization = (
        Organization.objects.get(path=nearest) if nearest else Organization.objects.order_by("path")[0]
    )
    return found


def due(today_scope: Scope) -> Q:
    """Nothing more will come: the closing day has passed, or all slips are back."""
    return Q(state=SurveyState.OPEN) & (Q(closes_on__lt=today_scope.today) | Q(answered__gte=F("issued")))


def to_close(scope: Scope) -> QuerySet[Survey]:
    """What waits for the reader as the superior."""
    return surveys(scope).filter(due(scope), organization__in=below(scope))


def stands(organization: Organization, period: Period, evaluator: str) -> bool:
    """Whether this side has given for the quarter already."""
    known = Grading.objects.filter(organization=organization, evaluator=evaluator, is_current=True)
    return known.filter(period=str(period)).exists()
