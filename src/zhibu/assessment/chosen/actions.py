"""What a branch does with a chosen action: propose, change, show, send in, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.chosen import rules
from zhibu.assessment.chosen.enums import EDITABLE, ActionState, ActionStep
from zhibu.assessment.chosen.models import ActionEntry, ActionEvidence, ChosenAction
from zhibu.assessment.chosen.queries import chosen_action, evidence, linkable, reporting_organization
from zhibu.assessment.chosen.rubric import rubric_for
from zhibu.assessment.chosen.rules import ActionPlan
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.files import check_upload, digest_of, stored
from zhibu.ui.submissions import sent_before

COUNT_LIMIT = 20


def held(scope: Scope, pk: int, right: Right) -> ChosenAction:
    """The action, locked; rights are looked at first."""
    found = chosen_action(scope, pk, right)
    locked = ChosenAction.objects.select_for_update().get(pk=pk)
    locked.organization = found.organization
    return locked


def enter(scope: Scope, found: ChosenAction, step: ActionStep, text: str = "", **changes: Any) -> ChosenAction:
    """One line more; the version grows with it. Audited as ``assessment.action_…`` after the step."""
    found.version += 1
    found.save()
    ActionEntry.objects.create(
        action=found, step=step, text=text, by_id=scope.user_id, role=scope.role_label, at=timezone.now()
    )
    record(
        scope, f"assessment.action_{step.value}", object=found, organization_path=found.organization.path,
        changes={"state": found.state, **changes}, reason=text,
    )  # fmt: skip
    return found


@transaction.atomic
def propose(scope: Scope, organization: int, plan: ActionPlan, *, submission: UUID) -> ChosenAction:
    """Propose an action. The same form sent twice gives the same action once."""
    node = reporting_organization(scope, organization)
    Organization.objects.select_for_update().get(pk=node.pk)
    if same := sent_before(ChosenAction.objects.all(), submission, organization=node):
        return same
    _refuse(scope, node, plan)
    found = ChosenAction(
        organization=node, submission=submission, proposed_by_id=scope.user_id, proposed_at=timezone.now(), version=0
    )
    _write(found, plan)
    found.save()
    return enter(scope, found, ActionStep.PROPOSED)


@transaction.atomic
def amend(scope: Scope, pk: int, plan: ActionPlan, *, version: int) -> ChosenAction:
    """Change what was proposed, until it is sent in; and after it came back."""
    found = held(scope, pk, Right.REPORT_WORK)
    rules.refuse_state(found, *EDITABLE)
    rules.refuse_version(found, version)
    _refuse(scope, found.organization, plan)
    _write(found, plan)
    return enter(scope, found, ActionStep.AMENDED)


def _refuse(scope: Scope, node: Organization, plan: ActionPlan) -> None:
    wrong = rules.wrong_with(plan, rubric_for(scope.today))
    projects, deeds = linkable(scope, node)
    if plan.project is not None and plan.project not in {one.pk for one in projects}:
        wrong.append(Refusal("没有这个书记项目。", field="project", remedy="请刷新页面后重新选择。"))
    if plan.deed is not None and plan.deed not in {one.pk for one in deeds}:
        wrong.append(Refusal("没有这件实事。", field="deed", remedy="请刷新页面后重新选择。"))
    if wrong:
        raise Refusals(wrong)


def _write(found: ChosenAction, plan: ActionPlan) -> None:
    for name in ("title", "what", "goal", "starts_on", "ends_on", "claimed"):
        setattr(found, name, getattr(plan, name))
    found.project_id, found.deed_id = plan.project, plan.deed


@transaction.atomic
def submit(scope: Scope, pk: int, *, version: int) -> ChosenAction:
    """Send it in for review. Refuses before its last day, and without anything that shows it was done."""
    found = held(scope, pk, Right.REPORT_WORK)
    rules.refuse_state(found, *EDITABLE)
    rules.refuse_version(found, version)
    if found.ends_on > scope.today:
        raise Refusal(
            f"完成日期是 {found.ends_on}，还没有到。", remedy="完成后再报送；已经提前完成的，请先修改完成日期。"
        )
    if found.project_id is None and found.deed_id is None and not found.evidence.exists():
        raise Refusal("还没有佐证材料。", remedy="请上传材料，或关联已经登记的书记项目、为民办实事。")
    found.state, found.submitted_at = ActionState.SUBMITTED, timezone.now()
    return enter(scope, found, ActionStep.SUBMITTED)


@transaction.atomic
def withdraw(scope: Scope, pk: int, *, reason: str, version: int) -> ChosenAction:
    """Take it back before the review begins; it stays to be read."""
    found = held(scope, pk, Right.REPORT_WORK)
    rules.refuse_state(found, *EDITABLE, ActionState.SUBMITTED)
    rules.refuse_version(found, version)
    if not reason.strip():
        raise Refusal("撤回须写明理由。", field="reason", remedy="例如：改为明年实施。")
    found.state = ActionState.WITHDRAWN
    return enter(scope, found, ActionStep.WITHDRAWN, reason.strip())


@transaction.atomic
def attach(scope: Scope, pk: int, upload: UploadedFile) -> ActionEvidence:
    """Keep a file with an action that may still be changed. The same file twice is kept once."""
    found = held(scope, pk, Right.REPORT_WORK)
    rules.refuse_state(found, *EDITABLE)
    name, media = check_upload(upload)
    rows = ActionEvidence.objects.filter(action=found)
    if rows.count() >= COUNT_LIMIT:
        raise Refusal(f"最多保存 {COUNT_LIMIT} 个附件。", field="file", remedy="请先删去不需要的附件。")
    digest = digest_of(upload)
    if same := rows.filter(sha256=digest).first():
        return same
    row = ActionEvidence(
        action=found, name=name, content_type=media, size=upload.size or 0, sha256=digest, added_at=timezone.now(),
        added_by_id=scope.user_id,
    )  # fmt: skip
    with stored(row, upload):
        row.save()
        changes = {"attachment": row.pk, "sha256": digest, "size": row.size}
        record(
            scope, "assessment.action_attach", object=found, organization_path=found.organization.path, changes=changes
        )
    return row


@transaction.atomic
def detach(scope: Scope, pk: int, *, reason: str) -> ChosenAction:
    """Remove a file while the action may still be changed, with the reason."""
    row, action = evidence(scope, pk, Right.REPORT_WORK)
    found = held(scope, action.pk, Right.REPORT_WORK)
    rules.refuse_state(found, *EDITABLE)
    if not reason.strip():
        raise Refusal("删去附件须写明理由。", field="reason", remedy="例如：误传了其他材料。")
    changes = {"attachment": row.pk, "sha256": row.sha256}
    record(
        scope, "assessment.action_detach", object=found, organization_path=found.organization.path, changes=changes,
        reason=reason.strip(),
    )  # fmt: skip
    file = row.file
    row.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name or ""))
    return found
