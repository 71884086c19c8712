"""What was said at the meeting: criticism by others and of oneself, point by point."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.signing import refuse_if_signed, void_signatures
from zhibu.meetings.life import queries
from zhibu.meetings.life.actions.preparing import locked, refresh, refuse_unless_held
from zhibu.meetings.life.models import Criticism
from zhibu.meetings.models import Meeting
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before


@transaction.atomic
def add_criticism(scope: Scope, pk: int, *, by: int, about: int, text: str, submission: UUID) -> Criticism:
    """Record one point as it was made. Refuses before the meeting, whoever was not there, and once the minutes are
    signed; who has signed them alone so far signs anew. Audited without the words as ``meetings.add_criticism``."""
    life = locked(scope, pk)
    meeting = _unsigned(refuse_unless_held(life))
    present = queries.came(life)
    for field, person in (("by", by), ("about", about)):
        if person not in present:
            raise Refusal("这个人没有到会。", field=field, remedy="只登记到会的人；会议记录的出席有误的，先更正。")
    if not text.strip():
        raise Refusal("没有写要点。", field="text", remedy="请写具体的事，不写套话。")
    if same := sent_before(Criticism.objects.all(), submission, life=life):
        return same
    row = Criticism.objects.create(life=life, by_id=by, about_id=about, text=text.strip(), submission=submission)
    _changed(scope, meeting)
    refresh(life)
    audit.record(scope, "meetings.add_criticism", object=row, organization_path=life.organization.path)
    return row


@transaction.atomic
def remove_criticism(scope: Scope, pk: int, criticism: int) -> None:
    """Take out what was entered wrongly, until the minutes are signed. Audited as ``meetings.remove_criticism``."""
    life = locked(scope, pk)
    meeting = _unsigned(refuse_unless_held(life))
    row = life.criticisms.filter(pk=criticism).first()
    if row is None:
        raise Refusal("没有这一条，或已经删去。", remedy="请刷新页面。")
    audit.record(scope, "meetings.remove_criticism", object=row, organization_path=life.organization.path)
    row.delete()
    _changed(scope, meeting)
    refresh(life)


def _unsigned(meeting: Meeting) -> Meeting:
    """Held until the end of the transaction: nobody signs meanwhile."""
    held = Meeting.objects.select_for_update(of=("self",)).select_related("organization").get(pk=meeting.pk)
    refuse_if_signed(held)
    return held


def _changed(scope: Scope, meeting: Meeting) -> None:
    """The points stand in the minutes: who reads an earlier version, or signed it alone, did not sign these."""
    meeting.version += 1
    meeting.save(update_fields=["version", "updated_at"])
    void_signatures(scope, meeting, timezone.now())
