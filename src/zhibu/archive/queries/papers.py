"""Papers: which of them the reader may know of, and what filing must know about others."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive.enums import OWN, DocumentState
from zhibu.archive.models import FOLDER, Document
from zhibu.archive.storage import Damaged, content
from zhibu.people.models import Person
from zhibu.people.rules.fields import SECRET

UNDER_WAY = timedelta(hours=1)  # a filing that may still be committed


def readable(scope: Scope, right: Right = Right.VIEW_ARCHIVE) -> QuerySet[Document]:
    """Every paper whose existence the reader may know of. Nobody reads their own folder by right of a post."""
    mine = Q(person_id=scope.person_id or 0)
    others = scope.within(right, "person__organization__path") & ~mine
    of_organization = Q(person=None) & scope.within(right)
    # What was filed by mistake may be somebody else's: it is out of the person's sight.
    shown_to_oneself = mine & Q(kind__in=OWN) & ~Q(state=DocumentState.WITHDRAWN)
    found = Document.objects.select_related("person__organization", "organization", "added_by")
    return found.defer(*(f"person__{name}" for name in SECRET)).filter(others | of_organization | shown_to_oneself)


def document(scope: Scope, pk: int, right: Right = Right.VIEW_ARCHIVE, *, lock: bool = False) -> Document:
    """One paper: 404 outside the subtrees and for what is kept from the person, 403 inside without ``right``."""
    if lock:
        Document.objects.select_for_update(of=("self",)).filter(pk=pk).only("pk").first()
    found = readable(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份材料，或不在您的管理范围内。")
    if right is not Right.VIEW_ARCHIVE:
        scope.require(right, place_of(found))
    return found


def documents(scope: Scope, person: Person) -> QuerySet[Document]:
    """All papers of a folder in the order of their dates, old versions among them."""
    return readable(scope).filter(person=person).order_by("dated_on", "pk")


def of_organizations(scope: Scope) -> QuerySet[Document]:
    """Papers that are in nobody's folder: elections and the like."""
    return readable(scope).filter(person=None)


def versions(scope: Scope, document: Document) -> list[Document]:
    """All versions of one paper, newest first, as far as the reader may know of them."""
    same = readable(scope).filter(person=document.person_id, kind=document.kind)
    if document.person_id is None:
        same = same.filter(organization=document.organization_id)
    by_pk = {one.pk: one for one in same}
    chain, after = [], {one.replaces_id: one for one in by_pk.values() if one.replaces_id}
    first = document
    while first.replaces_id in by_pk:
        first = by_pk[first.replaces_id]
    newer: Document | None = first
    while newer is not None:
        chain.append(newer)
        newer = after.get(newer.pk)
    return chain[::-1]


def held_kinds(person: Person) -> dict[str, Document]:
    """The newest paper in force of each kind in a folder; one query. For rules: it asks nobody's right."""
    held = Document.objects.filter(person=person, state=DocumentState.CURRENT).order_by("dated_on", "pk")
    return {document.kind: document for document in held}


def place_of(document: Document) -> str:
    """The path by which rights on a paper are judged: a folder goes with its person."""
    person = document.person
    if person is None:
        return document.organization.path
    return person.organization.path if person.organization else ""


def same_content(sha256: str) -> QuerySet[Document]:
    """Papers with the very same file that are not withdrawn, wherever they lie. Only for refusing doubles."""
    return Document.objects.filter(sha256=sha256).exclude(state=DocumentState.WITHDRAWN)


def colleagues(person: Person) -> list[str]:
    """Full names of the others in the same branch: a file named after one of them lies in the wrong folder."""
    others = Person.objects.filter(organization=person.organization_id).exclude(pk=person.pk)
    return list(others.exclude(name=person.name).values_list("name", flat=True)[:500])


def somebody_else(person: Person, *, numbers: set[str], indexes: list[bytes]) -> bool:
    """Whether one of these 学工号 or ID numbers is that of another person on record."""
    if not numbers and not indexes:
        return False
    named = Q(number__in=numbers) | Q(id_number_index__in=indexes)
    return Person.objects.filter(named).exclude(pk=person.pk).exists()


def was_tied_to(person: Person, path: str) -> bool:
    """Whether the person belongs or once belonged to the subtree: a branch files the receipt after somebody left."""
    return person.affiliations.filter(organization__path__startswith=path).exists()


def strays() -> list[str]:
    """Names of stored files that belong to no paper and are not just being filed. For the platform itself."""
    storage = Document._meta.get_field("file").storage
    if not storage.exists(FOLDER):
        return []
    known = set(Document.objects.exclude(file="").values_list("file", flat=True).iterator())
    found = (f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1])
    before = timezone.now() - UNDER_WAY
    return sorted(name for name in found if name not in known and storage.get_modified_time(name) < before)


def damaged() -> tuple[list[int], int]:
    """Numbers of the papers whose file is missing or changed, and how many were read. For the platform itself."""
    rows = Document.objects.exclude(file="").order_by("-pk").only("file", "sha256")
    broken, number = [], 0
    for row in rows.iterator(chunk_size=500):
        number += 1
        try:
            content(row)
        except Damaged:
            broken.append(row.pk)
    return broken, number
