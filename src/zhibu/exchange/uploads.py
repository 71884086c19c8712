"""Uploaded files: refused while they arrive when too large, kept encrypted, forgotten in time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from zhibu.exchange.models import ImportBatch
from zhibu.vault.crypto import decrypt_bytes, encrypt_bytes

PURPOSE = "exchange.upload"
# What a form adds around its file.
ENVELOPE = 64 * 1024


class UploadLimitMiddleware:
    """Answers 413 before anything of a too large request is read; the server never stores it.

    The length the browser announces is binding: WSGI hands over no more than that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_LIMIT + ENVELOPE:
            context = {"limit": settings.UPLOAD_LIMIT // 1024 // 1024, "size": int(announced) // 1024 // 1024}
            answer = render(request, "exchange/too_large.html", context, status=413)
            answer["Connection"] = "close"
            return answer
        return self.get_response(request)


def folder() -> Path:
    found = Path(settings.MEDIA_ROOT) / "exchange"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def store(content: bytes) -> str:
    """Keep the content encrypted under a random name, which is returned."""
    name = f"{secrets.token_hex(16)}.sealed"
    draft = folder() / f".{name}"
    draft.write_bytes(encrypt_bytes(content, field=PURPOSE))
    draft.chmod(0o600)
    draft.rename(folder() / name)
    return name


def load(batch: ImportBatch) -> bytes:
    """The uploaded bytes. Raises `FileNotFoundError` once they are forgotten."""
    if not batch.stored_as:
        raise FileNotFoundError(f"batch {batch.pk}: file forgotten")
    return unseal(batch.stored_as)


def unseal(name: str) -> bytes:
    """What was stored under a name. Raises `FileNotFoundError` once it is forgotten."""
    return decrypt_bytes((folder() / name).read_bytes(), field=PURPOSE)


def forget(name: str) -> None:
    if name:
        (folder() / name).unlink(missing_ok=True)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_limited(stream: IO[bytes], limit: int) -> bytes | None:
    """The content, or None when it is longer than ``limit``."""
    content = stream.read(limit + 1)
    return None if len(content) > limit else content
