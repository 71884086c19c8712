"""Spot checks and exemplary records: drawing, going through the checklist, proposing, consenting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import DrawnRecord, Meeting, ModelRecord, SpotCheck
from zhibu.meetings.quality.sampling import draw
from zhibu.meetings.queries.records import meeting as visible_meeting
from zhibu.meetings.signals import problem_found
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import Asked, Waiting

# The points of the checklist: what can be seen from the record itself.
POINTS = {
    "attendance": "出席名单与签到、请假情况相符",
    "content": "记录写明议题和各人发言要点",
    "decisions": "决议写明责任人和期限",
    "votes": "表决票数与到会人数相符（没有表决的选“是”）",
    "own": "内容是本次会议的实际情况",
}
MOST_DRAWN = 1_000


def spot_checks(scope: Scope) -> QuerySet[SpotCheck]:
    found = scope.visible(SpotCheck.objects.all(), Right.REVIEW_MEETING)
    return found.select_related("organization", "drawn_by")


def spot_check(scope: Scope, pk: int) -> SpotCheck:
    found = spot_checks(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次抽查，或不在您的管理范围内。")
    return found


def drawn(scope: Scope) -> QuerySet[DrawnRecord]:
    """The drawn records of the spot checks that the reader reviews."""
    found = scope.visible(DrawnRecord.objects.all(), Right.REVIEW_MEETING, "check_of__organization__path")
    return found.select_related("check_of", "meeting__organization", "checked_by")


def findings(scope: Scope) -> QuerySet[DrawnRecord]:
    """What was found, for those above and for the branch whose record it is."""
    found = scope.visible(DrawnRecord.objects.exclude(finding=""), Right.RECORD_MEETING, "meeting__organization__path")
    return found.select_related("check_of", "meeting__organization", "checked_by")


@transaction.atomic
def draw_records(
    scope: Scope, organization: int, *, title: str, since: date, until: date, each: int, seed: str
) -> SpotCheck:
    """Draw from the recorded meetings of a subtree, by category of organization and month. A draw is never undone.

    Refuses a period without records, more than can be gone through, and the same seed for the same period twice.
    Audited as ``meetings.draw``.
    """
    node = one_organization(scope, organization, Right.REVIEW_MEETING)
    clean = " ".join(seed.split())
    if until < since:
        raise Refusal("结束日期早于开始日期。", field="until", remedy="请核对日期。")
    if not clean:
        raise Refusal("没有填写公开种子。", field="seed", remedy="例如当天公开发布的指数或开奖号码。")
    if SpotCheck.objects.filter(organization=node, since=since, until=until, seed=clean).exists():
        raise Refusal("同一范围、同一时期用这个种子已经抽过。", field="seed", remedy="请打开已有的抽查。")
    rows = Meeting.objects.filter(
        state=State.RECORDED, organization__path__startswith=node.path, held_on__gte=since, held_on__lte=until
    ).exclude(kind=Kind.TALK)
    population = [
        (meeting.pk, f"{meeting.organization.get_category_display()} {meeting.held_on:%Y-%m}")
        for meeting in rows.select_related("organization").only("held_on", "organization__category")
    ]
    if not population:
        raise Refusal("这一时期没有已登记的记录。", field="since", remedy="请改选时期。")
    chosen = draw(population, clean, each)
    count = sum(len(numbers) for numbers in chosen.values())
    if count > MOST_DRAWN:
        raise Refusal(
            f"会抽中 {count} 份，超过 {MOST_DRAWN} 份。", field="each", remedy="请缩短时期，或减少每层抽取的份数。"
        )
    row = SpotCheck.objects.create(
        organization=node, title=title.strip(), since=since, until=until, each=each, seed=clean,
        population=len(population), drawn_by_id=scope.user_id, drawn_at=timezone.now(),
    )  # fmt: skip
    DrawnRecord.objects.bulk_create(
        DrawnRecord(check_of=row, meeting_id=number, stratum=stratum)
        for stratum, numbers in chosen.items()
        for number in numbers
    )
    audit.record(
        scope, "meetings.draw", object=row, organization_path=node.path,
        changes={"seed": clean, "population": row.population, "drawn": count},
    )  # fmt: skip
    return row


@transaction.atomic
def check_record(scope: Scope, pk: int, answers: Mapping[str, Any], finding: str) -> DrawnRecord:
    """Enter what the checklist says of one drawn record. Whoever answers “no” writes what was found, and that goes to
    whoever keeps the list of problems, once. May be entered anew; the audit (``meetings.spot_check``) keeps who and
    when."""
    found = drawn(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份抽中的记录。")
    given = {key: bool(answers.get(key)) for key in POINTS}
    if not all(given.values()) and not finding.strip():
        raise Refusal("有不符合的项目，还没有写发现的问题。", field="finding", remedy="请写明哪里不符、怎样补正。")
    if all(given.values()) and finding.strip():
        raise Refusal("各项都选了“是”，却写了问题。", field="finding", remedy="请把不符合的项目选“否”，或清空问题。")
    row = DrawnRecord.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row.answers, row.finding = given, finding.strip()
    row.checked_by_id, row.checked_at = scope.user_id, timezone.now()
    if row.finding and row.handed_at is None and problem_found.has_listeners():
        row.handed_at = row.checked_at
        problem_found.send(
            DrawnRecord, organization=found.meeting.organization, source="spot_check", key=str(row.pk),
            text=f"{found.meeting.held_on} {found.meeting.title or found.meeting.get_kind_display()}：{row.finding}",
            address=reverse("meetings:record_quality", args=[row.meeting_id]), scope=scope,
        )  # fmt: skip
    row.save(update_fields=("answers", "finding", "checked_by", "checked_at", "handed_at"))
    audit.record(
        scope, "meetings.spot_check", object=row, organization_path=found.meeting.organization.path,
        changes={"meeting": row.meeting_id, **given},
    )  # fmt: skip
    return row


def models(scope: Scope) -> QuerySet[ModelRecord]:
    """Exemplary records as everybody who keeps records may read them: with consent, and as it was consented to."""
    scope.require(Right.RECORD_MEETING)
    found = ModelRecord.objects.filter(is_consented=True, version=F("meeting__version"))
    return found.select_related("meeting__organization")


def model(scope: Scope, pk: int) -> ModelRecord:
    found = models(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份典型记录，或支部没有同意公开。")
    return found


@transaction.atomic
def propose(scope: Scope, meeting: int, reason: str) -> ModelRecord:
    """A reviewer would show a record to others; its branch is asked. Audited as ``meetings.propose_model``."""
    found = visible_meeting(scope, meeting, Right.REVIEW_MEETING)
    if found.state != State.RECORDED or found.kind == Kind.TALK:
        raise Refusal("只推荐已登记的会议和活动记录。", remedy="草稿登记之后再推荐。")
    if not reason.strip():
        raise Refusal("没有填写推荐理由。", field="reason", remedy="例如：决议具体，责任和期限清楚。")
    if ModelRecord.objects.filter(meeting=found).exclude(is_consented=False).exists():
        raise Refusal("这份记录已经推荐过。", remedy="请等支部决定。")
    row, _made = ModelRecord.objects.update_or_create(
        meeting=found, defaults={
            "reason": reason.strip(), "proposed_by_id": scope.user_id, "proposed_at": timezone.now(),
            "is_consented": None, "decided_by": None, "decided_at": None, "version": None,
        },
    )  # fmt: skip
    audit.record(
        scope, "meetings.propose_model", object=row, organization_path=found.organization.path,
        changes={"meeting": found.pk}, reason=row.reason,
    )  # fmt: skip
    return row


@transaction.atomic
def decide_model(scope: Scope, meeting: int, *, consent: bool) -> ModelRecord:
    """The branch consents to its record being shown, declines, or withdraws; at once and without a reason. Audited as
    ``meetings.decide_model``."""
    found = visible_meeting(scope, meeting, Right.RECORD_MEETING)
    row = ModelRecord.objects.select_for_update().filter(meeting=found).first()
    if row is None:
        raise Refusal("这份记录没有被推荐。", remedy="由上级党组织先推荐。")
    row.is_consented, row.version = consent, found.version if consent else None
    row.decided_by_id, row.decided_at = scope.user_id, timezone.now()
    row.save(update_fields=("is_consented", "version", "decided_by", "decided_at"))
    audit.record(
        scope, "meetings.decide_model", object=row, organization_path=found.organization.path,
        changes={"meeting": found.pk, "consent": consent},
    )  # fmt: skip
    return row


def to_consent(scope: Scope) -> QuerySet[ModelRecord]:
    """Records that were proposed and whose branch, the reader's, has not said whether they may be shown."""
    asked = ModelRecord.objects.filter(is_consented=None)
    own = scope.visible(asked, Right.RECORD_MEETING, "meeting__organization__path")
    own = own.exclude(scope.within(Right.REVIEW_MEETING, "meeting__organization__path"))
    return own.select_related("meeting__organization", "proposed_by")


def waiting(scope: Scope) -> list[Asked]:
    """Drawn records nobody went through, and records whose branch is asked whether they may be shown."""

    def consent(count: int, oldest: Any) -> Waiting:
        return Waiting("记录被推荐为典型，请决定是否公开", count, reverse("meetings:models_asked"))

    found = [Asked(to_consent(scope), consent, "proposed_at")]
    if scope.may(Right.REVIEW_MEETING):
        address = reverse("meetings:spot_checks")

        def check(count: int, oldest: Any) -> Waiting:
            return Waiting("抽中的记录待核对", count, address, since=timezone.localdate(oldest))

        rows = drawn(scope).filter(checked_at=None, check_of__drawn_by=scope.user_id)
        found.append(Asked(rows, check, "check_of__drawn_at"))
    return found
