"""What can be done with appeals: lodge, withdraw, answer, put right. A result changes by a visible correction only."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.actions import confirmed_until
from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
from zhibu.assessment.publication.actions import lock_runs, require_own
from zhibu.assessment.publication.enums import AppealState, Remedy
from zhibu.assessment.publication.models import Appeal, AppealFile, NoticeConfirmation, Publication, ScoreCorrection
from zhibu.assessment.publication.queries import corrections_of, current_run, limit_of, lines_of
from zhibu.assessment.publication.rules import (
    SYSTEM,
    Standing,
    answer_due,
    changes_between,
    corrected,
    may_be_recomputed,
    most_of,
    needs_recomputing,
    total_of,
    why_no_appeal,
    why_not_handled,
)
from zhibu.audit.actions import record
from zhibu.meetings.enums import Kind
from zhibu.meetings.models import Meeting
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload, digest_of, stored

FILES = 5


def lodged_about(organization: Organization, publication: Publication) -> QuerySet[Meeting]:
    """The records that an appeal may point at: the organization's own of the year up to the end of the period."""
    last = publication.span.last
    found = Meeting.objects.filter(
        organization=organization, held_on__lte=last, held_on__gt=last.replace(last.year - 1)
    )
    return found.exclude(kind=Kind.TALK).order_by("-held_on", "-pk")


@transaction.atomic
def appeal(
    scope: Scope, publication: int, organization: int, *, indicator: str, reason: str, meeting: int | None = None,
    files: Iterable[File] = (),
) -> Appeal:  # fmt: skip
    """An organization objects to one line of its own result, or (``indicator`` empty) to the cap on its total.

    Refused outside the days for appeals, on what its result does not have, and on a line appealed already.
    """
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    require_own(scope, node.pk)
    found = Publication.objects.select_for_update().filter(pk=publication, noticed_on__isnull=False).first()
    if found is None:
        raise Http404("没有这次告知。")
    score = OrganizationScore.objects.filter(run=found.run_id, organization=node).first()
    if score is None:
        raise Http404("本组织没有这一考核期的结果。")
    if refusal := why_no_appeal(found, scope.today):
        raise refusal
    _about(found, score, indicator)
    if not reason.strip():
        raise Refusal("没有写明理由。", field="reason", remedy="请写明哪里不对、依据什么记录。")
    about = None
    if meeting is not None:
        about = lodged_about(node, found).filter(pk=meeting).first()
        if about is None:
            raise Refusal("所选的记录不是本组织这一时期的记录。", field="meeting", remedy="请重新选择。")
    chosen = list(files)
    if len(chosen) > FILES:
        raise Refusal(f"佐证最多 {FILES} 份。", field="file", remedy="请合并后上传。")
    made = Appeal.objects.create(
        publication=found, organization=node, indicator=indicator, reason=reason.strip(), meeting=about,
        filed_on=scope.today, filed_by_id=scope.user_id, answer_due=answer_due(scope.today),
    )  # fmt: skip
    NoticeConfirmation.objects.filter(publication=found, organization=node).delete()
    _attach(made, chosen)
    record(
        scope, "assessment.appeal", object=made, organization_path=node.path,
        changes={"indicator": indicator or "cap", "due": str(made.answer_due), "files": len(chosen)},
    )  # fmt: skip
    return made


def _about(found: Publication, score: OrganizationScore, indicator: str) -> None:
    if not indicator and not score.capped_by:
        raise Refusal("本组织的总分没有封顶。", field="indicator", remedy="请选择一项指标。")
    own = IndicatorScore.objects.filter(run=found.run_id, organization=score.organization_id)
    if indicator and (indicator == SYSTEM or indicator not in lines_of(score, own)):
        raise Refusal("本组织的结果里没有这项指标。", field="indicator", remedy="请从列表中选择。")
    lodged = Appeal.objects.filter(publication=found, organization=score.organization_id, indicator=indicator)
    if lodged.exclude(state=AppealState.WITHDRAWN).exists():
        raise Refusal("这一项已经申诉过。", field="indicator", remedy="请打开已有的申诉。")


def _attach(made: Appeal, files: Iterable[File]) -> None:
    """All files or none: what was stored is taken away again when the rest is refused."""
    with ExitStack() as kept:
        for upload in files:
            name, media = check_upload(upload)
            row = AppealFile(
                appeal=made, name=name, content_type=media, size=upload.size or 0, sha256=digest_of(upload),
                added_at=timezone.now(),
            )  # fmt: skip
            kept.enter_context(stored(row, upload))
            row.save()


