"""Files at rest: encrypted under random names; whoever reads one also learns whether it is still the same."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile

from zhibu.archive.models import Document
from zhibu.regulations.refusal import Refusal
from zhibu.vault.crypto import Unreadable, decrypt_bytes, encrypt_bytes

FIELD = "archive.Document.file"


class Damaged(Refusal):
    """A stored file is missing, does not open, or is no longer what was filed."""


def put(document: Document, content: bytes) -> None:
    """Write the content to disk and its hash and size into the row, which is not saved here."""
    document.sha256 = hashlib.sha256(content).hexdigest()
    document.size = len(content)
    document.file.save("content", ContentFile(encrypt_bytes(content, field=FIELD)), save=False)


def content(document: Document) -> bytes:
    """The plain content, verified. Raises `Damaged`."""
    try:
        with document.file.open("rb") as stored:
            plain = decrypt_bytes(stored.read(), field=FIELD)
    except FileNotFoundError:
        raise _damaged("这份材料的文件在服务器上找不到了。") from None
    except Unreadable:
        raise _damaged("这份材料的文件打不开：内容被改动过，或者密钥与归档时不同。") from None
    if hashlib.sha256(plain).hexdigest() != document.sha256:
        raise _damaged("这份材料的文件与归档时的校验值不一致，已经不是原来的内容。")
    return plain


def _damaged(message: str) -> Damaged:
    return Damaged(message, remedy="请联系系统管理员从备份恢复；纸质原件仍以登记的存放处为准。")
