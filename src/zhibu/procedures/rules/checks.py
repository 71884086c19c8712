"""Whether a step may be taken: every finding, first those that refuse. Page, action and reminder ask here."""

from __future__ import annotations

from datetime import date

from zhibu.archive.enums import DocumentKind
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import CaseState
from zhibu.procedures.rules import ballot, limits, transit, votes
from zhibu.procedures.rules.conditions import CONDITIONS, KNOWN_BEFORE
from zhibu.procedures.rules.findings import Attempt, Facts, Finding, Question, against, said
from zhibu.procedures.state import Mark, State

SHORTEST_REASON = 4


def is_open(procedure: Procedure, step: Step, state: State, on: date) -> bool:
    """Whether all that the step rests on is done, as far as the edition of the day demands it."""
    return (
        state.status is CaseState.OPEN
        and (step.is_repeated or step.id not in state.done)
        and step.basis_on(state.law_day(step.id, on)) is not None
        and not missing_steps(procedure, step, state, on)
        and not is_past(procedure, step, state)
    )


def open_steps(procedure: Procedure, state: State, on: date) -> list[Step]:
    """The steps that may come next, in the order of the procedure."""
    return [step for step in procedure.steps if is_open(procedure, step, state, on)]


def missing_steps(procedure: Procedure, step: Step, state: State, on: date) -> list[Step]:
    """Steps that must be done first. What no edition in force on the day demands is not waited for."""
    return [
        needed
        for name in step.requires
        if name not in state.done
        and not (needed := procedure[name]).is_optional
        and needed.basis_on(state.law_day(name, on)) is not None
    ]


def is_past(procedure: Procedure, step: Step, state: State) -> bool:
    """Whether what rests on the step is done already: a repeated step is over then, and one that only a newer edition
    has came too late for this case."""
    return any(later.id in state.done for later in procedure.resting_on(step.id))


def timing(procedure: Procedure, step: Step, state: State, facts: Facts, on: date, today: date) -> list[Finding]:
    """What can be told without the form: order, dates, and conditions of the person."""
    if state.status is not CaseState.OPEN:
        return [Finding(f"这件事{state.status.label}，不能办理", remedy="暂停的，请先恢复。")]
    if step.id in state.done and not step.is_repeated:
        return [Finding(f"“{step.label}”已经办理", remedy="登记有误的，请用“更正”。")]
    if impossible := _impossible_day(facts, on, today):
        return impossible
    if step.basis_on(state.law_day(step.id, on)) is None:
        return [_not_in_force(step, on)]
    if late := transit.too_late(procedure, step, state, on):
        return late
    found = _order(procedure, step, state, on)
    found += _up_to_date(procedure, step, state, on)
    found += limits.findings(procedure, step, state, on)
    question = Question(procedure, step, state, facts, Attempt(on, today))
    for name in step.checks:
        if name in KNOWN_BEFORE:
            found += CONDITIONS[name](question)
    return found


def findings(procedure: Procedure, step: Step, state: State, facts: Facts, attempt: Attempt) -> list[Finding]:
    """Everything that stands against the step as it is to be taken; what refuses comes first."""
    found = timing(procedure, step, state, facts, attempt.on, attempt.today)
    question = Question(procedure, step, state, facts, attempt)
    found += _outcome(question) + _papers(question) + _people(question)
    found += ballot.findings(question) if step.vote and step.vote.of else votes.findings(question)
    for name in step.checks:
        if name not in KNOWN_BEFORE:
            found += CONDITIONS[name](question)
    return sorted(found, key=lambda one: not one.refuses)


def _impossible_day(facts: Facts, on: date, today: date) -> list[Finding]:
    if on > today:
        return [Finding("日期不能晚于今天", field="on", remedy="请在办理之后登记。")]
    if facts.born and on < facts.born:
        return [Finding("日期早于出生日期", field="on", remedy="请核对日期。")]
    return []


def _not_in_force(step: Step, on: date) -> Finding:
    first = min(basis.since for basis in step.basis)
    if on < first:
        text = f"“{step.label}”在规程库中自 {first} 起有规定，{on} 的不能按步骤办理"
        return Finding(text, not_before=first, field="on", remedy="更早的请在立项时补录。")
    return Finding(f"{on} 施行的规定没有“{step.label}”这一步", field="on")


