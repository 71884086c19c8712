"""Which stage may follow which, and from which day on. Every interval comes from `zhibu.regulations`, by the day of
the step; the same findings fill the form's hints, refuse the action and mark overdue files.

A finding with binding ``must`` refuses. ``normally`` asks for a reason and lets pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhibu.people.enums import StageKind as S
from zhibu.people.enums import WayOut as W
from zhibu.people.identity import age_on
from zhibu.regulations.dates import add_months, add_years
from zhibu.regulations.enums import Binding
from zhibu.regulations.queries import NotInForce, value

if TYPE_CHECKING:
    from zhibu.people.models import Person

# Between these days probation did not exist (Party statutes of 1969 and 1973): 入党 and 转正 may be one day.
WITHOUT_PROBATION = (date(1969, 4, 1), date(1977, 8, 11))
EXPELLING = (W.EXPELLED, W.REMOVED_ABSENT, W.REMOVED_REFUSED, W.REMOVED_OTHER, W.PERSUADED, W.RESIGNED)
BARRED = frozenset({W.REMOVED_ABSENT, W.REMOVED_REFUSED, W.REMOVED_OTHER, W.PERSUADED})


@dataclass(frozen=True)
class Past:
    """A stage that the person stood at, oldest first in every history; ``until`` None is the open one. ``way_out``
    says how it ended, where it ended for good."""

    kind: str
    since: date
    until: date | None = None
    way_out: str = ""


@dataclass(frozen=True)
class Transition:
    """One step that may be taken. ``ways_out`` are the choices where the step ends something for good."""

    before: S | None
    after: S
    label: str
    ways_out: tuple[W, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What speaks against a step on a day: a sentence, its rule, and from when on it would no longer."""

    message: str
    binding: Binding
    rule: str
    citation: str
    not_before: date | None = None
    caveat: str = ""

    @property
    def refuses(self) -> bool:
        return self.binding is Binding.MUST


_T = Transition
TRANSITIONS: tuple[Transition, ...] = (
    *(
        _T(before, S.APPLICANT, label, rules=("dev.min_age",))
        for before, label in ((S.ENDED, "重新提出入党申请"), (S.LEFT, "重新提出入党申请"))
    ),
    _T(S.APPLICANT, S.ACTIVIST, "确定为入党积极分子"),
    _T(S.ACTIVIST, S.CANDIDATE, "列为发展对象", rules=("dev.cultivate_min",)),
    _T(S.CANDIDATE, S.PROBATIONARY, "接收为预备党员", rules=("dev.min_age", "disp.rejoin")),
    _T(S.PROBATIONARY, S.FULL, "按期转为正式党员", rules=("dev.probation",)),
    _T(S.PROBATIONARY, S.EXTENDED, "延长预备期", rules=("dev.probation",)),
    _T(S.EXTENDED, S.FULL, "转为正式党员", rules=("dev.extend",)),
    _T(S.APPLICANT, S.ENDED, "终止培养", (W.WITHDRAWN, W.NOT_ACCEPTED)),
    _T(S.ACTIVIST, S.ENDED, "终止培养", (W.DROPPED, W.WITHDRAWN)),
    _T(S.CANDIDATE, S.ENDED, "终止培养", (W.NOT_ACCEPTED, W.DROPPED, W.WITHDRAWN)),
    _T(S.PROBATIONARY, S.ENDED, "取消预备党员资格", (W.CANCELLED,)),
    _T(S.EXTENDED, S.ENDED, "取消预备党员资格", (W.CANCELLED,)),
    *(_T(before, S.SUSPENDED, "停止党籍", rules=("lost.stop",)) for before in (S.PROBATIONARY, S.EXTENDED, S.FULL)),
    *(_T(S.SUSPENDED, after, "恢复党籍") for after in (S.FULL, S.PROBATIONARY, S.EXTENDED)),
    *(_T(before, S.LEFT, "出党", EXPELLING) for before in (S.PROBATIONARY, S.EXTENDED, S.FULL)),
    _T(S.SUSPENDED, S.LEFT, "出党", EXPELLING, ("lost.remove",)),
    *(
        _T(before, S.TRANSFERRED, "组织关系转出", (W.TRANSFERRED,))
        for before in (S.APPLICANT, S.ACTIVIST, S.CANDIDATE, S.PROBATIONARY, S.EXTENDED, S.FULL)
    ),
    *(
        _T(S.TRANSFERRED, after, "组织关系转回")
        for after in (S.APPLICANT, S.ACTIVIST, S.CANDIDATE, S.PROBATIONARY, S.EXTENDED, S.FULL)
    ),
    *(
        _T(before, S.DECEASED, "登记死亡", (W.DIED,))
        for before in (S.APPLICANT, S.ACTIVIST, S.CANDIDATE, S.PROBATIONARY, S.EXTENDED, S.FULL, S.SUSPENDED)
    ),
)
_BY_PAIR = {(step.before, step.after): step for step in TRANSITIONS}


