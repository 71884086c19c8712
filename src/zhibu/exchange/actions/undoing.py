"""Out of the records again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.exchange import queries
from zhibu.exchange.committing.undo import hold_records, obstacles, take_back
from zhibu.exchange.enums import BatchKind, BatchState
from zhibu.exchange.models import ImportBatch
from zhibu.organizations.actions import lock_tree
from zhibu.organizations.models import Organization
from zhibu.procedures.transfers.queries import freezing
from zhibu.procedures.transfers.rules import THAW, frozen_text
from zhibu.regulations.refusal import Refusal


@transaction.atomic
def undo(scope: Scope, batch_id: int, *, reason: str = "") -> ImportBatch:
    """Take the last committed batch back: what it created goes, what it changed has its old values again.

    Refuses, naming what stands in the way, when a later batch of the same kind was committed over the same
    organizations, or when any of its records has been changed or used since.
    """
    batch = queries.batch(scope, batch_id, lock=True)
    right = Right.EDIT_PERSON if batch.kind == BatchKind.MEMBERS else Right.EDIT_ORGANIZATION
    scope.require(right, batch.organization_path)
    if batch.state != BatchState.COMMITTED:
        raise Refusal(f"这个批次{batch.get_state_display()}，没有可撤销的。")
    later = queries.committed_after(batch)
    if later is not None:
        when = timezone.localtime(later.committed_at)
        raise Refusal(
            f"在它之后还导入过“{later.file_name}”（{when:%Y-%m-%d %H:%M}），只能从最近一次开始撤销。",
            remedy="请先撤销后来的那一次。",
        )
    paths = Organization.objects.filter(pk__in=batch.summary.get("moving", ())).values_list("path", flat=True)
    if batch.kind == BatchKind.MEMBERS and (frozen := freezing(scope, paths)):
        raise Refusal(frozen_text(frozen), remedy=THAW)
    if batch.kind == BatchKind.ORGANIZATIONS:
        lock_tree()
    hold_records(batch)
    if found := obstacles(batch):
        raise Refusal("不能撤销：" + "".join(found[:6]), remedy="请在有关页面逐条更正。")
    counts = take_back(batch)
    batch.state, batch.undone_at = BatchState.UNDONE, timezone.now()
    batch.summary["taken_back"] = counts
    batch.save(update_fields=["state", "undone_at", "summary"])
    batch.effects.all().delete()
    record(
        scope,
        "exchange.undo",
        object=batch,
        organization_path=batch.organization_path,
        changes=dict(counts),
        reason=reason,
    )
    return batch
