"""What every action on a case does: hold it, refuse by findings, add one entry, work out what is open now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from zhibu.accounts.scope import Scope, system_scope
from zhibu.archive.models import Document
from zhibu.audit.actions import record
from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import LIVING, SOON, Actor, CaseState, EntryKind
from zhibu.procedures.loading import procedure
from zhibu.procedures.models import Case, Entry, OpenStep
from zhibu.procedures.queries.actors import Acting, acting, may_act
from zhibu.procedures.queries.cases import case, marks_of
from zhibu.procedures.queries.facts import facts_of
from zhibu.procedures.rules import checks, limits, projection
from zhibu.procedures.rules.findings import Facts, Finding
from zhibu.procedures.rules.transit import lapsed, standing, transit_end
from zhibu.procedures.signals import fell_back
from zhibu.procedures.state import State, fold
from zhibu.regulations.refusal import Refusal, Refusals

SHORTEST_REASON = 4
STALE, LOOK_AGAIN = "这件事刚才已由别人办理，页面上的内容不是最新的。", "请核对最新的办理记录，再决定是否办理。"


@dataclass(frozen=True)
class Held:
    """A case that this transaction holds, with what it folds into."""

    case: Case
    procedure: Procedure
    entries: list[Entry]
    state: State
    acting: Acting


def hold(scope: Scope, pk: int, version: int | None) -> Held:
    """Lock a case. Refuses when somebody else has acted since the page was opened (``version``)."""
    found = case(scope, pk, lock=True)
    if version is not None and version != found.version:
        raise Refusal(STALE, remedy=LOOK_AGAIN)
    entries = list(found.entries.order_by("position"))
    shape = procedure(found.procedure)
    held = Held(found, shape, entries, fold(shape, marks_of(entries)), acting(found))
    return write_return(held, scope.today) or held


def write_return(held: Held, today: date) -> Held | None:
    """Write down that what was sent has gone back for lateness, which the date has long made so; None where it has
    not. Whoever acts on the case next does this, if the worker has not. The caller settles."""
    mark = lapsed(held.state, today)
    if mark is None:
        return None
    nobody = system_scope(today)
    entry = add_entry(nobody, held, EntryKind.RETURNED, on=mark.on, step=mark.step, reason=mark.reason)
    fell_back.send(Case, case=held.case)
    write_down(nobody, held, entry, rule="move.letter")
    return replace(held, state=standing(held.procedure, held.state, today))


def decided(scope: Scope) -> Scope:
    """The reader within an action that has decided already: whoever takes a person over need not have seen, before,
    the cases that come along. The entry still names who it was."""
    # Not by `replace`: a page's scope is a lazy object around one.
    return Scope(scope.user_id, scope.person_id, scope.today, system_scope(scope.today).grants)


def require_actor(scope: Scope, held: Held, actor: Actor) -> None:
    """403 unless the reader may act for this actor."""
    if not may_act(scope, held.case, actor, held.acting):
        node = held.acting.get(actor)
        raise PermissionDenied(f"这一步由{node or actor.label}办理，您没有权限。需要办理的，请联系该组织。")


def require_living(held: Held) -> None:
    if held.state.status not in LIVING:
        raise Refusal(f"这件事{held.state.status.label}。", remedy="记录只供查阅。")


def refuse_by(findings: Iterable[Finding], reason: str, on: date) -> None:
    """Refuse what a ``must`` forbids; ask for a reason where a rule says ``normally``."""
    faults = []
    for finding in findings:
        if finding.refuses:
            faults.append(_refusal(finding, on, finding.field or None, finding.remedy))
        elif len(reason.strip()) < SHORTEST_REASON:
            faults.append(_refusal(finding, on, "reason", finding.remedy or "仍要办理的，请在说明中写明理由。"))
    if faults:
        raise Refusals(faults)


def _refusal(finding: Finding, on: date, field: str | None, remedy: str) -> Refusal:
    caveat = f"（{finding.caveat}）" if finding.caveat else ""
    source = f"（{finding.citation}）" if finding.citation and not finding.rule else ""
    message = f"{finding.message}{source}{caveat}。"
    return Refusal(message, field=field, rule=finding.rule or None, on=on, remedy=remedy)


def need_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal("请写明理由。", field="reason", remedy="理由会留在办理记录里。")


def add_entry(
    scope: Scope,
    held: Held,
    kind: EntryKind,
    *,
    on: date,
    step: str = "",
    outcome: str = "",
    data: Mapping[str, Any] | None = None,
    reason: str = "",
    corrects: int | None = None,
    documents: Iterable[Document] = (),
) -> Entry:
    """Add the entry and count the case's version up. The caller has checked that it may stand."""
    case = held.case
    case.version += 1
    entry = Entry.objects.create(
        case=case, position=case.version, kind=kind, step=step, on=on, outcome=outcome, data=dict(data or {}),
        reason=reason.strip(), corrects=corrects, organization=case.organization, recorded_at=timezone.now(),
        recorded_by_id=scope.user_id,
    )  # fmt: skip
    entry.documents.set(list(documents))
    held.entries.append(entry)
    return entry


