"""Which template counts: the office's newest, else the shipped one. Documents are filled without knowing who asks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zhibu.documents.models import Template
from zhibu.documents.registry import kind_of

DATA = Path(__file__).parent / "data"


@cache
def shipped(key: str) -> bytes:
    return (DATA / f"{kind_of(key).key}.docx").read_bytes()


def in_force(key: str) -> bytes:
    """The template with which documents of this kind are filled now."""
    found = Template.objects.filter(key=kind_of(key).key).order_by("-version").values_list("content", flat=True).first()
    return shipped(key) if found is None else bytes(found)
