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
from zhibu.meetings.queries.records import (
    attachment,
    content_of,
    kept_attendance,
    may_read_fully,
    meeting,
    meetings,
    talks,
)
from zhibu.meetings.queries.waiting import waiting

__all__ = [
    "attachment",
    "attendance_on",
    "chairs",
    "check_in_of",
    "check_ins_for",
    "content_of",
    "due",
    "duties_of",
    "expected_attendance",
    "find_people",
    "kept_attendance",
    "key_of",
    "led_meeting",
    "live",
    "matrix",
    "may_read_fully",
    "meeting",
    "meetings",
    "own_attendance",
    "pending_marks",
    "recording_organizations",
    "talks",
    "waiting",
]
