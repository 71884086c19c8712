"""Opening a survey, printing its slips, handing one in, ending and taking back. Handing in is never audited."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.actions import enter
from zhibu.assessment.evaluators.enums import Evaluator
from zhibu.assessment.evaluators.queries import graded
from zhibu.assessment.evaluators.rules import Entry, smallest_group
from zhibu.assessment.queries import scheme_for
from zhibu.assessment.surveys import queries, rules
from zhibu.assessment.surveys.enums import SurveyState
from zhibu.assessment.surveys.models import Survey, SurveySlip
from zhibu.assessment.surveys.rules import Question
from zhibu.audit.actions import record
from zhibu.indicators.periods import Period
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal, Refusals

SOURCE = "匿名测评"
FULL = 100


class NoSlip(Exception):
    """The code is none of ours."""


class Spent(Exception):
    """The code is one of ours, but takes no answer now; ``str`` says why."""


@dataclass(frozen=True)
class Outcome:
    """What ending came to: with a result, or with too few answers."""

    survey: Survey
    has_result: bool


@transaction.atomic
def open_survey(scope: Scope, organization: int, period: Period, asked: Question) -> Survey:
    """A survey about an organization's quarter. Refuses a side that has given already or is being asked, statements
    that may not be asked, too few slips. Audited as ``assessment.survey_open``."""
    node = graded(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    found = rules.wrong_with(asked, period, scope.today)
    if queries.stands(node, period, asked.evaluator):
        found.append(_stands(period, asked.evaluator))
    running = Survey.objects.filter(organization=node, period=str(period), evaluator=asked.evaluator)
    if running.filter(state=SurveyState.OPEN).exists():
        found.append(
            Refusal(
                f"{period.label}的{asked.evaluator.label}正在进行。", field="evaluator",
                remedy="请等它结束；写错的先撤回，再重新发起。",
            )
        )  # fmt: skip
    if found:
        raise Refusals(found)
    row = Survey.objects.create(
        organization=node, held_by=queries.holder(scope, node), period=str(period), evaluator=asked.evaluator,
        statements=list(asked.statements), closes_on=asked.closes_on, issued=asked.slips,
        counts=rules.nothing(asked.statements), opened_by_id=scope.user_id, opened_at=timezone.now(),
    )  # fmt: skip
    record(scope, "assessment.survey_open", object=row, organization_path=node.path, changes=_told(row))
    return row


@transaction.atomic
def issue(scope: Scope, pk: int) -> tuple[Survey, list[str]]:
    """New codes for all slips, shown this once; codes printed before are good no more. Refuses once a slip has come
    back. Audited as ``assessment.survey_issue``, without the codes."""
    row = _running(scope, pk)
    if row.answered:
        raise Refusal("已经收回测评票，不能重新打印。", remedy="用已经发出的票继续；印错的撤回后重新发起。")
    if row.closes_on < scope.today:
        raise Refusal("已经过了截止日期，不能再打印测评票。", remedy="请撤回后重新发起。")
    row.slips.all().delete()
    codes = [rules.new_code() for _ in range(row.issued)]
    hashes = sorted(str(rules.hash_of(code)) for code in codes)
    SurveySlip.objects.bulk_create(SurveySlip(id=uuid4(), survey=row, code_hash=one) for one in hashes)
    record(
        scope, "assessment.survey_issue", object=row, organization_path=row.organization.path,
        changes={"slips": row.issued},
    )  # fmt: skip
    return row, codes


def opened(code: str, today: date) -> Survey:
    """The survey that a code is for. Raises `NoSlip` and `Spent`."""
    survey, slip = _of(code)
    _refuse_spent(survey, slip, today)
    return survey


@transaction.atomic
def hand_in(code: str, marks: Sequence[int], today: date) -> None:
    """One answer: added to the counts, the slip marked used, nothing else written, nothing audited, no account asked
    for. Of the same slip sent twice at one moment one counts. Raises `NoSlip` and `Spent`."""
    survey, slip = _of(code)
    row = Survey.objects.select_for_update().get(pk=survey.pk)
    now = row.slips.filter(pk=slip.pk).first()
    if now is None:  # printed anew meanwhile
        raise NoSlip
    _refuse_spent(row, now, today)
    row.counts, row.answered = rules.counted(row.counts, marks), row.answered + 1
    row.save(update_fields=["counts", "answered"])
    row.slips.filter(pk=slip.pk).update(is_used=True)


def _of(code: str) -> tuple[Survey, SurveySlip]:
    known = rules.hash_of(code)
    slip = SurveySlip.objects.filter(code_hash=known).first() if known else None
    if slip is None:
        raise NoSlip
    return Survey.objects.select_related("organization", "held_by").get(pk=slip.survey_id), slip


def _refuse_spent(survey: Survey, slip: SurveySlip, today: date) -> None:
    if survey.state == SurveyState.WITHDRAWN:
        raise Spent("这次测评已经撤回，已交的答卷都已删除，不再收取。")
    if survey.state == SurveyState.CLOSED or survey.closes_on < today:
        raise Spent("这次测评已经结束，不再收取答卷。")
    if slip.is_used:
        raise Spent("这张测评票已经用过，一张票只计一次。")


@transaction.atomic
def close(scope: Scope, pk: int) -> Outcome:
    """The mean is entered for the side, the statements' means are kept and the counts deleted; with fewer answers than
    a group needs nothing is entered, kept or shown. Refuses to end early with too few, and where the side has given
    meanwhile. Audited as ``assessment.survey_close`` (and ``assessment.grade``)."""
    row = _running(scope, pk)
    least, early = smallest_group(scope.today), row.closes_on >= scope.today and row.answered < row.issued
    enough = row.answered >= least
    if early and not enough:
        raise Refusal(
            f"收回不足 {least} 份，现在结束就没有结果。", rule="assess.survey_group", on=scope.today,
            remedy="请等到截止日期；不再测评的，写明理由撤回。",
        )  # fmt: skip
    period = Period.parse(row.period)
    if enough and queries.stands(row.organization, period, row.evaluator):
        raise _stands(period, Evaluator(row.evaluator))
    if enough:
        row.means = [str(rules.rounded(one)) for one in rules.means(row.counts)]
        row.grading = enter(scope, row.organization_id, period, _entry(row, period))
    _end(scope, row, SurveyState.CLOSED)
    record(
        scope, "assessment.survey_close", object=row, organization_path=row.organization.path,
        changes=_told(row) | {"has_result": enough},
    )  # fmt: skip
    return Outcome(row, enough)


def _entry(row: Survey, period: Period) -> Entry:
    part = next((one for one in scheme_for(period.last).parts if one.evaluator == row.evaluator), None)
    most = part.most if part else Decimal(FULL)
    grounds = f"{row.held_by}组织的{row.get_evaluator_display()}，{len(row.statements)} 项，各项平均分见该次匿名测评。"
    return Entry(
        Evaluator(row.evaluator), rules.value_of(row.counts, most), most, grounds, f"{SOURCE}（第 {row.pk} 号）",
        row.issued, row.answered,
    )  # fmt: skip


@transaction.atomic
def withdraw(scope: Scope, pk: int, *, reason: str) -> Survey:
    """Taken back while it runs: everything that was answered is deleted. Audited as ``assessment.survey_withdraw``."""
    row = _running(scope, pk)
    if not reason.strip():
        raise Refusal("撤回须写明理由。", field="reason", remedy="例如：测评项目写错，已重新发起。")
    row.reason = reason.strip()
    _end(scope, row, SurveyState.WITHDRAWN)
    record(
        scope, "assessment.survey_withdraw", object=row, organization_path=row.organization.path, changes=_told(row),
        reason=row.reason,
    )  # fmt: skip
    return row


def close_due(scope: Scope) -> int:
    """Every night: surveys whose closing day has passed. One that cannot be entered waits for its superior."""
    passed = Survey.objects.filter(state=SurveyState.OPEN, closes_on__lt=scope.today).order_by("pk")
    ended = 0
    for pk in passed.values_list("pk", flat=True):
        with suppress(Refusal, Refusals, Http404, PermissionDenied):
            close(scope, pk)
            ended += 1
    return ended


def _running(scope: Scope, pk: int) -> Survey:
    """One that the reader holds and that still runs, locked: after its organization, as `enter` locks."""
    found = queries.held(scope, pk)
    Organization.objects.select_for_update().get(pk=found.organization_id)
    row = Survey.objects.select_for_update(of=("self",)).select_related("organization", "held_by").get(pk=pk)
    if row.state != SurveyState.OPEN:
        raise Refusal(f"这次测评{row.get_state_display()}。", remedy="请刷新页面。")
    return row


def _end(scope: Scope, row: Survey, state: SurveyState) -> None:
    """No counts any more; and of its slips nobody can tell which came back."""
    row.state, row.counts, row.ended_on, row.ended_by_id = state, [], scope.today, scope.user_id
    row.save()
    row.slips.update(is_used=True)


def _stands(period: Period, evaluator: Evaluator) -> Refusal:
    return Refusal(
        f"{period.label}的{evaluator.label}已经录入。", field="evaluator",
        remedy="需要改动的，请打开原来的评分，更正或撤销并写明理由。",
    )  # fmt: skip


def _told(row: Survey) -> dict[str, Any]:
    return {"period": row.period, "evaluator": row.evaluator, "slips": row.issued}
