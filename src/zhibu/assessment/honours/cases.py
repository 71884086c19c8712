"""What can be done with cases of model work. Either side takes a case down at once; both must agree to show it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.honours.actions import require_gallery
from zhibu.assessment.honours.enums import CaseState, HonourState
from zhibu.assessment.honours.models import Honour, ModelCase
from zhibu.assessment.publication.actions import require_own
from zhibu.assessment.publication.rules import spoken_for
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.regulations.refusal import Refusal
from zhibu.ui.privacy import refuse_private


@transaction.atomic
def write(
    scope: Scope, organization: int, *, title: str, text: str, honour: int | None = None, pk: int | None = None,
    version: int = 0,
) -> ModelCase:  # fmt: skip
    """A new case, or new words of one. Written by the organization itself it agrees thereby; written by the office it
    is shown only after the organization has agreed to these words. The same words sent twice are one case."""
    node = one_organization(scope, organization, Right.VIEW_SCORE)
    own = require_gallery(scope, node, spoken_for(scope))
    if not title.strip() or not text.strip():
        raise Refusal("没有填写标题或内容。", field="title" if not title.strip() else "text", remedy="请填写后保存。")
    refuse_private(title=title, text=text)
    given = None
    if honour is not None:
        given = Honour.objects.filter(pk=honour, organization=node, state=HonourState.AWARDED).first()
        if given is None:
            raise Refusal("本组织没有这项荣誉。", field="honour", remedy="请重新选择。")
    if pk is None:
        Organization.objects.select_for_update().get(pk=node.pk)
        living = ModelCase.objects.filter(
            organization=node, state__in=(CaseState.ASKED, CaseState.AGREED, CaseState.SHOWN)
        )
        if same := living.filter(title=title.strip(), text=text.strip(), written_by=scope.user_id).first():
            return same
    found = ModelCase(organization=node) if pk is None else _locked(scope, pk, version)
    if found.organization_id != node.pk:
        raise Http404("没有这个案例。")
    found.title, found.text, found.honour = title.strip(), text.strip(), given
    found.written_by_id, found.reason, found.shown_on = scope.user_id, "", None
    found.state = CaseState.AGREED if own else CaseState.ASKED
    found.agreed_on = scope.today if own else None
    return _kept(scope, found, "assessment.case_write")


@transaction.atomic
def consent(scope: Scope, pk: int, version: int, *, agrees: bool) -> ModelCase:
    """The organization agrees to these words being shown, declines, or takes its consent back; no reason is asked."""
    found = _locked(scope, pk, version, own=True)
    if agrees and found.state != CaseState.ASKED:
        raise Refusal(f"这个案例“{found.get_state_display()}”，不需要同意。")
    if not agrees and found.state not in {CaseState.ASKED, CaseState.AGREED, CaseState.SHOWN}:
        raise Refusal(f"这个案例“{found.get_state_display()}”，没有在展示。")
    found.state = CaseState.AGREED if agrees else CaseState.DECLINED
    found.agreed_on, found.shown_on = scope.today if agrees else None, None
    return _kept(scope, found, "assessment.case_consent", agrees=agrees)


@transaction.atomic
def show(scope: Scope, pk: int, version: int) -> ModelCase:
    """Into the gallery, which everybody in the university sees who sees scores."""
    found = _locked(scope, pk, version, right=Right.PUBLISH_SCORE)
    if found.state != CaseState.AGREED:
        raise Refusal(f"这个案例“{found.get_state_display()}”，不能展示。", remedy="须先经本组织同意。")
    found.state, found.shown_on = CaseState.SHOWN, scope.today
    return _kept(scope, found, "assessment.case_show")


def why_not_taken_down(found: ModelCase) -> Refusal | None:
    if found.state in {CaseState.SHOWN, CaseState.AGREED, CaseState.ASKED}:
        return None
    return Refusal(f"这个案例“{found.get_state_display()}”，没有在展示。", remedy="请回到案例页核对。")


@transaction.atomic
def take_down(scope: Scope, pk: int, version: int, *, reason: str) -> ModelCase:
    found = _locked(scope, pk, version, right=Right.PUBLISH_SCORE)
    if refusal := why_not_taken_down(found):
        raise refusal
    if not reason.strip():
        raise Refusal("撤下须写明理由。", field="reason", remedy="理由告诉撰写的党组织。")
    found.state, found.reason, found.shown_on = CaseState.TAKEN_DOWN, reason.strip(), None
    return _kept(scope, found, "assessment.case_take_down", reason=found.reason)


def _locked(scope: Scope, pk: int, version: int, *, own: bool = False, right: Right | None = None) -> ModelCase:
    rows = scope.visible(ModelCase.objects.select_for_update(of=("self",)), Right.VIEW_SCORE)
    found = rows.select_related("organization").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个案例，或不在您的管理范围内。")
    if own:
        require_own(scope, found.organization_id)
    if right is not None:
        scope.require(right, found.organization.path)
    if found.version != version:
        raise Refusal("您打开之后，这个案例已被修改。", remedy="您填写的内容还在本页；请在另一窗口打开核对。")
    return found


def _kept(scope: Scope, found: ModelCase, verb: str, reason: str = "", **changes: Any) -> ModelCase:
    if found.pk:
        found.version += 1
    found.save()
    record(scope, verb, object=found, organization_path=found.organization.path, changes=changes or None, reason=reason)
    return found
