"""Single strokes on a draft's attendance: fill from membership, mark, add and remove observers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import transaction

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.records import differences, locked, repeat, write_attendance
from zhibu.meetings.content import AttendanceLine, Content
from zhibu.meetings.enums import AWAY, Kind, Part, Presence, State
from zhibu.meetings.models import Meeting
from zhibu.meetings.queries import attendance_on, content_of
from zhibu.people.models import Person
from zhibu.people.queries import people
from zhibu.regulations.refusal import Refusal

Lines = tuple[AttendanceLine, ...]


@transaction.atomic
def fill_attendance(scope: Scope, pk: int) -> int:
    """Add whoever should attend by membership or post on the meeting's day and is not yet listed.

    What was marked stays. Returns how many were added.
    """
    meeting = _draft(scope, pk)
    expected = attendance_on(meeting.organization, Kind(meeting.kind), meeting.held_on)

    def merge(lines: Lines) -> Lines:
        known = {line.person_id for line in lines}
        return lines + tuple(line for line in expected if line.person_id not in known)

    before = meeting.attendances.count()
    return len(_change(scope, meeting, merge).attendance) - before


@transaction.atomic
def mark(
    scope: Scope, pk: int, presence: Presence, *, persons: Sequence[int] | None = None, reason: str = ""
) -> Meeting:
    """Set the presence of all (``persons`` None) or some. Marking all as present leaves nobody's reason behind."""
    meeting = _draft(scope, pk)
    listed = set(meeting.attendances.values_list("person_id", flat=True))
    if persons is not None and (strangers := set(persons) - listed):
        raise Refusal(f"有 {len(strangers)} 人不在这次会议的名单中。", remedy="请先添加为列席人员或更新名单。")

    def change(lines: Lines) -> Lines:
        kept = reason if presence in AWAY else ""
        return tuple(
            replace(line, presence=presence, reason=kept) if persons is None or line.person_id in persons else line
            for line in lines
        )

    _change(scope, meeting, change)
    return meeting


@transaction.atomic
def add_observer(scope: Scope, pk: int, person: int) -> Meeting:
    """List somebody from the reader's roster as observer, present."""
    meeting = _draft(scope, pk)
    found: Person | None = people(scope).filter(pk=person).first()
    if found is None:
        raise Refusal("名册里没有这个人。", field="observers", remedy="不在名册中的，请写在“其他列席人员”。")
    if meeting.attendances.filter(person=found).exists():
        raise Refusal(f"{found.name}已在这次会议的名单中。", field="observers", remedy="不必重复添加。")
    line = AttendanceLine(found.pk, Part.OBSERVER, Presence.PRESENT, name=found.name)
    _change(scope, meeting, lambda lines: (*lines, line))
    return meeting


@transaction.atomic
def remove_observer(scope: Scope, pk: int, person: int) -> Meeting:
    """Take an observer off the list. Members stay on it, whether they came or not."""
    meeting = _draft(scope, pk)
    if not meeting.attendances.filter(person=person, part=Part.OBSERVER).exists():
        raise Refusal("这个人不是列席人员。", remedy="应到会的人员请登记为请假或缺席，不能删去。")
    _change(scope, meeting, lambda lines: tuple(line for line in lines if line.person_id != person))
    return meeting


def _draft(scope: Scope, pk: int) -> Meeting:
    meeting = locked(scope, pk)
    if meeting.state == State.RECORDED:
        raise Refusal("这份记录已经登记。", remedy="请用“更正记录”，并写明理由。")
    return meeting


def _change(scope: Scope, meeting: Meeting, change: Callable[[Lines], Lines]) -> Content:
    content = content_of(meeting)
    after = replace(content, attendance=change(content.attendance))
    write_attendance(meeting, after)
    repeat(meeting, after)
    meeting.version += 1
    meeting.save()
    path = meeting.organization.path
    changes = differences(content, after)
    audit.record(scope, "meetings.draft", object=meeting, organization_path=path, changes=changes)
    return after
