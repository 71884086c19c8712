"""From the preview into the records, in one transaction."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope, scope_of
from zhibu.audit.actions import record
from zhibu.exchange import queries
from zhibu.exchange.actions.intake import examine, hand_over, held, worker_scope
from zhibu.exchange.committing import members, organizations
from zhibu.exchange.committing.copying import Stale
from zhibu.exchange.enums import BatchKind, BatchState, RowState
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.exchange.staging import without_cycle_search
from zhibu.organizations.models import Organization
from zhibu.procedures.transfers.queries import freezing
from zhibu.regulations.refusal import Refusal

CHECKED_ANEW = "核对之后系统中的有关内容有了变动，这次没有写入任何内容，已按现在的情况重新核对。请再看一遍后确认。"
BROKEN = "写入时出错，没有写入任何内容。请再试一次；仍不成功的请联系系统管理员查看日志。"


@transaction.atomic
def confirm(scope: Scope, batch_id: int, *, only_clean: bool = False, accept_notices: bool = False) -> ImportBatch:
    """Decide that a checked batch is to be written. Refuses with errors unless ``only_clean``, and with notices
    unless ``accept_notices``; refuses a second confirmation, whoever gives it.
    """
    batch = queries.batch(scope, batch_id, lock=True)
    if batch.state in {BatchState.COMMITTING, BatchState.COMMITTED}:
        who = (
            f"由{batch.committed_by.display_name}"
            if batch.committed_by and batch.committed_by_id != scope.user_id
            else ""
        )
        raise Refusal(f"这个批次已经{who}确认过了，不会写入两次。")
    if batch.state != BatchState.READY:
        raise Refusal(f"这个批次{batch.get_state_display()}，不能确认。", remedy="请重新上传文件。")
    writable = batch.count(RowState.NEW) + batch.count(RowState.CHANGED)
    if batch.count(RowState.ERROR) and not only_clean:
        raise Refusal(
            f"有 {batch.count(RowState.ERROR)} 行有错误，没有写入任何内容。",
            field="only_clean",
            remedy=f"请下载改正稿，改好后重新上传；或勾选“只写入没有错误的 {writable} 行”。",
        )
    if batch.notices and not accept_notices:
        raise Refusal(
            f"有 {batch.notices} 处提醒还没有核对。", field="accept_notices", remedy="请逐处看过，再勾选“已核对提醒”。"
        )
    if not writable:
        raise Refusal("表中内容与系统一致，没有需要写入的。")
    batch.state, batch.only_clean, batch.accept_notices = BatchState.COMMITTING, only_clean, accept_notices
    batch.committed_by_id, batch.started_at = scope.user_id, None
    batch.summary.pop("interrupted", None)
    batch.save()
    hand_over("commit", batch)
    return batch


def commit(batch_id: int, *, scope: Scope | None = None) -> ImportBatch:
    """Write a confirmed batch (worker, command line): all of it or nothing. Does nothing when it is not confirmed."""
    with held(batch_id) as mine:
        if mine:
            ImportBatch.objects.filter(pk=batch_id, state=BatchState.COMMITTING).update(started_at=timezone.now())
            _commit(batch_id, scope)
        return ImportBatch.objects.get(pk=batch_id)


def _commit(batch_id: int, scope: Scope | None) -> None:
    try:
        _write(batch_id, scope)
    except (Stale, IntegrityError):
        batch = ImportBatch.objects.get(pk=batch_id)
        batch.summary = {"interrupted": CHECKED_ANEW}
        batch.committed_by = None
        batch.save(update_fields=["committed_by"])
        examine(batch, scope or worker_scope(batch))
    except BaseException:
        # Whatever it was: the transaction is undone, and the batch must not hang. A kill -9 is mended by `recover`.
        batch = ImportBatch.objects.get(pk=batch_id)
        batch.state, batch.started_at = BatchState.READY, None
        batch.summary["interrupted"] = BROKEN
        batch.save(update_fields=["state", "started_at", "summary"])
        raise


@transaction.atomic
def _write(batch_id: int, scope: Scope | None) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != BatchState.COMMITTING:
        return
    if scope is None:
        scope = scope_of(batch.committed_by, timezone.localdate()) if batch.committed_by else worker_scope(batch)
    _check_places(batch, scope)
    room = members if batch.kind == BatchKind.MEMBERS else organizations
    with without_cycle_search():
        counts = room.write(batch)
    batch.state, batch.started_at, batch.committed_at = BatchState.COMMITTED, None, timezone.now()
    batch.summary["written"] = counts
    batch.save(update_fields=["state", "started_at", "committed_at", "summary"])
    record(
        scope,
        "exchange.import",
        object=batch,
        organization_path=batch.organization_path,
        changes={
            "kind": [None, batch.kind],
            "digest": batch.digest,
            "only_clean": batch.only_clean,
            "accept_notices": batch.accept_notices,
            "notices": batch.notices,
            **counts,
        },
    )


def _check_places(batch: ImportBatch, scope: Scope) -> None:
    """The branches must still be there, and still the confirming person's: both may have changed since the preview."""
    if batch.kind != BatchKind.MEMBERS:
        return
    wanted = set(batch.summary.get("places", ()))
    open_now = Organization.objects.filter(pk__in=wanted, dissolved_on__isnull=True).order_by("pk")
    # Locked, so that none is dissolved or moved while the members go in.
    found = set(
        scope.visible(open_now, Right.IMPORT, "path").select_for_update(of=("self",)).values_list("pk", flat=True)
    )
    # A move of the whole organization that was asked for meanwhile freezes the rosters: the rows are checked anew.
    paths = Organization.objects.filter(pk__in=batch.summary.get("moving", ())).values_list("path", flat=True)
    if wanted - found or freezing(scope, paths):
        raise Stale(list(ImportRow.objects.filter(batch=batch).values_list("number", flat=True)[:1]))
