"""What can be done with records of organization life. Every action: scope first, refusals before writing, audited."""

from zhibu.meetings.actions.attachments import attach, detach
from zhibu.meetings.actions.attendance import add_observer, fill_attendance, mark, remove_observer
from zhibu.meetings.actions.checkin import (
    Arrived,
    check_in,
    close_check_in,
    decide_mark,
    mark_presence,
    open_check_in,
)
from zhibu.meetings.actions.records import Conflict, correct, create, delete_draft, update
from zhibu.meetings.actions.signing import add_correction, sign
from zhibu.meetings.actions.talks import record_talk
from zhibu.meetings.actions.tasks import report_task

__all__ = [
    "Arrived",
    "Conflict",
    "add_correction",
    "add_observer",
    "attach",
    "check_in",
    "close_check_in",
    "correct",
    "create",
    "decide_mark",
    "delete_draft",
    "detach",
    "fill_attendance",
    "mark",
    "mark_presence",
    "open_check_in",
    "record_talk",
    "remove_observer",
    "report_task",
    "sign",
    "update",
]
