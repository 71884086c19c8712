"""What can be asked about projects, journal and service. ``scope`` comes first and decides what is seen."""

from zhibu.initiatives.queries.common import is_superior, recording_organization, recording_organizations, roster_of
from zhibu.initiatives.queries.journal import (
    Happening,
    chapters,
    entries,
    entry,
    happenings,
    journal_of,
    known,
    of_year,
)
from zhibu.initiatives.queries.projects import (
    late_milestones,
    listed,
    milestones,
    project,
    projects,
    secretaries,
    to_review,
)
from zhibu.initiatives.queries.service import (
    activities,
    activity,
    deed,
    deeds,
    hours_of_branches,
    late_deeds,
    listed_activities,
    own,
    participants,
    sum_of_branches,
    unconfirmed,
)
from zhibu.initiatives.queries.waiting import waiting

__all__ = [
    "Happening", "activities", "activity", "chapters", "deed", "deeds", "entries", "entry", "happenings",
    "hours_of_branches", "is_superior", "journal_of", "known", "late_deeds", "late_milestones", "listed",
    "listed_activities", "milestones", "of_year", "own", "participants", "project", "projects",
    "recording_organization", "recording_organizations", "roster_of", "secretaries", "sum_of_branches", "to_review",
    "unconfirmed", "waiting",
]  # fmt: skip
