"""The room's tables, by subject: the record itself first, what grew around it beside it."""

from zhibu.meetings.ledger.models import Inspection, LedgerExport
from zhibu.meetings.models.checkin import CheckIn, CheckInMark, WrongCodes
from zhibu.meetings.models.minutes import Correction, Signature
from zhibu.meetings.models.quality import (
    Likeness,
    OfficialDocument,
    Overruling,
    PhotoPrint,
    QualityStandard,
    RecordQuality,
)
from zhibu.meetings.models.records import Attachment, Attendance, Meeting, Resolution, Topic, random_name
from zhibu.meetings.models.spotchecks import DrawnRecord, ModelRecord, SpotCheck
from zhibu.meetings.models.tasks import FollowUp, Task
from zhibu.meetings.planning.models import CalendarAddress, Invitation, PlannedMeeting
from zhibu.meetings.talks.models import Talk, TalkReader

__all__ = [
    "Attachment",
    "Attendance",
    "CalendarAddress",
    "CheckIn",
    "CheckInMark",
    "Correction",
    "DrawnRecord",
    "FollowUp",
    "Inspection",
    "Invitation",
    "LedgerExport",
    "Likeness",
    "Meeting",
    "ModelRecord",
    "OfficialDocument",
    "Overruling",
    "PhotoPrint",
    "PlannedMeeting",
    "QualityStandard",
    "RecordQuality",
    "Resolution",
    "Signature",
    "SpotCheck",
    "Talk",
    "TalkReader",
    "Task",
    "Topic",
    "WrongCodes",
    "random_name",
]