def settle(scope: Scope, held: Held) -> State:
    """Write what the case has come to: its state and its open steps. Called after every entry."""
    case, shape = held.case, held.procedure
    state = fold(shape, marks_of(held.entries))
    case.state = state.status
    case.closed_on = None if state.status in LIVING else held.entries[-1].on
    case.save(update_fields=["state", "closed_on", "version", "organization", "target"])
    OpenStep.objects.filter(case=case).delete()
    if state.status is CaseState.OPEN:
        nodes = acting(case)
        OpenStep.objects.bulk_create(open_rows(shape, state, facts_of(case, scope.today), case, nodes, scope.today))
    return state


def open_rows(shape: Procedure, state: State, facts: Facts, case: Case, nodes: Acting, today: date) -> list[OpenStep]:
    """One row for every step that may come next. What nobody has to do waits for nobody. Of what is on its way also
    the row of its sender for the day after its last: `queries.workbench.live` shows the one or the other by date."""
    rows = []
    for step in checks.open_steps(shape, state, today):
        if step.is_optional:
            continue
        since = waiting_since(step, state, case.opened_on)
        due = limits.due(shape, step, state, today)
        earliest = projection.first_day(shape, step, state, facts, since)
        if step.is_repeated and due is not None:
            # It may be repeated any day; it waits for somebody only once its deadline comes near.
            earliest = max(earliest, due.day - SOON)
        rows.append(
            OpenStep(
                case=case, step=step.id, actor=step.actor, organization=nodes[step.actor], since=since,
                earliest=earliest, due=due.day if due else None,
            )
        )  # fmt: skip
    last = transit_end(state)
    if rows and last is not None:
        actor, after = shape["sent"].actor, last + timedelta(days=1)
        rows.append(
            OpenStep(case=case, step="sent", actor=actor, organization=nodes[actor], since=after, earliest=after)
        )
    return rows


def waiting_since(step: Step, state: State, opened_on: date) -> date:
    """The day on which the last of the steps that this one rests on was done."""
    before = [on for name in (*step.requires, step.id) if (on := state.on(name)) is not None]
    return max(before, default=opened_on)


def write_down(scope: Scope, held: Held, entry: Entry, *, rule: str = "") -> None:
    """The audit's line about the entry."""
    changes = {
        "procedure": held.case.procedure, "kind": entry.kind, "step": entry.step, "on": entry.on.isoformat(),
        "outcome": entry.outcome, "position": entry.position,
    }  # fmt: skip
    record(
        scope, "procedures.enter", object=held.case, organization_path=held.case.organization.path,
        changes={name: value for name, value in changes.items() if value != ""}, reason=entry.reason, rule=rule,
    )  # fmt: skip
