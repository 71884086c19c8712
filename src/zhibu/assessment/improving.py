"""What would change a score: the cheapest honest steps first, what is too late marked as too late, and where to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.evaluators.showing import system_part
from zhibu.assessment.explain import CENT, Explanation, points_with
from zhibu.assessment.models import OrganizationScore
from zhibu.assessment.scheme import Cap, Scheme
from zhibu.indicators.definition import Indicator, Role


class Timing(Enum):
    """Whether a step can still be taken for this period."""

    NOW = "现在就能办"
    AHEAD = "从今后做起"
    OVER = "本期已过"


TONES = {Timing.NOW: "green", Timing.AHEAD: "blue", Timing.OVER: "grey"}


@dataclass(frozen=True)
class Place:
    """Where a step is taken."""

    label: str
    url: str


@dataclass(frozen=True)
class Improvement:
    """One step: ``units`` more of an indicator's numerator add ``gain`` points to the total, the first of them
    ``first``. ``at_most``: the gain is a bound, not a promise."""

    indicator: Indicator
    units: int
    gain: Decimal
    first: Decimal
    sentence: str
    timing: Timing
    at_most: bool
    place: Place | None = None
    gaps: bool = False

    @property
    def is_line(self) -> bool:
        """Whether a line of the score stands behind it; a breach is only checked."""
        return self.indicator.role is Role.SCORED

    @property
    def tone(self) -> str:
        return TONES[self.timing]


# Kind of record (and what is missing of it) → what the place is called, its address, the right it takes. "{pk}" stands
# for the organization.
PLACES: dict[tuple[str, str], tuple[str, str, Right]] = {
    ("meetings.meeting", ""): ("登记组织生活", "meetings:new", Right.RECORD_MEETING),
    ("meetings.attendance", ""): ("组织生活计划", "meetings:plan", Right.RECORD_MEETING),
    ("people.person", "lost"): ("失联党员名单", "people:index", Right.VIEW_PERSON),
    ("people.person", "talk"): ("谈心谈话覆盖", "meetings:talk_coverage", Right.RECORD_MEETING),
    ("people.person", "appraisal"): ("登记民主评议", "meetings:new", Right.RECORD_MEETING),
    ("people.person", ""): ("党员名册", "people:index", Right.EDIT_PERSON),
    ("people.stage", ""): ("办理事项", "procedures:workbench", Right.VIEW_CASE),
    ("organizations.term", ""): ("换届", "procedures:terms", Right.EDIT_ORGANIZATION),
    ("organizations.tenure", ""): ("职务和任期", "organizations:detail", Right.EDIT_ORGANIZATION),
    ("dues.due", ""): ("欠交党费", "dues:arrears", Right.VIEW_DUES),
    ("supervision.problem", ""): ("问题清单", "supervision:index", Right.HANDLE_PROBLEM),
    ("supervision.readingassignment", ""): ("廉政教育", "supervision:integrity", Right.VIEW_PROBLEM),
}


def place_of(scope: Scope, indicator: Indicator, score: OrganizationScore) -> Place | None:
    """Where the step is taken, for whoever may take it."""
    opens = indicator.opens
    missing = "lost" if "lost" in opens.gaps else str(opens.gaps.get("missed", ""))
    found = PLACES.get((opens.record, missing)) or PLACES.get((opens.record, ""))
    if found is None or not scope.may(found[2], score.organization.path):
        return None
    label, name, _right = found
    url = reverse(name, args=[score.organization_id] if name == "organizations:detail" else [])
    query = "?is_lost=yes" if missing == "lost" else ""
    if name == "meetings:new":
        query = f"?organization={score.organization_id}"
    return Place(label, url + query)


def improvements(
    scope: Scope, score: OrganizationScore, lines: Iterable[Explanation], scheme: Scheme
) -> list[Improvement]:
    """Steps that can be taken now, then those that only count ahead, then what this period can no longer have; among
    equals the most points for each additional case first. The cap of a breach comes before all: it hides the rest."""
    over = scope.today > score.run.span.last
    found = [one for line in lines if (one := improvement_of(scope, line, over=over))]
    order = list(Timing)
    found.sort(key=lambda one: (order.index(one.timing), -one.gain / one.units, -one.gain))
    cap = next((one for one in scheme.caps if score.capped_by and one.title == score.capped_by), None)
    return ([_uncap(scope, score, cap, over=over)] if cap else []) + found


def improvement_of(scope: Scope, line: Explanation, *, over: bool) -> Improvement | None:
    """The fewest additional cases that reach full points, or as many as were due; None where nothing is left to gain.

    While a breach caps the total, the gain is that of the line alone.
    """
    score, stored, item, k = line.total, line.score, line.weighted, line.borrowed
    step = 1 if item.indicator.higher_is_better else -1
    room = stored.denominator - stored.numerator if step > 0 else stored.numerator
    if stored.points >= stored.weight or room <= 0:
        return None
    best = points_with(stored, item, k, step * room)
    low, high = 1, room
    while low < high:
        middle = (low + high) // 2
        if points_with(stored, item, k, step * middle) >= best:
            high = middle
        else:
            low = middle + 1
    # Of the total only the part of the system's data moves, where the scheme has other sides too.
    part = 100 / score.weight * system_part(score)
    gain, first = (
        ((points_with(stored, item, k, step * more) - stored.points) * part).quantize(CENT, ROUND_HALF_UP)
        for more in (low, 1)
    )
    if gain <= 0:
        return None
    timing = Timing.OVER if over else Timing.AHEAD if item.indicator.past_is_past else Timing.NOW
    bound = "最多" if timing is Timing.AHEAD else "约"
    sentence = f"{item.indicator.remedy.format(n=low)}，总分{bound}可提高 {gain} 分。"
    return Improvement(
        item.indicator, low, gain, first, sentence, timing, timing is Timing.AHEAD,
        None if over else place_of(scope, item.indicator, score), line.gaps is not None,
    )  # fmt: skip


def _uncap(scope: Scope, score: OrganizationScore, cap: Cap, *, over: bool) -> Improvement:
    """Making good the breach itself: the total rises to what the lines come to, unless another breach holds it down."""
    gain = score.uncapped - score.total
    sentence = f"“{cap.title}”使总分不超过 {cap.total_at_most} 分；办妥并登记之后，总分最多提高 {gain} 分。"
    timing = Timing.OVER if over else Timing.NOW
    place = None if over else place_of(scope, cap.check, score)
    return Improvement(cap.check, 1, gain, gain, sentence, timing, True, place)


def deadline(score: OrganizationScore, today: date) -> date | None:
    """The last day on which what is done still counts for this period; none once it is over."""
    return score.run.span.last if today <= score.run.span.last else None
