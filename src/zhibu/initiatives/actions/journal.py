"""Writing into the journal. A line stays as it was written; another one corrects it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.initiatives import rules
from zhibu.initiatives.actions.files import attach
from zhibu.initiatives.enums import EntryState
from zhibu.initiatives.models import JournalEntry
from zhibu.initiatives.queries import entry, recording_organization
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.files import check_upload
from zhibu.ui.submissions import sent_before


@transaction.atomic
def write(
    scope: Scope,
    organization: int,
    *,
    on: date,
    text: str,
    who: str,
    submission: UUID,
    uploads: Sequence[UploadedFile] = (),
) -> JournalEntry:
    """One line of a day with its files. The same form sent twice is written once; a day to come is refused.

    Audited as ``initiatives.write_journal``, without the words.
    """
    node = recording_organization(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(JournalEntry.objects.all(), submission, organization=node):
        return same
    _refuse(scope, on, text)
    for one in uploads:
        check_file(one)
    row = JournalEntry.objects.create(
        organization=node, on=on, text=text.strip(), who=who.strip(), submission=submission,
        entered_at=timezone.now(), entered_by_id=scope.user_id,
    )  # fmt: skip
    audit.record(scope, "initiatives.write_journal", object=row, organization_path=node.path, changes={"on": on})
    for one in uploads:
        attach(scope, "entry", row.pk, one)
    return row


def check_file(upload: UploadedFile) -> None:
    """Before anything is written. The field of this form is called otherwise."""
    try:
        check_upload(upload)
    except Refusal as refused:
        refused.field = "uploads"
        raise


@transaction.atomic
def note_export(scope: Scope, node: Organization, *, title: str, count: int) -> None:
    """A file of the journal goes out. Audited as ``export``."""
    audit.record(scope, "export", organization_path=node.path, changes={"list": title, "rows": count})


def _refuse(scope: Scope, on: date, text: str) -> None:
    rules.refuse_future(on, scope.today, "on", "日期")
    rules.refuse_numbers(text, "text")


def _held(scope: Scope, pk: int) -> JournalEntry:
    entry(scope, pk)
    row = JournalEntry.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    if row.state != EntryState.CURRENT:
        raise Refusal(f"这一条{row.get_state_display()}，不能再更正。", remedy="请打开更正后的那一条。")
    return row


@transaction.atomic
def correct(scope: Scope, pk: int, *, on: date, text: str, who: str, reason: str) -> JournalEntry:
    """A new line in the place of one, with the reason; the old one stays to be read.

    Refuses what was corrected already, and a correction that changes nothing. Audited as
    ``initiatives.correct_journal``.
    """
    old = _held(scope, pk)
    _refuse(scope, on, text)
    if (on, text.strip(), who.strip()) == (old.on, old.text, old.who):
        raise Refusal("内容没有变。", remedy="请改动后再提交。")
    old.state = EntryState.CORRECTED
    old.save(update_fields=["state"])
    row = JournalEntry.objects.create(
        organization=old.organization, on=on, text=text.strip(), who=who.strip(), corrects=old, reason=reason.strip(),
        entered_at=timezone.now(), entered_by_id=scope.user_id,
    )  # fmt: skip
    audit.record(
        scope, "initiatives.correct_journal", object=row, organization_path=old.organization.path,
        changes={"corrects": old.pk, "on": [old.on, on]}, reason=reason,
    )  # fmt: skip
    return row


@transaction.atomic
def void(scope: Scope, pk: int, *, reason: str) -> JournalEntry:
    """A line that should not be there is voided, with the reason, and stays to be read. Audited as
    ``initiatives.void_journal``."""
    row = _held(scope, pk)
    row.state, row.reason = EntryState.VOID, reason.strip()
    row.save(update_fields=["state", "reason"])
    audit.record(
        scope, "initiatives.void_journal", object=row, organization_path=row.organization.path, reason=reason
    )  # fmt: skip
    return row
