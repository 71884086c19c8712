"""The steps of a publication: draft, notice to the assessed, final, published; withdrawn with a reason.

Every step locks the publication first and then, where there are, its appeals.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.actions import LOCK, forget
from zhibu.assessment.honours.enums import HonourState
from zhibu.assessment.honours.models import Honour
from zhibu.assessment.models import OrganizationScore, ScoreRun
from zhibu.assessment.publication.enums import AppealState, Audience, PublicationState
from zhibu.assessment.publication.models import Appeal, NoticeConfirmation, Publication
from zhibu.assessment.publication.queries import current_run, digest_of
from zhibu.assessment.publication.rules import (
    APPEAL_RULE,
    spoken_for,
    usual_deadline,
    why_not_closed,
    why_not_final,
    why_not_from,
    why_not_shown,
    why_not_withdrawn,
)
from zhibu.assessment.queries import scheme_for
from zhibu.audit.actions import record
from zhibu.indicators.periods import Period
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def begin(scope: Scope, *, period: Period, note: str = "") -> Publication:
    """A draft that holds the result of a finished period as it stands now. One living publication a period."""
    scope.require(Right.PUBLISH_SCORE)
    # Scoring takes the same lock: the run cannot be replaced, and its rows dropped, before the draft holds it.
    lock_runs()
    run = ScoreRun.objects.filter(period=str(period), is_current=True).first()
    if run is None:
        raise Refusal(f"{period.label}还没有评价结果。", field="period", remedy="请先更新数据并计算。")
    if run.is_provisional:
        raise Refusal(
            f"{period.label}的结果按 {run.data_until} 的数据计算，当时考核期还没有结束。", field="period",
            remedy="请在考核期结束后更新数据并计算，再公布。",
        )  # fmt: skip
    cycle = scheme_for(period.last).cycle
    if cycle is not period.cycle:  # adopted since, and not yet computed by
        raise Refusal(
            f"{period.year} 年已改为{cycle.label}评价，{period.cycle.label}计算的结果不再公布。", field="period",
            remedy="请重新计算，再公布新考核期的结果。",
        )  # fmt: skip
    if Publication.objects.filter(period=str(period)).exclude(state=PublicationState.WITHDRAWN).exists():
        raise Refusal(f"{period.label}的结果已在公布程序中。", field="period", remedy="请打开已有的一次，或先撤回。")
    made = Publication.objects.create(run=run, period=str(period), note=note.strip(), changed_by_id=scope.user_id)
    record(scope, "assessment.publication_begin", object=made, changes={"period": str(period), "run": run.pk})
    return made


@transaction.atomic
def renew(scope: Scope, pk: int, version: int) -> Publication:
    """A draft takes the newest computation of its period. After notice a publication never changes its run."""
    found = _locked(scope, pk, version, PublicationState.DRAFT)
    lock_runs()
    newest = current_run(found)
    if newest is None or newest.pk == found.run_id:
        raise Refusal("草案用的已经是最近一次计算的结果。")
    old, found.run = found.run_id, newest
    _kept(scope, found, "assessment.publication_renew", run=[old, newest.pk])
    forget(old)
    return found


@transaction.atomic
def give_notice(scope: Scope, pk: int, version: int, *, appeals_until: date) -> Publication:
    """Every assessed organization may see its result, and appeal until a day not before the rule's."""
    found = _locked(scope, pk, version, PublicationState.DRAFT)
    least = usual_deadline(scope.today)
    if appeals_until < least:
        raise Refusal(
            f"申诉截止不能早于 {least}。", field="appeals_until", rule=APPEAL_RULE, on=scope.today,
            remedy="请至少留足申诉期限。",
        )  # fmt: skip
    if (appeals_until - scope.today).days > 90:
        raise Refusal("申诉期超过九十天。", field="appeals_until", remedy="请核对年份。")
    found.state, found.noticed_on, found.appeals_until = PublicationState.NOTICE, scope.today, appeals_until
    found.digest = digest_of(found.run)
    return _kept(scope, found, "assessment.publication_notice", until=str(appeals_until), digest=found.digest)


@transaction.atomic
def confirm(scope: Scope, pk: int, organization: int) -> NoticeConfirmation:
    """The assessed has checked its result, or read the answers to its appeals. Twice is once."""
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    require_own(scope, node.pk)
    found = Publication.objects.select_for_update().filter(pk=pk, noticed_on__isnull=False).first()
    if found is None or not OrganizationScore.objects.filter(run=found.run_id, organization=node).exists():
        raise Http404("没有这次告知。")
    if found.state != PublicationState.NOTICE:
        raise Refusal(f"这一结果{found.get_state_display()}，不需要再确认。")
    if Appeal.objects.filter(publication=found, organization=node, state=AppealState.OPEN).exists():
        raise Refusal("本组织的申诉还没有答复。", remedy="请等待答复；不再坚持的，可以先撤回申诉。")
    made, is_new = NoticeConfirmation.objects.get_or_create(
        publication=found, organization=node,
        defaults={"confirmed_by_id": scope.user_id, "confirmed_at": timezone.now()},
    )  # fmt: skip
    if is_new:
        record(scope, "assessment.publication_confirm", object=found, organization_path=node.path)
    return made


