"""The room's tables, by subject: the record itself first, what grew around it beside it."""

from zhibu.meetings.models.records import Attachment, Attendance, Meeting, Resolution, Topic, random_name

__all__ = ["Attachment", "Attendance", "Meeting", "Resolution", "Topic", "random_name"]
