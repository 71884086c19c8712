"""Files kept with a project, a line of the journal, a deed: checked by content, stored under random names, hashed."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives.models import Attachment
from zhibu.initiatives.queries import deed, entry, project
from zhibu.initiatives.queries.files import attachment
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload, digest_of, stored

COUNT_LIMIT = 20
LOADED = {"project": project, "deed": deed}


def _holder(scope: Scope, kind: str, pk: int) -> Model:
    if kind == "entry":
        return entry(scope, pk)
    return LOADED[kind](scope, pk, Right.RECORD_INITIATIVE)


@transaction.atomic
def attach(scope: Scope, kind: str, pk: int, upload: UploadedFile) -> Attachment:
    """Keep a file with a ``project``, ``entry`` or ``deed``. The same file twice is kept once.

    Refuses empty, too large, disguised and unknown files. Audited as ``initiatives.attach`` with hash and size,
    without the file's name.
    """
    holder = _holder(scope, kind, pk)
    type(holder)._default_manager.select_for_update().get(pk=pk)
    name, media = check_upload(upload)
    rows = Attachment.objects.filter(**{kind: pk})
    if rows.count() >= COUNT_LIMIT:
        raise Refusal(f"最多保存 {COUNT_LIMIT} 个附件。", field="file", remedy="请先删去不需要的附件。")
    digest = digest_of(upload)
    if found := rows.filter(sha256=digest).first():
        return found
    row = Attachment(
        name=name, content_type=media, size=upload.size or 0, sha256=digest, added_at=timezone.now(),
        added_by_id=scope.user_id, **{f"{kind}_id": pk},
    )  # fmt: skip
    with stored(row, upload):
        row.save()
        audit.record(
            scope, "initiatives.attach", object=holder, organization_path=holder.organization.path,  # type: ignore[attr-defined]
            changes={"attachment": row.pk, "sha256": row.sha256, "size": row.size},
        )  # fmt: skip
    return row


@transaction.atomic
def detach(scope: Scope, pk: int, *, reason: str) -> tuple[str, int]:
    """Remove a file, with a reason. Returns what it was kept with. Audited as ``initiatives.detach``."""
    row, kind, holder = attachment(scope, pk, Right.RECORD_INITIATIVE)
    if not reason.strip():
        raise Refusal("删去附件须写明理由。", field="reason", remedy="例如：误传了其他材料。")
    audit.record(
        scope, "initiatives.detach", object=holder, organization_path=holder.organization.path,
        changes={"attachment": row.pk, "sha256": row.sha256}, reason=reason.strip(),
    )  # fmt: skip
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name or ""))
    return kind, holder.pk
