"""What the responsible organization does: agree on a measure, report it done with what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date

from django.core.files.base import File
from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.actions.common import enter, locked, words
from zhibu.supervision.enums import EntryKind, ProblemState
from zhibu.supervision.models import Evidence, Milestone, Problem, ProblemEntry
from zhibu.supervision.rules import Act
from zhibu.ui.files import check_upload, digest_of, stored

MOST_FILES = 10
MOST_MILESTONES = 10


@transaction.atomic
def set_measure(scope: Scope, pk: int, *, measure: str, milestones: Sequence[tuple[str, date]] = ()) -> Problem:
    """Claim a problem by saying what will be done, with milestones; or change that later: finished milestones stay.

    Refuses milestones after the day the problem is due. Audited as ``supervision.measure``.
    """
    found = locked(scope, pk, Act.MEASURE)
    text = words(measure, "measure", "支部委员会逐条对照，补开党员大会，指定组织委员每月检查。")
    if len(milestones) > MOST_MILESTONES:
        raise Refusal(f"整改节点最多 {MOST_MILESTONES} 个。", remedy="请合并相近的节点。")
    if any(due > found.due_on for _, due in milestones):
        raise Refusal(
            f"整改节点不能晚于整改期限（{found.due_on}）。", field="milestones",
            remedy="请提前这个节点；确实来不及的，请上级延长期限。",
        )  # fmt: skip
    found.milestones.filter(done_on__isnull=True).delete()
    Milestone.objects.bulk_create(Milestone(problem=found, text=one[:200], due_on=due) for one, due in milestones)
    found.measure = text
    if found.state == ProblemState.UNCLAIMED:
        found.state = ProblemState.UNDER_WAY
    kept = [{"text": one[:200], "due_on": str(due)} for one, due in milestones]
    enter(scope, found, EntryKind.MEASURE, "supervision.measure", text, ("measure", "state"), milestones=kept)
    return found


@transaction.atomic
def finish_milestone(scope: Scope, pk: int, milestone: int) -> Problem:
    """Note that a milestone has been reached; the second time changes nothing. Audited as ``supervision.milestone``."""
    found = locked(scope, pk, Act.MILESTONE)
    row = found.milestones.filter(pk=milestone).first()
    if row is None:
        raise Refusal("这个节点已被新的措施代替。", remedy="请刷新页面。")
    if row.done_on is None:
        row.done_on = scope.today
        row.save(update_fields=["done_on"])
        enter(scope, found, EntryKind.MILESTONE, "supervision.milestone", row.text)
    return found


@transaction.atomic
def report_done(scope: Scope, pk: int, *, text: str, files: Sequence[File] = ()) -> Problem:
    """Say that a problem has been put right, in words and files; it then waits for review.

    Refuses without words, and without a measure. Files are refused as everywhere (`ui.files`).
    Audited as ``supervision.report``.
    """
    found = locked(scope, pk, Act.REPORT)
    said = words(text, "text", "11 月 18 日已补开党员大会，会议记录和照片附后。")
    if not found.measure:
        raise Refusal("还没有确定整改措施。", remedy="请先确定整改措施，再报告完成。")
    if len(files) > MOST_FILES:
        raise Refusal(f"一次最多上传 {MOST_FILES} 份材料。", field="files", remedy="请合并后再上传。")
    checked = [(one, *check_upload(one)) for one in files]
    found.state, found.done_on, found.reported_by_id = ProblemState.TO_REVIEW, scope.today, scope.user_id
    changed = ("state", "done_on", "reported_by")
    made = enter(scope, found, EntryKind.REPORTED, "supervision.report", said, changed, files=len(checked))
    _keep(made, checked)
    return found


def _keep(entry: ProblemEntry, files: Sequence[tuple[File, str, str]]) -> None:
    """All files or none: what was stored is taken away again when the rest fails."""
    with ExitStack() as kept:
        for upload, name, media in files:
            row = Evidence(
                entry=entry, name=name, content_type=media, size=upload.size or 0, sha256=digest_of(upload)
            )  # fmt: skip
            kept.enter_context(stored(row, upload))
            row.save()
