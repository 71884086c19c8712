"""Issuing and assigning material, confirming; publishing declarations, signing."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.integrity import queries
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.supervision.integrity.models import (
    Declaration,
    DeclarationKind,
    DeclarationText,
    Material,
    ReadingAssignment,
    ReadingConfirmation,
)
from zhibu.supervision.rules import is_above
from zhibu.ui.files import check_upload, digest_of, stored
from zhibu.ui.privacy import refuse_private
from zhibu.ui.submissions import sent_before


@transaction.atomic
def issue(
    scope: Scope,
    organization: int,
    *,
    kind: MaterialKind,
    title: str,
    source: str,
    text: str = "",
    upload: File | None = None,
    starts_on: date,
    ends_on: date | None = None,
    submission: UUID,
) -> Material:
    """Issue material of an organization; the same form sent twice gives the same material once. Refuses without words
    and file, without source, an end before the start. Audited as ``supervision.material_issue``."""
    node = one_organization(scope, organization, Right.SUPERVISE)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(Material.objects.all(), submission, organization=node):
        return same
    if not title.strip():
        raise Refusal("请写明标题。", field="title", remedy="例如：违规收受礼金案例。")
    if not source.strip():
        raise Refusal("请写明来源。", field="source", remedy="例如：上级纪委 2026 年第 3 期通报。")
    if not text.strip() and upload is None:
        raise Refusal("请填写正文，或上传一个文件。", field="text", remedy="两项可以都有，不能都空。")
    refuse_private(title=title, source=source, text=text)
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("停用日期不能早于启用日期。", field="ends_on", remedy="请另选一个日期。")
    made = Material(
        organization=node, kind=kind, title=title.strip()[:120], source=source.strip()[:200], text=text.strip(),
        starts_on=starts_on, ends_on=ends_on, issued_by_id=scope.user_id, submission=submission,
    )  # fmt: skip
    if upload is None:
        made.save()
    else:
        made.name, made.content_type = check_upload(upload)
        made.size, made.sha256 = upload.size or 0, digest_of(upload)
        with stored(made, upload):
            made.save()
    audit.record(scope, "supervision.material_issue", object=made, organization_path=node.path)
    return made


def _held(scope: Scope, pk: int) -> Material:
    queries.material(scope, pk)
    found = Material.objects.select_related("organization").select_for_update(of=("self",)).get(pk=pk)
    refuse_withdrawn(found)
    return found


def refuse_withdrawn(found: Material) -> None:
    if found.withdrawn_on is not None:
        raise Refusal("这份材料已撤回。", remedy="请发布新的材料。")


@transaction.atomic
def assign(scope: Scope, pk: int, *, organization: int, audience: Audience, due_on: date) -> ReadingAssignment:
    """Give material to an organization's people to read by a day; a second time moves the day. Refuses a day that is
    past or after the material's last, and more time for oneself than one's superior gave. Audited as
    ``supervision.material_assign``."""
    found = _held(scope, pk)
    node = one_organization(scope, organization, Right.SUPERVISE)
    if due_on < max(scope.today, found.starts_on):
        raise Refusal("阅读期限不能早于今天和材料的启用日期。", field="due_on", remedy="请另选一个日期。")
    if found.ends_on is not None and due_on > found.ends_on:
        raise Refusal(f"材料到 {found.ends_on} 停用，阅读期限不能更晚。", field="due_on", remedy="请另选一个日期。")
    before = ReadingAssignment.objects.filter(material=found, organization=node, audience=audience).first()
    above = is_above(scope, node.path) or scope.may(Right.SUPERVISE, found.organization.path)
    if before is not None and due_on > before.due_on and not above:
        raise Refusal(
            f"上级已交阅，期限是 {before.due_on}，本级不能延后。",
            field="due_on",
            remedy="确需延后的，请联系上级党组织。",
        )
    row, _ = ReadingAssignment.objects.update_or_create(
        material=found, organization=node, audience=audience,
        defaults={"due_on": due_on}, create_defaults={"due_on": due_on, "assigned_on": scope.today},
    )  # fmt: skip
    audit.record(
        scope, "supervision.material_assign", object=row, organization_path=node.path,
        changes={"audience": audience, "due_on": str(due_on)},
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw(scope: Scope, pk: int) -> Material:
    """Nobody has to read it any more; who confirmed stays. Audited as ``supervision.material_withdraw``."""
    found = _held(scope, pk)
    scope.require(Right.SUPERVISE, found.organization.path)
    found.withdrawn_on = scope.today
    found.save(update_fields=["withdrawn_on"])
    audit.record(scope, "supervision.material_withdraw", object=found, organization_path=found.organization.path)
    return found


@transaction.atomic
def confirm(scope: Scope, pk: int) -> ReadingConfirmation:
    """Say that one has read it; the second time changes nothing. Audited as ``supervision.material_confirm``."""
    found = queries.my_material(scope, pk)
    row, is_new = ReadingConfirmation.objects.get_or_create(
        material=found, person_id=scope.person_id or 0, defaults={"confirmed_on": scope.today}
    )
    if is_new:
        audit.record(scope, "supervision.material_confirm", object=row, organization_path=_path(scope))
    return row


def _path(scope: Scope) -> str:
    found = Person.objects.filter(pk=scope.person_id or 0).values_list("organization__path", flat=True).first()
    return found or ""


@transaction.atomic
def publish(
    scope: Scope, organization: int, *, title: str, audience: Audience, due_on: date, text: str
) -> DeclarationKind:
    """Ask certain people for a declaration. Refuses a title that is in use. Audited as
    ``supervision.declaration_publish``."""
    node = one_organization(scope, organization, Right.SUPERVISE)
    if not title.strip() or not text.strip():
        raise Refusal("请写明名称和正文。", field="text" if title.strip() else "title", remedy="例如：党员廉洁承诺书。")
    if due_on < scope.today:
        raise Refusal("首次签署期限不能早于今天。", field="due_on", remedy="请另选一个日期。")
    made, is_new = DeclarationKind.objects.get_or_create(
        organization=node, title=title.strip()[:80], defaults={"audience": audience, "due_on": due_on}
    )
    if not is_new:
        raise Refusal("这个党组织已有同名的承诺书。", field="title", remedy="改正文的，请在那份承诺书里发布新版本。")
    DeclarationText.objects.create(kind=made, version=1, text=text.strip(), published_on=scope.today)
    audit.record(scope, "supervision.declaration_publish", object=made, organization_path=node.path)
    return made


def _kept(scope: Scope, pk: int) -> DeclarationKind:
    queries.declaration(scope, pk)
    found = DeclarationKind.objects.select_related("organization").select_for_update(of=("self",)).get(pk=pk)
    scope.require(Right.SUPERVISE, found.organization.path)
    refuse_ended(found)
    return found


def refuse_ended(found: DeclarationKind) -> None:
    if found.ended_on is not None:
        raise Refusal("这份承诺书已停用。", remedy="请另外发布一份。")


@transaction.atomic
def revise(scope: Scope, pk: int, *, text: str) -> DeclarationText:
    """A new version of the words: who signs from now on signs this one, earlier signatures stay good until they are to
    be renewed. Refuses the same words. Audited as ``supervision.declaration_revise``."""
    found = _kept(scope, pk)
    last = found.texts.order_by("-version").first()
    assert last is not None
    if not text.strip() or text.strip() == last.text:
        raise Refusal("正文没有改动。", field="text", remedy="请改正文后再发布。")
    made = DeclarationText.objects.create(
        kind=found, version=last.version + 1, text=text.strip(), published_on=scope.today
    )
    audit.record(
        scope, "supervision.declaration_revise", object=found, organization_path=found.organization.path,
        changes={"version": made.version},
    )  # fmt: skip
    return made


@transaction.atomic
def end(scope: Scope, pk: int) -> DeclarationKind:
    """Nobody has to sign it any more. Audited as ``supervision.declaration_end``."""
    found = _kept(scope, pk)
    found.ended_on = scope.today
    found.save(update_fields=["ended_on"])
    audit.record(scope, "supervision.declaration_end", object=found, organization_path=found.organization.path)
    return found


@transaction.atomic
def sign(scope: Scope, pk: int, *, version: int) -> Declaration:
    """Sign the version that was shown; it is to be renewed after the months of ``supervise.declaration``.

    Refuses a version that has been replaced meanwhile. On the same day it is signed once. Audited as
    ``supervision.declaration_sign``.
    """
    found = queries.my_declaration(scope, pk)
    text = found.texts.order_by("-version").first()
    if text is None or text.version != version:
        raise Refusal("承诺书刚刚发布了新版本。", remedy="请看过新的正文后再签署。")
    months = value("supervise.declaration", scope.today).number
    row, is_new = Declaration.objects.get_or_create(
        text=text, person_id=scope.person_id or 0, signed_on=scope.today,
        defaults={"renew_on": add_months(scope.today, months)},
    )  # fmt: skip
    if is_new:
        audit.record(
            scope, "supervision.declaration_sign", object=row, organization_path=_path(scope),
        )  # fmt: skip
    return row
