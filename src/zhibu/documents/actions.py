"""What can be done with templates: put a new version in force, or an old one again."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import connection, transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.documents import queries
from zhibu.documents.checking import LARGEST, check
from zhibu.documents.models import Template
from zhibu.documents.registry import DocumentKind
from zhibu.regulations.refusal import Refusal

LOCK = 0x444F4353  # "DOCS"


@transaction.atomic
def upload(scope: Scope, kind: DocumentKind, content: bytes, *, note: str, based_on: int, at: datetime) -> Template:
    """Put an edited template in force as the next version.

    Refuses files that `zhibu.documents.checking` refuses, an edit of a version that is no longer the newest, and a file
    that is the newest already. Records one audit entry with the file's hash.
    """
    scope.require(Right.EDIT_TEMPLATE)
    check(kind, content)
    return _add(scope, kind, content, note=note.strip(), based_on=based_on, at=at, verb="documents.upload")


@transaction.atomic
def restore(scope: Scope, kind: DocumentKind, version: int, *, based_on: int, at: datetime) -> Template:
    """Put an older version (0: the shipped one) in force again, as the newest. Refuses the one in force."""
    scope.require(Right.EDIT_TEMPLATE)
    content = queries.content(scope, kind, version)
    check(kind, content)  # the variables may have changed since
    note = f"恢复第 {version} 版" if version else "恢复系统自带的模板"
    return _add(scope, kind, content, note=note, based_on=based_on, at=at, verb="documents.restore")


def _add(
    scope: Scope, kind: DocumentKind, content: bytes, *, note: str, based_on: int, at: datetime, verb: str
) -> Template:
    with connection.cursor() as cursor:  # the first version has no row that could be locked
        cursor.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, kind.key])
    newest = queries.newest_version(scope, kind)
    if based_on != newest:
        raise Refusal(
            f"在您修改期间，已有人启用了第 {newest} 版，您的文件没有保存。", field="file",
            remedy=f"请下载第 {newest} 版，把改动加进去再上传。",
        )  # fmt: skip
    if content == queries.content(scope, kind, newest):
        raise Refusal("这个文件与当前模板完全相同，没有需要保存的改动。", field="file", remedy="请核对选中的文件。")
    template = Template.objects.create(
        key=kind.key, version=newest + 1, content=content, size=len(content), note=note,
        sha256=hashlib.sha256(content).hexdigest(), uploaded_by_id=scope.user_id, uploaded_at=at,
    )  # fmt: skip
    changes = {"key": kind.key, "version": [newest, template.version], "sha256": template.sha256, "size": template.size}
    record(scope, verb, object=template, changes=changes, reason=note)
    return template


def too_large() -> Refusal:
    return Refusal(f"模板不能超过 {LARGEST // 1024 // 1024} MB。", field="file", remedy="请压缩或去掉模板里的图片。")
