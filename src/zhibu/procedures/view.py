"""One case as its page shows it: a line for each step, the earliest calendar of the rest, and the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.archive.enums import DocumentKind
from zhibu.archive.models import Document
from zhibu.organizations.enums import PostKind
from zhibu.procedures.definition import Basis, Procedure, Step
from zhibu.procedures.enums import CaseState, EntryKind
from zhibu.procedures.inputs import INPUTS
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.queries.actors import Acting, may_act
from zhibu.procedures.queries.cases import marks_of
from zhibu.procedures.rules import checks, limits
from zhibu.procedures.rules.ballot import Poll
from zhibu.procedures.rules.findings import Facts, Finding
from zhibu.procedures.rules.projection import Projected, project
from zhibu.procedures.rules.transit import standing
from zhibu.procedures.rules.votes import Count
from zhibu.procedures.state import Mark, State, corrected, fold
from zhibu.ui.parts import Event


@dataclass(frozen=True)
class Line:
    """One step of the case. ``state``: done, ready, late, blocked, later or absent (no edition in force demands it)."""

    step: Step
    state: str
    basis: Basis | None
    mark: Mark | None = None
    actor: str = ""
    may_act: bool = False
    findings: Sequence[Finding] = ()
    due: date | None = None
    projected: Projected | None = None

    @property
    def tone(self) -> str:
        return {"done": "green", "ready": "blue", "late": "red", "blocked": "yellow"}.get(self.state, "grey")

    @property
    def label(self) -> str:
        return {
            "done": "已办理", "ready": "可以办理", "late": "已逾期", "blocked": "还不能办理", "later": "尚未开始",
            "absent": "不适用",
        }[self.state]  # fmt: skip

    @property
    def outcome(self) -> str:
        found = self.step.outcome(self.mark.outcome) if self.mark else None
        return found.label if found else ""

    @property
    def papers(self) -> str:
        return "、".join(DocumentKind(kind).label for kind in self.step.documents)

    @property
    def is_unknown(self) -> bool:
        return bool(self.mark and self.mark.data.get("unknown"))


@dataclass(frozen=True)
class Phase:
    """One phase of the procedure on the page: while the case is open what is done is folded away, what comes is not."""

    title: str
    done: Sequence[Line]
    rest: Sequence[Line]


@dataclass(frozen=True)
class CaseView:
    """Everything the page of a case shows."""

    case: Case
    procedure: Procedure
    state: State
    lines: Sequence[Line]
    entries: Sequence[Entry]
    projected: Sequence[Projected] = field(default_factory=list)

    @property
    def phases(self) -> list[Phase]:
        found = []
        for title in self.procedure.phases:
            lines = [line for line in self.lines if line.step.phase == title and line.state != "absent"]
            done = [line for line in lines if line.state == "done" and self.is_open]
            if lines:
                found.append(Phase(title, done, [line for line in lines if line not in done]))
        return found

    @property
    def next(self) -> list[Line]:
        """The steps that come next and that somebody has to take."""
        return [line for line in self.lines if line.state in {"ready", "late", "blocked"} and not line.step.is_optional]

    @property
    def is_open(self) -> bool:
        return self.state.status is CaseState.OPEN

    @property
    def uncertain(self) -> bool:
        return any(not one.is_certain for one in self.projected)


def case_view(
    scope: Scope, case: Case, procedure: Procedure, entries: Sequence[Entry], acting: Acting, facts: Facts
) -> CaseView:
    """Put the page together; nothing is read here."""
    state = standing(procedure, fold(procedure, marks_of(entries)), scope.today)
    projected = project(procedure, state, facts, scope.today)
    first = {one.step.id: one for one in reversed(projected)}
    lines = [_line(scope, case, procedure, step, state, facts, acting, first.get(step.id)) for step in procedure.steps]
    return CaseView(case, procedure, state, lines, entries, projected)


def _line(
    scope: Scope, case: Case, procedure: Procedure, step: Step, state: State, facts: Facts, acting: Acting,
    projected: Projected | None,
) -> Line:  # fmt: skip
    today = scope.today
    mark = state.mark(step.id)
    basis = step.basis_on(state.law_day(step.id, mark.on if mark else today))
    actor = str(acting[step.actor])
    opened = checks.is_open(procedure, step, state, today)
    if mark is not None and not opened:
        return Line(step, "done", basis or step.basis[0], mark, actor)
    if basis is None or checks.is_past(procedure, step, state):
        return Line(step, "absent", None, actor=actor)
    if not opened:
        return Line(step, "later", basis, mark, actor, projected=projected)
    found = checks.timing(procedure, step, state, facts, today, today)
    due = limits.due(procedure, step, state, today)
    late = due is not None and due.day < today
    kind = "late" if late else ("blocked" if any(one.refuses for one in found) else "ready")
    return Line(
        step, kind, basis, mark, actor, may_act(scope, case, step.actor, acting), found, due.day if due else None,
        projected,
    )  # fmt: skip


def timeline(view: CaseView, names: Mapping[int, str], *, for_subject: bool, links: bool) -> list[Event]:
    """The entries, newest first. The person concerned sees what happened and when, not how others voted or why.

    With ``links`` an entry that can be put right leads there.
    """
    right = {mark.position: mark for mark in corrected(marks_of(view.entries))}
    events = []
    for entry in reversed(view.entries):
        step = view.procedure.by_id.get(entry.step)
        notes = [] if for_subject else _notes(step, entry, right[entry.position], names)
        can_be_right = entry.kind in {EntryKind.DONE, EntryKind.BACKFILLED}
        url = reverse("procedures:correct", args=[view.case.pk, entry.position]) if links and can_be_right else ""
        events.append(_event(step, entry, notes, url))
    return events


def _notes(step: Step | None, entry: Entry, mark: Mark, names: Mapping[int, str]) -> list[str]:
    notes = [f"{label}：{value}" for label, value in facts_shown(step, mark, names)] if step else []
    if mark.on != entry.on:
        notes.append(f"日期更正为 {mark.on}")
    if mark.data.get("unknown"):
        notes.append("日期不详")
    notes += [entry.reason] if entry.reason else []
    who = f"{entry.recorded_by.display_name}，" if entry.recorded_by else ""
    return [*notes, f"第 {entry.position} 项，{who}{timezone.localdate(entry.recorded_at)} 登记"]


TONES = {
    EntryKind.DONE: "green", EntryKind.CORRECTED: "yellow", EntryKind.RETURNED: "red", EntryKind.EXPLAINED: "yellow",
    EntryKind.EXTENDED: "yellow", EntryKind.RULED: "yellow", EntryKind.WITHDRAWN: "red",
}  # fmt: skip


def _event(step: Step | None, entry: Entry, notes: list[str], url: str) -> Event:
    outcome = step.outcome(entry.outcome) if step else None
    kind = EntryKind(entry.kind)
    label = step.label if step and kind is EntryKind.DONE else f"{kind.label}：{step.label}" if step else kind.label
    if entry.corrects:
        label = f"更正第 {entry.corrects} 项：{step.label if step else ''}"
    shown = [outcome.label, *notes] if outcome else notes
    return Event(entry.on, label, "；".join(shown), url=url, tone=TONES.get(kind, "grey"))


def facts_shown(step: Step, mark: Mark, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What was entered with a step, in words."""
    data = mark.data
    found: list[tuple[str, str]] = []
    if step.people and data.get("people"):
        found.append((step.people.label, "、".join(names.get(pk, "") for pk in data["people"])))
    for name in step.inputs:
        if name in data and data[name] not in (None, "", False) and INPUTS[name].kind not in {"posts", "members"}:
            value = "已核实" if data[name] is True else str(data[name])
            found.append((INPUTS[name].label, value))
    if data.get("posts"):
        told = "、".join(f"{names.get(int(pk), '')}{PostKind(post).label}" for pk, post in data["posts"].items())
        found.append((INPUTS["posts"].label, told))
    if data.get("standing"):
        found.append((INPUTS["standing"].label, "、".join(names.get(int(pk), "") for pk in data["standing"])))
    if data.get("ayes"):
        told = "、".join(f"{names.get(int(pk), '')} {count} 票" for pk, count in data["ayes"].items())
        found.append(("委员会选举的赞成票", told))
    if step.vote and step.vote.of and data.get("entitled"):
        poll = Poll.of(data)
        text = f"应到会有选举权 {poll.entitled} 人，实到 {poll.present} 人；"
        text += f"发出选票 {poll.handed_out} 张，收回 {poll.returned} 张"
        text += f"（废票 {poll.invalid} 张）" if poll.invalid else ""
        extra = set(data.get("write_ins", ()))
        votes = "、".join(
            f"{names.get(pk, '')}{'（另选人）' if pk in extra else ''} {count} 票" for pk, count in poll.votes.items()
        )
        found.append(("选举", f"{text}；赞成票：{votes}"))
    elif step.vote and data.get("entitled"):
        count = Count.of(data)
        text = f"应到会有表决权 {count.entitled} 人，实到 {count.present} 人；赞成 {count.in_favour} 票，"
        text += f"反对 {count.against} 票，弃权 {count.abstained} 票"
        if count.excluded:
            text += f"；不计入 {count.excluded} 人（{'、'.join(data.get('grounds') or ())}）"
        found.append(("表决", text + (f"（其中书面意见 {count.written} 份）" if count.written else "")))
    return found


def papers_shown(entries: Sequence[Entry]) -> list[Document]:
    """Every paper that the case rests on, once."""
    return list({paper.pk: paper for entry in entries for paper in entry.documents.all()}.values())


def people_of(entries: Sequence[Entry]) -> set[int]:
    """Everybody whom a step names."""
    named = {pk for entry in entries for pk in entry.data.get("people", ())}
    return named | {int(pk) for entry in entries for key in ("posts", "votes") for pk in entry.data.get(key, ())}
