"""Putting papers into a folder, correcting and withdrawing them. Nothing is overwritten, nothing removed."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.archive import contents, queries, storage
from zhibu.archive.actions.matching import compare
from zhibu.archive.enums import ORGANIZATIONAL, SELF_FILED, SHARED, DocumentKind, DocumentState, Match
from zhibu.archive.models import Document
from zhibu.audit import actions as audit
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.files import check_upload

SHORTEST_REASON = 4


@transaction.atomic
def add(
    scope: Scope,
    *,
    person: Person | None,
    organization: Organization,
    kind: str,
    dated_on: date,
    title: str = "",
    number: str = "",
    place: str = "",
    file: File | None = None,
    replaces: Document | None = None,
    reason: str = "",
) -> Document:
    """File a paper, or with ``replaces`` a newer version of one.

    Whoever files needs `Right.FILE_ARCHIVE` at ``organization``; what a person writes themselves they may file too.
    Refuses a day in the future or before birth, neither file nor place, a file that is not what its name says, one
    paper for two people, the same file twice in one folder, a file that names somebody else; without a ``reason`` also
    a file whose text lacks the own name, and a new version. Records ``archive.add``.
    """
    of_kind = DocumentKind(kind)
    _may_file(scope, person, organization, of_kind)
    texts = {
        "title": title.strip() or of_kind.label,
        "number": number.strip(),
        "place": place.strip(),
        "reason": reason.strip(),
    }
    name, media, content = _taken(file)
    _refuse_faults(scope, person, of_kind, dated_on, texts, bool(content))
    if replaces is not None:
        replaces = _replaced(scope, replaces, person, of_kind, texts["reason"])
    match = Match.PAPER
    if content:
        _refuse_doubles(scope, person, of_kind, content)
        text = contents.text_of(content, media)
        match = compare(person, of_kind, text, name, reason=texts["reason"])

    row = Document(
        person=person, organization=organization, kind=of_kind, dated_on=dated_on, match=match, replaces=replaces,
        version=replaces.version + 1 if replaces else 1, added_at=timezone.now(), added_by_id=scope.user_id,
        name=contents.without_id_numbers(name), content_type=media, **texts,
    )  # fmt: skip
    if content:
        storage.put(row, content)
    try:
        row.save(force_insert=True)
        if replaces is not None:
            replaces.state = DocumentState.REPLACED
            replaces.save(update_fields=["state"])
        _record(scope, "archive.add", row, reason=texts["reason"])
    except BaseException:
        if content:
            row.file.storage.delete(row.file.name or "")
        raise
    return row


@transaction.atomic
def withdraw(scope: Scope, pk: int, *, reason: str) -> Document:
    """Take a paper out of force that was filed by mistake; the row and its file stay. The version that it replaced is
    in force again. Records ``archive.withdraw``."""
    row = queries.document(scope, pk, Right.FILE_ARCHIVE, lock=True)
    if row.person_id is not None and row.person_id == scope.person_id:
        _refuse_own()
    reason = reason.strip()
    if row.state != DocumentState.CURRENT:
        raise Refusal(f"这份材料的状态是“{row.get_state_display()}”，不能撤回。", remedy="请刷新页面，撤回最新的版本。")
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明撤回的理由，至少四个字。", field="reason", remedy="例如：误传到本人档案，应归入他人。")
    _refuse_id_numbers({"reason": reason})
    row.state, row.withdrawn_reason = DocumentState.WITHDRAWN, reason
    row.save(update_fields=["state", "withdrawn_reason"])
    if row.replaces_id is not None:
        Document.objects.filter(pk=row.replaces_id, state=DocumentState.REPLACED).update(state=DocumentState.CURRENT)
    _record(scope, "archive.withdraw", row, reason=reason)
    return row


def _may_file(scope: Scope, person: Person | None, organization: Organization, kind: DocumentKind) -> None:
    """The right at the organization, and a person who is or was somebody's there; else as if there were none."""
    at = person.organization.path if person is not None and person.organization else ""
    if person is not None and person.pk == scope.person_id:
        if kind in SELF_FILED and at.startswith(organization.path):
            return
        _refuse_own()
    scope.require(Right.FILE_ARCHIVE, organization.path)
    if person is None:
        return
    if not (scope.may(Right.FILE_ARCHIVE, at) or queries.was_tied_to(person, organization.path)):
        raise Http404("没有这个人，或不在您的管理范围内。")
    if kind in ORGANIZATIONAL:
        raise Refusal(f"“{kind.label}”是党组织的材料，不归入个人档案。", field="kind", remedy="请选择其他类别。")


