"""Taking a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.archive import actions as archive
from zhibu.archive.enums import DocumentKind, DocumentState
from zhibu.archive.models import Document
from zhibu.people import actions as people
from zhibu.procedures.actions.common import (
    Held,
    add_entry,
    hold,
    refuse_by,
    require_actor,
    require_living,
    settle,
    write_down,
)
from zhibu.procedures.actions.deeds import do
from zhibu.procedures.anchors import day_of
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import EntryKind
from zhibu.procedures.models import Case, Entry
from zhibu.procedures.numbered.locks import held_numbers
from zhibu.procedures.queries.facts import facts_of, named
from zhibu.procedures.rules import checks
from zhibu.procedures.rules.findings import Attempt
from zhibu.procedures.signals import step_taken
from zhibu.procedures.state import State
from zhibu.regulations.refusal import Refusal, Refusals


@dataclass(frozen=True)
class Paper:
    """A paper handed in with a step: a file, or where the original lies. It goes into the person's archive."""

    kind: str
    place: str = ""
    number: str = ""
    dated_on: date | None = None
    file: UploadedFile | None = None


@transaction.atomic
def take(
    scope: Scope,
    pk: int,
    step_id: str,
    *,
    version: int,
    on: date,
    outcome: str = "",
    data: Mapping[str, Any] | None = None,
    people_named: Sequence[int] = (),
    papers: Sequence[Paper] = (),
    reason: str = "",
) -> Entry:
    """Record that a step was taken on ``on``; gives the entry.

    Refuses whatever `rules.checks.findings` refuses in the edition of that day, naming the condition, the days missing,
    the earliest day and the article; where a rule says ``normally``, asks for a reason. Files the papers in the archive
    and changes the person's stage where the step says so. Records ``procedures.enter`` and sends ``step_taken``.
    """
    held = hold(scope, pk, version)
    if step_id not in held.procedure.by_id:
        raise Refusal("没有这一步。", remedy="请从办理页面进入。")
    step = held.procedure[step_id]
    require_actor(scope, held, step.actor)
    require_living(held)
    content = {**(data or {}), **({"people": list(people_named)} if step.people else {})}
    content |= held_numbers(content)
    facts = facts_of(held.case, scope.today, step, content, held.state, on)
    step = step.within(facts.circumstances)
    waiting = free_papers(held.case, held.procedure, step, held.state, on)
    attempt = Attempt(
        on=on, today=scope.today, outcome=outcome, data=content, reason=reason,
        held=frozenset({paper.kind for paper in papers} | set(waiting)),
        people=named(held.case, people_named, on) if step.people else (),
        write_ins=named(held.case, content.get("write_ins", ()), on),
    )  # fmt: skip
    refuse_by(checks.findings(held.procedure, step, held.state, facts, attempt), reason, on)

    documents = [_filed(scope, held.case, paper, on, reason) for paper in papers]
    given = {paper.kind for paper in papers}
    documents += [paper for kind, paper in waiting.items() if kind in step.documents and kind not in given]
    entry = add_entry(
        scope, held, EntryKind.DONE, on=on, step=step_id, outcome=outcome, data=content, reason=reason,
        documents=documents,
    )  # fmt: skip
    _change(scope, held, step, entry, on, reason)
    settle(scope, held)
    write_down(scope, held, entry, rule=step.limits[0].rule if step.limits else "")
    transaction.on_commit(lambda: step_taken.send(Case, case=held.case, step=step_id, entry=entry))
    return entry


def free_papers(case: Case, procedure: Procedure, step: Step, state: State, on: date) -> dict[str, Document]:
    """Papers of the kinds this step needs that lie in the archive of the person, or of the organization that the case
    is about, and that no step rests on yet. The minutes of a meeting back then are no minutes of this one: what is not
    newer than the last step done that asks for the same kind belongs to that step."""
    whose: dict[str, Any] = {"person": case.person_id}
    if case.person_id is None:
        whose = {"person": None, "organization": case.organization_id}
    found = Document.objects.filter(
        **whose,
        kind__in=step.documents,
        dated_on__lte=on,
        state=DocumentState.CURRENT,
        case_entries__isnull=True,
    )
    since = {
        kind: max(
            (mark.on for one in procedure.steps if kind in one.documents for mark in state.done.get(one.id, ())),
            default=date.min,
        )
        for kind in step.documents
    }
    return {paper.kind: paper for paper in found.order_by("dated_on", "pk") if paper.dated_on > since[paper.kind]}


def _filed(scope: Scope, case: Case, paper: Paper, on: date, reason: str) -> Document:
    """The paper in the archive. What the archive refuses is said at this paper's own input."""
    try:
        return archive.add(
            scope, person=case.person, organization=case.organization, kind=paper.kind,
            dated_on=paper.dated_on or on, number=paper.number, place=paper.place, file=paper.file, reason=reason,
        )  # fmt: skip
    except Refusal as refused:
        raise _at(refused, paper.kind) from refused
    except Refusals as several:
        raise Refusals([_at(refused, paper.kind) for refused in several.refusals]) from several


def _at(refused: Refusal, kind: str) -> Refusal:
    fields = {"file": f"document_{kind}", "place": f"place_{kind}", "number": f"number_{kind}", "dated_on": "on"}
    field = fields.get(refused.field or "", refused.field)
    message = f"{DocumentKind(kind).label}：{refused.message}"
    return Refusal(message, field=field, rule=refused.rule, on=refused.on, remedy=refused.remedy)


def _change(scope: Scope, held: Held, step: Step, entry: Entry, on: date, reason: str) -> None:
    """The step's effect in `people`. Its day is reckoned in the state before the step: an extension just approved does
    not move the end of the probation that it begins at."""
    outcome = step.outcome(entry.outcome)
    effect = outcome.effect if outcome and outcome.effect else step.effect
    if effect is not None and effect.does:
        do(effect.does, scope, held, entry)
    if effect is None or not effect.stage or held.case.person is None:
        return
    day = day_of(effect.on, held.state, on) if effect.on else on
    people.set_stage(
        scope, held.case.person, effect.stage, on=day or on, way_out=effect.way_out,
        basis=_basis(held, step), reason=reason, procedure=held.procedure.key,
    )  # fmt: skip


def _basis(held: Held, step: Step) -> str:
    return f"{held.procedure.label}第 {step.number} 步：{step.label}"
