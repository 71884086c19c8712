"""The minutes as those read and sign them who ran the meeting, and what was signed and corrected."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.content import Content
from zhibu.meetings.enums import Kind, Signing, State
from zhibu.meetings.models import Meeting, Signature
from zhibu.meetings.queries.checkin import led_meeting

# What was recorded longer ago is not asked for; it can still be signed on its page.
SIGNED_WITHIN = timedelta(days=92)


def minutes(scope: Scope, pk: int) -> Meeting:
    """A record for those who may read all of it: its branch's recorders, its host and its recorder."""
    return led_meeting(scope, pk)


def signed_minutes(scope: Scope, pk: int) -> Meeting:
    """The same for whoever may correct it."""
    found = led_meeting(scope, pk)
    if not scope.may(Right.RECORD_MEETING, found.organization.path):
        raise PermissionDenied("更正记录由党支部登记。请把要更正的内容告诉支部书记。")
    return found


def all_signatures(meeting: Meeting) -> list[Signature]:
    """Those that hold and those that a change has undone, in the order in which they were given."""
    return list(meeting.signatures.select_related("person"))


def holding(found: Iterable[Signature]) -> list[Signature]:
    """Those that hold, host before recorder."""
    return sorted((one for one in found if one.voided_at is None), key=lambda one: one.quality != Signing.HOST)


def signatures(meeting: Meeting) -> list[Signature]:
    return holding(all_signatures(meeting))


def last_voided(found: Iterable[Signature]) -> Signature | None:
    """The signature that a later change has undone, as long as nobody signed again in that quality."""
    known = list(found)
    undone = [one for one in known if one.voided_at is not None]
    last = max(undone, key=lambda one: one.voided_at or one.signed_at, default=None)
    return None if last is None or last.quality in {one.quality for one in holding(known)} else last


def is_signed(held: Iterable[Signature]) -> bool:
    """By both."""
    return {one.quality for one in held} == set(Signing.values)


def qualities(scope: Scope, meeting: Meeting) -> list[Signing]:
    """In which qualities the reader could sign."""
    own = scope.person_id
    found = ((Signing.HOST, meeting.host_id), (Signing.RECORDER, meeting.recorder_id))
    return [quality for quality, person in found if own is not None and person == own]


def digest_of(meeting: Meeting, at: datetime, content: Content) -> str:
    """Of everything that is signed: the record and the files that were with it at that moment."""
    files = sorted(one.sha256 for one in meeting.attachments.all() if one.added_at <= at)
    names = [str(meeting.organization_id), meeting.held_on.isoformat(), repr(content), *files]
    return hashlib.sha256("\0".join(names).encode()).hexdigest()


def to_sign(scope: Scope) -> QuerySet[Meeting]:
    """Records of late that wait for the reader's own signature: as host or recorder, where these are two persons."""
    own = scope.person_id or 0
    held = Signature.objects.filter(meeting=OuterRef("pk"), voided_at=None)
    host = Q(host=own) & ~Exists(held.filter(quality=Signing.HOST))
    recorder = Q(recorder=own) & ~Exists(held.filter(quality=Signing.RECORDER))
    return (
        Meeting.objects.filter(host | recorder, state=State.RECORDED, held_on__gte=scope.today - SIGNED_WITHIN)
        .exclude(kind=Kind.TALK)
        .exclude(host=F("recorder"))
    )
