"""Reading that leaves a trace: a folder, a paper, a sealed paper, a whole package."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive import contents, queries, storage
from zhibu.archive.enums import SEALED, DocumentState
from zhibu.archive.models import Document
from zhibu.audit import actions as audit
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4
MOST_FOLDERS = 300


@transaction.atomic
def open_folder(scope: Scope, pk: int) -> Person:
    """The person whose folder it is. Whoever opens a folder that is not their own is recorded (``archive.view``)."""
    person = load(scope, pk)
    if person.pk != scope.person_id:
        scope.require(Right.VIEW_ARCHIVE, _path(person))
        audit.record(scope, "archive.view", object=person, organization_path=_path(person))
    return person


@transaction.atomic
def list_folders(scope: Scope, people: QuerySet[Person]) -> list[tuple[Person, list[Document]]]:
    """Folders with their papers in force, for the catalogues. Nobody lists the own one by a post.

    Refuses an empty choice and too many. Records ``archive.catalogue`` for each, which its person can read.
    """
    found = list(people.exclude(pk=scope.person_id or 0).order_by("pinyin", "pk")[: MOST_FOLDERS + 1])
    if not found or len(found) > MOST_FOLDERS:
        what = f"一次最多打印 {MOST_FOLDERS} 份归档目录。" if found else "没有选中可以打印目录的档案。"
        raise Refusal(what, remedy="请勾选人员，分几次打印；本人的目录在“我的电子档案”里下载。")
    papers: dict[int, list[Document]] = {person.pk: [] for person in found}
    current = queries.readable(scope).filter(person__in=list(papers), state=DocumentState.CURRENT)
    for row in current.order_by("dated_on", "pk"):
        papers[row.person_id or 0].append(row)
    for person in found:
        audit.record(scope, "archive.catalogue", object=person, organization_path=_path(person))
    return [(person, papers[person.pk]) for person in found]


@transaction.atomic
def open_paper(scope: Scope, pk: int, *, reason: str = "") -> tuple[Document, bytes]:
    """A paper with its verified content.

    A sealed one needs `Right.OPEN_SEALED` and a reason, and is never opened by the person it is about. Records
    ``archive.open`` or ``archive.open_sealed`` unless it is one's own. Refuses a file that is no longer what was filed.
    """
    row = queries.document(scope, pk)
    if not row.file:
        raise Refusal("这份材料只登记了纸质原件。", remedy=f"请到存放处查阅：{row.place}。")
    if row.is_sealed:
        scope.require(Right.OPEN_SEALED, queries.place_of(row))
        reason = _reason(reason)
    content = storage.content(row)
    if row.person_id is None or row.person_id != scope.person_id:
        _record_opening(scope, row, reason)
    return row, content


@transaction.atomic
def package(
    scope: Scope, pk: int, *, with_sealed: bool = False, reason: str = ""
) -> tuple[Person, list[Document], list[Document]]:
    """The papers in force for the package: those that go in and those that stay sealed.

    Sealed ones go in only ``with_sealed``, with the right and a reason. Records ``archive.package`` with their number.
    """
    person = load(scope, pk)
    own = person.pk == scope.person_id
    if not own:
        scope.require(Right.VIEW_ARCHIVE, _path(person))
    current = list(queries.documents(scope, person).filter(state=DocumentState.CURRENT))
    sealed = [one for one in current if one.kind in SEALED]
    if with_sealed:
        scope.require(Right.OPEN_SEALED, _path(person))
        reason, sealed = _reason(reason), []
    inside = [one for one in current if one not in sealed]
    if not inside:
        raise Refusal("这份档案里没有可以打包的材料。", remedy="请先归档材料。")
    if not own:
        for row in inside:
            if row.is_sealed:
                _record_opening(scope, row, reason)
        audit.record(scope, "archive.package", object=person, organization_path=_path(person))
    return person, inside, sealed


def _record_opening(scope: Scope, row: Document, reason: str) -> None:
    changes = {"person": row.person_id, "kind": row.get_kind_display(), "version": row.version}
    place = queries.place_of(row)
    if row.is_sealed:
        audit.record(scope, "archive.open_sealed", object=row, organization_path=place, changes=changes, reason=reason)
    else:
        audit.record(scope, "archive.open", object=row, organization_path=place, changes=changes)


def _path(person: Person) -> str:
    return person.organization.path if person.organization else ""


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明查阅密封材料的理由，至少四个字。", field="reason", remedy="理由会留在审计记录里。")
    if next(contents.words_with_id_number({"reason": reason}), None):
        raise Refusal("理由里不能写公民身份证号。", field="reason", remedy="请用姓名或学工号。")
    return reason