@transaction.atomic
def finalize(scope: Scope, pk: int, version: int) -> Publication:
    """Nothing changes any more. Refused before the last day for appeals is over, with appeals unanswered or upheld ones
    not put right, and when the stored rows are no longer those that notice was given of."""
    found = _locked(scope, pk, version)
    appeals = Appeal.objects.select_for_update(of=("self",)).filter(publication=found).select_related("correction")
    if refusal := why_not_final(found, appeals.order_by("pk"), scope.today):
        raise refusal
    _untouched(found)
    found.state, found.final_on = PublicationState.FINAL, scope.today
    return _kept(scope, found, "assessment.publication_final")


@transaction.atomic
def publish(
    scope: Scope,
    pk: int,
    version: int,
    *,
    audience: Audience,
    document: str,
    reviewed_by: str = "",
    open_until: date | None = None,
) -> Publication:
    """Shown to an audience, by a decision that is named. To everybody only after somebody saw to it that nothing secret
    is opened, and until a day (GK17 article 15)."""
    found = _locked(scope, pk, version, PublicationState.FINAL)
    if not document.strip():
        raise Refusal(
            "没有写明依据哪次会议或哪份文件公布。", field="document", remedy="例如：校党委会〔2026〕12 号纪要。"
        )
    if refusal := why_not_shown(audience, reviewed_by, open_until, scope.today):
        raise refusal
    _untouched(found)
    found.reviewed_by, found.open_until = reviewed_by.strip(), open_until
    found.state, found.published_on = PublicationState.PUBLISHED, scope.today
    found.audience, found.document = audience, document.strip()
    opened = {"open_until": str(open_until)} if open_until else {}
    return _kept(
        scope, found, "assessment.publication_publish", audience=str(audience), document=found.document, **opened
    )


@transaction.atomic
def close(scope: Scope, pk: int, version: int) -> Publication:
    """What everybody could see is from now on seen by the organizations of the university alone."""
    found = _locked(scope, pk, version)
    if refusal := why_not_closed(found, scope.today):
        raise refusal
    until, found.open_until = found.open_until, scope.today - timedelta(days=1)
    return _kept(scope, found, "assessment.publication_close", open_until=[str(until), str(found.open_until)])


@transaction.atomic
def withdraw(scope: Scope, pk: int, version: int, *, reason: str) -> Publication:
    """Taken back at any step, with a reason that stays visible; the period may then be published anew."""
    found = _locked(scope, pk, version)
    if refusal := why_not_withdrawn(found):
        raise refusal
    if not reason.strip():
        raise Refusal("撤回须写明理由。", field="reason", remedy="理由向已经告知的党组织公开。")
    if given := Honour.objects.filter(publication=found, state=HonourState.AWARDED).count():
        raise Refusal(f"已有 {given} 项荣誉依据这一结果评定。", remedy="请先撤销这些荣誉并写明理由。")
    found.state, found.withdrawn_on = PublicationState.WITHDRAWN, scope.today
    found.withdrawn_reason = reason.strip()
    return _kept(scope, found, "assessment.publication_withdraw", reason=found.withdrawn_reason)


def require_own(scope: Scope, organization: int) -> None:
    """403 unless the reader speaks for this organization."""
    if organization not in spoken_for(scope):
        raise PermissionDenied("评价结果由被评价的党组织自己核对和申诉，上级和其他组织不能代为办理。")


def lock_runs() -> None:
    """Until the transaction ends nobody replaces a run, and drops its rows."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])


def _untouched(found: Publication) -> None:
    if digest_of(found.run) != found.digest:
        raise Refusal(
            "保存的得分与告知时不一致，校验码不符。", remedy="请联系系统管理员查明原因；确需更改的，撤回后重新告知。"
        )


def _locked(scope: Scope, pk: int, version: int, state: PublicationState | None = None) -> Publication:
    scope.require(Right.PUBLISH_SCORE)
    found = Publication.objects.select_for_update(of=("self",)).select_related("run").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次结果公布。")
    if state is not None and (refusal := why_not_from(found, state)):
        raise refusal
    if found.version != version:
        raise Refusal("您打开之后，这次公布已被修改。", remedy="请刷新页面核对后再办理。")
    return found


def _kept(scope: Scope, found: Publication, verb: str, reason: str = "", **changes: Any) -> Publication:
    found.version += 1
    found.changed_by_id = scope.user_id
    found.save()
    record(scope, verb, object=found, changes=changes or None, reason=reason)
    return found
