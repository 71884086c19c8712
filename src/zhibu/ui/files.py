"""Uploaded files: what they really are, by their first bytes and not by what they are called; and how they go out."""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.http import FileResponse

from zhibu.regulations.refusal import Refusal

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 20 * MEGABYTE
UNPACKED_LIMIT = 300 * MEGABYTE
PARTS_LIMIT, DIRECTORY_LIMIT = 10_000, 2 * MEGABYTE
HEAD = 1024  # as far as readers look for the beginning of a PDF
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
    if found is not None and _is_two_files(file, found[1]):
        raise Refusal(
            f"“{name}”里藏着另一种文件。", field="file", remedy="请用原来的程序打开，另存为新的文件后再上传。"
        )
    if found is None:
        raise Refusal(f"“{name}”的内容不是可以接收的类型。", field="file", remedy=f"可以上传：{ALLOWED}。")
    if suffix not in found[0]:
        raise Refusal(
            f"“{name}”的内容与扩展名不符。", field="file", remedy="请用原来的程序打开，另存为正确的格式后再上传。"
        )
    return found[1]


def _is_two_files(file: IO[bytes], media: str) -> bool:
    """A file that other programs would open as something else: a package behind a PDF or picture, a PDF or a page
    behind the head of something else."""
    file.seek(0)
    head = file.read(HEAD).lower()
    packed = media.startswith(_OFFICE)
    end = _end_of_package(file)
    file.seek(0)
    other = b"%pdf-" in head if media != "application/pdf" else b"<script" in head or b"<html" in head
    return other or (not packed and end is not None)


def _end_of_package(file: IO[bytes]) -> tuple[int, int] | None:
    """(entries, bytes of the directory) of a ZIP at the end of the file, read without opening it."""
    size = file.seek(0, 2)
    file.seek(max(size - 22 - 65535, 0))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        return None
    _, _, _, entries, directory, start, comment = struct.unpack("<HHHHIIH", tail[place + 4 : place + 22])
    # A directory that lies where the record says: else these bytes are chance.
    end = size - len(tail) + place
    whole = len(tail) - place - 22 == comment and (start + directory <= end or directory == 0xFFFFFFFF)
    return (entries, directory) if whole else None


def _ooxml(file: IO[bytes], name: str) -> tuple[tuple[str, ...], str] | None:
    entries, directory = _end_of_package(file) or (0, 0)
    if entries > PARTS_LIMIT or directory > DIRECTORY_LIMIT:
        raise _bomb(name)
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refusal(f"“{name}”已损坏，打不开。", field="file", remedy="请检查原文件后重新上传。") from None
    finally:
        file.seek(0)
    if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise _bomb(name)
    members = {part.filename for part in parts}
    if any(member.endswith("vbaProject.bin") for member in members):
        raise Refusal(f"“{name}”含有宏，不能接收。", field="file", remedy="请另存为不含宏的格式后再上传。")
    for member, (suffix, media) in _OOXML.items():
        if member in members:
            return (suffix,), media
    return None


def _bomb(name: str) -> Refusal:
    return Refusal(
        f"“{name}”展开后过大或结构异常。", field="file", remedy="请用原来的程序打开，另存后再上传；图片请先压缩。"
    )


def plain_name(upload: File, instead: str = "附件") -> str:
    """The last part of the given name, at most 200 signs; nothing of a path, and no control signs."""
    name = PurePath((upload.name or instead).replace("\\", "/")).name
    return re.sub(r"[\x00-\x1f\x7f]", "", name)[-200:] or instead


def check_upload(upload: File) -> tuple[str, str]:
    """(plain name, media type). Refuses empty, too large, disguised and unknown files."""
    name, size = plain_name(upload), upload.size or 0
    if not size:
        raise Refusal(f"“{name}”是空文件。", field="file", remedy="请检查原文件后重新上传。")
    if size > SIZE_LIMIT:
        raise Refusal(
            f"“{name}”有 {size / MEGABYTE:.0f} MB，超过单个文件 {SIZE_LIMIT // MEGABYTE} MB 的上限。", field="file",
            remedy="请压缩图片或拆分后再上传。",
        )  # fmt: skip
    return name, sniff(upload.file, name)  # type: ignore[arg-type]


def digest_of(upload: File) -> str:
    """SHA-256 of the content; shows later that it is still the same file, and now that it is kept already."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def stored(row: Any, upload: File) -> Iterator[None]:
    """Keep an upload as the ``file`` of an unsaved row (`download` gives it out again). What follows inside fails: the
    file is taken off the disk again, so that none is left without its row."""
    row.file.save(row.name, upload, save=False)
    try:
        yield
    except BaseException:
        row.file.storage.delete(row.file.name or "")
        raise


def download(found: Any) -> FileResponse:
    """A kept file (``file``, ``name``, ``content_type``), always as a download: nothing uploaded is ever shown as a
    page of this site. Refused where the file is gone from the disk."""
    try:
        opened = found.file.open("rb")
    except FileNotFoundError:
        raise Refusal("这个附件在服务器上找不到了。", remedy="请联系系统管理员从备份恢复。") from None
    answer = FileResponse(opened, as_attachment=True, filename=found.name)
    answer["Content-Type"] = found.content_type
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
