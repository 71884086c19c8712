"""Looking back: every interval, quorum and paper of what was done, judged by its rule in the edition of its day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zhibu.archive.enums import DocumentKind
from zhibu.procedures.definition import Procedure, Step, Vote
from zhibu.procedures.enums import EntryKind, LimitKind
from zhibu.procedures.rules import limits
from zhibu.procedures.rules.ballot import Poll, outcome_of, places_left
from zhibu.procedures.rules.findings import said
from zhibu.procedures.rules.offices import WITHOUT_COMMITTEE, ayes_of
from zhibu.procedures.rules.votes import Count
from zhibu.procedures.state import EMPTY, Mark, State, after, corrected
from zhibu.regulations.enums import Binding
from zhibu.regulations.models import Value


@dataclass(frozen=True)
class Verdict:
    """One thing that a rule asks of one step, and whether it held. ``explained``: the superior had the delay explained.

    ``held`` None: it cannot be judged, because the day is unknown or no edition entered here says anything.
    """

    step: Step
    on: date
    what: str
    found: str
    held: bool | None
    binding: Binding = Binding.MUST
    citation: str = ""
    caveat: str = ""
    explained: bool = False
    rule: str = ""


def review(
    procedure: Procedure, marks: Sequence[Mark], papers: Mapping[int, frozenset[str]] | None = None
) -> list[Verdict]:
    """Judge every step that was taken, in the order of the entries. ``papers`` maps an entry's position to the kinds of
    papers it rests on; without it papers are not judged."""
    found: list[Verdict] = []
    state = EMPTY
    for mark in corrected(marks):
        if mark.kind in {EntryKind.DONE, EntryKind.BACKFILLED}:
            step = procedure[mark.step]
            found += _intervals(procedure, step, state, mark)
            found += _votes(step, state, mark)
            if papers is not None:
                found += _papers(step, mark, papers.get(mark.position, frozenset()))
        state = after(procedure, state, mark)
    return found


def _intervals(procedure: Procedure, step: Step, state: State, mark: Mark) -> list[Verdict]:
    found = []
    for one in limits.bounds(procedure, step, state, mark.on):
        early = one.limit.kind is LimitKind.FROM
        unknown = mark.data.get("unknown") or _is_unknown(state, one.limit.after)
        held: bool | None = mark.on >= one.day if early else mark.on <= one.day
        edge = "最早" if early else ("最晚" if one.binds else "应及时，自")
        verdict = _by(
            one.value, step, mark, f"{one.words}，{edge} {one.day}", "日期不详" if unknown else f"{mark.on}",
            None if unknown else held, explained=step.id in state.explained,
        )  # fmt: skip
        found.append(verdict if early or one.binds else replace(verdict, binding=Binding.NORMALLY))
    return found


def _is_unknown(state: State, names: tuple[str, ...]) -> bool:
    marks = [mark for name in names if (mark := state.mark(name)) is not None]
    return any(mark.data.get("unknown") for mark in marks)


def _votes(step: Step, state: State, mark: Mark) -> list[Verdict]:
    if step.vote is None:
        return _session(step, state, mark)
    if step.vote.of:
        return _polled(step, step.vote, state, mark)
    count, law = Count.of(mark.data), state.law_day(step.id, mark.on)
    quorum, passing = said(step.vote.quorum, law), said(step.vote.passing, law)
    if mark.is_backfilled or quorum is None or passing is None:
        return [Verdict(step, mark.on, "到会人数和赞成票数", "没有记录", None)]
    outcome = step.outcome(mark.outcome)
    present = f"应到会有表决权 {count.entitled} 人，实到 {count.present} 人"
    favour = f"赞成 {count.in_favour} 票，反对 {count.against} 票，弃权 {count.abstained} 票"
    if count.written:
        favour += f"（其中书面意见 {count.written} 份）"
    met = quorum.share.met(count.present, count.entitled)
    fits = passing.share.met(count.in_favour, count.entitled) is (outcome is None or outcome.favour is not False)
    return [
        _by(quorum, step, mark, f"到会人数{quorum.share}", present, met),
        _by(passing, step, mark, f"赞成票{passing.share}", favour, fits),
    ]


def _polled(step: Step, vote: Vote, state: State, mark: Mark) -> list[Verdict]:
    """An election: who was there, and whether those named are the ones that the votes elected."""
    poll, law = Poll.of(mark.data), state.law_day(step.id, mark.on)
    quorum, passing = said(vote.quorum, law), said(vote.passing, law)
    if mark.is_backfilled or quorum is None or passing is None:
        return [Verdict(step, mark.on, "到会人数和得票", "没有记录", None)]
    present = f"应到会有选举权 {poll.entitled} 人，实到 {poll.present} 人"
    found = [_by(quorum, step, mark, f"到会人数{quorum.share}", present, quorum.share.met(poll.present, poll.entitled))]
    right = outcome_of(poll.votes, poll.entitled, places_left(state), passing.share)
    named = frozenset(mark.data.get("people", ()))
    counts = "、".join(f"{poll.votes.get(pk, 0)} 票" for pk in mark.data.get("people", ())) or "没有人当选"
    return [*found, _by(passing, step, mark, f"当选的赞成票{passing.share}", counts, right.elected == named)]


def _session(step: Step, state: State, mark: Mark) -> list[Verdict]:
    """The session in which a committee elects its secretary and deputy."""
    whole, here = (int(mark.data.get(f"committee_{name}") or 0) for name in ("entitled", "present"))
    law, ayes = state.law_day(step.id, mark.on), ayes_of(mark.data)
    elects = [int(pk) for pk, post in (mark.data.get("posts") or {}).items() if post in WITHOUT_COMMITTEE]
    quorum, passing = said("elect.quorum" if elects else "life.committee_quorum", law), said("elect.pass", law)
    if not whole or quorum is None or passing is None:
        return []
    present, counts = f"委员应到 {whole} 人，实到 {here} 人", [ayes.get(pk, 0) for pk in elects]
    found = [_by(quorum, step, mark, f"到会人数{quorum.share}", present, quorum.share.met(here, whole))]
    if elects:
        told, met = "、".join(f"{count} 票" for count in counts), all(passing.share.met(one, whole) for one in counts)
        found.append(_by(passing, step, mark, f"书记、副书记的赞成票{passing.share}", told, met))
    size, seated = said("org.standing_committee", law), len(mark.data.get("standing") or ())
    if seated and size is not None:
        found.append(_by(size, step, mark, f"常务委员会委员 {size.range} 人", f"{seated} 人", seated in size.range))
    return found


def _by(rule: Value, step: Step, mark: Mark, what: str, found: str, held: bool | None, **more: bool) -> Verdict:
    return Verdict(
        step, mark.on, what, found, held, rule.binding, rule.citation, rule.caveat, rule=rule.rule_id, **more
    )


def _papers(step: Step, mark: Mark, there: frozenset[str]) -> list[Verdict]:
    basis = step.basis_on(mark.on)
    citation = basis.source.citation if basis else ""
    found = []
    for kind in step.as_entered(mark.data).documents:
        is_there = kind in there
        found.append(
            Verdict(step, mark.on, DocumentKind(kind).label, "已归档" if is_there else "没有归档", is_there,
                    Binding.MUST, citation)
        )  # fmt: skip
    return found


def broken(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that break a ``must`` and that nobody had explained."""
    return [one for one in verdicts if one.held is False and one.binding is Binding.MUST and not one.explained]
