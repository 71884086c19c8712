"""Answering and closing questions about likenesses, official documents, the office's setting, overruling."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Likeness, OfficialDocument, Overruling, QualityStandard
from zhibu.meetings.originality.reading import read
from zhibu.meetings.quality import queries
from zhibu.meetings.quality.enums import AnswerState, PartKey, Verdict
from zhibu.meetings.queries.records import meeting as visible_meeting
from zhibu.regulations.refusal import Refusal

# Recognized are twelve letters in a row; a shorter text could never be.
LEAST_OFFICIAL = 50
MOST_OFFICIAL = 500_000


def _held(pk: int) -> Likeness:
    return Likeness.objects.select_for_update(of=("self",)).select_related("later__organization").get(pk=pk)


@transaction.atomic
def answer(scope: Scope, pk: int, text: str) -> Likeness:
    """The branch says how two records come to have so much in common. It may say so anew until that is reviewed.

    Audited as ``meetings.answer_likeness`` without its words.
    """
    queries.likeness(scope, pk)
    row = _held(pk)
    if row.state == AnswerState.CLOSED:
        raise Refusal("这条提示已经核查完毕。", remedy="需要补充的，请联系核查的上级党组织。")
    if not text.strip():
        raise Refusal("没有填写说明。", field="answer", remedy="例如：每月例行学习，议程相同。")
    row.answer, row.state = text.strip(), AnswerState.ANSWERED
    row.answered_by_id, row.answered_at = scope.user_id, timezone.now()
    row.save(update_fields=("answer", "state", "answered_by", "answered_at"))
    audit.record(
        scope, "meetings.answer_likeness", object=row, organization_path=row.later.organization.path,
        changes={"later": row.later_id, "state": row.state},
    )  # fmt: skip
    return row


@transaction.atomic
def close(scope: Scope, pk: int, verdict: Verdict, reason: str) -> Likeness:
    """A reviewer of both branches ends the question, with a reason. Audited as ``meetings.close_likeness``.

    Refuses to find a record wanting before its branch was heard, and to close twice.
    """
    queries.likeness(scope, pk, Right.REVIEW_MEETING)
    row = _held(pk)
    _refuse_closing(scope, row, verdict, reason)
    return _close(scope, row, verdict, reason)


@transaction.atomic
def close_chosen(scope: Scope, chosen: QuerySet[Likeness], verdict: Verdict, reason: str) -> int:
    """The same for several at once; if one cannot be closed, none is. Returns how many were."""
    keys = sorted(chosen.order_by().values_list("pk", flat=True))
    if not keys:
        raise Refusal("没有选中任何提示。", remedy="请回到列表勾选。")
    rows = [_held(pk) for pk in keys]
    for row in rows:
        _refuse_closing(scope, queries.likeness(scope, row.pk, Right.REVIEW_MEETING), verdict, reason)
    for row in rows:
        _close(scope, row, verdict, reason)
    return len(rows)


def _refuse_closing(scope: Scope, row: Likeness, verdict: Verdict, reason: str) -> None:
    which = f"{row.later.organization}{row.later.held_on} 的记录"
    if not queries.may_close(scope, row):
        raise Refusal(f"{which}：另一份记录不在您的管理范围内。", remedy="请由两个党组织共同的上级核查。")
    if row.state == AnswerState.CLOSED:
        raise Refusal(f"{which}：已经核查完毕。", remedy="请刷新列表。")
    if not reason.strip():
        raise Refusal("没有填写核查理由。", field="reason", remedy="例如：同一次联合活动，分别登记。")
    if verdict is Verdict.AMEND and row.state == AnswerState.ASKED:
        raise Refusal(f"{which}：支部还没有说明，不能定为“应补正”。", field="verdict", remedy="请等支部说明后再核查。")


def _close(scope: Scope, row: Likeness, verdict: Verdict, reason: str) -> Likeness:
    row.state, row.verdict, row.reason = AnswerState.CLOSED, verdict, reason.strip()
    row.closed_by_id, row.closed_at, row.closed_version = scope.user_id, timezone.now(), row.later.version
    row.save(update_fields=("state", "verdict", "reason", "closed_by", "closed_at", "closed_version"))
    audit.record(
        scope, "meetings.close_likeness", object=row, organization_path=row.later.organization.path,
        changes={"later": row.later_id, "earlier": row.earlier_id, "verdict": verdict.value}, reason=row.reason,
    )  # fmt: skip
    return row


@transaction.atomic
def add_official(
    scope: Scope, *, title: str, issued_by: str, text: str, issued_on: date | None = None
) -> OfficialDocument:
    """Enter a published text. Refuses one too short to be recognized or too long, and the same text twice.

    Audited as ``meetings.add_official``.
    """
    scope.require(Right.SET_QUALITY)
    clean = text.replace("\r\n", "\n").replace("\x00", "").strip()
    letters = len(read(clean).letters)
    if letters < LEAST_OFFICIAL:
        raise Refusal(
            f"“{title}”的正文只有 {letters} 个字，不足以识别引用。", field="text",
            remedy=f"请录入全文（至少 {LEAST_OFFICIAL} 个字）；扫描件请先转成文字。",
        )  # fmt: skip
    if len(clean) > MOST_OFFICIAL:
        raise Refusal(f"“{title}”的正文超过 {MOST_OFFICIAL:,} 个字。", field="text", remedy="请分成几份录入。")
    digest = hashlib.sha256(clean.encode("utf-8", "surrogatepass")).hexdigest()
    if known := OfficialDocument.objects.filter(digest=digest).first():
        raise Refusal(f"“{title}”的正文与已录入的“{known.title}”相同。", field="text", remedy="不必重复录入。")
    row = OfficialDocument.objects.create(
        title=title.strip(), issued_by=issued_by.strip(), issued_on=issued_on,
        text=clean.encode("utf-8", "replace").decode(), digest=digest, added_by_id=scope.user_id,
        added_at=timezone.now(),
    )  # fmt: skip
    audit.record(scope, "meetings.add_official", object=row, changes={"title": row.title, "sha256": digest})
    return row


@transaction.atomic
def add_official_files(scope: Scope, files: Iterable[tuple[str, str]], *, issued_by: str) -> list[OfficialDocument]:
    """Several at once, each a title and its text; if one is refused, none is entered."""
    return [add_official(scope, title=title, issued_by=issued_by, text=text) for title, text in files]


@transaction.atomic
def remove_official(scope: Scope, pk: int, reason: str) -> None:
    """Take a text out again; from the next night on its passages count as anybody's words. Audited."""
    scope.require(Right.SET_QUALITY)
    row = queries.official_document(scope, pk)
    if not reason.strip():
        raise Refusal("移除文件须写明理由。", field="reason", remedy="例如：误录，或已由新版代替。")
    audit.record(
        scope, "meetings.remove_official", object=row, changes={"title": row.title, "sha256": row.digest},
        reason=reason.strip(),
    )  # fmt: skip
    row.delete()


