"""Work reports: calls, reports, who writes, who grades, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.queries import is_superior
from zhibu.assessment.reports.enums import ReportState
from zhibu.assessment.reports.models import WorkReport, WorkReportCall, WorkReportFile
from zhibu.assessment.reports.rules import reported_for
from zhibu.organizations.enums import BRANCH_KINDS, Kind, PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office, organizations


def calling_organizations(scope: Scope) -> QuerySet[Organization]:
    """Who may call for reports: nodes on which the reader grades and that stand above others."""
    found = organizations(scope, Right.GRADE).filter(dissolved_on__isnull=True)
    return found.exclude(kind__in=[Kind.GROUP, *BRANCH_KINDS])


def reporting_to(node: Organization) -> QuerySet[Organization]:
    """Those directly below, whose secretaries report to it."""
    below: QuerySet[Organization] = Organization.objects.get_children(node)
    return below.filter(dissolved_on__isnull=True).exclude(kind=Kind.GROUP)


def calls(scope: Scope) -> QuerySet[WorkReportCall]:
    """With how many reports there are, are in, are graded."""
    found = scope.visible(WorkReportCall.objects.select_related("organization"), Right.GRADE)
    return found.annotate(
        asked=Count("reports"), left=Count("reports", filter=Q(reports__state__in=["called", "returned"])),
        graded=Count("reports", filter=Q(reports__state="graded")),
    )  # fmt: skip


def call(scope: Scope, pk: int) -> WorkReportCall:
    found = calls(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次述职评议，或不在您的管理范围内。")
    return found


def reports(scope: Scope) -> QuerySet[WorkReport]:
    """Those of the reader's organizations; until they are graded only for those who write or grade."""
    kept = scope.within(Right.REPORT_WORK) | Q(state=ReportState.GRADED)
    rows = scope.visible(WorkReport.objects.filter(kept), Right.VIEW_SCORE)
    return rows.select_related("organization", "call__organization", "reporter")


def report(scope: Scope, pk: int, right: Right = Right.VIEW_SCORE) -> WorkReport:
    """One of them: 404 outside, 403 inside without the right."""
    found = reports(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份述职报告，或不在您的查看范围内。")
    scope.require(right, found.organization.path)
    return found


def may_grade(scope: Scope, found: WorkReport) -> bool:
    """The superior that called, and not the one who reports."""
    own = scope.person_id is not None and found.reporter_id == scope.person_id
    return is_superior(scope, found.organization) and not own


def report_file(scope: Scope, pk: int, right: Right = Right.VIEW_SCORE) -> tuple[WorkReportFile, WorkReport]:
    row = WorkReportFile.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("没有这个附件，或不在您的查看范围内。")
    return row, report(scope, row.report_id, right)


def secretary_of(node: Organization, on: date) -> int | None:
    """Who holds the secretary's post on a day."""
    held = Tenure.objects.filter(in_office(on), organization=node, post=PostKind.SECRETARY)
    return held.order_by("-started_on").values_list("person", flat=True).first()


def to_write(scope: Scope) -> QuerySet[WorkReport]:
    """What waits for the secretary; others with a post at the organization may write, but are not asked to."""
    rows = scope.visible(WorkReport.objects.filter(organization__in=reported_for(scope)), Right.REPORT_WORK)
    if scope.person_id is not None:
        rows = rows.filter(Q(organization__in=_own(scope)))
    return rows.filter(state__in=(ReportState.CALLED, ReportState.RETURNED))


def _own(scope: Scope) -> Iterable[int]:
    held = Tenure.objects.filter(in_office(scope.today), person=scope.person_id, post=PostKind.SECRETARY)
    return held.values_list("organization", flat=True)


ON_A_SHEET = 100


def on_sheet(scope: Scope, found: WorkReportCall, typed: Iterable[int] = ()) -> list[WorkReport]:
    """The reports of a call that the reader may grade now; of a sheet that was sent those that stood on it (``typed``),
    whatever became of them meanwhile, and none that was handed in since."""
    sent = list(typed)
    wanted = Q(pk__in=sent) if sent else Q(state=ReportState.SUBMITTED)
    rows = reports(scope).filter(wanted, call=found).order_by("organization__path")[:ON_A_SHEET]
    return [row for row in rows if may_grade(scope, row)]


def to_grade(scope: Scope) -> QuerySet[WorkReport]:
    """Handed in to organizations on which the reader grades."""
    rows = WorkReport.objects.filter(scope.within(Right.GRADE, "call__organization__path"))
    return rows.filter(state=ReportState.SUBMITTED).exclude(reporter=scope.person_id or 0)