@transaction.atomic
def take_back(scope: Scope, pk: int, version: int) -> Appeal:
    """The organization no longer objects; it may appeal anew while there is time."""
    found, _publication = _locked(scope, pk, version, own=True)
    found.state = AppealState.WITHDRAWN
    return _kept(scope, found, "assessment.appeal_withdraw")


@transaction.atomic
def answer(
    scope: Scope, pk: int, version: int, *, upheld: bool, answer: str, remedy: str = "", points: Decimal | None = None
) -> Appeal:
    """The office answers with its reason, late or not. Upheld, it says how the result is put right: from corrected
    records after a new computation (`take_recomputed`), or at once by ``points`` for the line (for the cap: that it
    does not apply)."""
    found, publication = _locked(scope, pk, version, Right.PUBLISH_SCORE)
    if not answer.strip():
        raise Refusal("没有写明答复的理由。", field="answer", remedy="理由向提出申诉的党组织公开。")
    if upheld and remedy not in Remedy:
        raise Refusal(
            "申诉成立的，须选择更正方式。", field="remedy", remedy="记录有误的先更正记录；其他的直接更正得分。"
        )
    if not upheld and (remedy or points is not None):
        raise Refusal(
            "不成立的申诉不更正得分。",
            field="remedy",
            remedy="需要更正的，选“成立”；不更正的，选“不成立，不更正”并清空得分。",
        )
    found.state = AppealState.UPHELD if upheld else AppealState.REJECTED
    found.answer, found.remedy = answer.strip(), remedy if upheld else ""
    found.answered_on, found.answered_at, found.answered_by_id = scope.today, timezone.now(), scope.user_id
    if found.remedy == Remedy.POINTS:
        _correct_points(scope, found, publication, points)
    return _kept(scope, found, "assessment.appeal_answer", upheld=upheld, remedy=found.remedy)


def _correct_points(scope: Scope, found: Appeal, publication: Publication, points: Decimal | None) -> None:
    now = standing_of(publication, found.organization)
    lines, limit = dict(now.lines), now.limit
    if not found.indicator:
        limit = None
    else:
        before, weight = lines[found.indicator]
        most = most_of(found.indicator, lines[found.indicator])
        if points is None:
            raise Refusal("没有填写更正后的得分。", field="points", remedy=f"这一项满分 {most} 分，现为 {before} 分。")
        if not 0 <= points <= most:
            raise Refusal(f"这一项的得分应在 0 到 {most} 分之间。", field="points", remedy="请核对后填写。")
        if points == before:
            raise Refusal("更正后的得分与现在相同。", field="points", remedy="不需要更正的，请答复不成立并说明理由。")
        lines[found.indicator] = (points, weight)
    _correct(scope, found, now, Standing(lines, limit, total_of(lines, limit)))


@transaction.atomic
def take_recomputed(scope: Scope, pk: int, version: int) -> ScoreCorrection:
    """After records were corrected and the period computed anew, the result of this one organization takes the lines
    that changed. Others keep theirs. Refused before a computation later than the answer, and where nothing changed."""
    found, publication = _locked(scope, pk, version, Right.PUBLISH_SCORE, state=AppealState.UPHELD)
    if not may_be_recomputed(found):
        raise Refusal("这件申诉不需要取用重算结果，或已经取用。")
    lock_runs()
    run = _computed_since(found, publication)
    if run is None:
        raise Refusal(
            "答复之后还没有新的计算结果。",
            remedy="请先更正记录，再“更新数据并计算”；记录没有变化时结果不会重算，可以写明重算结果相同的理由。",
        )
    now, after = _anew(found, publication, run)
    if not changes_between(now.lines, after.lines) and after.total == now.total:
        raise Refusal(
            "重算之后，这个党组织的得分没有变化。",
            remedy="请核对记录是否已经更正、数据是否已经更新；确实相同的，写明理由即可。",
        )
    made = _correct(scope, found, now, after, run=run.pk)
    _kept(scope, found, "assessment.appeal_recomputed", run=run.pk)
    return made