@transaction.atomic
def set_standard(scope: Scope, *, days: int, likeness: int) -> QualityStandard:
    """The office's own limits for the whole university; the former ones stay as they were. Audited."""
    scope.require(Right.SET_QUALITY)
    before = queries.standard()
    if (before.days, before.likeness) == (days, likeness):
        raise Refusal("与现在的设定相同。", remedy="不必保存。")
    row = QualityStandard.objects.create(days=days, likeness=likeness, set_by_id=scope.user_id, set_at=timezone.now())
    audit.record(
        scope, "meetings.set_quality", object=row,
        changes={"days": [before.days, days], "likeness": [before.likeness, likeness]},
    )  # fmt: skip
    return row


@transaction.atomic
def overrule(scope: Scope, meeting: int, part: PartKey, percent: int | None, reason: str) -> Overruling:
    """A reviewer puts another value on one part, or (None) takes that back; both stay. Audited as
    ``meetings.overrule``."""
    found = visible_meeting(scope, meeting, Right.REVIEW_MEETING)
    if found.state != State.RECORDED or found.kind == Kind.TALK:
        raise Refusal("只复核已登记的会议和活动记录。", remedy="草稿登记之后再复核。")
    if not reason.strip():
        raise Refusal("改定须写明理由。", field="reason", remedy="例如：附件中已有请假名单，核对无误。")
    # Two reviewers at once: the second sees what the first wrote.
    type(found).objects.select_for_update().get(pk=found.pk)
    newest = Overruling.objects.filter(meeting=found, part=part).first()
    if percent is None and (newest is None or newest.percent is None):
        raise Refusal("这一项没有改定，不必撤回。", remedy="请刷新页面。")
    row = Overruling.objects.create(
        meeting=found, part=part, percent=percent, reason=reason.strip(), by_id=scope.user_id, at=timezone.now()
    )
    audit.record(
        scope, "meetings.overrule", object=row, organization_path=found.organization.path,
        changes={"meeting": found.pk, "part": part.value, "percent": percent}, reason=row.reason,
    )  # fmt: skip
    return row
