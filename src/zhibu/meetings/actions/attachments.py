"""Files kept with a record: checked by content, stored under random names, hashed."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.records import locked
from zhibu.meetings.actions.signing import refuse_if_signed, void_signatures
from zhibu.meetings.enums import State
from zhibu.meetings.models import Attachment
from zhibu.meetings.queries import is_signed, signatures
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload, digest_of, stored

COUNT_LIMIT = 20


@transaction.atomic
def attach(scope: Scope, pk: int, upload: UploadedFile) -> Attachment:
    """Keep a file with the record. Refuses empty, too large, disguised and unknown files.

    The same file twice is kept once.

    A photograph of signed minutes may be added afterwards; before both have signed, a file more voids the signature.
    Audited as ``meetings.attach`` with hash and size, without the file's name.
    """
    meeting = locked(scope, pk)
    name, media = check_upload(upload)
    if meeting.attachments.count() >= COUNT_LIMIT:
        raise Refusal(f"一份记录最多保存 {COUNT_LIMIT} 个附件。", field="file", remedy="请先删去不需要的附件。")
    digest = digest_of(upload)
    if found := meeting.attachments.filter(sha256=digest).first():
        return found
    row = Attachment(
        meeting=meeting,
        name=name,
        content_type=media,
        size=upload.size or 0,
        sha256=digest,
        added_at=timezone.now(),
    )
    with stored(row, upload):
        row.save()
        if not is_signed(signatures(meeting)):
            void_signatures(scope, meeting, row.added_at)
        if media.startswith("image/"):
            app.configure_task("zhibu.meetings.know_photo", queue="meetings").defer(attachment_id=row.pk)
        audit.record(
            scope, "meetings.attach", object=meeting, organization_path=meeting.organization.path,
            changes={"attachment": row.pk, "sha256": row.sha256, "size": row.size},
        )  # fmt: skip
    return row


@transaction.atomic
def detach(scope: Scope, pk: int, attachment: int, *, reason: str = "") -> None:
    """Remove a file from a draft, or, with a reason, from a finished record. Audited as ``meetings.detach``."""
    meeting = locked(scope, pk)
    row = meeting.attachments.filter(pk=attachment).first()
    if row is None:
        raise Refusal("这个附件已经删去。", remedy="请刷新页面。")
    if meeting.state == State.RECORDED and not reason.strip():
        raise Refusal("从已登记的记录中删去附件须写明理由。", field="reason", remedy="例如：误传了其他会议的材料。")
    refuse_if_signed(meeting)
    void_signatures(scope, meeting, timezone.now())
    audit.record(
        scope, "meetings.detach", object=meeting, organization_path=meeting.organization.path,
        changes={"attachment": row.pk, "sha256": row.sha256}, reason=reason.strip(),
    )  # fmt: skip
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name or ""))
