"""Pure judgements of the room, by subject."""

from zhibu.meetings.rules.checkin import (
    WRONG_PER_MEETING,
    WRONG_PER_PERSON,
    Window,
    leads,
    offline_minutes,
    presence_at,
    refusal_of_opening,
    window_of,
)
from zhibu.meetings.rules.records import (
    CUSTOM,
    Judgement,
    RecordPart,
    judged,
    kinds_for,
    majority_rule,
    missing_parts,
    present_parts,
    quorum,
    quorum_rule,
    refusals_of_votes,
    required_parts,
)

__all__ = [
    "CUSTOM",
    "WRONG_PER_MEETING",
    "WRONG_PER_PERSON",
    "Judgement",
    "RecordPart",
    "Window",
    "judged",
    "kinds_for",
    "leads",
    "majority_rule",
    "missing_parts",
    "offline_minutes",
    "presence_at",
    "present_parts",
    "quorum",
    "quorum_rule",
    "refusal_of_opening",
    "refusals_of_votes",
    "required_parts",
    "window_of",
]
