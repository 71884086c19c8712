"""What can be asked about dues. ``scope`` comes first and decides what is seen."""

from zhibu.dues.queries.branches import (
    Totals,
    branch,
    branches,
    is_top,
    members_on,
    months_of,
    reporting,
    require_top,
    totals,
    totals_by_branch,
    without_base,
)
from zhibu.dues.queries.fund import (
    Balance,
    balance,
    committee_above,
    fund_entries,
    fund_entry,
    hand_over,
    hand_over_sent,
    hand_overs,
    in_hand,
    superior,
    to_receive,
)
from zhibu.dues.queries.members import (
    arrears,
    arrears_by_branch,
    base_on,
    bases,
    choice,
    choices,
    closed_dues,
    findings,
    hardship,
    paid_until,
    payer,
    payment,
    payments,
    progress,
    relief,
    reliefs,
    repeated,
    rows,
    sheet,
    statement,
    statements,
    unpaid,
)
from zhibu.dues.queries.publishing import notice, period_of, publications
from zhibu.dues.queries.waiting import waiting

__all__ = [
    "Balance", "Totals", "arrears", "arrears_by_branch", "balance", "base_on", "bases", "branch", "branches", "choice",
    "choices", "closed_dues", "committee_above", "findings", "fund_entries", "fund_entry", "hand_over",
    "hand_over_sent", "hand_overs", "hardship", "in_hand", "is_top", "members_on", "months_of", "notice", "paid_until",
    "payer", "payment", "payments", "period_of", "progress", "publications", "relief", "reliefs", "repeated",
    "reporting", "require_top", "rows", "sheet", "statement", "statements", "superior", "to_receive", "totals",
    "totals_by_branch", "unpaid", "waiting", "without_base",
]  # fmt: skip
