"""What can be asked about templates. They hold for the whole university: one right, no subtree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.models import Template
from zhibu.documents.registry import KINDS, DocumentKind
from zhibu.documents.store import shipped


@dataclass(frozen=True)
class InForce:
    """A kind with the template that counts now. ``version`` 0 is the shipped one."""

    kind: DocumentKind
    version: int
    since: datetime | None
    by: str


def kind(scope: Scope, key: str) -> DocumentKind:
    """One kind; 404 for an unknown key."""
    scope.require(Right.EDIT_TEMPLATE)
    found = KINDS.get(key)
    if found is None:
        raise Http404("没有这种文书。")
    return found


def kinds(scope: Scope) -> list[InForce]:
    """Every kind, with what is in force; one query."""
    scope.require(Right.EDIT_TEMPLATE)
    newest = {
        template.key: template
        for template in Template.objects.defer("content")
        .select_related("uploaded_by")
        .order_by("key", "-version")
        .distinct("key")
    }
    return [_in_force(kind, newest.get(kind.key)) for kind in KINDS.values()]


def _in_force(kind: DocumentKind, template: Template | None) -> InForce:
    if template is None:
        return InForce(kind, 0, None, "")
    return InForce(kind, template.version, template.uploaded_at, getattr(template.uploaded_by, "display_name", "系统"))


def versions(scope: Scope, kind: DocumentKind) -> QuerySet[Template]:
    """Versions of a kind, newest first, without the files."""
    scope.require(Right.EDIT_TEMPLATE)
    return Template.objects.filter(key=kind.key).defer("content").select_related("uploaded_by").order_by("-version")


def newest_version(scope: Scope, kind: DocumentKind) -> int:
    """The number of the version in force; 0 for the shipped one."""
    return versions(scope, kind).values_list("version", flat=True).first() or 0


def content(scope: Scope, kind: DocumentKind, version: int) -> bytes:
    """The file of one version; 0 is the shipped one. 404 for a version that there never was."""
    scope.require(Right.EDIT_TEMPLATE)
    if version == 0:
        return shipped(kind.key)
    found = Template.objects.filter(key=kind.key, version=version).values_list("content", flat=True).first()
    if found is None:
        raise Http404("没有这个版本。")
    return bytes(found)
