"""Days that limits count from and that no single step gives: each a function of the state and the day of the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from zhibu.procedures.rules.transit import transit_end
from zhibu.procedures.state import State
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import in_force, value


def probation_end(state: State, on: date) -> date | None:
    """The day on which probation, with an approved extension, is over (发展党员工作细则 第三十一条)."""
    begun = state.on("accept_meeting")
    if begun is None or not in_force("dev.probation", on):
        return None
    months = value("dev.probation", on).number
    return add_months(begun, months + sum(extensions(state)))


def extensions(state: State) -> list[int]:
    """The months of every extension of probation that was approved."""
    found, months = [], 0
    for mark in state.history:
        if mark.step == "confirm_meeting" and mark.outcome == "extended":
            months = int(mark.data["months"])
        elif mark.step == "confirm_approval" and mark.outcome == "extended":
            found.append(months)
    return found


def term_end(state: State) -> date | None:
    """The day by which a committee has to be elected anew; an extension that was approved moves it."""
    known = [mark.data["term_due"] for mark in state.history if mark.data.get("term_due")]
    return date.fromisoformat(known[-1]) if known else None


def _term_end_by(rule: str) -> Anchor:
    """The same day, where this is the rule that the term was reckoned by: of a branch, a faculty or the university."""

    def anchor(state: State, on: date) -> date | None:
        mark = state.mark("remind")
        return term_end(state) if mark is not None and mark.data.get("term_rule") == rule else None

    return anchor


Anchor = Callable[[State, date], "date | None"]
TERMS = {
    "term_end_branch": "org.term_branch",
    "term_end_faculty": "org.term_faculty",
    "term_end_university": "org.term_university",
}
ANCHORS: dict[str, Anchor] = {
    "probation_end": probation_end,
    "transit_end": transit_end,
    **{name: _term_end_by(rule) for name, rule in TERMS.items()},
}
LABELS = {"probation_end": "预备期满", "transit_end": "有效期满", **dict.fromkeys(TERMS, "任期届满")}


def day_of(name: str, state: State, on: date) -> date | None:
    """The day of a step or a named anchor; None while it is not known."""
    anchor = ANCHORS.get(name)
    return anchor(state, on) if anchor else state.on(name)
