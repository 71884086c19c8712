"""Files kept with a record: checked by content, stored under random names, hashed."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import PurePath
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.records import locked
from zhibu.meetings.enums import State
from zhibu.meetings.models import Attachment
from zhibu.regulations.refusal import Refusal

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 20 * MEGABYTE
COUNT_LIMIT = 20
ALLOWED = "PDF、JPG、PNG、Word、Excel、PowerPoint 和 WPS 文件"
_OLE = {".doc": "application/msword", ".wps": "application/msword", ".xls": "application/vnd.ms-excel",
        ".et": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
        ".dps": "application/vnd.ms-powerpoint"}  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OOXML = {
    "word/document.xml": (".docx", f"{_OFFICE}wordprocessingml.document"),
    "xl/workbook.xml": (".xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "ppt/presentation.xml": (".pptx", f"{_OFFICE}presentationml.presentation"),
}


def sniff(file: IO[bytes], name: str) -> str:
    """The media type by content. Raises `Refusal` for anything not allowed or not what its name says."""
    suffix = PurePath(name).suffix.lower()
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    found: tuple[tuple[str, ...], str] | None = None
    if head.startswith(b"%PDF-"):
        found = (".pdf",), "application/pdf"
    elif head.startswith(b"\xff\xd8\xff"):
        found = (".jpg", ".jpeg"), "image/jpeg"
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        found = (".png",), "image/png"
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = tuple(_OLE), _OLE.get(suffix, "")
    elif head.startswith(b"PK\x03\x04"):
        found = _ooxml(file, name)
    if found is None:
        raise Refusal(f"“{name}”的内容不是可以接收的类型。", field="file", remedy=f"可以上传：{ALLOWED}。")
    if suffix not in found[0]:
        raise Refusal(
            f"“{name}”的内容与扩展名不符。", field="file", remedy="请用原来的程序打开，另存为正确的格式后再上传。"
        )
    return found[1]


def _ooxml(file: IO[bytes], name: str) -> tuple[tuple[str, ...], str] | None:
    try:
        with zipfile.ZipFile(file) as package:
            members = set(package.namelist())
    except zipfile.BadZipFile:
        raise Refusal(f"“{name}”已损坏，打不开。", field="file", remedy="请检查原文件后重新上传。") from None
    finally:
        file.seek(0)
    if any(member.endswith("vbaProject.bin") for member in members):
        raise Refusal(f"“{name}”含有宏，不能接收。", field="file", remedy="请另存为不含宏的格式后再上传。")
    for member, (suffix, media) in _OOXML.items():
        if member in members:
            return (suffix,), media
    return None


@transaction.atomic
def attach(scope: Scope, pk: int, upload: UploadedFile) -> Attachment:
    """Keep a file with the record. Refuses empty, too large, disguised and unknown files.

    The same file twice is kept once.

    Audited as ``meetings.attach`` with hash and size, without the file's name.
    """
    meeting = locked(scope, pk)
    name = PurePath((upload.name or "附件").replace("\\", "/")).name[-200:]
    size = upload.size or 0
    if not size:
        raise Refusal(f"“{name}”是空文件。", field="file", remedy="请检查原文件后重新上传。")
    if size > SIZE_LIMIT:
        raise Refusal(
            f"“{name}”有 {size / MEGABYTE:.0f} MB,超过单个附件 {SIZE_LIMIT // MEGABYTE} MB 的上限。", field="file",
            remedy="请压缩图片或拆分后再上传。",
        )  # fmt: skip
    if meeting.attachments.count() >= COUNT_LIMIT:
        raise Refusal(f"一份记录最多保存 {COUNT_LIMIT} 个附件。", field="file", remedy="请先删去不需要的附件。")
    media = sniff(upload.file, name)  # type: ignore[arg-type]
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    if found := meeting.attachments.filter(sha256=digest.hexdigest()).first():
        return found
    row = Attachment(
        meeting=meeting, name=name, content_type=media, size=size, sha256=digest.hexdigest(), added_at=timezone.now()
    )
    row.file.save(name, upload, save=False)
    try:
        row.save()
        audit.record(
            scope, "meetings.attach", object=meeting, organization_path=meeting.organization.path,
            changes={"attachment": row.pk, "sha256": row.sha256, "size": size},
        )  # fmt: skip
    except BaseException:
        row.file.storage.delete(row.file.name or "")
        raise
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
    audit.record(
        scope, "meetings.detach", object=meeting, organization_path=meeting.organization.path,
        changes={"attachment": row.pk, "sha256": row.sha256}, reason=reason.strip(),
    )  # fmt: skip
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name or ""))
