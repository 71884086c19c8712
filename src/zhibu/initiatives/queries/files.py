"""One file, for whoever may read what it is kept with."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.initiatives.models import Attachment
from zhibu.initiatives.queries.journal import entry
from zhibu.initiatives.queries.projects import project
from zhibu.initiatives.queries.service import deed


def attachment(scope: Scope, pk: int, right: Right = Right.VIEW_INITIATIVE) -> tuple[Attachment, str, Any]:
    """The file, with the kind of what it is kept with and that itself."""
    row = Attachment.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("没有这个附件，或不在您的查看范围内。")
    if row.project_id:
        return row, "project", project(scope, row.project_id, right)
    if row.deed_id:
        return row, "deed", deed(scope, row.deed_id, right)
    return row, "entry", entry(scope, row.entry_id or 0)
