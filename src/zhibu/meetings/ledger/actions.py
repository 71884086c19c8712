"""Asking for a ledger, writing it, and lending the right to read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import IO

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.enums import Right
from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.ledger import writing
from zhibu.meetings.ledger.enums import ExportState, Format
from zhibu.meetings.ledger.models import Inspection, LedgerExport
from zhibu.meetings.ledger.queries import inspection, is_outside, organization, records
from zhibu.meetings.models import Attachment
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.people.queries.grants import is_in_roster
from zhibu.regulations.refusal import Refusal

QUEUE, TASK = "ledger", "zhibu.meetings.ledger"
LONGEST = timedelta(days=92)
KEPT = timedelta(days=3)
MOST_ATTACHED = 500 * 2**20
GIVEN_UP = timedelta(minutes=30)


def note_reading(scope: Scope, node: Organization, year: int, what: str) -> None:
    """Every page that somebody from outside the branch's own offices reads is kept: ``meetings.read_ledger``."""
    if is_outside(scope, node):
        audit.record(
            scope, "meetings.read_ledger", object=node, organization_path=node.path,
            changes={"year": year, "what": what},
        )  # fmt: skip


@transaction.atomic
def ask(scope: Scope, pk: int, year: int, wanted: Format) -> LedgerExport:
    """Leave the writing to the worker. While one is being written the same is not begun again.

    Refuses a year without records and attachments beyond what fits into one file. Audited as
    ``meetings.export_ledger``.
    """
    node = organization(scope, pk)
    if scope.user_id is None:
        raise Refusal("只有账号可以导出台账。")
    Organization.objects.select_for_update(of=("self",)).get(pk=node.pk)
    same = LedgerExport.objects.filter(
        organization=node, year=year, format=wanted, user=scope.user_id, asked_at__gt=timezone.now() - GIVEN_UP,
        state__in=(ExportState.WAITING, ExportState.DOING),
    ).first()  # fmt: skip
    if same is not None:
        return same
    rows = records(node, year)
    if not (total := rows.count()):
        raise Refusal(f"{year} 年还没有已登记的组织生活。", remedy="请换一个年度，或先登记。")
    if wanted is Format.ZIP:
        sizes = Attachment.objects.filter(meeting__in=rows.order_by()).values_list("size", flat=True)
        if sum(sizes) > MOST_ATTACHED:
            raise Refusal("附件合计超过 500 MB，不能装进一个文件。", remedy="请导出 PDF，附件在各份记录里下载。")
    row = LedgerExport.objects.create(
        organization=node, year=year, format=wanted, total=total, user_id=scope.user_id, asked_at=timezone.now()
    )
    app.configure_task(TASK, queue=QUEUE).defer(export_id=row.pk)
    audit.record(
        scope, "meetings.export_ledger", object=node, organization_path=node.path,
        changes={"year": year, "format": wanted},
    )  # fmt: skip
    return row


def write(export_id: int, today: date) -> None:
    """The worker's part. Twice does it once; what fails says so on the page."""
    claimed = LedgerExport.objects.filter(pk=export_id, state=ExportState.WAITING)
    if not claimed.update(state=ExportState.DOING):
        return
    row = LedgerExport.objects.select_related("organization").get(pk=export_id)
    try:
        with _body(row, today) as body:
            row.file.save("ledger", File(body), save=False)
    except Exception:
        LedgerExport.objects.filter(pk=row.pk).update(
            state=ExportState.FAILED, problem="生成时出错，请重试或联系管理员。"
        )
        raise
    row.size, row.state, row.done = row.file.size, ExportState.DONE, row.total
    row.save(update_fields=["file", "size", "state", "done"])


def tell(pk: int, done: int) -> None:
    """How many records are written, for the page that asks."""
    LedgerExport.objects.filter(pk=pk).update(done=done)


def _body(row: LedgerExport, today: date) -> IO[bytes]:
    told = partial(tell, row.pk)
    if row.format == Format.ZIP:
        return writing.package(row.organization, row.year, today, told)
    return BytesIO(writing.pdf(row.organization, row.year, today, told))


def forget_old(now: datetime) -> int:
    """Files that have been there long enough; the right to them may have ended, the records may have changed."""
    rows = list(LedgerExport.objects.filter(asked_at__lt=now - KEPT))
    for row in rows:
        if row.file:
            row.file.delete(save=False)
        row.delete()
    return len(rows)


@transaction.atomic
def grant(scope: Scope, pk: int, *, username: str, until: date, reason: str) -> Inspection:
    """Let an account read the ledgers of this subtree until a day. It is opened for the inspector first, so that
    every reading has a name and duties in the roster stay apart. Audited as ``meetings.grant_inspection``."""
    node = one_organization(scope, pk, Right.APPOINT)
    user = User.objects.select_for_update().filter(username=username.strip(), is_active=True).first()
    if user is None:
        raise Refusal("没有这个账号，或已停用。", field="username", remedy="校外人员请先在“账号”里开通一个。")
    if user.pk == scope.user_id:
        raise Refusal("不能授权给自己。", field="username", remedy="您本来就能查阅管理范围内的台账。")
    if user.is_administrator or is_in_roster(user):
        raise Refusal(
            "台账只借给检查专用的账号，不借给名册中人员的账号和系统管理员。", field="username",
            remedy="请在“账号”里为检查人员开通一个。",
        )  # fmt: skip
    if not reason.strip():
        raise Refusal("须写明检查事由。", field="reason", remedy="例如：2026 年度党建考核。")
    if not scope.today <= until <= scope.today + LONGEST:
        raise Refusal("查阅期限应从今天起，最长三个月。", field="until", remedy="到期后仍需查阅的，再授权一次。")
    row = Inspection.objects.create(
        user=user, organization=node, reason=reason.strip()[:200], until=until, granted_by_id=scope.user_id,
        granted_at=timezone.now(),
    )  # fmt: skip
    audit.record(
        scope, "meetings.grant_inspection", object=row, organization_path=node.path,
        changes={"user": user.pk, "until": until}, reason=row.reason,
    )  # fmt: skip
    return row


@transaction.atomic
def revoke(scope: Scope, pk: int) -> Inspection:
    """End the right at once. Audited as ``meetings.revoke_inspection``."""
    inspection(scope, pk)
    row = Inspection.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    if row.revoked_at is not None:
        raise Refusal("这项授权已经收回。", remedy="请刷新页面。")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    audit.record(scope, "meetings.revoke_inspection", object=row, organization_path=row.organization.path)
    return row
