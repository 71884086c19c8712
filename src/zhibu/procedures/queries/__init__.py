"""What can be asked about cases. ``scope`` comes first and decides what is seen."""

from zhibu.procedures.queries.actors import acting, may_act
from zhibu.procedures.queries.cases import (
    case,
    cases,
    entries_of,
    in_admission,
    marks_of,
    my_cases,
    of_case,
    of_person,
    papers_of,
    state_of,
)
from zhibu.procedures.queries.decided import (
    address,
    decidable,
    decided_steps,
    outcome_of,
    taken,
    untaken,
)
from zhibu.procedures.queries.facts import eligible, facts_of, named, names_of, people_named
from zhibu.procedures.queries.terms import term_end
from zhibu.procedures.queries.voters import is_named_in_writing, written
from zhibu.procedures.queries.workbench import (
    committee_duties,
    counts_below,
    delay,
    live,
    mine,
    narrowed,
    open_rows,
    waiting,
    without_case,
)

__all__ = [
    "acting",
    "address",
    "case",
    "cases",
    "committee_duties",
    "counts_below",
    "decidable",
    "decided_steps",
    "delay",
    "eligible",
    "entries_of",
    "facts_of",
    "in_admission",
    "is_named_in_writing",
    "live",
    "marks_of",
    "may_act",
    "mine",
    "my_cases",
    "named",
    "names_of",
    "narrowed",
    "of_case",
    "of_person",
    "open_rows",
    "outcome_of",
    "papers_of",
    "people_named",
    "state_of",
    "taken",
    "term_end",
    "untaken",
    "waiting",
    "without_case",
    "written",
]  # fmt: skip
