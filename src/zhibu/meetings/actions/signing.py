"""Signing the minutes, each as himself, and correcting them afterwards without touching what was signed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.enums import Signing, State
from zhibu.meetings.models import Correction, Meeting, Signature
from zhibu.meetings.queries import content_of, digest_of, is_signed, minutes, qualities, signatures, signed_minutes
from zhibu.regulations.refusal import Refusal
from zhibu.ui.submissions import sent_before


@transaction.atomic
def sign(scope: Scope, pk: int, *, version: int, at: datetime) -> Signature:
    """The reader signs the version he read, as its host or its recorder. Signing it again changes nothing.

    Refuses drafts, another version than the one read, whoever did neither, and one person in both qualities: two
    signatures are two people's. Audited as ``meetings.sign``.
    """
    minutes(scope, pk)
    meeting = _locked(pk)
    if meeting.state != State.RECORDED:
        raise Refusal("草稿还没有登记，不能签名。", remedy="请先登记，再由主持人和记录人签名。")
    if meeting.host_id is None or meeting.recorder_id is None:
        raise Refusal("记录中没有主持人或记录人。", remedy="请先更正记录，补全主持人和记录人。")
    if meeting.host_id == meeting.recorder_id:
        raise Refusal(
            "主持人和记录人是同一个人，一个人不能签两次。", remedy="请先更正记录，改选实际的记录人；由两人分别签名。"
        )
    own = qualities(scope, meeting)
    if not own:
        raise Refusal("会议记录由主持人和记录人本人签名，您两者都不是。", remedy="请由本人登录后签名。")
    quality = own[0]
    if version != meeting.version:
        raise Refusal("您打开之后，记录又有改动，没有签名。", remedy="请重新核对下面的记录后再签名。")
    found = Signature.objects.filter(meeting=meeting, quality=quality, voided_at=None).first()
    if found is not None:
        return found
    signature = Signature.objects.create(
        meeting=meeting, quality=quality, person_id=scope.person_id or 0, by_id=scope.user_id or 0,
        version=meeting.version, digest=digest_of(meeting, at, content_of(meeting)), signed_at=at,
    )  # fmt: skip
    changes = {"quality": quality.value, "version": meeting.version, "sha256": signature.digest}
    _audit(scope, "meetings.sign", meeting, changes)
    return signature


@transaction.atomic
def add_correction(
    scope: Scope, pk: int, *, subject: str, was: str, becomes: str, reason: str, by_name: str, submission: UUID,
    at: datetime,
) -> Correction:  # fmt: skip
    """Put a correction beside signed minutes. What was signed stays as it is, and so does every earlier correction.

    Refuses records that are not signed by both: those are corrected themselves. The same form sent twice is kept once.
    Audited as ``meetings.add_correction`` with the reason, without the words.
    """
    signed_minutes(scope, pk)
    meeting = _locked(pk)
    if found := sent_before(Correction.objects.all(), submission, meeting=meeting):
        return found
    if not is_signed(signatures(meeting)):
        raise Refusal("这份记录还没有由两人签名。", remedy="请直接用“更正记录”修改。")
    if not reason.strip():
        raise Refusal("更正须写明理由。", field="reason", remedy="例如：核对票数时发现笔误。")
    if was.strip() == becomes.strip():
        raise Refusal("更正前后相同。", field="becomes", remedy="请写明更正后的内容。")
    correction = Correction.objects.create(
        meeting=meeting, subject=subject.strip(), was=was.strip(), becomes=becomes.strip(), reason=reason.strip(),
        made_at=at, made_by_id=scope.user_id or 0, made_by_name=by_name, submission=submission,
    )  # fmt: skip
    audit.record(
        scope, "meetings.add_correction", object=meeting, organization_path=meeting.organization.path,
        changes={"correction": correction.pk}, reason=correction.reason,
    )  # fmt: skip
    return correction


def refuse_if_signed(meeting: Meeting) -> None:
    """Signed by both, a record is closed: what is wrong in it is said beside it."""
    if is_signed(signatures(meeting)):
        raise Refusal(
            "这份记录已由主持人和记录人签名，不能再改动。", remedy="有误的，请在记录页用“签名后更正”写明理由。"
        )


def void_signatures(scope: Scope, meeting: Meeting, at: datetime) -> None:
    """The record has changed before both had signed: who signed did not sign this. Audited as ``meetings.void``."""
    for one in signatures(meeting):
        one.voided_at = at
        one.save(update_fields=["voided_at"])
        changes = {"quality": Signing(one.quality).value, "version": one.version}
        _audit(scope, "meetings.void", meeting, changes)


def _locked(pk: int) -> Meeting:
    held = Meeting.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=pk).first()
    if held is None:
        raise Http404("这份记录刚刚被删除。")
    return held


def _audit(scope: Scope, verb: str, meeting: Meeting, changes: dict[str, object]) -> None:
    audit.record(scope, verb, object=meeting, organization_path=meeting.organization.path, changes=changes)
