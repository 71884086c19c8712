"""What decisions of meetings lead to in other rooms: a step of a case, the correction of a member (限期改正)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.content import Content, Counts, LeadsTo, ResolutionLine, counts
from zhibu.meetings.enums import Kind, Matter, Outcome, State
from zhibu.meetings.models import Meeting, Resolution
from zhibu.meetings.queries.audience import attendance_on, chairs
from zhibu.meetings.queries.records import content_of, kept_attendance, line_of, may_read_fully
from zhibu.meetings.queries.records import meeting as one_meeting
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.people.queries import corrected_since, people
from zhibu.procedures import queries as procedures
from zhibu.procedures.queries.decided import Decidable

MATTERS = {"dev.quorum": Matter.DEVELOPMENT, "elect.quorum": Matter.ELECTION}
KEPT = "已选的事项（您不办理）"
APPRAISED = "民主评议：限期改正"
# Where admissions and elections are decided; a lecture or a theme day decides neither.
DECIDING = frozenset({Kind.GENERAL, Kind.COMMITTEE, Kind.ELECTION, Kind.OTHER})
APPRAISING = frozenset({Kind.APPRAISAL, Kind.LIFE})


@dataclass(frozen=True)
class Offer:
    """Something that a decision may be about: as the form sends it, in words, and what its vote counts as."""

    key: str
    label: str
    group: str
    matter: Matter = Matter.ORDINARY


@dataclass(frozen=True)
class Lead:
    """Where one decision leads. ``address`` is empty where the reader may not go on, or nothing is left to do."""

    label: str
    is_done: bool
    address: str = ""
    hint: str = ""


def offers(
    scope: Scope,
    node: Organization,
    kind: Kind,
    on: date,
    stored: Content | None = None,
    called: Sequence[Person] | None = None,
) -> list[Offer]:
    """What a meeting of this organization may decide on that day, and what the record already names. ``called``: whom
    the roster calls to it, where that was read already."""
    found = [_offered(one) for one in procedures.decidable(scope, node, on)] if kind in DECIDING else []
    kept = [line.leads_to for line in stored.resolutions if line.leads_to] if stored else []
    known = {one.key for one in found}
    steps = procedures.decided_steps(scope, _steps(kept))
    found += [offer for offer in map(_offered, steps.values()) if offer.key not in known]
    named = {one.corrects_id for one in kept if one.corrects_id}
    if kind in APPRAISING and scope.may(Right.EDIT_PERSON, node.path):
        members = [
            one for one in (_called(scope, node, kind, on) if called is None else called) if one.stage in MEMBERS
        ]
        found += [_correction(one) for one in members if one.pk != scope.person_id]
        named -= {one.pk for one in members}
    if named:
        found += map(_correction, people(scope, Right.EDIT_PERSON).filter(pk__in=named))
    # What the writer may not see, or is about the writer, stays chosen without being named.
    known = {one.key for one in found}
    return found + [Offer(one.key, KEPT, KEPT) for one in dict.fromkeys(kept) if one.key not in known]


def _called(scope: Scope, node: Organization, kind: Kind, on: date) -> list[Person]:
    listed = {line.person_id for line in attendance_on(node, kind, on)}
    return [one for one in chairs(scope, node, on) if one.pk in listed]


def _offered(one: Decidable) -> Offer:
    key = LeadsTo(one.case_id, one.step.id).key
    return Offer(key, one.label, one.label.partition("（")[0], MATTERS.get(one.vote, Matter.ORDINARY))


def _correction(person: Person) -> Offer:
    label = f"{person.name}（{person.number}）" if person.number else person.name
    return Offer(LeadsTo(corrects_id=person.pk).key, label, APPRAISED)


def _steps(kept: Iterable[LeadsTo]) -> set[tuple[int, str]]:
    return {(one.case_id, one.step) for one in kept if one.case_id}


def leads(scope: Scope, meeting: Meeting, content: Content) -> list[Lead | None]:
    """For each decision of a record where it leads, if anywhere."""
    lines = content.resolutions
    kept = [line.leads_to for line in lines if line.leads_to]
    if not kept:
        return [None] * len(lines)
    keys = _steps(kept)
    steps, days = procedures.decided_steps(scope, keys), procedures.taken(keys)
    persons = {one.corrects_id for one in kept if one.corrects_id}
    mine = {one.pk: one for one in people(scope, Right.EDIT_PERSON).filter(pk__in=persons)}
    corrected = corrected_since(mine, meeting.held_on)
    recorded = meeting.state == State.RECORDED

    def lead(number: int, line: ResolutionLine) -> Lead | None:
        to = line.leads_to
        if to is None:
            return None
        if to.corrects_id:
            return _to_correction(mine.get(to.corrects_id), to.corrects_id in corrected, meeting, recorded)
        found = steps.get((to.case_id or 0, to.step))
        done = days.get((to.case_id or 0, to.step), date.min) >= meeting.held_on
        return _to_step(found, done, meeting, line, number, recorded)

    return [lead(number, line) for number, line in enumerate(lines, start=1)]


def _to_correction(person: Person | None, done: bool, meeting: Meeting, recorded: bool) -> Lead:
    if person is None:
        return Lead(APPRAISED, done)
    label = f"{APPRAISED}：{person.name}"
    if done or not recorded:
        return Lead(label, done)
    carried = {"decided_on": meeting.held_on, "record": meeting.pk}
    return Lead(label, False, f"{reverse('people:record-correction', args=[person.pk])}?{urlencode(carried)}")


def _to_step(
    found: Decidable | None, done: bool, meeting: Meeting, line: ResolutionLine, number: int, recorded: bool
) -> Lead:
    if found is None:
        return Lead("办理事项", done)
    if done or not recorded:
        return Lead(found.label, done)
    if line.outcome is Outcome.VOID:
        return Lead(found.label, False, hint="到会人数不足，表决无效，请另行开会表决。")
    if not found.is_open:
        return Lead(found.label, False, hint="这一步现在不能办理，请打开办理事项查看还缺什么。")
    if not found.may_take:
        return Lead(found.label, False)
    return Lead(found.label, False, procedures.address(found.case_id, found.step.id, meeting.pk, number))


def fill_the_step(
    sender: Any, *, scope: Scope, case: Any, step: str, record: int, number: int, **more: Any
) -> dict[str, object]:
    """Answers `procedures.signals.record_asked`. Read from the record as it stands: votes on a person stand in no
    address, and nothing is told of a record that the reader may not read or that decided something else."""
    row = Resolution.objects.filter(
        meeting=record, position=number, case=case, step=step, meeting__state=State.RECORDED
    ).exclude(outcome=Outcome.VOID)  # fmt: skip
    line = row.first()
    found = procedures.decided_steps(scope, {(case.pk, step)}).get((case.pk, step)) if line else None
    if line is None or found is None:
        return {}
    try:
        meeting = one_meeting(scope, record)
    except Http404:
        return {}
    if not may_read_fully(scope, meeting):
        return {}
    return _said(found, meeting, line_of(line), counts(tuple(kept_attendance(meeting))))


def _said(found: Decidable, meeting: Meeting, line: ResolutionLine, count: Counts) -> dict[str, object]:
    """What the record says that the form of the step asks for."""
    said: dict[str, object] = {"on": meeting.held_on, "record": meeting.pk}
    if found.vote:
        said |= {"entitled": count.voters_expected, "present": count.voters_present}
    if found.vote and found.step.vote and not found.step.vote.of:
        said |= {"in_favour": line.in_favour, "against": line.against, "abstained": line.abstained,
                 "written": line.written or None}  # fmt: skip
    if line.outcome is not None:
        said["outcome"] = procedures.outcome_of(found.step, line.outcome is Outcome.PASSED)
    return {name: value for name, value in said.items() if value is not None and value != ""}


def untaken(scope: Scope) -> QuerySet[Any]:
    """Decisions of recorded meetings about steps that are still open: the newest of each is to be entered."""
    inside = scope.within(Right.RECORD_MEETING, "meeting__organization__path")
    rows = Resolution.objects.filter(inside, case__isnull=False, meeting__state=State.RECORDED)
    rows = rows.exclude(outcome=Outcome.VOID).exclude(case__person=scope.person_id or 0)
    return procedures.untaken(rows, "meeting__held_on")


def decided(scope: Scope, case_id: int, step: str) -> list[tuple[str, str]]:
    """For the page of a step: what the last meeting decided about it, if that was not entered yet, and the address
    that fills it in."""
    rows = untaken(scope).filter(case=case_id, step=step).select_related("meeting__organization")
    row = rows.order_by("-meeting__held_on", "-meeting").first()
    if row is None:
        return []
    content = content_of(row.meeting)
    said = f"{row.meeting.held_on} {row.meeting.get_kind_display()}："
    return [
        (said + line.text, lead.address)
        for line, lead in zip(content.resolutions, leads(scope, row.meeting, content), strict=True)
        if line.leads_to == LeadsTo(case_id, step) and lead is not None and lead.address
    ]


def tell_the_step(sender: Any, *, scope: Scope, case: Any, step: str, **more: Any) -> list[tuple[str, str]]:
    """Answers `procedures.signals.meetings_asked`."""
    return decided(scope, case.pk, step)
