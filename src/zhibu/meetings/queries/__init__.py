"""What can be asked about organization life. ``scope`` comes first and decides what is seen."""

from zhibu.meetings.queries.audience import (
    attendance_on,
    chairs,
    expected_attendance,
    find_people,
    recording_organizations,
)
from zhibu.meetings.queries.checkin import (
    check_in_of,
    check_ins_for,
    key_of,
    led_meeting,
    live,
    own_attendance,
    pending_marks,
)
from zhibu.meetings.queries.due import due, duties_of, matrix
from zhibu.meetings.queries.leading import leads, offers
from zhibu.meetings.queries.minutes import (
    all_signatures,
    digest_of,
    holding,
    is_signed,
    last_voided,
    minutes,
    qualities,
    signatures,
    signed_minutes,
    to_sign,
)
from zhibu.meetings.queries.records import (
    attachment,
    content_of,
    kept_attendance,
    may_read_fully,
    meeting,
    meetings,
    talks,
)
from zhibu.meetings.queries.tasks import open_tasks, own_open_tasks, task, tasks, to_follow_up
from zhibu.meetings.queries.waiting import waiting

__all__ = [
    "all_signatures",
    "attachment",
    "attendance_on",
    "chairs",
    "check_in_of",
    "check_ins_for",
    "content_of",
    "digest_of",
    "due",
    "duties_of",
    "expected_attendance",
    "find_people",
    "holding",
    "is_signed",
    "kept_attendance",
    "key_of",
    "last_voided",
    "leads",
    "led_meeting",
    "live",
    "matrix",
    "may_read_fully",
    "meeting",
    "meetings",
    "minutes",
    "offers",
    "open_tasks",
    "own_attendance",
    "own_open_tasks",
    "pending_marks",
    "qualities",
    "recording_organizations",
    "signatures",
    "signed_minutes",
    "talks",
    "task",
    "tasks",
    "to_follow_up",
    "to_sign",
    "waiting",
]
