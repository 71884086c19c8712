"""Entering a talk, answering about it, letting others read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.actions.talks import DEFAULT_TITLE
from zhibu.meetings.content import AttendanceLine, Content
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.models import Attendance, Meeting
from zhibu.meetings.rules import present_parts, required_parts
from zhibu.meetings.talks.enums import OPEN, TalkState
from zhibu.meetings.talks.models import Talk, TalkReader
from zhibu.meetings.talks.occasions import occasions
from zhibu.meetings.talks.queries import READ, asked_of, branch_of, member_ids, of_party, one, partners
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.people.queries import people
from zhibu.regulations.refusal import Refusal

ASK_TO_ENTER = "由党支部书记登记谈话的事实。"


@dataclass(frozen=True)
class Words:
    """What the author keeps of a talk."""

    occasion: str
    text: str = ""
    follow_up: str = ""


@transaction.atomic
def note_talk(scope: Scope, *, other: int, held_on: date, words: Words, submission: UUID) -> Talk:
    """Enter a talk of one's own. It counts once the other party confirms it; at once where they have no account.

    Refuses an account without a person, somebody who may not be named, a day to come, and two of whom neither was a
    member of a branch on that day. Audited as ``meetings.note_talk`` without names and words.
    """
    author = scope.person_id
    if author is None:
        raise Refusal("这个账号没有对应的人员，不能登记本人的谈话。", remedy=f"请{ASK_TO_ENTER}")
    partner = _partner(scope, other)
    if words.occasion not in occasions():
        raise Refusal("没有这种场合。", field="occasion", remedy="请在列出的场合中选择。")
    if held_on > scope.today:
        raise Refusal("谈话日期还没有到。", field="held_on", remedy="请在谈话后登记。")
    node = _branch(author, other, held_on)
    if same := Talk.objects.filter(meeting__submission=submission, author=author).first():
        return same
    counts = partner.user_id is None
    try:
        with transaction.atomic():
            meeting = _meeting(node, held_on, (author, other), submission, recorded=counts)
    except IntegrityError:
        return Talk.objects.get(meeting__submission=submission, author=author)
    talk = Talk.objects.create(
        meeting=meeting, author_id=author, other=partner, occasion=words.occasion, text=words.text.strip(),
        follow_up=words.follow_up.strip(), state=TalkState.ONE_SIDED if counts else TalkState.AWAITING,
        noted_at=timezone.now(),
    )  # fmt: skip
    _audit(scope, "meetings.note_talk", talk, {"held_on": held_on})
    return talk


def _nameable(scope: Scope, pk: int) -> Person | None:
    return next((one for one in partners(scope) if one.pk == pk), None) or people(scope).filter(pk=pk).first()


def _partner(scope: Scope, pk: int) -> Person:
    if pk == scope.person_id:
        raise Refusal("谈话双方不能是同一个人。", field="other", remedy="请选择另一方。")
    found = _nameable(scope, pk)
    if found is None:
        raise Refusal("对方不在您可以选择的人里。", field="other", remedy=f"请由对方登记，您来确认；或{ASK_TO_ENTER}")
    return found


def _branch(author: int, other: int, on: date) -> Organization:
    """Where the fact is kept: the branch of the party who was talked to, if a member; otherwise the author's own."""
    for person in (other, author):
        node = branch_of(person, on)
        if node is not None and person in member_ids(node, on):
            return node
    raise Refusal("谈话双方在当天都不是党支部的党员。", field="held_on", remedy="请核对日期。")


def _meeting(node: Organization, on: date, pair: tuple[int, int], submission: UUID, *, recorded: bool) -> Meeting:
    """The fact. A draft until it counts: nothing counts drafts, and drafts of talks are shown to nobody."""
    lines = tuple(AttendanceLine(pk, Part.MEMBER, Presence.PRESENT) for pk in pair)
    content = Content(node.pk, Kind.TALK, DEFAULT_TITLE, on, attendance=lines)
    meeting = Meeting.objects.create(
        organization=node, kind=Kind.TALK, title=DEFAULT_TITLE, held_on=on, submission=submission,
        state=State.RECORDED if recorded else State.DRAFT, recorded_at=timezone.now() if recorded else None,
        expected=2, present=2, parts_required=len(required_parts(Kind.TALK)), parts_present=len(present_parts(content)),
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person_id=pk, part=Part.MEMBER, presence=Presence.PRESENT) for pk in pair
    )
    return meeting


@transaction.atomic
def confirm_talk(scope: Scope, pk: int) -> Talk:
    """It was so. From now on it counts. Audited as ``meetings.confirm_talk``."""
    talk = _asked(scope, pk)
    _answer(talk, TalkState.CONFIRMED, talk.meeting.held_on)
    _audit(scope, "meetings.confirm_talk", talk, {"state": talk.state})
    return talk


