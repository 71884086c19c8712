"""What can be done with dues: one function a use case, all refusals first."""

from zhibu.dues.actions.bases import fix_base, fix_students, reveal_base, set_choice
from zhibu.dues.actions.collecting import collect, note_receipt, register, withdraw
from zhibu.dues.actions.elsewhere import register_elsewhere
from zhibu.dues.actions.funds import (
    add_fund_entry,
    confirm_received,
    hand_over,
    publish,
    reverse_fund_entry,
    reverse_hand_over,
)
from zhibu.dues.actions.reading import (
    PaymentLine,
    announce,
    begin_reading,
    fail,
    fill,
    read_anew,
    tell_progress,
)
from zhibu.dues.actions.reckoning import assess, assess_everywhere
from zhibu.dues.actions.reliefs import decide_relief, propose_relief
from zhibu.dues.actions.statements import confirm, discard, undo

__all__ = [
    "PaymentLine", "add_fund_entry", "announce", "assess", "assess_everywhere", "begin_reading", "collect", "confirm",
    "confirm_received", "decide_relief", "discard", "fail", "fill", "fix_base", "fix_students", "hand_over",
    "note_receipt", "propose_relief", "publish", "read_anew", "register", "register_elsewhere", "reveal_base",
    "reverse_fund_entry", "reverse_hand_over", "set_choice", "tell_progress", "undo", "withdraw",
]  # fmt: skip