def _order(procedure: Procedure, step: Step, state: State, on: date) -> list[Finding]:
    found = []
    for needed in missing_steps(procedure, step, state, on):
        basis = needed.basis_on(state.law_day(needed.id, on))
        found.append(
            Finding(
                f"须先办理第 {needed.number} 步“{needed.label}”",
                citation=basis.source.citation if basis else "",
                caveat=basis.verified.label if basis and basis.verified != "checked" else "",
            )
        )
    before = known_before(procedure, step, state)
    if step.is_repeated and (last := state.mark(step.id)) is not None:
        before.append(last)
    latest = max(before, key=lambda mark: mark.on, default=None)
    if latest is not None and on < latest.on:
        label = procedure[latest.step].label
        text = f"日期早于“{label}”的日期 {latest.on}"
        found.append(Finding(text, not_before=latest.on, field="on", remedy="请核对日期。"))
    return found


def known_before(procedure: Procedure, step: Step, state: State) -> list[Mark]:
    """The marks that a step rests on and whose day is known. An unknown day is only the last possible one: it binds
    nobody, but what lies before it does."""
    found: list[Mark] = []
    names = list(step.requires)
    while names:
        mark = state.mark(names.pop())
        if mark is not None and mark.data.get("unknown"):
            names += procedure[mark.step].requires
        elif mark is not None:
            found.append(mark)
    return found


def _up_to_date(procedure: Procedure, step: Step, state: State, on: date) -> list[Finding]:
    """A repeated step that this one rests on must not be overdue on that day."""
    found = []
    for name in step.current:
        repeated = procedure[name]
        last = limits.due(procedure, repeated, state, on)
        if last is not None and on > last.day and name not in state.explained:
            text = f"“{repeated.label}”应在 {last.day} 之前完成，至今没有登记"
            found.append(
                against(last.value, text, field="on", remedy="请先补上；确已漏做的，由上级党组织登记超期说明。")
            )
    return found


def _outcome(question: Question) -> list[Finding]:
    step, attempt = question.step, question.attempt
    if not step.outcomes:
        return []
    chosen = step.outcome(attempt.outcome)
    if chosen is None:
        return [Finding("请选择结果", field="outcome")]
    if chosen.needs_reason and len(attempt.reason.strip()) < SHORTEST_REASON:
        basis = step.basis_on(question.law_day)
        citation = basis.source.citation if basis else ""
        text = f"“{chosen.label}”须写明理由"
        return [Finding(text, citation=citation, field="reason", remedy="理由会留在办理记录里，对方可以看到。")]
    return []


def _papers(question: Question) -> list[Finding]:
    """The papers that the step rests on. For an outcome that sends the case back only what was found is recorded."""
    missing = [kind for kind in question.step.documents if kind not in question.attempt.held]
    return [
        Finding(
            f"缺少材料：{DocumentKind(kind).label}", field=f"document_{kind}", remedy="请上传，或写明原件存放的地方。"
        )
        for kind in missing
    ]


def _people(question: Question) -> list[Finding]:
    wanted = question.step.people
    if wanted is None:
        return []
    named = question.attempt.people
    found = []
    value = said(wanted.rule, question.law_day) if wanted.rule else None
    if value is not None:
        right = len(named) in value.range if hasattr(value.content, "min") else len(named) == value.number
        if not right:
            found.append(against(value, f"{wanted.label}应为 {value.shown}，填写了 {len(named)} 人", field="people"))
    if len({one.pk for one in named}) < len(named):
        found.append(Finding(f"{wanted.label}不能是同一个人", field="people"))
    for one in named:
        if one.is_subject:
            found.append(Finding(f"本人不能作{wanted.label}", field="people"))
        elif not one.is_full:
            text = f"“{one.name}”不是正式党员，不能作{wanted.label}"
            found.append(against(value, text, field="people") if value else Finding(text, field="people"))
        elif not one.is_here:
            text = f"“{one.name}”的组织关系不在本党组织，不能作{wanted.label}"
            found.append(Finding(text, field="people", remedy="请先办理组织关系转接。"))
    return found
