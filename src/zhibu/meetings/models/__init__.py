"""The room's tables, by subject: the record itself first, what grew around it beside it."""

from zhibu.meetings.ledger.models import Inspection, LedgerExport
from zhibu.meetings.life.models import (
    Criticism,
    LifeMeeting,
    Opinion,
    Rectification,
    SelfCheck,
    SelfCheckPoint,
)
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
    "Criticism",
    "DrawnRecord",
    "FollowUp",
    "Inspection",
    "Invitation",
    "LedgerExport",
    "LifeMeeting",
    "Likeness",
    "Meeting",
    "ModelRecord",
    "OfficialDocument",
    "Opinion",
    "Overruling",
    "PhotoPrint",
    "PlannedMeeting",
    "QualityStandard",
    "RecordQuality",
    "Rectification",
    "Resolution",
    "SelfCheck",
    "SelfCheckPoint",
    "Signature",
    "SpotCheck",
    "Talk",
    "TalkReader",
    "Task",
    "Topic",
    "WrongCodes",
    "random_name",
]
