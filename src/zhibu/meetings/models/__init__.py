"""The room's tables, by subject: the record itself first, what grew around it beside it."""

from zhibu.meetings.models.checkin import CheckIn, CheckInMark, WrongCodes
from zhibu.meetings.models.minutes import Correction, Signature
from zhibu.meetings.models.quality import Likeness, OfficialDocument, Overruling, QualityStandard, RecordQuality
from zhibu.meetings.models.records import Attachment, Attendance, Meeting, Resolution, Topic, random_name
from zhibu.meetings.models.tasks import FollowUp, Task

__all__ = [
    "Attachment",
    "Attendance",
    "CheckIn",
    "CheckInMark",
    "Correction",
    "FollowUp",
    "Likeness",
    "Meeting",
    "OfficialDocument",
    "Overruling",
    "QualityStandard",
    "RecordQuality",
    "Resolution",
    "Signature",
    "Task",
    "Topic",
    "WrongCodes",
    "random_name",
]