@transaction.atomic
def state_unchanged(scope: Scope, pk: int, version: int, *, reason: str) -> Appeal:
    """The records were put right, and the new computation gives this organization the same: the office says so with a
    reason, which the appellant is asked to read. Refused where nothing was computed since the answer, and where the
    result did change. It can still be taken should a later computation change it."""
    found, publication = _locked(scope, pk, version, Right.PUBLISH_SCORE, state=AppealState.UPHELD)
    if not needs_recomputing(found):
        raise Refusal("这件申诉不需要重算，或已经办结。")
    if not reason.strip():
        raise Refusal("没有写明理由。", field="reason", remedy="例如：漏登的两人已补登，出席率仍在同一档。")
    lock_runs()
    if run := _computed_since(found, publication):
        now, after = _anew(found, publication, run)
        if changes_between(now.lines, after.lines) or after.total != now.total:
            raise Refusal(
                f"重算之后，总分由 {now.total} 变为 {after.total}，或有的项目变了。", remedy="请取用重算结果。"
            )
    elif not _looked_at_since(found, publication):
        raise Refusal(
            "答复之后，数据还没有更新和计算过。",
            remedy="请先更正记录，再“更新数据并计算”；结果没有变化的，次日起可以认定。",
        )
    found.unchanged_on, found.unchanged_reason, found.unchanged_by_id = scope.today, reason.strip(), scope.user_id
    NoticeConfirmation.objects.filter(publication=publication, organization=found.organization).delete()
    return _kept(scope, found, "assessment.appeal_unchanged", run=run.pk if run else publication.run_id)


def _computed_since(found: Appeal, publication: Publication) -> ScoreRun | None:
    """The computation that stands, where it is later than the answer."""
    run = current_run(publication)
    if run is None or run.pk == publication.run_id or found.answered_at is None or run.computed_at <= found.answered_at:
        return None
    return run


def _looked_at_since(found: Appeal, publication: Publication) -> bool:
    """Whether data of a day after the answer give no other run than the one that stands: nothing was computed, as
    nothing that it reads had changed."""
    seen = confirmed_until(publication.span)
    return seen is not None and found.answered_on is not None and seen > found.answered_on


def _anew(found: Appeal, publication: Publication, run: ScoreRun) -> tuple[Standing, Standing]:
    """The organization's result as it stands, and as a later run gives it, with what was decided on directly."""
    now = standing_of(publication, found.organization)
    score = OrganizationScore.objects.filter(run=run, organization=found.organization).first()
    if score is None:
        raise Refusal("重算的结果里没有这个党组织。", remedy="请核对组织的隶属和撤销情况。")
    own = IndicatorScore.objects.filter(run=run, organization=found.organization).order_by("pk")
    kept = _decided(publication, found.organization)
    lines = {**lines_of(score, own), **{key: line for key, line in now.lines.items() if key in kept}}
    limit = None if "" in kept else limit_of(score)
    return now, Standing(lines, limit, total_of(lines, limit))


def standing_of(publication: Publication, organization: Organization) -> Standing:
    """An organization's result with the corrections made so far."""
    score = OrganizationScore.objects.get(run=publication.run_id, organization=organization)
    own = IndicatorScore.objects.filter(run=publication.run_id, organization=organization).order_by("pk")
    return corrected(lines_of(score, own), limit_of(score), corrections_of(publication, organization))


def _decided(publication: Publication, organization: Organization) -> set[str]:
    """Lines whose points were decided on directly: a new computation does not undo that. "" is the cap."""
    found = ScoreCorrection.objects.filter(publication=publication, organization=organization, run=None)
    return set(found.values_list("appeal__indicator", flat=True))


def _correct(scope: Scope, found: Appeal, now: Standing, after: Standing, run: int | None = None) -> ScoreCorrection:
    return ScoreCorrection.objects.create(
        publication=found.publication, organization=found.organization, appeal=found, run_id=run, reason=found.answer,
        lines=changes_between(now.lines, after.lines), limit=after.limit, total_before=now.total,
        total_after=after.total, made_on=scope.today, made_by_id=scope.user_id,
    )  # fmt: skip


def _locked(
    scope: Scope,
    pk: int,
    version: int,
    right: Right = Right.APPEAL_SCORE,
    state: AppealState = AppealState.OPEN,
    *,
    own: bool = False,
) -> tuple[Appeal, Publication]:
    """The appeal with its publication, both locked, the publication first as everywhere."""
    seen = scope.visible(Appeal.objects.all(), Right.APPEAL_SCORE).filter(pk=pk).values("publication").first()
    if seen is None:
        raise Http404("没有这件申诉，或不在您的管理范围内。")
    publication = Publication.objects.select_for_update().get(pk=seen["publication"])
    found = Appeal.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    scope.require(right, found.organization.path)
    if own:
        require_own(scope, found.organization_id)
    if refusal := why_not_handled(found, publication, state):
        raise refusal
    if found.version != version:
        raise Refusal("您打开之后，这件申诉已被办理。", remedy="请刷新页面核对；您填写的内容还在本页。")
    return found, publication


def _kept(scope: Scope, found: Appeal, verb: str, **changes: Any) -> Appeal:
    found.version += 1
    found.save()
    record(scope, verb, object=found, organization_path=found.organization.path, changes=changes or None)
    return found
