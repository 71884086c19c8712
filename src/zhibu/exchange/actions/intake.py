"""From the upload to the preview."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope, scope_of, system_scope
from zhibu.audit.actions import record
from zhibu.exchange import queries, uploads
from zhibu.exchange.checking.run import run
from zhibu.exchange.enums import OPEN, BatchKind, BatchState
from zhibu.exchange.models import ImportBatch, ImportRow
from zhibu.regulations.refusal import Refusal

KEPT_DAYS = 30
LOCK = 0x45584348  # "EXCH"
QUEUE = "exchange"
NOT_CHECKED = {
    "failure": "核对时出现意外错误，没有写入任何内容。",
    "remedy": "请点“重新核对”再试一次；仍不成功的，请联系系统管理员查看日志。",
    "again": True,
}


@transaction.atomic
def upload(scope: Scope, kind: BatchKind, content: bytes, file_name: str, *, as_of: date | None = None) -> ImportBatch:
    """Keep an uploaded workbook and have it checked. The same file waiting already is not taken twice.

    Refuses files over the limit and a data day in the future. Records nothing personal.
    """
    scope.require(Right.IMPORT)
    as_of = as_of or scope.today
    if len(content) > settings.UPLOAD_LIMIT:
        raise too_large()
    if as_of > scope.today:
        raise Refusal("数据日期不能晚于今天。", field="as_of", remedy="请填表中信息的统计截止日期。")
    mark = uploads.digest(content)
    same = (
        queries.batches(scope)
        .filter(digest=mark, kind=kind, as_of=as_of, state__in=OPEN, user_id=scope.user_id)  # type: ignore[misc]
        .first()
    )
    if same is not None:
        return same
    batch = ImportBatch.objects.create(
        kind=kind,
        file_name=file_name[-200:],
        file_size=len(content),
        digest=mark,
        stored_as=uploads.store(content),
        user_id=scope.user_id,
        organization_path=queries.home_path(scope),
        as_of=as_of,
        uploaded_at=timezone.now(),
    )
    record(
        scope,
        "exchange.upload",
        object=batch,
        organization_path=batch.organization_path,
        changes={"kind": [None, batch.kind], "size": batch.file_size, "digest": mark},
    )
    hand_over("check", batch)
    return batch


def too_large() -> Refusal:
    limit = settings.UPLOAD_LIMIT // 1024 // 1024
    return Refusal(f"文件超过 {limit} MB。", field="file", remedy="请只保留有数据的工作表，或按学院拆成几个文件上传。")


def hand_over(task: str, batch: ImportBatch) -> None:
    """Leave the work to the worker; the job is part of the transaction."""
    app.configure_task(f"zhibu.exchange.{task}", queue=QUEUE).defer(batch_id=batch.pk)


@contextlib.contextmanager
def held(batch_id: int, lock: int = LOCK) -> Iterator[bool]:
    """Whether this process alone works on the batch, or on what else ``lock`` stands for. A killed process lets go by
    losing its connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [lock, batch_id])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [lock, batch_id])


def worker_scope(batch: ImportBatch, today: date | None = None) -> Scope:
    """The rights of whoever uploaded, as they are now."""
    on = today or timezone.localdate()
    return scope_of(batch.user, on) if batch.user else system_scope(on)


def check(batch_id: int, *, scope: Scope | None = None) -> ImportBatch:
    """Read and check the file (worker, command line). Does nothing when the batch is not waiting for it."""
    with held(batch_id) as mine:
        changed = mine and ImportBatch.objects.filter(pk=batch_id, state=BatchState.UPLOADED).update(
            state=BatchState.CHECKING, started_at=timezone.now(), progress=0
        )
        batch = ImportBatch.objects.get(pk=batch_id)
        if changed:
            examine(batch, scope or worker_scope(batch))
        return batch


def examine(batch: ImportBatch, scope: Scope) -> None:
    """Check a batch whose state says so. Whatever happens, it does not stay in that state."""
    try:
        run(batch, scope)
    except BaseException:
        # The traceback is logged by whoever runs this (worker, command line); a kill -9 is mended by `recover`.
        ImportRow.objects.filter(batch=batch).delete()
        ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED, started_at=None, summary=NOT_CHECKED)
        raise


@transaction.atomic
def check_again(scope: Scope, batch_id: int, *, form: str = "") -> ImportBatch:
    """Check a batch anew, because the records or the organizations have changed since; ``form``: as the other form that
    it was found to be."""
    batch = queries.batch(scope, batch_id, lock=True)
    if batch.state not in {BatchState.READY, BatchState.FAILED} or not batch.stored_as:
        raise Refusal("这个批次现在不能重新核对。", remedy="请重新上传文件。")
    if form and form != batch.summary.get("form"):
        raise Refusal("这个文件不像所选的表格。", field="form", remedy="请核对选的表格种类，重新上传。")
    batch.kind = form or batch.kind
    batch.state, batch.summary = BatchState.UPLOADED, {}
    batch.save(update_fields=["kind", "state", "summary"])
    hand_over("check", batch)
    return batch


@transaction.atomic
def recover(scope: Scope, batch_id: int) -> ImportBatch:
    """When the process that worked on the batch is gone, put it back to be checked or confirmed again."""
    batch = queries.batch(scope, batch_id)
    if batch.started_at is None or batch.started_at > timezone.now() - timedelta(seconds=5):
        return batch
    with held(batch_id) as mine:
        if not mine:
            return batch
        batch = queries.batch(scope, batch_id, lock=True)
        if batch.state == BatchState.CHECKING:
            batch.state, batch.started_at = BatchState.UPLOADED, None
            batch.save(update_fields=["state", "started_at"])
            hand_over("check", batch)
        elif batch.state == BatchState.COMMITTING and batch.started_at is not None:
            batch.state, batch.started_at = BatchState.READY, None
            batch.summary["interrupted"] = "上次写入在中途停止，没有写入任何内容。请再次确认。"
            batch.save(update_fields=["state", "started_at", "summary"])
    return batch


@transaction.atomic
def discard(scope: Scope, batch_id: int) -> ImportBatch:
    """Give up a batch that has not been written; its rows and its file are removed."""
    batch = queries.batch(scope, batch_id, lock=True)
    if batch.state not in {BatchState.READY, BatchState.FAILED, BatchState.UPLOADED}:
        raise Refusal(f"这个批次{batch.get_state_display()}，不能放弃。", remedy="已导入的请用“撤销导入”。")
    name = batch.stored_as
    batch.state, batch.stored_as = BatchState.DISCARDED, ""
    batch.save(update_fields=["state", "stored_as"])
    ImportRow.objects.filter(batch=batch).delete()
    record(scope, "exchange.discard", object=batch, organization_path=batch.organization_path)
    transaction.on_commit(lambda: uploads.forget(name))
    return batch


@transaction.atomic
def forget_old_files(today: date) -> int:
    """Remove files and staged rows `KEPT_DAYS` after the upload; the batches and their counts stay."""
    old = ImportBatch.objects.filter(uploaded_at__date__lt=today - timedelta(days=KEPT_DAYS)).exclude(stored_as="")
    names = list(old.values_list("stored_as", flat=True))
    ImportRow.objects.filter(batch__in=old.values("pk")).delete()
    old.filter(state__in=OPEN).update(state=BatchState.DISCARDED)
    count = ImportBatch.objects.filter(stored_as__in=names).update(stored_as="")

    def forget() -> None:
        for name in names:
            uploads.forget(name)

    transaction.on_commit(forget)
    return count
