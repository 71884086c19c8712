"""What transfers do when another room tells something, within that action's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from zhibu.accounts.scope import Scope
from zhibu.archive.models import Document
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import GONE, StageKind
from zhibu.people.models import Person
from zhibu.people.signals import GoneTo
from zhibu.procedures.actions.steering import close, hand_over
from zhibu.procedures.enums import LIVING, CaseState
from zhibu.procedures.models import Case
from zhibu.procedures.transfers.actions import letters
from zhibu.procedures.transfers.enums import OUTWARD, PREFIX, Direction, LetterState, TransferKind
from zhibu.procedures.transfers.queries import being_transferred, freezing, living_whole
from zhibu.procedures.transfers.rules import THAW, frozen_text
from zhibu.regulations.refusal import Refusal

LONGEST_REASON = 480


def end_with_the_stage(
    sender: Any, *, scope: Scope, person: Person, before: str, after: str, on: date, procedure: str, **more: Any
) -> None:
    """Whoever leaves takes the admission case's papers along (发展党员工作细则 第十二条: they are handed over); a
    transfer under way is the only way out while it lives, and ends with death, exclusion or suspension."""
    if after not in GONE | {StageKind.SUSPENDED}:
        return
    if procedure.startswith(PREFIX):
        for case in _living(person.pk).filter(procedure="admission"):
            close(scope, case, on=on, why=_handed_over(case))
        return
    for case in _living(person.pk).filter(procedure__startswith=PREFIX):
        if after == StageKind.TRANSFERRED:
            raise Refusal(
                f"“{person.name}”的组织关系转接正在办理，收到回执时自动登记转出。", field="to",
                rule="move.responsible", on=on, remedy="请在“组织关系转接”中登记回执，或先终止那一件。",
            )  # fmt: skip
        _void(case)
        close(scope, case, on=on, why=StageKind(after).label)


def _living(person: int) -> Any:
    return Case.objects.filter(person=person, state__in=sorted(LIVING)).order_by("pk")


def _handed_over(case: Case) -> str:
    kinds = Document.objects.filter(case_entries__case=case).order_by("pk").distinct()
    names = "、".join(dict.fromkeys(paper.get_kind_display() for paper in kinds))
    text = f"组织关系转出，移交材料：{names or '无（尚未归档）'}"
    return text[:LONGEST_REASON]


def keep_to_the_transfer(
    sender: Any, *, scope: Scope, persons: Sequence[int], organizations: Sequence[Organization], on: date,
    procedure: str, **more: Any,
) -> None:  # fmt: skip
    """A frozen roster does not change; and who is being transferred is not moved by hand."""
    if procedure != f"{PREFIX}{TransferKind.WHOLE}":
        frozen = freezing(scope, [node.path for node in organizations])
        if frozen is not None:
            raise Refusal(frozen_text(frozen), remedy=THAW)
    if procedure or not persons:
        return
    case = next(iter(being_transferred(scope, persons).values()), None)
    if case is not None:
        raise Refusal(
            f"“{case.person}”的组织关系转接正在办理。", rule="move.responsible", on=on,
            remedy="请在“组织关系转接”中办结或终止那一件。",
        )  # fmt: skip


def keep_to_the_whole_move(
    sender: Any, *, scope: Scope, node: Organization, parent: Organization, on: date, procedure: str, **more: Any
) -> None:
    """While an organization moves as a whole, neither it nor what stands around it is put elsewhere by hand."""
    if procedure:
        return
    for case in living_whole(scope):
        moving = case.organization
        if moving.path.startswith(node.path) or node.path.startswith(moving.path):
            text = f"“{moving}”的整建制转接正在办理，期间不能直接调整隶属。"
            raise Refusal(text, field="parent", remedy=THAW)


def follow_the_person(
    sender: Any, *, scope: Scope, persons: Sequence[int], target: Organization, on: date, **more: Any
) -> None:
    """When branches are merged or split, a transfer goes on from the branch that is responsible now."""
    branch = target
    if target.kind == Kind.GROUP:
        branch = Organization.objects.get(path=target.path[: -Organization.steplen])
    found = Case.objects.filter(person__in=persons, procedure__startswith=PREFIX, state__in=sorted(LIVING)).exclude(
        organization=branch
    )
    for case in found.exclude(target=target).order_by("pk"):
        hand_over(scope, case, branch, on=on)


def void_letters(sender: Any, *, case: Case, **more: Any) -> None:
    """A transfer that was called off leaves no letter that could still be used."""
    if case.procedure.startswith(PREFIX):
        _void(case)


def expire_letters(sender: Any, *, case: Case, **more: Any) -> None:
    """What has gone back for lateness has no letter on its way any more."""
    letter = letters.on_its_way(case)
    if letter is not None:
        letters.finish(letter, LetterState.EXPIRED)


def _void(case: Case) -> None:
    letter = letters.on_its_way(case)
    if letter is not None:
        letters.finish(letter, LetterState.VOID)


def tell_where_to(sender: Any, *, person: int, **more: Any) -> GoneTo | None:
    """Where somebody went by the last transfer that was finished, and the letter or receipt that says so."""
    done = Case.objects.filter(person=person, procedure__startswith=PREFIX, state=CaseState.DONE)
    case = done.filter(transfer__kind__in=OUTWARD).select_related("transfer").order_by("-closed_on", "-pk").first()
    if case is None:
        return None
    letter = case.letters.filter(direction=Direction.OUT, state=LetterState.USED).order_by("-pk").first()
    paper = f"介绍信{letter.number}，已收到回执" if letter else f"{case.transfer.get_kind_display()}，已收到回执"
    return GoneTo(case.transfer.to_unit or case.transfer.addressee, paper)
