"""What can be done with files and people. Refusals first, then writing, then the audit entry."""

from zhibu.people.actions.accounts import hand_out_account, link_account
from zhibu.people.actions.certifying import certify
from zhibu.people.actions.changes import decide_change, open_request, request_change, withdraw_change
from zhibu.people.actions.contact import (
    mark_found,
    mark_lost,
    mark_mobile,
    mark_returned,
    record_contact,
    remove_lost,
    stop_membership,
)
from zhibu.people.actions.corrections import conclude_correction, record_correction
from zhibu.people.actions.files import register, update
from zhibu.people.actions.leaving import transfer_out_many
from zhibu.people.actions.moves import move, move_by_decision, move_chosen, move_members
from zhibu.people.actions.returning import take_back
from zhibu.people.actions.reveal import COMMON_REASONS, open_file, reveal
from zhibu.people.actions.sanctions import end_sanction, record_sanction
from zhibu.people.actions.stages import redate_stage, set_stage

__all__ = [
    "COMMON_REASONS", "certify", "conclude_correction", "decide_change", "end_sanction", "hand_out_account",
    "link_account", "mark_found", "mark_lost", "mark_mobile", "mark_returned", "move", "move_by_decision",
    "move_chosen", "move_members", "open_file", "open_request", "record_contact", "record_correction",
    "record_sanction", "redate_stage", "register", "remove_lost", "request_change", "reveal", "set_stage",
    "stop_membership", "take_back", "transfer_out_many", "update", "withdraw_change",
]  # fmt: skip
