"""What can be done with transfers: asking, taking in, letters, falling back. Steps are taken as in every case."""

from zhibu.procedures.transfers.actions.incoming import IncomingLetter, receive
from zhibu.procedures.transfers.actions.letters import fetch, print_letters
from zhibu.procedures.transfers.actions.overdue import fall_back, late_receipt
from zhibu.procedures.transfers.actions.requesting import Outside, request, request_whole

__all__ = [
    "IncomingLetter", "Outside", "fall_back", "fetch", "late_receipt", "print_letters", "receive", "request",
    "request_whole",
]  # fmt: skip