def _refuse_own() -> NoReturn:
    """Nobody keeps the own folder by right of a post: neither adds what others should, nor takes away."""
    raise PermissionDenied("本人的档案由其他同志保管；本人只能提交自己写的材料。需要办理的，请联系上级党组织。")


def _taken(file: File | None) -> tuple[str, str, bytes]:
    if file is None:
        return "", "", b""
    name, media = check_upload(file)
    file.seek(0)
    return name, media, file.read()


def _refuse_faults(
    scope: Scope, person: Person | None, kind: DocumentKind, dated_on: date, texts: dict[str, str], has_file: bool
) -> None:
    found = []
    if dated_on > scope.today:
        found.append(Refusal("材料日期不能晚于今天。", field="dated_on", remedy="请按材料上写的日期填写。"))
    if person is not None and person.birth_date and dated_on < person.birth_date:
        found.append(Refusal("材料日期早于本人出生日期。", field="dated_on", remedy="请核对日期，或核对档案。"))
    if not has_file and not texts["place"]:
        found.append(
            Refusal(
                "请上传文件，或者写明纸质原件存放在哪里。",
                field="file",
                remedy="只有纸质原件的，在“纸质原件存放处”写明，例如：学院党委档案柜 3 号。",
            )
        )
    for name, longest in (("title", 200), ("number", 60), ("place", 120), ("reason", 300)):
        if len(texts[name]) > longest:
            found.append(Refusal(f"这一项最多 {longest} 个字。", field=name, remedy="请写得短一些。"))
    if found:
        raise Refusals(found)
    _refuse_id_numbers(texts)


def _refuse_id_numbers(texts: dict[str, str]) -> None:
    wrong = [
        Refusal("这里不能写公民身份证号。", field=name, remedy="题名、目录和记录会显示在页面上，请用姓名或学工号。")
        for name in contents.words_with_id_number(texts)
    ]
    if wrong:
        raise Refusals(wrong)


def _replaced(scope: Scope, old: Document, person: Person | None, kind: DocumentKind, reason: str) -> Document:
    """The version to be replaced, locked. Only the newest of the same paper in the same folder."""
    held = queries.document(scope, old.pk, lock=True)
    if held.person_id != (person.pk if person else None) or held.kind != kind:
        raise Refusal("新版本须与原材料是同一人的同一类材料。", field="kind", remedy="请作为新材料归档。")
    if held.state != DocumentState.CURRENT:
        raise Refusal(
            f"这份材料的状态是“{held.get_state_display()}”，不能再更正。", remedy="请刷新页面，更正最新的版本。"
        )
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明更正的理由，至少四个字。", field="reason", remedy="例如：补签名后重新扫描。")
    return held


def _refuse_doubles(scope: Scope, person: Person | None, kind: DocumentKind, content: bytes) -> None:
    """One file for two people, or twice in one folder. Two filings of the same file at once wait for each other."""
    digest = hashlib.sha256(content)
    with connection.cursor() as cursor:
        key = int.from_bytes(digest.digest()[:8], signed=True)
        cursor.execute("select pg_advisory_xact_lock(%s)", [key])
    for other in queries.same_content(digest.hexdigest()):
        if other.person_id != (person.pk if person else None):
            if kind in SHARED and DocumentKind(other.kind) in SHARED:
                continue
            raise Refusal(
                "这个文件已经归入另一份档案，一份材料不能归给两个人。", field="file",
                remedy="请核对是否选错了文件或放错了人；先前归错的，请先撤回那一份。",
            )  # fmt: skip
        if other.kind == kind:
            raise Refusal(
                f"这个文件已经归档：{other.get_kind_display()}，{other.dated_on}。", field="file",
                remedy="不必重复上传；内容有更正的，请打开那份材料上传新版本。",
            )  # fmt: skip


def _record(scope: Scope, verb: str, row: Document, *, reason: str = "") -> None:
    audit.record(
        scope, verb, object=row, organization_path=queries.place_of(row), reason=reason, changes={
            "person": row.person_id, "kind": row.get_kind_display(), "dated_on": row.dated_on, "version": row.version,
            "sha256": row.sha256, "size": row.size, "match": row.get_match_display(),
        },
    )  # fmt: skip
