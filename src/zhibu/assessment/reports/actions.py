"""Calling for reports, handing in, sending back, grading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.reports import queries, rules
from zhibu.assessment.reports.enums import WRITABLE, ReportState
from zhibu.assessment.reports.models import WorkReport, WorkReportCall, WorkReportFile
from zhibu.assessment.reports.rules import Conclusion
from zhibu.audit.actions import record
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.files import check_upload, digest_of, stored

COUNT_LIMIT = 5


@transaction.atomic
def call(scope: Scope, organization: int, *, year: int, due_on: date, note: str) -> WorkReportCall:
    """Call those directly below for their reports of a year. Called again, the day and the words change, and those
    that came since are asked, too. Audited as ``assessment.call_reports``."""
    node = queries.calling_organizations(scope).filter(pk=organization).first()
    if node is None:
        raise Http404("没有这个党组织，或不能由您组织述职评议。")
    Organization.objects.select_for_update().get(pk=node.pk)
    asked = list(queries.reporting_to(node))
    if not asked:
        raise Refusal("没有下级党组织可以述职。", remedy="请选择有下级的党组织。")
    if not scope.today.year - 1 <= year <= scope.today.year:
        raise Refusal("述职的年度应为今年或去年。", field="year", remedy="请核对年度。")
    if due_on < scope.today:
        raise Refusal("提交期限已经过去。", field="due_on", remedy="请选择今天或以后的日期。")
    found, made = WorkReportCall.objects.get_or_create(
        organization=node, year=year,
        defaults={"due_on": due_on, "note": note.strip(), "called_by_id": scope.user_id, "called_at": timezone.now()},
    )  # fmt: skip
    if not made:
        found.due_on, found.note, found.version = due_on, note.strip(), found.version + 1
        found.save()
    known = set(found.reports.values_list("organization", flat=True))
    new = [one for one in asked if one.pk not in known]
    WorkReport.objects.bulk_create(WorkReport(call=found, organization=one) for one in new)
    changes = {"year": year, "due_on": str(due_on), "asked": len(new)}
    record(scope, "assessment.call_reports", object=found, organization_path=node.path, changes=changes)
    return found


def held(scope: Scope, pk: int, right: Right) -> WorkReport:
    """The report, locked; rights are looked at first."""
    found = queries.report(scope, pk, right)
    locked = WorkReport.objects.select_for_update().get(pk=pk)
    locked.organization, locked.call = found.organization, found.call
    return locked


def held_own(scope: Scope, pk: int) -> WorkReport:
    """The report of an organization for which the reader reports himself, locked."""
    found = held(scope, pk, Right.REPORT_WORK)
    rules.require_own(scope, found)
    return found


def _kept(scope: Scope, found: WorkReport, verb: str, *, reason: str = "", **changes: Any) -> WorkReport:
    found.version += 1
    found.save()
    record(
        scope, verb, object=found, organization_path=found.organization.path, changes={"state": found.state, **changes},
        reason=reason,
    )  # fmt: skip
    return found


@transaction.atomic
def hand_in(scope: Scope, pk: int, *, text: str, version: int) -> WorkReport:
    """Hand in the report, or another wording of it until it is graded. Refused to superiors. Audited as
    ``assessment.hand_in_report``."""
    found = held_own(scope, pk)
    if found.state not in WRITABLE:
        raise Refusal("述职报告已经评议，不再改动。", remedy="有补充的，请联系上级党组织。")
    rules.refuse_version(found, version)
    reporter = queries.secretary_of(found.organization, scope.today)
    if reporter is None:
        raise Refusal("这个党组织现在没有登记书记。", remedy="请先在党组织里登记书记任职。")
    if not text.strip():
        raise Refusal("请填写述职报告。", field="text", remedy="可以先写提纲，全文作为附件上传。")
    found.reporter_id, found.text, found.state = reporter, text.strip(), ReportState.SUBMITTED
    found.submitted_by_id, found.submitted_at = scope.user_id, timezone.now()
    return _kept(scope, found, "assessment.hand_in_report")


def _to_grade(scope: Scope, pk: int) -> WorkReport:
    found = held(scope, pk, Right.GRADE)
    if not queries.may_grade(scope, found):
        raise PermissionDenied("述职报告由上级党组织评议，述职人不评议自己的报告。")
    return found


@transaction.atomic
def send_back(scope: Scope, pk: int, *, reason: str, version: int) -> WorkReport:
    """Back to the secretary with the reason. Audited as ``assessment.return_report``."""
    found = _to_grade(scope, pk)
    rules.refuse_version(found, version)
    rules.refuse_return(found)
    if not reason.strip():
        raise Refusal("退回须写明理由。", field="reason", remedy="写明缺什么、怎样补。")
    found.state, found.reason = ReportState.RETURNED, reason.strip()
    return _kept(scope, found, "assessment.return_report", reason=found.reason)


@transaction.atomic
def grade(scope: Scope, pk: int, given: Conclusion, *, version: int) -> WorkReport:
    """What the superior concluded. A second conclusion needs a reason and stays in the quarter of the first, whose
    scores change with it. Audited as ``assessment.grade_report``."""
    found = _to_grade(scope, pk)
    rules.refuse_version(found, version)
    if wrong := rules.wrong_with(found, given, scope.today):
        raise Refusals(wrong)
    return _concluded(scope, found, given)


@transaction.atomic
def grade_sheet(scope: Scope, call: int, given: Mapping[int, tuple[Conclusion, int]]) -> list[WorkReport]:
    """What was concluded on several reports of a call at one meeting: all of them or none. ``given``: report → the
    conclusion and the version that was seen. Refused row by row, in fields named after the report; another conclusion
    on a graded report is not for the sheet, as it needs its reason. Each is audited as ``assessment.grade_report``."""
    found = queries.call(scope, call)
    if not given:
        raise Refusal("没有填写任何一份的综合评价。", remedy="请选择等次、写明评语；这次不评的留空。")
    rows = queries.reports(scope).filter(call=found, pk__in=list(given))
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if len(locked) < len(given):
        raise Http404("没有这份述职报告，或不在您的查看范围内。")
    if not all(queries.may_grade(scope, row) for row in locked):
        raise PermissionDenied("述职报告由上级党组织评议，述职人不评议自己的报告。")
    wrong = [refusal for row in locked for refusal in rules.wrong_on_sheet(row, *given[row.pk], scope.today)]
    if wrong:
        raise Refusals(wrong)
    return [_concluded(scope, row, given[row.pk][0]) for row in locked]


def _concluded(scope: Scope, found: WorkReport, given: Conclusion) -> WorkReport:
    before = found.grade
    found.period = found.period or str(Period.of(scope.today))
    found.state, found.grade, found.comment = ReportState.GRADED, given.grade, given.comment.strip()
    found.held_on, found.present, found.reason = given.held_on, given.present, given.reason.strip()
    for one in ReportGrade:
        setattr(found, one.value, given.ticks.get(one, 0) if given.ticks else None)
    found.graded_by_id, found.graded_at = scope.user_id, timezone.now()
    return _kept(scope, found, "assessment.grade_report", reason=found.reason, grade=[before, found.grade])


@transaction.atomic
def attach(scope: Scope, pk: int, upload: UploadedFile) -> WorkReportFile:
    """Keep a file with a report that is not graded. Audited as ``assessment.attach_report`` without its name."""
    found = held_own(scope, pk)
    if found.state not in WRITABLE:
        raise Refusal("述职报告已经评议，不再改动。", remedy="有补充的，请联系上级党组织。")
    name, media = check_upload(upload)
    rows = WorkReportFile.objects.filter(report=found)
    if rows.count() >= COUNT_LIMIT:
        raise Refusal(f"最多保存 {COUNT_LIMIT} 个附件。", field="file", remedy="请先删去不需要的附件。")
    digest = digest_of(upload)
    if same := rows.filter(sha256=digest).first():
        return same
    row = WorkReportFile(
        report=found, name=name, content_type=media, size=upload.size or 0, sha256=digest, added_at=timezone.now(),
        added_by_id=scope.user_id,
    )  # fmt: skip
    with stored(row, upload):
        row.save()
        changes = {"attachment": row.pk, "sha256": digest, "size": row.size}
        path = found.organization.path
        record(scope, "assessment.attach_report", object=found, organization_path=path, changes=changes)
    return row


@transaction.atomic
def detach(scope: Scope, pk: int, *, reason: str) -> WorkReport:
    """Remove a file before the report is graded, with the reason. Audited as ``assessment.detach_report``."""
    row, known = queries.report_file(scope, pk, Right.REPORT_WORK)
    found = held_own(scope, known.pk)
    if found.state not in WRITABLE:
        raise Refusal("述职报告已经评议，不再改动。", remedy="有补充的，请联系上级党组织。")
    if not reason.strip():
        raise Refusal("删去附件须写明理由。", field="reason", remedy="例如：误传了其他材料。")
    record(
        scope, "assessment.detach_report", object=found, organization_path=found.organization.path,
        changes={"attachment": row.pk, "sha256": row.sha256}, reason=reason.strip(),
    )  # fmt: skip
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name or ""))
    return found
