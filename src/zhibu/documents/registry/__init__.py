"""The kinds of documents that can be filled, by key. ``kind_of("letter").variables`` says what a template may name."""

from __future__ import annotations

from zhibu.documents.registry.assessment import ASSESSMENT
from zhibu.documents.registry.forms import FORMS
from zhibu.documents.registry.initiatives import INITIATIVES
from zhibu.documents.registry.official import OFFICIAL
from zhibu.documents.registry.variables import DocumentKind, Variable

KINDS: dict[str, DocumentKind] = {kind.key: kind for kind in (*OFFICIAL, *FORMS, *INITIATIVES, *ASSESSMENT)}


def kind_of(key: str) -> DocumentKind:
    """The kind with this key; an unknown key is a mistake of the caller."""
    return KINDS[key]


__all__ = ["KINDS", "DocumentKind", "Variable", "kind_of"]
