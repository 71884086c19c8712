"""Leaving a trace of every list that goes out."""

from __future__ import annotations

from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.exchange.enums import BatchKind
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def record_export(
    scope: Scope, kind: BatchKind, path: str, count: int, *, full: bool = False, reason: str = ""
) -> None:
    """Record that a form of ``count`` rows goes out. Full numbers need the right to reveal them, and a reason."""
    scope.require(Right.EXPORT, path or None)
    if full:
        scope.require(Right.REVEAL_PERSON, path or None)
        if len(reason.strip()) < 4:
            raise Refusal("导出完整证件号须写明理由。", field="reason", remedy="例如：报送上级党委年度统计。")
    record(
        scope,
        "exchange.export",
        organization_path=path,
        reason=reason.strip(),
        changes={"kind": [None, kind.value], "count": count, "full_numbers": full},
    )
