"""Forms sent twice, and forms that another has overtaken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from zhibu.regulations.refusal import Refusal

M = TypeVar("M", bound=Model)


def sent_before(rows: QuerySet[M], submission: UUID, *, by: str = "submission", **where: object) -> M | None:
    """The row that this form has made already; None where it is sent for the first time.

    Refuses a form whose number made something elsewhere: the same page sent for another organization is another form.
    """
    found = rows.filter(**{by: submission}).first()
    if found is None:
        return None
    if any(getattr(found, name) != value for name, value in where.items()):
        raise Refusal("这张表单已经提交过，登记在别处。", remedy="请重新打开页面填写。")
    return found


def seal(row: object, names: Iterable[str]) -> str:
    """Changes with what these fields say: whoever saves later notices what another saved meanwhile."""
    said = "\n".join(str(getattr(row, name)) for name in names)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
