"""Files without a row: a filing whose transaction was undone later, or a process killed in between, leaves one."""

from __future__ import annotations

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.archive import queries
from zhibu.archive.models import Document
from zhibu.audit import actions as audit


@transaction.atomic
def sweep(scope: Scope) -> int:
    """Remove the stored files that belong to no paper. Only for the operator (``zhibu doctor --sweep-archive``), who
    knows whether the database was just restored from an older backup. Records ``archive.sweep`` with their number."""
    storage = Document._meta.get_field("file").storage
    names = queries.strays()
    for name in names:
        storage.delete(name)
    if names:
        audit.record(scope, "archive.sweep", changes={"files": len(names)})
    return len(names)
