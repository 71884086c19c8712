"""Check-in: opened and closed by whoever runs the meeting, made by members themselves, completed by the recorder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import Http404

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings import rules
from zhibu.meetings.actions.records import repeat
from zhibu.meetings.codes import STEP_SECONDS, STEPS_BEFORE, Verdict, is_ticket, new_secret, tidy
from zhibu.meetings.enums import CAME, Kind, MarkSource, MarkState, Part, Presence, State
from zhibu.meetings.models import Attendance, CheckIn, CheckInMark, Invitation, Meeting, WrongCodes
from zhibu.meetings.planning.enums import Leave
from zhibu.meetings.queries import attendance_on, content_of, key_of, led_meeting, own_attendance
from zhibu.regulations.refusal import Refusal

# Uploading takes a moment: the step of a scan made offline may lie one more before what the browser states.
STEPS_BEFORE_OFFLINE = STEPS_BEFORE + 1
CODE_LIVES = timedelta(seconds=STEP_SECONDS * (STEPS_BEFORE + 1))
OLDEST_MARK = timedelta(hours=24)
ASK = "请找记录人登记。"


@dataclass(frozen=True)
class Arrived:
    """What became of a mark: how the person now stands, and whether the recorder still has to confirm it."""

    presence: Presence
    state: MarkState


@transaction.atomic
def open_check_in(scope: Scope, pk: int, *, at: datetime) -> CheckIn:
    """Let members check in by themselves. Opened again, older codes are void.

    Refuses before the time that the school has set, after the end of the meeting, and while its times are unknown. Adds
    to the list whoever should attend and is missing there, with the leave they were granted.
    Audited as ``meetings.open_check_in``.
    """
    meeting = _held(scope, pk)
    if refusal := rules.refusal_of_opening(meeting, at):
        raise refusal
    given = {"secret": new_secret(), "opened_at": at, "opened_by_id": scope.user_id, "closed_at": None}
    found, _made = CheckIn.objects.update_or_create(meeting=meeting, defaults=given)
    listed = set(meeting.attendances.values_list("person_id", flat=True))
    granted = Invitation.objects.filter(planned__meeting=meeting, leave=Leave.GRANTED)
    leave = dict(granted.values_list("person_id", "reason"))
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            person_id=line.person_id,
            part=line.part,
            is_exempt=line.is_exempt,
            presence=Presence.LEAVE if line.person_id in leave else Presence.EXPECTED,
            reason=leave.get(line.person_id, ""),
        )
        for line in attendance_on(meeting.organization, Kind(meeting.kind), meeting.held_on)
        if line.person_id not in listed
    )
    _recount(meeting)
    audit.record(scope, "meetings.open_check_in", object=meeting, organization_path=meeting.organization.path)
    return found


@transaction.atomic
def close_check_in(scope: Scope, pk: int, *, at: datetime) -> CheckIn:
    """End self check-in; whoever comes later is marked by the recorder. Audited as ``meetings.close_check_in``."""
    meeting = _held(scope, pk)
    found = CheckIn.objects.filter(meeting=meeting, closed_at=None).first()
    if found is None:
        raise Refusal("签到没有开放，或已经结束。", remedy="请刷新页面。")
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    audit.record(scope, "meetings.close_check_in", object=meeting, organization_path=meeting.organization.path)
    return found


def check_in(
    scope: Scope,
    pk: int,
    *,
    code: str,
    key: UUID,
    at: datetime,
    age: timedelta = timedelta(0),
    is_online: bool = False,
) -> Arrived:
    """The reader checks in as himself with the code shown. Whoever is in already stays so, however often it is sent.

    A code counts for its fifteen seconds and fifteen more, by the server's clock. One scanned without network arrives
    with its ``age``; nobody can verify where it was between, so it is only put before the recorder (待确认), and only
    if it fits the moment stated and came within the time that the school has set. Refuses all else, and after a few
    wrong codes everything. Audited as ``meetings.check_in``, without the code.
    """
    # Not in one transaction with the refusal: a wrong code must stay counted.
    answer = _check_in(scope, pk, tidy(code), key, at, age, is_online)
    if isinstance(answer, Refusal):
        raise answer
    return answer


@transaction.atomic
def _check_in(
    scope: Scope, pk: int, code: str, key: UUID, at: datetime, age: timedelta, is_online: bool
) -> Arrived | Refusal:
    own = own_attendance(scope, pk)
    if own.presence in CAME:  # most of what a shaky network sends again: nobody has to queue for it
        return Arrived(Presence(own.presence), MarkState.COUNTED)
    meeting = _locked(pk)
    line = Attendance.objects.filter(meeting=meeting, person=scope.person_id).first()
    if line is None:
        return Refusal("这次会议的名单中已经没有您。", remedy=ASK)
    if standing := _standing(meeting, line, key):
        return standing
    opened = CheckIn.objects.filter(meeting=meeting).first()
    made_at = at - max(age, timedelta(0))
    if opened is None or made_at < opened.opened_at or (opened.closed_at and made_at > opened.closed_at):
        return Refusal("签到没有开放，或已经结束。", remedy=ASK)
    if refusal := rules.refusal_of_opening(meeting, made_at):
        return refusal
    state = _judged(meeting, opened, scope, code, at, made_at)
    if isinstance(state, Refusal):
        return state
    if state is MarkState.COUNTED:
        # A code that is good now was not seen earlier than it was shown: a stated age makes nobody come in time.
        made_at = max(made_at, at - CODE_LIVES)
    presence = rules.presence_at(meeting, made_at)
    # Whoever came, was taken off the list and is on it again may come again: one check-in stands.
    came = meeting.marks.filter(person=line.person_id, source=MarkSource.SELF)
    came.filter(state__in=(MarkState.COUNTED, MarkState.CONFIRMED)).update(state=MarkState.OVERTAKEN)
    _keep(scope, meeting, line, presence, state, MarkSource.SELF, key, made_at, at, is_online)
    if state is MarkState.COUNTED:
        _set(scope, "meetings.check_in", meeting, line, presence, is_online, made_at)
    return Arrived(presence, state)


def _standing(meeting: Meeting, line: Attendance, key: UUID) -> Arrived | Refusal | None:
    """How somebody stands who is in the list as come, or away, or waits for the recorder already."""
    presence = Presence(line.presence)
    if presence in CAME:
        return Arrived(presence, MarkState.COUNTED)
    if meeting.state == State.RECORDED:
        return Refusal("这份记录已经登记，不能再签到。", remedy="出席情况有误的，请找记录人更正。")
    if presence is not Presence.EXPECTED:
        return Refusal(f"记录人已把您登记为{presence.label}。", remedy="您到了会的，请找记录人改登。")
    waits = CheckInMark.objects.filter(meeting=meeting, person=line.person_id, state=MarkState.PENDING).first()
    if waits is not None:
        return Arrived(Presence(waits.presence), MarkState.PENDING)
    if CheckInMark.objects.filter(key=key).exists():
        return Refusal("这次签到没有得到确认。", remedy=ASK)
    return None


def _judged(
    meeting: Meeting, opened: CheckIn, scope: Scope, code: str, at: datetime, made_at: datetime
) -> MarkState | Refusal:
    """Whether the code counts, waits for the recorder, or neither; a wrong one is counted against its sender."""
    tries = WrongCodes.objects.filter(check_in=opened, person=scope.person_id).values_list("count", flat=True).first()
    if (tries or 0) >= rules.WRONG_PER_PERSON:
        return Refusal("签到码连续输错次数过多，您在本次会议中不能再自助签到。", field="code", remedy=ASK)
    if not is_ticket(code):
        total = opened.wrong_codes.aggregate(total=Sum("count"))["total"] or 0
        if total >= rules.WRONG_PER_MEETING:
            return Refusal(
                "本次会议输错的签到码过多，数字码已停用。", field="code", remedy="请扫码签到，或找记录人登记。"
            )
    key = key_of(opened)
    verdict = key.judge(code, at)
    if verdict is Verdict.GOOD:
        return MarkState.COUNTED
    # Only the meeting's own key can say so: a code of the time before it was opened is wrong.
    if made_at < at and at - made_at <= rules.offline_minutes(meeting.held_on):
        verdict = key.judge(code, made_at, grace=STEPS_BEFORE_OFFLINE)
        if verdict is Verdict.GOOD:
            return MarkState.PENDING
    if verdict is Verdict.OLD:
        return Refusal("这个签到码已经过期。", field="code", remedy="请用会场上现在显示的码。")
    count = (tries or 0) + 1
    WrongCodes.objects.update_or_create(check_in=opened, person_id=scope.person_id or 0, defaults={"count": count})
    left = rules.WRONG_PER_PERSON - count
    remedy = f"请核对会场上显示的码，还可以再试 {left} 次。" if left else ASK
    return Refusal("签到码不对。", field="code", remedy=remedy)


@transaction.atomic
def mark_presence(
    scope: Scope,
    pk: int,
    *,
    person: int,
    presence: Presence,
    key: UUID,
    at: datetime,
    age: timedelta = timedelta(0),
    is_online: bool = False,
) -> Arrived:
    """The recorder marks one person, perhaps on a phone without network whose mark arrives later: once, and not over
    what was marked since. Audited as ``meetings.mark``."""
    meeting = _held(scope, pk)
    if found := CheckInMark.objects.filter(key=key, meeting=meeting, person=person).first():
        return Arrived(Presence(found.presence), MarkState(found.state))
    if CheckInMark.objects.filter(key=key).exists():
        raise Refusal("这条标记的编号已经用过。", remedy="请刷新页面后重新登记。")
    line = Attendance.objects.filter(meeting=meeting, person=person).first()
    if line is None:
        raise Refusal("这个人不在这次会议的名单中。", remedy="请先在草稿中添加为列席人员或更新名单。")
    made_at = at - min(max(age, timedelta(0)), OLDEST_MARK)
    overtaken = line.marked_at is not None and line.marked_at > made_at
    state = MarkState.OVERTAKEN if overtaken else MarkState.COUNTED
    _keep(scope, meeting, line, presence, state, MarkSource.RECORDER, key, made_at, at, is_online)
    if state is MarkState.COUNTED:
        if line.presence != Presence.EXPECTED:
            # Filling a blank disturbs nobody who writes the minutes; changing what stood there is for them to know.
            meeting.version += 1
        _set(scope, "meetings.mark", meeting, line, presence, is_online, made_at)
    return Arrived(presence, state)


@transaction.atomic
def decide_mark(scope: Scope, pk: int, mark: int, *, confirmed: bool, at: datetime) -> CheckInMark:
    """The recorder says whether somebody whose scan came late was there. Audited as ``meetings.decide_mark``."""
    meeting = _held(scope, pk)
    found = CheckInMark.objects.select_for_update().filter(meeting=meeting, pk=mark).first()
    if found is None:
        raise Http404("没有这条签到标记。")
    if found.state != MarkState.PENDING:
        raise Refusal("这条签到已经处理过。", remedy="请刷新页面。")
    found.state = MarkState.CONFIRMED if confirmed else MarkState.DECLINED
    found.decided_at, found.decided_by_id = at, scope.user_id
    found.save(update_fields=["state", "decided_at", "decided_by"])
    line = Attendance.objects.filter(meeting=meeting, person=found.person_id).first()
    if confirmed and line is not None and line.presence not in CAME:
        _set(scope, "meetings.decide_mark", meeting, line, Presence(found.presence), found.is_online, at)
    else:
        _audit(scope, "meetings.decide_mark", meeting, {f"mark.{found.pk}": found.state})
    return found


def _held(scope: Scope, pk: int) -> Meeting:
    """The draft, held until the end of the transaction, by whoever runs the meeting."""
    led_meeting(scope, pk)
    meeting = _locked(pk)
    if meeting.state == State.RECORDED:
        raise Refusal("这份记录已经登记。", remedy="出席情况有误的，请用“更正记录”，并写明理由。")
    return meeting


def _locked(pk: int) -> Meeting:
    held = Meeting.objects.select_for_update(of=("self",)).select_related("organization").filter(pk=pk).first()
    if held is None:
        raise Http404("这份草稿刚刚被删除。")
    return held


def _keep(
    scope: Scope, meeting: Meeting, line: Attendance, presence: Presence, state: MarkState, source: MarkSource,
    key: UUID, made_at: datetime, at: datetime, is_online: bool,
) -> None:  # fmt: skip
    CheckInMark.objects.create(
        meeting=meeting, person_id=line.person_id, key=key, source=source, state=state, presence=presence,
        is_online=is_online, made_at=made_at, arrived_at=at, by_id=scope.user_id,
    )  # fmt: skip


def _set(
    scope: Scope, verb: str, meeting: Meeting, line: Attendance, presence: Presence, is_online: bool, at: datetime
) -> None:
    before = line.presence
    line.presence, line.is_online, line.marked_at = presence, is_online, at
    if presence in CAME or presence is Presence.EXPECTED:
        line.reason = ""
    line.save(update_fields=["presence", "is_online", "marked_at", "reason"])
    if before == Presence.EXPECTED and presence in CAME:
        _one_more(meeting)
    else:
        _recount(meeting)
    _audit(scope, verb, meeting, {f"attendance.{line.person_id}": [before, presence.value]})


def _one_more(meeting: Meeting) -> None:
    """As `_recount`, for the many who come at once: what else the record holds matters only with the last of them."""
    held = ~Q(part=Part.OBSERVER)
    voters, came = Q(part=Part.VOTER), Q(presence__in=CAME)
    found = meeting.attendances.aggregate(
        expected=Count("pk", held), present=Count("pk", held & came), voters_expected=Count("pk", voters),
        voters_present=Count("pk", voters & came), blank=Count("pk", Q(presence=Presence.EXPECTED)),
    )  # fmt: skip
    if not found.pop("blank"):
        _recount(meeting)
        return
    for name, number in found.items():
        setattr(meeting, name, number)
    meeting.save(update_fields=[*found, "version", "updated_at"])


def _recount(meeting: Meeting) -> None:
    repeat(meeting, content_of(meeting))
    meeting.save()


def _audit(scope: Scope, verb: str, meeting: Meeting, changes: dict[str, object]) -> None:
    audit.record(scope, verb, object=meeting, organization_path=meeting.organization.path, changes=changes)
