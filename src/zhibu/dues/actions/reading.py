"""A workbook of payments on its way in: announced by whoever uploads it, filled in by the worker that has read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.actions.statements import compare
from zhibu.dues.enums import LIVE, Finding, StatementState
from zhibu.dues.models import Statement, StatementRow
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

MOST_ROWS = 20_000
BLOCK = 1000  # rows


@dataclass(frozen=True)
class PaymentLine:
    """One row of the workbook as it was read; ``fault`` says what could not be understood."""

    number: int
    name: str = ""
    person_number: str = ""
    amount: Decimal | None = None
    paid_on: date | None = None
    reference: str = ""
    fault: str = ""


@transaction.atomic
def announce(scope: Scope, node: Organization, *, file_name: str, digest: str) -> tuple[Statement, bool]:
    """A workbook has come for ``node`` and will be read. The same file again gives the statement there is already, and
    False: nothing is changed. Records ``dues.upload_statement``."""
    node = queries.branch(scope, node.pk, Right.RECORD_DUES, lock=True)
    if known := Statement.objects.filter(organization=node, digest=digest, state__in=LIVE).first():
        return known, False
    made = Statement.objects.create(
        organization=node, file_name=file_name[-200:], digest=digest, uploaded_at=timezone.now(),
        user_id=scope.user_id, state=StatementState.READING,
    )  # fmt: skip
    record(scope, "dues.upload_statement", object=made, organization_path=node.path)
    return made, True


def begin_reading(pk: int) -> Statement | None:
    """The statement, if it waits to be read; from now on somebody is at it."""
    found = Statement.objects.filter(pk=pk, state=StatementState.READING)
    mine = found.update(started_at=timezone.now(), attempts=F("attempts") + 1, progress=0, total=0)
    return Statement.objects.select_related("organization", "user").get(pk=pk) if mine else None


def tell_progress(pk: int, progress: int, total: int = 0) -> None:
    """How far the worker is; outside its transactions, so that the page can show it."""
    Statement.objects.filter(pk=pk).update(progress=progress, total=total)


def fill(scope: Scope, one: Statement, lines: Sequence[PaymentLine]) -> Statement:
    """Compare the lines with what is owed; the statement is ready to be confirmed. What an interrupted try has left is
    replaced. Refuses empty and too long files. Records ``dues.take_statement``."""
    node = queries.branch(scope, one.organization_id, Right.RECORD_DUES)
    if not lines:
        raise Refusal("文件里没有缴费记录。", field="file", remedy="请核对表头和内容，改好后重新上传。")
    if len(lines) > MOST_ROWS:
        raise Refusal(f"一次最多核对 {MOST_ROWS} 行。", field="file", remedy="请按学院拆成几个文件上传。")
    tell_progress(one.pk, 0, len(lines))
    one.rows.all().delete()
    rows = [_row(line, one) for line in lines]
    compare(scope, node, rows)
    for start in range(0, len(rows), BLOCK):
        StatementRow.objects.bulk_create(rows[start : start + BLOCK])
        tell_progress(one.pk, min(start + BLOCK, len(rows)), len(rows))
    return _ready(scope, one, rows)


@transaction.atomic
def _ready(scope: Scope, one: Statement, rows: Sequence[StatementRow]) -> Statement:
    one = Statement.objects.select_for_update(of=("self",)).select_related("organization").get(pk=one.pk)
    one.state, one.started_at, one.failure, one.remedy = StatementState.READY, None, "", ""
    one.save(update_fields=["state", "started_at", "failure", "remedy"])
    changes = {"rows": len(rows), **Counter(row.finding for row in rows)}
    record(scope, "dues.take_statement", object=one, organization_path=one.organization.path, changes=changes)
    return one


@transaction.atomic
def fail(one: Statement, message: str, remedy: str) -> None:
    """The statement could not be read; it says why and what to do, and keeps no row."""
    one.rows.all().delete()
    one.state, one.started_at, one.failure, one.remedy = StatementState.FAILED, None, message[:200], remedy[:200]
    one.save(update_fields=["state", "started_at", "failure", "remedy"])


@transaction.atomic
def read_anew(scope: Scope, pk: int) -> Statement:
    """A statement whose reading broke waits to be read once more. Refuses when its file is gone or has been uploaded
    again meanwhile."""
    one = queries.statement(scope, pk)
    queries.branch(scope, one.organization_id, Right.RECORD_DUES, lock=True)
    one = queries.statement(scope, pk, lock=True)
    if one.state != StatementState.FAILED or not one.stored_as:
        raise Refusal(f"这份缴费流水{one.get_state_display()}，不能重新核对。", remedy="请重新上传文件。")
    if Statement.objects.filter(organization=one.organization, digest=one.digest, state__in=LIVE).exists():
        raise Refusal("同一个文件已经重新上传过。", remedy="请到“缴费流水”中查看那一份。")
    one.state, one.attempts, one.failure, one.remedy = StatementState.READING, 0, "", ""
    one.save(update_fields=["state", "attempts", "failure", "remedy"])
    return one


def _row(line: PaymentLine, statement: Statement) -> StatementRow:
    return StatementRow(
        statement=statement, number=line.number, name=line.name[:60], person_number=line.person_number[:30],
        amount=line.amount, paid_on=line.paid_on, reference=line.reference[:60],
        finding=Finding.FAULTY if line.fault else Finding.MATCHED, told=line.fault[:200],
    )  # fmt: skip