@transaction.atomic
def correct_talk(scope: Scope, pk: int, *, held_on: date, answer: str) -> Talk:
    """They did talk, but not so: the day is set right and the words stand beside the author's. Counts from now on.

    Refuses without words and for a day to come. Audited as ``meetings.correct_talk``.
    """
    talk = _asked(scope, pk)
    if not answer.strip():
        raise Refusal("没有写明更正的内容。", field="answer", remedy="没有要更正的，请直接确认。")
    if held_on > scope.today:
        raise Refusal("谈话日期还没有到。", field="held_on", remedy="请核对日期。")
    _branch(talk.author_id, talk.other_id, held_on)
    before = talk.meeting.held_on
    talk.answer = answer.strip()
    _answer(talk, TalkState.CORRECTED, held_on)
    _audit(scope, "meetings.correct_talk", talk, {"state": talk.state, "held_on": [before, held_on]})
    return talk


@transaction.atomic
def deny_talk(scope: Scope, pk: int) -> Talk:
    """No such talk took place. It does not count; its author sees that and may take it back."""
    talk = _asked(scope, pk)
    _answer(talk, TalkState.DENIED, None)
    _audit(scope, "meetings.deny_talk", talk, {"state": talk.state})
    return talk


@transaction.atomic
def withdraw_talk(scope: Scope, pk: int) -> None:
    """Take back what the other has not agreed to: nothing of it remains but this entry in the log.

    Refuses what counts already.
    """
    one(scope, pk)
    talk = _locked(pk)
    if talk.author_id != scope.person_id:
        raise PermissionDenied("只有登记人可以撤回。")
    if talk.state not in OPEN:
        raise Refusal("对方已经确认，不能撤回。", remedy="确有错误的，请同对方和支部书记说明。")
    _audit(scope, "meetings.withdraw_talk", talk, {"state": talk.state})
    talk.meeting.delete()


@transaction.atomic
def name_reader(scope: Scope, pk: int, person: int) -> TalkReader:
    """Let somebody read it. Either of the two may. Audited without the name as ``meetings.name_reader``."""
    talk, own = _own(scope, pk), scope.person_id or 0
    chosen = _nameable(scope, person)
    if chosen is None:
        raise Refusal("这个人不在您可以选择的人里。", field="person", remedy="请在列出的人员中选择。")
    if person in talk.parties:
        raise Refusal("谈话双方本来就能阅读。", field="person", remedy="请选择其他人。")
    if talk.readers.filter(person=person, withdrawn_on__isnull=True).exists():
        raise Refusal("已经指定过这个人。", field="person", remedy="不必重复指定。")
    row = TalkReader.objects.create(talk=talk, person=chosen, named_by_id=own, named_on=scope.today)
    _audit(scope, "meetings.name_reader", talk, {})
    return row


@transaction.atomic
def withdraw_reader(scope: Scope, pk: int, person: int) -> None:
    """Take it back: from now on that person reads nothing of it. Either of the two may, whoever named."""
    talk = _own(scope, pk)
    row = talk.readers.filter(person=person, withdrawn_on__isnull=True).first()
    if row is None:
        raise Http404("没有指定过这个人，或已经收回。")
    row.withdrawn_on = scope.today
    row.save(update_fields=["withdrawn_on"])
    _audit(scope, "meetings.withdraw_reader", talk, {})


@transaction.atomic
def note_reading(scope: Scope, talk: Talk) -> None:
    """Every opening of the words is kept, by whomever: the two see it on the page."""
    _audit(scope, READ, talk, {})


def _locked(pk: int) -> Talk:
    held = Talk.objects.select_for_update(of=("self",)).select_related("meeting__organization").filter(pk=pk).first()
    if held is None:
        raise Http404("这次谈话的登记刚刚被撤回。")
    return held


def _own(scope: Scope, pk: int) -> Talk:
    of_party(scope, pk)
    return _locked(pk)


def _asked(scope: Scope, pk: int) -> Talk:
    asked_of(scope, pk)
    talk = _locked(pk)
    if talk.state != TalkState.AWAITING:
        raise Refusal("这次谈话已经答复过。", remedy="请刷新页面查看。")
    return talk


def _answer(talk: Talk, state: TalkState, held_on: date | None) -> None:
    talk.state, talk.answered_at = state, timezone.now()
    talk.save(update_fields=["state", "answered_at", "answer"])
    if held_on is not None:
        talk.meeting.held_on, talk.meeting.state, talk.meeting.recorded_at = held_on, State.RECORDED, timezone.now()
        talk.meeting.save(update_fields=["held_on", "state", "recorded_at", "updated_at"])


def _audit(scope: Scope, verb: str, talk: Talk, changes: dict[str, object]) -> None:
    audit.record(scope, verb, object=talk, organization_path=talk.meeting.organization.path, changes=changes)
