"""What can be done with problems: one function a use case."""

from zhibu.supervision.actions.handling import finish_milestone, report_done, set_measure
from zhibu.supervision.actions.nightly import Night, watch
from zhibu.supervision.actions.raising import follow, raise_problem, take_in
from zhibu.supervision.actions.supervising import (
    MOST_AT_ONCE,
    Outcome,
    accept_chosen,
    extend,
    reopen,
    resume_clock,
    review,
    stop_clock,
)

__all__ = [
    "MOST_AT_ONCE", "Night", "Outcome", "accept_chosen", "extend", "finish_milestone", "follow", "raise_problem",
    "reopen", "report_done", "resume_clock", "review", "set_measure", "stop_clock", "take_in", "watch",
]  # fmt: skip
