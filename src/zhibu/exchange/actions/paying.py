"""Payment workbooks of dues: kept, read by the worker with the house's readers, and given to the dues room."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import Scope, scope_of, system_scope
from zhibu.dues import actions as dues
from zhibu.dues import queries
from zhibu.dues.enums import StatementState
from zhibu.dues.models import Statement
from zhibu.exchange import uploads
from zhibu.exchange.actions.intake import KEPT_DAYS, QUEUE, held
from zhibu.exchange.payments import payment_lines
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

LOCK = 0x44554553  # "DUES"
MOST_ATTEMPTS = 2  # of a worker that is killed: the file itself may be what kills it
AGAIN = "没有登记任何一笔。请点“重新核对”再试一次；仍不成功的，请联系系统管理员查看日志。"
GONE = timedelta(seconds=5)


@transaction.atomic
def take_payments(scope: Scope, node: Organization, content: bytes, file_name: str) -> tuple[Statement, bool]:
    """Keep a workbook and have it read by the worker. The same file again gives the statement there is already, and
    False."""
    one, is_new = dues.announce(scope, node, file_name=file_name, digest=uploads.digest(content))
    if is_new:
        one.stored_as = uploads.store(content)
        one.save(update_fields=["stored_as"])
        _hand_over(one)
    return one, is_new


def _hand_over(one: Statement) -> None:
    """Leave the work to the worker; the job is part of the transaction."""
    app.configure_task("zhibu.exchange.read_payments", queue=QUEUE).defer(statement_id=one.pk)


def read_payments(pk: int, *, scope: Scope | None = None) -> Statement:
    """Read and compare the workbook (worker). Does nothing when it is not waiting for it."""
    with held(pk, LOCK) as mine:
        one = dues.begin_reading(pk) if mine else None
        if one is not None:
            _read(one, scope)
    return Statement.objects.get(pk=pk)


def _read(one: Statement, scope: Scope | None) -> None:
    """Whatever happens, the statement does not stay as it is; a kill -9 is mended by `recover_payments`."""
    if scope is None:
        today = timezone.localdate()
        scope = scope_of(one.user, today) if one.user else system_scope(today)
    try:
        content = uploads.unseal(one.stored_as)
        lines = payment_lines(content, tell=lambda number: dues.tell_progress(one.pk, number))
        dues.fill(scope, one, lines)
    except FileNotFoundError:
        dues.fail(one, "上传的文件已被清理。", "请重新上传。")
    except Refusal as refusal:
        dues.fail(one, refusal.message, refusal.remedy)
    except (Http404, PermissionDenied):
        dues.fail(one, "上传人现在不负责这个党组织的党费。", "请由负责收缴的人员重新上传。")
    except BaseException:
        dues.fail(one, "核对时出现意外错误。", AGAIN)
        raise  # the traceback is logged by the worker
    _forget([one.pk])


@transaction.atomic
def recover_payments(scope: Scope, pk: int) -> Statement:
    """When the process that read the workbook is gone, have it read once more; after the last attempt say so."""
    one = queries.statement(scope, pk)
    if one.state != StatementState.READING or one.started_at is None or one.started_at > timezone.now() - GONE:
        return one
    with held(pk, LOCK) as mine:
        if not mine:
            return one
        one = queries.statement(scope, pk, lock=True)
        if one.state != StatementState.READING:
            return one
        if one.attempts < MOST_ATTEMPTS:
            one.started_at = None
            one.save(update_fields=["started_at"])
            _hand_over(one)
        else:
            dues.fail(one, f"后台任务在核对中途停止了 {one.attempts} 次。", AGAIN)
    return one


@transaction.atomic
def read_payments_again(scope: Scope, pk: int) -> Statement:
    """Have a workbook read once more whose reading broke."""
    one = dues.read_anew(scope, pk)
    _hand_over(one)
    return one


@transaction.atomic
def forget_payment_files(today: date) -> None:
    """Remove files that nobody needs any more: of given up statements, and `KEPT_DAYS` after the upload."""
    waiting = (StatementState.READING, StatementState.FAILED)
    old = Q(uploaded_at__date__lt=today - timedelta(days=KEPT_DAYS))
    kept = Statement.objects.exclude(stored_as="")
    kept.filter(old, state=StatementState.READING).update(state=StatementState.DISCARDED)
    _forget(list(kept.filter(old | ~Q(state__in=waiting)).values_list("pk", flat=True)))


def _forget(pks: list[int]) -> None:
    found = Statement.objects.filter(pk__in=pks)
    names = list(found.values_list("stored_as", flat=True))
    found.update(stored_as="")

    def forget() -> None:
        for name in names:
            uploads.forget(name)

    transaction.on_commit(forget)
