"""The tables of the room."""

from zhibu.initiatives.models.confirming import Confirmation, ConfirmationLink, LinkFailure
from zhibu.initiatives.models.files import Attachment
from zhibu.initiatives.models.journal import JournalEntry
from zhibu.initiatives.models.projects import Milestone, Project, ProjectEntry, ProjectMember
from zhibu.initiatives.models.service import Activity, Participation, Postponement, PracticalDeed

__all__ = [
    "Activity", "Attachment", "Confirmation", "ConfirmationLink", "JournalEntry", "LinkFailure", "Milestone",
    "Participation", "Postponement", "PracticalDeed", "Project", "ProjectEntry", "ProjectMember",
]  # fmt: skip