def transitions(stage: str, history: Sequence[Past] = ()) -> list[Transition]:
    """Steps that may follow. Restoring and coming back lead to the stage that was held before, and nowhere else."""
    found = [step for step in TRANSITIONS if step.before == stage]
    if stage in {S.SUSPENDED, S.TRANSFERRED}:
        held = next((past.kind for past in reversed(history) if past.kind not in {S.SUSPENDED, S.TRANSFERRED}), None)
        if held is not None:
            ways_back = {S(kind) for kind in (S.APPLICANT, S.ACTIVIST, S.CANDIDATE, S.PROBATIONARY, S.EXTENDED, S.FULL)}
            found = [step for step in found if step.after not in ways_back or step.after == held]
    return found


def transition(before: str, after: str, history: Sequence[Past] = ()) -> Transition | None:
    """The step from one stage to another; None where there is none."""
    return next((step for step in transitions(before, history) if step.after == after), None)


# Stages that nobody reaches but by a decision under the procedure of admission.
DECIDED = frozenset({S.ACTIVIST, S.CANDIDATE, S.PROBATIONARY, S.EXTENDED, S.FULL})


def needs_procedure(step: Transition) -> bool:
    """Whether the step is one of admission (发展党员): taken in its case, or entered afterwards as 补录."""
    return step.after in DECIDED and step.before in {S.APPLICANT, *DECIDED}


def findings(step: Transition, person: Person, history: Sequence[Past], on: date, way_out: str = "") -> list[Finding]:
    """Everything that speaks against taking the step on that day."""
    found = []
    for rule_id in step.rules:
        finding = _CHECKS[rule_id](step, person, history, on, way_out)
        if finding is not None:
            found.append(finding)
    if step.before is S.EXTENDED and step.after is S.FULL:
        found.extend(_extended_too_long(history, on))
    return found


def not_before(step: Transition, person: Person, history: Sequence[Past], on: date) -> Finding | None:
    """The latest of the days before which the step may not be taken, with its rule, for the form's hint."""
    first = date(1900, 1, 1)
    dated = []
    for rule_id in step.rules:
        bound = _bound(rule_id, step, person, history, on)
        if bound is not None:
            dated.append(bound)
    return max(dated, key=lambda finding: finding.not_before or first, default=None)


def probation_end(history: Sequence[Past], on: date) -> date | None:
    """The day on which the open probation (or its extension, at the longest) is over; None outside probation."""
    open_ = next((past for past in history if past.until is None), None)
    if open_ is None:
        return None
    if open_.kind == S.PROBATIONARY:
        months = _number("dev.probation", on)
        # Whoever was away in between does not begin it anew.
        return add_months(_since(history, S.PROBATIONARY) or open_.since, months) if months else None
    if open_.kind == S.EXTENDED:
        try:
            return add_months(open_.since, value("dev.extend", on).range.max)
        except NotInForce:
            return None
    return None


def _number(rule_id: str, on: date) -> int | None:
    """What the rule says; None on days before the first edition that is entered."""
    try:
        return value(rule_id, on).number
    except NotInForce:
        return None


def _since(history: Sequence[Past], kind: S) -> date | None:
    """First day of the latest run at this stage. Transfers and suspensions in between do not begin it anew."""
    return next((past.since for past in history if past.kind == kind and _continues(history, past)), None)


def _continues(history: Sequence[Past], past: Past) -> bool:
    """Whether nothing but 60 and 85 and the same stage followed."""
    at = list(history).index(past)
    passing = {past.kind, S.SUSPENDED.value, S.TRANSFERRED.value}
    return all(later.kind in passing for later in history[at:])


