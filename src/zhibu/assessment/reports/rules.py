"""Whether a conclusion on a work report can be entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied

from zhibu.accounts.enums import RIGHTS, Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.evaluators.rules import smallest_group
from zhibu.assessment.reports.enums import ReportState
from zhibu.assessment.reports.models import WorkReport
from zhibu.regulations.refusal import Refusal


@dataclass(frozen=True)
class Conclusion:
    """What the superior's committee came to. ``ticks``: grade → how many of those present; empty if none was asked."""

    held_on: date
    grade: ReportGrade
    comment: str
    present: int | None = None
    ticks: Mapping[ReportGrade, int] = field(default_factory=dict)
    reason: str = ""


def reported_for(scope: Scope) -> list[int]:
    """The organizations for which the reader reports: those at which a post is held that may. Rights reach down the
    tree, reports do not: no superior writes what it grades."""
    return [
        grant.organization_id
        for grant in scope.grants
        if grant.organization_id and Right.REPORT_WORK in RIGHTS[grant.role]
    ]


def require_own(scope: Scope, report: WorkReport) -> None:
    """403 unless the reader holds such a post at the very organization that reports."""
    if report.organization_id not in reported_for(scope):
        raise PermissionDenied("述职报告由本组织的书记提交，上级党组织不能代写代交。需要提交的，请联系本组织的书记。")


def refuse_version(report: WorkReport, version: int) -> None:
    if report.version != version:
        raise Refusal("这份述职报告刚被他人改动。", remedy="您填写的内容还在本页；请在另一窗口核对，再重新提交。")


def refuse_return(report: WorkReport) -> None:
    if report.state != ReportState.SUBMITTED:
        raise Refusal(
            f"这份述职报告“{report.get_state_display()}”，不能退回。", remedy="只有已提交、还没有评议的可以退回。"
        )


def wrong_with(report: WorkReport, given: Conclusion, today: date) -> list[Refusal]:
    found = []
    if report.state not in (ReportState.SUBMITTED, ReportState.GRADED):
        found.append(Refusal("述职报告还没有提交，不能评议。", remedy="请先请书记提交。"))
    if given.held_on > today:
        found.append(Refusal("评议日期还没有到。", field="held_on", remedy="请在评议之后登记。"))
    if not given.comment.strip():
        found.append(Refusal("请写明评语。", field="comment", remedy="肯定成绩，指出问题和改进方向。"))
    if report.state == ReportState.GRADED and not given.reason.strip():
        found.append(Refusal("改定评价须写明理由。", field="reason", remedy="例如：票数清点有误。"))
    return found + _ticks(given, today)


def wrong_on_sheet(report: WorkReport, given: Conclusion, version: int, today: date) -> list[Refusal]:
    """What is wrong with one row of the sheet, in the fields of that row; the day is one for all."""
    if report.version != version or report.state == ReportState.GRADED:
        became = f"“{report.get_grade_display()}”" if report.grade else report.get_state_display()
        return [
            Refusal(
                f"这份述职报告刚被他人办理，现为{became}。", field=f"grade-{report.pk}",
                remedy="请打开核对；这一行清空后，其余的可以登记。",
            )
        ]  # fmt: skip
    found = []
    for one in wrong_with(report, given, today):
        field = {"held_on": "held_on", "comment": f"comment-{report.pk}"}.get(one.field or "", f"grade-{report.pk}")
        found.append(Refusal(one.message, field=field, rule=one.rule, on=one.on, remedy=one.remedy))
    return found


def _ticks(given: Conclusion, today: date) -> list[Refusal]:
    if not given.ticks:
        return []
    total, least = sum(given.ticks.values()), smallest_group(today)
    if given.present is None or total > given.present:
        return [Refusal("各等次的票数多于到会人数。", field="present", remedy="请核对到会人数和票数。")]
    if total < least:
        return [
            Refusal(
                f"有效票不足 {least} 张，容易推出是谁打的，不登记票数。", field="present", rule="assess.survey_group",
                on=today, remedy="请清空票数，只登记综合评价。",
            )
        ]  # fmt: skip
    return []
