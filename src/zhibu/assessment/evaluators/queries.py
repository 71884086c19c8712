"""What the sides gave: lists, one with its history, and who may enter for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.evaluators.rules import smallest_group
from zhibu.indicators.periods import Period
from zhibu.meetings.models import DrawnRecord
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.organizations.queries import organizations


def above(node: Organization) -> str:
    """Path of what stands directly above; the university's own root has nothing above it here."""
    return str(node.path[: -Organization.steplen]) if node.depth > 1 else ""


def is_superior(scope: Scope, node: Organization) -> bool:
    """Whether the reader grades for what stands above: nobody grades his own organization."""
    return scope.may(Right.GRADE, above(node))


def below(scope: Scope) -> QuerySet[Organization]:
    """Whom the reader may grade: everything below the nodes of his right, without groups and what is dissolved."""
    found = organizations(scope, Right.GRADE).filter(dissolved_on__isnull=True).exclude(kind=Kind.GROUP)
    roots = [path for path in scope.paths(Right.GRADE) if path]
    return found.exclude(path__in=roots)


def graded(scope: Scope, pk: int) -> Organization:
    """One of them: 404 outside, 403 for one's own organization and without the right."""
    node = one_organization(scope, pk, Right.GRADE)
    if node.kind == Kind.GROUP or node.dissolved_on is not None:
        raise Http404("党小组和已经撤销的党组织不单独评价。")
    if not is_superior(scope, node):
        raise PermissionDenied("党组织由上级党组织评价，不能评价本组织。")
    return node


def gradings(scope: Scope) -> QuerySet[Grading]:
    return _told(scope.visible(Grading.objects.all(), Right.VIEW_SCORE), scope.today)


def _told(rows: QuerySet[Grading], on: date) -> QuerySet[Grading]:
    """Each with whether its number is ``held_back``: a summary of a survey that was corrected by fewer answers than a
    group needs would tell, beside the later one, what those few answered."""
    return rows.annotate(held_back=tells_few(on)).select_related("organization", "entered_by")


def tells_few(on: date, of: str = "pk") -> Exists:
    """Whether a later summary of the same side differs by so few answers; ``of`` leads from the row to its grading."""
    least = smallest_group(on)
    later = Grading.objects.filter(
        organization=OuterRef("organization"), period=OuterRef("period"), evaluator=OuterRef("evaluator"),
        pk__gt=OuterRef(of), answered__gt=OuterRef("answered") - least, answered__lt=OuterRef("answered") + least,
    )  # fmt: skip
    return Exists(later.exclude(answered=OuterRef("answered")))


def grading(scope: Scope, pk: int) -> Grading:
    """One of them: 404 outside the reader's subtrees, 403 inside without the right."""
    found = _told(scope.visible(Grading.objects.filter(pk=pk), Right.VIEW_ORGANIZATION), scope.today)
    row = found.select_related("organization", "entered_by", "replaced_by", "replaces").first()
    if row is None:
        raise Http404("没有这条评分，或不在您的管理范围内。")
    scope.require(Right.VIEW_SCORE, row.organization.path)
    return row


def history(scope: Scope, row: Grading) -> list[Grading]:
    """All rows of the same side, organization and quarter, the newest first."""
    same = gradings(scope).filter(organization=row.organization_id, period=row.period, evaluator=row.evaluator)
    return list(same.order_by("-pk"))


def standing(scope: Scope, organization: Organization, period: Period) -> dict[str, Grading]:
    """What the sides gave an organization for a quarter: side → row."""
    found = gradings(scope).filter(organization=organization, period=str(period), is_current=True)
    return {row.evaluator: row for row in found}


def by_pk(scope: Scope, wanted: Iterable[int]) -> dict[int, Grading]:
    return {row.pk: row for row in gradings(scope).filter(pk__in=list(wanted))}


@dataclass(frozen=True)
class Checked:
    """Spot checks of a quarter's records: how many points of the checklist held, of how many."""

    records: int
    held: int
    points: int

    @property
    def percent(self) -> int:
        return (200 * self.held + self.points) // (2 * self.points) if self.points else 0

    @property
    def sentence(self) -> str:
        return f"记录抽查 {self.records} 份，核对要点 {self.points} 项，符合 {self.held} 项（{self.percent}%）"


def spot_checked(scope: Scope, node: Organization, period: Period) -> Checked | None:
    """What the spot checks of records (`meetings.quality`) found of the organization and all below it in a quarter."""
    rows = DrawnRecord.objects.filter(_held(period.first, period.last), checked_at__isnull=False)
    rows = scope.visible(rows, Right.REVIEW_MEETING, "meeting__organization__path")
    answers = list(rows.filter(meeting__organization__path__startswith=node.path).values_list("answers", flat=True))
    points = [bool(value) for answer in answers for value in answer.values()]
    return Checked(len(answers), sum(points), len(points)) if points else None


def _held(first: date, last: date) -> Q:
    return Q(meeting__held_on__gte=first, meeting__held_on__lte=last)


def label(evaluator: str) -> str:
    return str(Evaluator(evaluator).label)