def _bound(rule_id: str, step: Transition, person: Person, history: Sequence[Past], on: date) -> Finding | None:
    """The rule's earliest day for this step, as a finding whether or not it lies ahead."""
    try:
        said = value(rule_id, on)
    except NotInForce:
        return None
    earliest, sentence = _EARLIEST[rule_id](
        step, person, history, said.number if rule_id != "dev.extend" else said.range.min
    )
    if earliest is None:
        return None
    return Finding(sentence, said.binding, rule_id, said.citation, earliest, said.caveat)


Earliest = tuple[date | None, str]


def _adult(step: Transition, person: Person, history: Sequence[Past], years: int) -> Earliest:
    return (add_years(person.birth_date, years) if person.birth_date else None), f"须年满 {years} 周岁"


def _cultivated(step: Transition, person: Person, history: Sequence[Past], months: int) -> Earliest:
    since = _since(history, S.ACTIVIST)
    return (add_months(since, months) if since else None), f"作为入党积极分子的培养教育须满 {months} 个月"


def _probation(step: Transition, person: Person, history: Sequence[Past], months: int) -> Earliest:
    since = _since(history, S.PROBATIONARY)
    if since is None or (WITHOUT_PROBATION[0] <= since <= WITHOUT_PROBATION[1]):
        return None, ""
    return add_months(since, months), f"预备期须满 {months} 个月，不得提前"


def _extension(step: Transition, person: Person, history: Sequence[Past], months: int) -> Earliest:
    since = _since(history, S.EXTENDED)
    return (add_months(since, months) if since else None), f"延长的预备期不少于 {months} 个月"


def _lost_long_enough(step: Transition, person: Person, history: Sequence[Past], months: int) -> Earliest:
    if not (person.is_lost and person.lost_since):
        return None, ""  # suspended for another reason, such as settling abroad
    return add_months(person.lost_since, months), f"失去联系满 {months} 个月且多方查找无果的，才能停止党籍"


def _suspended_long_enough(step: Transition, person: Person, history: Sequence[Past], years: int) -> Earliest:
    since = _since(history, S.SUSPENDED)
    return (add_years(since, years) if since else None), f"停止党籍满 {years} 年后仍失去联系的，才能按自行脱党除名"


def _may_rejoin(step: Transition, person: Person, history: Sequence[Past], years: int) -> Earliest:
    left = [past.until for past in history if past.way_out in BARRED and past.until]
    return (add_years(max(left), years) if left else None), f"被劝退、除名的，{years} 年内不得重新入党"


_EARLIEST: dict[str, Callable[[Transition, Person, Sequence[Past], int], Earliest]] = {
    "dev.min_age": _adult,
    "dev.cultivate_min": _cultivated,
    "dev.probation": _probation,
    "dev.extend": _extension,
    "lost.stop": _lost_long_enough,
    "lost.remove": _suspended_long_enough,
    "disp.rejoin": _may_rejoin,
}
Check = Callable[[Transition, "Person", Sequence[Past], date, str], Finding | None]


def _early(rule_id: str) -> Check:
    def check(step: Transition, person: Person, history: Sequence[Past], on: date, way_out: str) -> Finding | None:
        if rule_id == "lost.remove" and way_out != W.REMOVED_ABSENT:
            return None
        bound = _bound(rule_id, step, person, history, on)
        return bound if bound and bound.not_before and on < bound.not_before else None

    return check


_CHECKS: dict[str, Check] = {rule_id: _early(rule_id) for rule_id in _EARLIEST}


def _extended_too_long(history: Sequence[Past], on: date) -> list[Finding]:
    """Longer than a year breaks the article; the step that then does happen must still be recorded, with its reason."""
    since = _since(history, S.EXTENDED)
    try:
        said = value("dev.extend", on)
    except NotInForce:
        return []
    if since is None or on <= add_months(since, said.range.max):
        return []
    text = f"延长预备期最长 {said.range.max} 个月，已经超过；确属补录的，请说明理由"
    return [Finding(text, Binding.NORMALLY, "dev.extend", said.citation)]


def too_young(born: date | None, on: date) -> Finding | None:
    """For registering an applicant or somebody under cultivation directly."""
    try:
        said = value("dev.min_age", on)
    except NotInForce:
        return None
    if born is None or age_on(born, on) >= said.number:
        return None
    text = f"须年满 {said.number} 周岁"
    return Finding(text, said.binding, "dev.min_age", said.citation, add_years(born, said.number), said.caveat)
