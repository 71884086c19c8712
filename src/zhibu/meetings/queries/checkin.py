"""A meeting as those see it who run it and those who check in to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.codes import Key
from zhibu.meetings.content import AttendanceLine, Counts, counts
from zhibu.meetings.enums import Kind, MarkState, Matter, Part, Presence, State
from zhibu.meetings.models import Attendance, CheckIn, CheckInMark, Meeting
from zhibu.meetings.queries.records import kept_attendance
from zhibu.meetings.rules import Judgement, leads, quorum


def led_meeting(scope: Scope, pk: int) -> Meeting:
    """A meeting for those who run it: its branch's recorders, its host and its recorder. 404 for strangers, 403 for
    those who know the branch."""
    found = _known(scope, pk)
    if not leads(scope, found):
        raise PermissionDenied("只有本次会议的主持人、记录人和支部书记可以办理。")
    return found


def own_attendance(scope: Scope, pk: int) -> Attendance:
    """The reader's own line in the list of a meeting, with the meeting. 404 for strangers; members of the branch who
    are not on the list are told so."""
    found = _known(scope, pk)
    line = found.attendances.select_related("meeting__organization").filter(person=scope.person_id or 0).first()
    if line is None:
        raise PermissionDenied("这次会议的名单中没有您。列席的，请找记录人登记。")
    return line


def _known(scope: Scope, pk: int) -> Meeting:
    own = Attendance.objects.filter(meeting=OuterRef("pk"), person=scope.person_id or 0)
    known = scope.within(Right.VIEW_MEETING) | Q(host=scope.person_id or 0) | Q(recorder=scope.person_id or 0)
    found = (
        Meeting.objects.exclude(kind=Kind.TALK)
        .select_related("organization", "host", "recorder", "check_in")
        .filter(known | Exists(own), pk=pk)
        .first()
    )
    if found is None:
        raise Http404("没有这次会议，或不在您的查看范围内。")
    return found


def check_in_of(meeting: Meeting) -> CheckIn | None:
    return getattr(meeting, "check_in", None)


def key_of(check_in: CheckIn) -> Key:
    return Key(str(check_in.secret), check_in.meeting_id)


@dataclass(frozen=True)
class Live:
    """How a meeting stands at this moment. The quorum counts who is there now: whoever left early no longer is."""

    lines: list[AttendanceLine]
    pending: list[CheckInMark]
    count: Counts
    here: Counts
    quorum: Judgement | None
    online: int

    @property
    def leave(self) -> int:
        """How many of those who should come are on leave, granted before or marked at the desk."""
        return sum(line.presence is Presence.LEAVE and line.part is not Part.OBSERVER for line in self.lines)

    @property
    def missing(self) -> list[AttendanceLine]:
        return [line for line in self.lines if line.presence is Presence.EXPECTED]

    @property
    def marked(self) -> list[AttendanceLine]:
        return [line for line in self.lines if line.presence is not Presence.EXPECTED]


def live(scope: Scope, meeting: Meeting, matter: Matter = Matter.ORDINARY) -> Live:
    """Attendance and quorum now, for those who run the meeting."""
    if not leads(scope, meeting):
        raise PermissionDenied("只有本次会议的主持人、记录人和支部书记可以查看。")
    lines = kept_attendance(meeting)
    here = counts(tuple(line for line in lines if line.presence is not Presence.EARLY))
    count = counts(tuple(lines))
    # Those who left still had to come: they stay in the number that the share is of.
    there = Counts(count.expected, here.present, count.voters_expected, here.voters_present, count.exempt)
    pending = meeting.marks.filter(state=MarkState.PENDING).select_related("person").order_by("arrived_at")
    return Live(
        lines=lines,
        pending=list(pending),
        count=count,
        here=there,
        quorum=quorum(Kind(meeting.kind), matter, there, meeting.held_on),
        online=sum(line.is_online for line in lines if line.part is not Part.OBSERVER),
    )


def check_ins_for(scope: Scope) -> QuerySet[Attendance]:
    """Meetings of today that are open for check-in and in whose list the reader has not been marked yet."""
    today = {"meeting__held_on": scope.today, "meeting__state": State.DRAFT, "presence": Presence.EXPECTED}
    return Attendance.objects.filter(
        person=scope.person_id or 0, meeting__check_in__isnull=False, meeting__check_in__closed_at=None, **today
    )


def pending_marks(scope: Scope) -> QuerySet[CheckInMark]:
    """Scans that came late from a phone without network and wait for the recorder."""
    return CheckInMark.objects.filter(
        scope.within(Right.RECORD_MEETING, "meeting__organization__path"),
        state=MarkState.PENDING,
        meeting__state=State.DRAFT,
    )
