"""What the steps of transfers bring about. Until the last of them the old organization is responsible."""

from __future__ import annotations

from zhibu.accounts.scope import Scope
from zhibu.organizations import actions as tree
from zhibu.people import actions as people
from zhibu.people.enums import StageKind, WayOut
from zhibu.procedures.actions.common import Held, add_entry
from zhibu.procedures.actions.deeds import DEEDS
from zhibu.procedures.enums import Actor, Deed, EntryKind
from zhibu.procedures.models import Entry
from zhibu.procedures.transfers.actions import letters
from zhibu.procedures.transfers.enums import LetterState, TransferKind
from zhibu.regulations.refusal import Refusal

AUTOMATIC = "编入时自动生成回执"


def place(scope: Scope, held: Held, entry: Entry) -> None:
    """From this day on the person belongs to the receiving branch, and to no other."""
    case = held.case
    assert case.person is not None and case.target is not None
    people.move_by_decision(
        scope, case.person, case.target, on=entry.on, procedure=case.procedure, basis=basis_of(held),
        reason=entry.reason,
    )  # fmt: skip
    _acknowledge(scope, held, entry)


def leave(scope: Scope, held: Held, entry: Entry) -> None:
    """The receipt is here: the letter is used up, the person has gone."""
    case = held.case
    assert case.person is not None
    letter = letters.on_its_way(case)
    if letter is None and case.transfer.kind == TransferKind.PAPER:
        raise Refusal("没有在途的介绍信，一封介绍信只能用一次。", field="outcome", remedy="请先核对介绍信的状态。")
    if letter is not None:
        letters.finish(letter, LetterState.USED, used_on=entry.on)
    people.set_stage(
        scope, case.person, StageKind.TRANSFERRED, on=entry.on, way_out=WayOut.TRANSFERRED, basis=basis_of(held),
        reason=entry.reason, procedure=case.procedure,
    )  # fmt: skip


def issue_letter(scope: Scope, held: Held, entry: Entry) -> None:
    """A paper letter for a transfer that no system carries."""
    case = held.case
    if case.transfer.kind == TransferKind.PAPER:
        letters.issue(
            case, held.acting[Actor.APPROVER], on=entry.on, valid_days=int(entry.data["valid_days"]),
            dues_until=str(entry.data["dues_until"]),
        )  # fmt: skip


def return_letter(scope: Scope, held: Held, entry: Entry) -> None:
    letter = letters.on_its_way(held.case)
    if letter is not None:
        letters.finish(letter, LetterState.RETURNED)


def reparent(scope: Scope, held: Held, entry: Entry) -> None:
    """The organization stands under its new superior, with everything below it and everybody in it."""
    case = held.case
    assert case.target is not None
    case.organization = tree.reparent(
        scope, case.organization, parent=case.target, on=entry.on, reason=basis_of(held), procedure=case.procedure
    )
    _acknowledge(scope, held, entry)


def _acknowledge(scope: Scope, held: Held, entry: Entry) -> None:
    """Inside the university the receipt needs no paper: the entry of the receiving side is the receipt."""
    if "receipt" in held.procedure.by_id:
        add_entry(scope, held, EntryKind.DONE, on=entry.on, step="receipt", reason=AUTOMATIC)


def basis_of(held: Held) -> str:
    return f"{held.procedure.label}第 {held.case.pk} 件"


DEEDS.update(
    {
        Deed.PLACE: place,
        Deed.LEAVE: leave,
        Deed.ISSUE_LETTER: issue_letter,
        Deed.RETURN_LETTER: return_letter,
        Deed.REPARENT: reparent,
    }
)
