"""Issuing and revoking keys of screens."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.actions import hash_of, new_code
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.refusal import Refusal
from zhibu.supervision.wall.models import WallKey
from zhibu.supervision.wall.queries import wall_key
from zhibu.ui.submissions import sent_before

LONGEST = timedelta(days=366)


@transaction.atomic
def issue_key(scope: Scope, organization: int, *, place: str, until: date, submission: UUID) -> tuple[WallKey, str]:
    """A key for one screen, and its code, which is shown this once. The same form sent twice gives one key with
    another code: of a double click only the last answer is seen. Audited as ``supervision.wall_issue``."""
    node = one_organization(scope, organization, Right.SUPERVISE)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(WallKey.objects.all(), submission, organization=node):
        return _anew(scope, same)
    if not place.strip():
        raise Refusal("请写明屏幕装在哪里。", field="place", remedy="例如：学院党建活动室。")
    if not scope.today <= until <= scope.today + LONGEST:
        raise Refusal("有效期应从今天起，最长一年。", field="until", remedy="到期后仍需使用的，再发放一个。")
    code = new_code()
    made = WallKey.objects.create(
        organization=node, place=place.strip()[:100], code_hash=hash_of(code), until=until,
        issued_by_id=scope.user_id, issued_at=timezone.now(), submission=submission,
    )  # fmt: skip
    audit.record(
        scope, "supervision.wall_issue", object=made, organization_path=node.path, changes={"until": str(until)}
    )
    return made, code


def _anew(scope: Scope, sent: WallKey) -> tuple[WallKey, str]:
    found = WallKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=sent.pk)
    if found.revoked_at is not None:
        raise Refusal("这张表单发放的口令已经收回。", remedy="请重新打开页面发放。")
    code = new_code()
    found.code_hash = hash_of(code)
    found.save(update_fields=["code_hash"])
    path = found.organization.path
    audit.record(scope, "supervision.wall_issue", object=found, organization_path=path, changes={"again": True})
    return found, code


def refuse_revoked(found: WallKey) -> None:
    if found.revoked_at is not None:
        raise Refusal("这个大屏口令已经收回。", remedy="仍需使用的，请另外发放一个。")


@transaction.atomic
def revoke_key(scope: Scope, pk: int) -> WallKey:
    """The screen shows nothing from its next minute on. Audited as ``supervision.wall_revoke``."""
    wall_key(scope, pk)
    found = WallKey.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
    refuse_revoked(found)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    audit.record(scope, "supervision.wall_revoke", object=found, organization_path=found.organization.path)
    return found
