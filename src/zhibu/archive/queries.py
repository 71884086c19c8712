"""What can be asked of the folders. ``scope`` comes first; one's own folder shows only what `Reading.OWN` allows."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive.enums import OWN, DocumentKind, DocumentState
from zhibu.archive.models import Document
from zhibu.people.models import Person


def readable(scope: Scope, right: Right = Right.VIEW_ARCHIVE) -> QuerySet[Document]:
    """Every paper whose existence the reader may know of. Nobody reads their own folder by right of a post."""
    mine = Q(person_id=scope.person_id or 0)
    others = scope.within(right, "person__organization__path") & ~mine
    of_organization = Q(person=None) & scope.within(right)
    found = Document.objects.select_related("person__organization", "organization")
    return found.filter(others | of_organization | (mine & Q(kind__in=OWN)))


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


def kind_of(kind: str) -> DocumentKind:
    try:
        return DocumentKind(kind)
    except ValueError:
        raise Http404("没有这一类材料。") from None
