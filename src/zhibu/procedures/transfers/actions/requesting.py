"""Asking for a transfer: of oneself, of somebody in the branch, of a whole organization."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.organizations import rules as tree_rules
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import posts_held, posts_left
from zhibu.people.enums import CULTIVATED, MEMBERS
from zhibu.people.models import Person
from zhibu.people.queries import person as load
from zhibu.people.queries.roster import TIE_KINDS
from zhibu.people.signals import roster_changing
from zhibu.procedures.actions.common import Held, add_entry, settle
from zhibu.procedures.actions.opening import branch_of
from zhibu.procedures.actions.taking import take
from zhibu.procedures.enums import Actor, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case
from zhibu.procedures.queries.actors import acting
from zhibu.procedures.state import EMPTY
from zhibu.procedures.transfers.enums import OUTWARD, PROCEDURE_OF, TransferKind
from zhibu.procedures.transfers.models import Transfer
from zhibu.procedures.transfers.queries import living_whole
from zhibu.regulations.refusal import Refusal, Refusals


@dataclass(frozen=True)
class Outside:
    """The other side of a transfer that leaves the university, as the letter names it."""

    kind: str
    addressee: str
    to_unit: str


@transaction.atomic
def request(
    scope: Scope,
    person: Person,
    *,
    target: Organization | None = None,
    outside: Outside | None = None,
    cause: str = "",
    submission: UUID | None = None,
) -> Case:
    """Ask for the transfer of a person, to a branch inside (``target``) or out of the university; gives the case.

    For oneself, or for somebody of a branch where the reader handles cases. Which procedure it is follows from the two
    ends. Refuses the own branch, dissolved and upper organizations, people who are no members, holders of a post in
    the branch they would leave, a second living transfer, and branches whose roster is frozen. Moving to another group
    of the branch is done at once. Records ``procedures.open``.
    """
    if submission and (known := Case.objects.filter(submission=submission).first()):
        return known
    person = load(scope, person.pk, Right.VIEW_PERSON, lock=True)
    branch = branch_of(person)
    if branch is None or person.organization is None:
        raise Refusal(f"“{person.name}”没有所在的党支部。", field="person", remedy="请先登记组织关系。")
    if person.pk != scope.person_id:
        scope.require(Right.HANDLE_CASE, branch.path)
    faults = list(_faults(scope, person, branch, target, outside))
    if faults:
        raise Refusals(faults)
    kind = _kind(branch, target, outside)
    key = PROCEDURE_OF[kind]
    nodes = [node for node in (person.organization, target) if node is not None]
    roster_changing.send(Person, scope=scope, persons=[person.pk], organizations=nodes, on=scope.today, procedure=key)
    case = _create(scope, key, person, branch, target, submission)
    to = {"addressee": outside.addressee.strip(), "to_unit": outside.to_unit.strip()} if outside else {}
    Transfer.objects.create(case=case, kind=kind, cause=cause.strip(), **to)
    held = _begun(scope, case)
    settle(scope, held)
    _record(scope, case)
    if kind is TransferKind.GROUP and scope.may(Right.HANDLE_CASE, branch.path):
        take(scope, case.pk, "placed", version=case.version, on=scope.today)
        case.refresh_from_db()
    return case


def _faults(
    scope: Scope, person: Person, branch: Organization, target: Organization | None, outside: Outside | None
) -> Iterator[Refusal]:
    allowed = MEMBERS if outside else MEMBERS | CULTIVATED
    if person.stage not in allowed:
        text = f"“{person.name}”目前是“{person.get_stage_display()}”，不能转接组织关系。"
        yield Refusal(text, field="person", remedy="介绍信只为党员开具；停止党籍的恢复后再办理。")
    if target is not None:
        yield from _target_faults(scope, person, branch, target)
    elif outside is None:
        yield Refusal("请选择转往哪个党支部，或者填写校外的党组织。", field="target")
    else:
        yield from _outside_faults(scope, outside)
        for tenure in posts_held([person.pk], scope.today):
            yield tree_rules.refuse_post_left(tenure, scope.today, field="person")


def _target_faults(scope: Scope, person: Person, branch: Organization, target: Organization) -> Iterator[Refusal]:
    assert person.organization is not None
    if target.pk in {person.organization_id, branch.pk}:
        yield Refusal(
            f"“{person.name}”已经在“{target}”。", field="target", rule="move.cause", on=scope.today,
            remedy="转给自己所在的党支部不需要办理；请选择另一个党支部。",
        )  # fmt: skip
    elif target.dissolved_on is not None:
        yield Refusal(
            f"“{target}”已于 {target.dissolved_on} 撤销，不能接收党员。", field="target", rule="move.responsible",
            on=scope.today, remedy="请选择现有的党支部。",
        )  # fmt: skip
    elif target.kind not in TIE_KINDS:
        yield Refusal(
            f"“{target}”是{target.get_kind_display()}，党员应编入党支部。", field="target", rule="move.responsible",
            on=scope.today, remedy="请选择它下面的一个党支部。",
        )  # fmt: skip
    else:
        for tenure in posts_left([person.pk], person.organization, target, scope.today):
            yield tree_rules.refuse_post_left(tenure, scope.today, field="person")


def _outside_faults(scope: Scope, outside: Outside) -> Iterator[Refusal]:
    if outside.kind not in OUTWARD:
        yield Refusal("请选择转出校外的方式。", field="kind")
    for name, label in (("addressee", "接收的基层党委（介绍信抬头）"), ("to_unit", "转入单位党组织")):
        text = getattr(outside, name).strip()
        if len(text) < 4:
            yield Refusal(f"请写明{label}的全称。", field=name, remedy="与接收方核对，写到有接收权限的党组织。")
        elif Organization.objects.filter(name=text).exists():
            yield Refusal(
                f"“{text}”是本校的党组织，不需要转出。", field=name, rule="move.cause", on=scope.today,
                remedy="校内转接请选择“校内党支部”。",
            )  # fmt: skip


def _kind(branch: Organization, target: Organization | None, outside: Outside | None) -> TransferKind:
    if target is None:
        assert outside is not None
        return TransferKind(outside.kind)
    if target.path.startswith(branch.path):
        return TransferKind.GROUP
    ends = acting(Case(organization=branch, target=target))
    same = ends[Actor.APPROVER] == ends[Actor.RECEIVING_COMMITTEE]
    return TransferKind.BRANCH if same else TransferKind.FACULTY


def _create(
    scope: Scope, key: str, person: Person | None, node: Organization, target: Organization | None,
    submission: UUID | None,
) -> Case:  # fmt: skip
    try:
        with transaction.atomic():
            return Case.objects.create(
                procedure=key, person=person, organization=node, target=target, opened_on=scope.today,
                submission=submission,
            )  # fmt: skip
    except IntegrityError as doubled:
        text = f"“{person or node}”已有一件正在办理的组织关系转接。"
        raise Refusal(text, field="person", remedy="请从列表中打开它；不再转接的，先终止。") from doubled


def _begun(scope: Scope, case: Case) -> Held:
    """The case with its first step, where it has one: asking is taking it."""
    shape = procedure(case.procedure)
    held = Held(case, shape, [], EMPTY, acting(case))
    if "request" in shape.by_id:
        add_entry(scope, held, EntryKind.DONE, on=scope.today, step="request")
    return held


def _record(scope: Scope, case: Case) -> None:
    record(
        scope, "procedures.open", object=case, organization_path=case.organization.path,
        changes={"procedure": case.procedure, "state": case.state},
    )  # fmt: skip


@transaction.atomic
def request_whole(
    scope: Scope, node: Organization, parent: Organization, *, cause: str, submission: UUID | None = None
) -> Case:
    """Ask that an organization with everything below it change its superior; gives the case.

    Refuses a circle, the present superior, dissolved organizations, the university itself, and a second such case
    above or below it. From now on until it is decided its roster is frozen. Records ``procedures.open``.
    """
    if submission and (known := Case.objects.filter(submission=submission).first()):
        return known
    node = Organization.objects.select_for_update().get(pk=node.pk)
    if not scope.may(Right.VIEW_ORGANIZATION, node.path):
        raise Http404("没有这个党组织，或不在您的管理范围内。")
    scope.require(Right.HANDLE_CASE, node.path)
    faults = list(_whole_faults(scope, node, parent))
    if len(cause.strip()) < 4:
        faults.append(Refusal("请写明整建制转接的事由。", field="cause", remedy="如“学院合并”，并写批准文号。"))
    if faults:
        raise Refusals(faults)
    case = _create(scope, PROCEDURE_OF[TransferKind.WHOLE], None, node, parent, submission)
    Transfer.objects.create(case=case, kind=TransferKind.WHOLE, cause=cause.strip())
    settle(scope, _begun(scope, case))
    _record(scope, case)
    return case


def _whole_faults(scope: Scope, node: Organization, parent: Organization) -> Iterator[Refusal]:
    above = node.path[: -Organization.steplen]
    if not above:
        yield Refusal("学校党组织没有上级，不能整建制转接。", field="organization")
    elif parent.path.startswith(node.path):
        yield Refusal(
            f"“{parent}”是“{node}”自己或它的下级，不能作它的上级。", field="target", rule="move.cause", on=scope.today,
            remedy="请选择另一个党委或党总支部。",
        )  # fmt: skip
    elif parent.path == above:
        yield Refusal(
            f"“{node}”本来就隶属于“{parent}”。", field="target", rule="move.cause", on=scope.today,
            remedy="请选择另一个上级党组织。",
        )  # fmt: skip
    else:
        yield from tree_rules.refuse_place(Kind(node.kind), parent)
    yield from tree_rules.refuse_dissolved(node)
    for other in living_whole(scope):
        if node.path.startswith(other.organization.path) or other.organization.path.startswith(node.path):
            text = f"“{other.organization}”的整建制转接正在办理。"
            yield Refusal(text, field="organization", remedy="请先办结或终止那一件。")
            return
