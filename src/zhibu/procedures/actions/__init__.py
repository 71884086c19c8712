"""What can be done with a case: one function a use case."""

from zhibu.procedures.actions.correcting import correct
from zhibu.procedures.actions.opening import open_case, open_many
from zhibu.procedures.actions.steering import (
    explain,
    extend,
    hand_over,
    record_report,
    resume,
    rule,
    send_back,
    suspend,
    withdraw,
)
from zhibu.procedures.actions.taking import Paper, take
from zhibu.procedures.actions.terms import ASSIGNABLE, OPENING, assign, open_by_election, open_election, open_extension

__all__ = [
    "ASSIGNABLE", "OPENING", "Paper", "assign", "correct", "explain", "extend", "hand_over", "open_by_election",
    "open_case", "open_election", "open_extension", "open_many", "record_report", "resume", "rule", "send_back",
    "suspend", "take", "withdraw",
]  # fmt: skip
