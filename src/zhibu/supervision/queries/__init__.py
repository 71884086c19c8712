"""What can be asked about problems. ``scope`` comes first and decides what is seen."""

from zhibu.supervision.queries.base import (
    entries,
    evidence,
    handovers,
    judged,
    my_evidence,
    my_problem,
    my_problems,
    named,
    narrowed,
    problem,
    problems,
    raising_organizations,
    standing_on,
)
from zhibu.supervision.queries.waiting import for_me, waiting

__all__ = [
    "entries", "evidence", "for_me", "handovers", "judged", "my_evidence", "my_problem", "my_problems",
    "named", "narrowed", "problem", "problems", "raising_organizations", "standing_on", "waiting",
]  # fmt: skip
