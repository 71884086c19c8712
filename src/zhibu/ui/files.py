"""Uploaded files: what they really are, by their first bytes and not by what they are called."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePath
from typing import IO

from django.core.files.base import File

from zhibu.regulations.refusal import Refusal

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 20 * MEGABYTE
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
