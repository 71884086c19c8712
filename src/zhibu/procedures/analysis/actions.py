"""Entering what a committee concluded about its activists."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.procedures.actions.common import SHORTEST_REASON
from zhibu.procedures.analysis import queries
from zhibu.procedures.analysis.enums import Analyst
from zhibu.procedures.models import ActivistAnalysis
from zhibu.regulations.queries import in_force
from zhibu.regulations.refusal import Refusal, Refusals

SHORTEST = 10  # characters of a conclusion


@transaction.atomic
def enter_analysis(
    scope: Scope,
    node: Organization,
    *,
    year: int,
    version: int,
    held_on: date,
    discussed_at: str,
    conclusion: str,
    place: str,
    by: Analyst = Analyst.COMMITTEE,
    department: str = "",
    number: str = "",
    reason: str = "",
) -> ActivistAnalysis:
    """Enter the analysis of a year; gives it. ``version`` is how many of that year the reader has seen: a second one is
    a correction and needs its reason.

    The figures are counted as of its day, the conclusion is what people wrote. Refuses a day to come, one in an earlier
    year or more than a year later, an empty conclusion, and when somebody else has entered one since. The analysis of
    the county-level department (``by``) is entered by the university's own organization office and names the
    ``department``; refused of a day before the edition that asks for it.
    Records ``procedures.enter_analysis``.
    """
    node = queries.committee(scope, node.pk, Right.DECIDE_CASE)
    if by is Analyst.COUNTY:
        scope.require(Right.DECIDE_CASE, node.path[: Organization.steplen])
    Organization.objects.select_for_update().filter(pk=node.pk).only("pk").first()
    last = queries.last_version(node, year, by)
    faults = []
    if last != version:
        text = f"{year} 年度的分析刚才已由别人登记。"
        raise Refusal(text, remedy="请返回核对；需要更正的，再登记一次。")
    if held_on > scope.today:
        faults.append(Refusal("日期不能晚于今天。", field="held_on", remedy="请在讨论之后登记。"))
    elif held_on.year not in {year, year + 1} or year > scope.today.year:
        text = f"{year} 年度的分析应在当年进行，迟了的在次年补做，{held_on} 不在其中。"
        faults.append(Refusal(text, field="held_on", remedy="请核对日期和年度。"))
    elif not in_force("dev.analysis", held_on):
        faults.append(Refusal("规程库中没有适用于这一天的规定。", field="held_on", remedy="请核对日期。"))
    elif not queries.is_named(by, held_on):
        text = f"{held_on} 施行的规定没有要求{by.label}分析。"
        remedy = "请核对日期；基层党委的分析请在该党委的页面登记。"
        faults.append(Refusal(text, field="held_on", rule="dev.analysis_by", on=held_on, remedy=remedy))
    if by is Analyst.COUNTY and not department.strip():
        faults.append(Refusal("请填写是哪一个组织部门分析的。", field="department"))
    if len(conclusion.strip()) < SHORTEST:
        faults.append(Refusal("请写明分析结论。", field="conclusion", remedy="结论由党委讨论得出，系统只提供数字。"))
    for field, text in (("discussed_at", discussed_at), ("place", place)):
        if not text.strip():
            faults.append(Refusal("请填写这一项。", field=field))
    if last and len(reason.strip()) < SHORTEST_REASON:
        faults.append(Refusal("这一年度已经登记过，请写明更正的理由。", field="reason", remedy="原来的登记保留。"))
    if faults:
        raise Refusals(faults)
    added = ActivistAnalysis.objects.create(
        organization=node, year=year, by=by, version=last + 1, held_on=held_on, discussed_at=discussed_at.strip(),
        department=department.strip() if by is Analyst.COUNTY else "", conclusion=conclusion.strip(),
        number=number.strip(), place=place.strip(), reason=reason.strip(),
        figures={one.key: one.number for one in queries.figures(scope, node, year, held_on)},
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip
    record(
        scope, "procedures.enter_analysis", object=added, organization_path=node.path,
        changes={"year": year, "by": by.value, "version": added.version, "held_on": held_on.isoformat()},
        reason=added.reason, rule="dev.analysis_by" if by is Analyst.COUNTY else "dev.analysis",
    )  # fmt: skip
    return added
