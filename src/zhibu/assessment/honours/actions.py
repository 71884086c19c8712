"""Proposing, deciding and withdrawing honours. The platform proposes nobody by itself and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.honours.candidates import FIRM
from zhibu.assessment.honours.enums import HonourKind, HonourState
from zhibu.assessment.honours.models import LIVING, Honour
from zhibu.assessment.models import OrganizationScore, Publication
from zhibu.audit.actions import record
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

MOST = 500
LOCK = 0x5A484F4E  # "ZHON"


@transaction.atomic
def propose(scope: Scope, publication: int, organizations: Sequence[tuple[int, str]], kind: HonourKind) -> list[Honour]:
    """Organizations with the grounds of each. Whoever is proposed for the same already is left as it is."""
    scope.require(Right.PUBLISH_SCORE)
    found = Publication.objects.select_for_update().filter(pk=publication).first()
    if found is None:
        raise Http404("没有这次结果公布。")
    if found.state not in FIRM:
        raise Refusal(f"这一结果{found.get_state_display()}，还不能提名。", remedy="请在定稿之后提名。")
    if not organizations:
        raise Refusal("没有选择党组织。", remedy="请先选择。")
    if len(organizations) > MOST:
        raise Refusal(f"一次最多提名 {MOST} 个。", remedy="请按支部类型分批提名。")
    if any(not grounds.strip() for _pk, grounds in organizations):
        raise Refusal("没有写明提名依据。", field="grounds", remedy="不在候选之列的，须写明为什么提名。")
    wanted = [pk for pk, _grounds in organizations]
    scored = OrganizationScore.objects.filter(run=found.run_id, organization__in=wanted, parent__isnull=False)
    if scored.count() != len(set(wanted)):
        raise Refusal("有党组织没有这一考核期的结果。", field="organization", remedy="只提名参加这次评价的党组织。")
    there = set(
        Honour.objects.filter(publication=found, kind=kind, state__in=LIVING).values_list("organization", flat=True)
    )
    made = Honour.objects.bulk_create(
        Honour(
            publication=found, organization_id=pk, kind=kind, grounds=grounds.strip()[:500], proposed_on=scope.today,
            proposed_by_id=scope.user_id,
        )
        for pk, grounds in organizations
        if pk not in there
    )  # fmt: skip
    if not made:
        raise Refusal("所选的党组织都已经提名。", remedy="请在评定名单里办理。")
    record(
        scope, "assessment.honour_propose", object=found,
        changes={"kind": str(kind), "organizations": [one.organization_id for one in made]},
    )  # fmt: skip
    return made


@transaction.atomic
def decide(
    scope: Scope, chosen: Iterable[int], *, awarded: bool, decided_on: date, document: str, reason: str = ""
) -> list[Honour]:
    """What people decided on some proposals at one meeting or by one document. All of them or none; nothing is awarded
    on the grounds of a result that was withdrawn meanwhile."""
    scope.require(Right.PUBLISH_SCORE)
    chosen = list(chosen)
    # The publications first, as everywhere: none of them is withdrawn while its honours are decided on.
    held = Publication.objects.select_for_update().filter(
        pk__in=Honour.objects.filter(pk__in=chosen).values("publication")
    )
    based_on = list(held.order_by("pk"))
    rows = list(
        Honour.objects.select_for_update(of=("self",)).select_related("organization", "publication")
        .filter(pk__in=chosen).order_by("pk")
    )  # fmt: skip
    if not rows:
        raise Refusal("没有选择提名。", remedy="请先选择。")
    if awarded and (gone := [one for one in based_on if one.state not in FIRM]):
        raise Refusal(
            f"{gone[0]}{gone[0].get_state_display()}，不能依据它评定。",
            remedy="请把这些提名决定为不予评定并写明理由，在新的结果定稿之后重新提名。",
        )  # fmt: skip
    if done := [one for one in rows if one.state != HonourState.PROPOSED]:
        names = "、".join(str(one.organization) for one in done[:3])
        raise Refusal(f"{names}的提名已经决定过。", remedy="请刷新名单，只选择已提名的。")
    if decided_on > scope.today:
        raise Refusal("决定日期晚于今天。", field="decided_on", remedy="请填写会议或文件的日期。")
    if early := [one for one in rows if one.publication.final_on and decided_on < one.publication.final_on]:
        raise Refusal(
            f"决定日期早于结果定稿的 {early[0].publication.final_on}。", field="decided_on", remedy="请核对日期。"
        )
    if not document.strip():
        raise Refusal("没有写明会议或文号。", field="document", remedy="例如：校党委会〔2026〕15 号纪要。")
    if not awarded and not reason.strip():
        raise Refusal("不予评定的须写明理由。", field="reason", remedy="例如：名额所限，经集体研究不予评定。")
    # Numbers are given one after another: rows cannot be locked that are not there yet.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    serial = Honour.objects.filter(number__startswith=f"{decided_on.year}-").count()
    for one in rows:
        one.state = HonourState.AWARDED if awarded else HonourState.DECLINED
        one.decided_on, one.document, one.decided_by_id = decided_on, document.strip(), scope.user_id
        one.reason = "" if awarded else reason.strip()
        if awarded:
            serial += 1
            one.number = f"{decided_on.year}-{serial:04d}"
        _kept(scope, one, "assessment.honour_decide", awarded=awarded, document=one.document)
    return rows


def why_not_withdrawn(found: Honour) -> Refusal | None:
    if found.state in LIVING:
        return None
    return Refusal(f"这项荣誉{found.get_state_display()}，不能撤销。", remedy="只有已提名和已评定的可以撤销。")


@transaction.atomic
def withdraw(scope: Scope, pk: int, version: int, *, reason: str) -> Honour:
    """An honour that was given is taken back; the record stays, with the reason."""
    scope.require(Right.PUBLISH_SCORE)
    found = Honour.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项荣誉。")
    if refusal := why_not_withdrawn(found):
        raise refusal
    if found.version != version:
        raise Refusal("您打开之后，这项荣誉已被修改。", remedy="请刷新页面核对后再办理。")
    if not reason.strip():
        raise Refusal("撤销须写明理由。", field="reason", remedy="理由向看得到这项荣誉的人公开。")
    found.state, found.withdrawn_on, found.reason = HonourState.WITHDRAWN, scope.today, reason.strip()
    _kept(scope, found, "assessment.honour_withdraw", reason=found.reason)
    return found


def require_gallery(scope: Scope, node: Organization, own: Sequence[int]) -> bool:
    """Whether the reader writes for the organization itself; 403 for whoever neither speaks for it nor keeps the
    gallery."""
    if node.pk in own:
        return True
    if not scope.may(Right.PUBLISH_SCORE, node.path):
        raise PermissionDenied("典型案例由本组织或学校组织部撰写。")
    return False


def _kept(scope: Scope, found: Honour, verb: str, reason: str = "", **changes: Any) -> None:
    found.version += 1
    found.save()
    record(scope, verb, object=found, organization_path=found.organization.path, changes=changes or None, reason=reason)
