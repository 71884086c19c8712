"""What one record says, detached from form and table: rules judge it, actions write it, pages compare two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from zhibu.meetings.enums import CAME, FollowUpResult, Kind, Matter, Outcome, Part, Presence


@dataclass(frozen=True)
class AttendanceLine:
    """One person: in which quality, and whether they came. ``name`` is only for showing."""

    person_id: int
    part: Part = Part.VOTER
    presence: Presence = Presence.EXPECTED
    reason: str = ""
    is_exempt: bool = False
    is_online: bool = False
    name: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class TopicLine:
    title: str
    points: str = ""


@dataclass(frozen=True)
class LeadsTo:
    """What a decision was taken for in another room: a step of a case, or the correction of one person (限期改正)."""

    case_id: int | None = None
    step: str = ""
    corrects_id: int | None = None

    @property
    def key(self) -> str:
        """As the form sends it."""
        return f"case-{self.case_id}-{self.step}" if self.case_id else f"correction-{self.corrects_id}"

    @classmethod
    def of(cls, key: str) -> LeadsTo | None:
        """From a key as the form sends it; None of anything else."""
        match key.split("-"):
            case ["case", number, step] if number.isdecimal() and len(number) < 18 and step:
                return cls(case_id=int(number), step=step)
            case ["correction", number] if number.isdecimal() and len(number) < 18:
                return cls(corrects_id=int(number))
        return None


@dataclass(frozen=True)
class ResolutionLine:
    """One decision. The votes are None where none was taken; ``written`` is contained in them."""

    text: str
    is_vote: bool = False
    matter: Matter = Matter.ORDINARY
    in_favour: int | None = None
    against: int | None = None
    abstained: int | None = None
    written: int = 0
    outcome: Outcome | None = None
    responsible: str = ""
    due_on: date | None = None
    # Somebody of the roster; ``responsible`` is then his name.
    owner_id: int | None = None
    leads_to: LeadsTo | None = None

    @property
    def votes(self) -> int:
        return (self.in_favour or 0) + (self.against or 0) + (self.abstained or 0)


@dataclass(frozen=True)
class FollowUpLine:
    """What this meeting said about a task of an earlier one."""

    task_id: int
    result: FollowUpResult
    note: str = ""


@dataclass(frozen=True)
class Content:
    """The whole record of one meeting."""

    organization_id: int
    kind: Kind
    title: str
    held_on: date
    starts_at: time | None = None
    ends_at: time | None = None
    place: str = ""
    is_online: bool = False
    host_id: int | None = None
    recorder_id: int | None = None
    lecturer_id: int | None = None
    speaker: str = ""
    guests: str = ""
    with_appraisal: bool = False
    minutes: str = ""
    attendance: tuple[AttendanceLine, ...] = ()
    topics: tuple[TopicLine, ...] = ()
    resolutions: tuple[ResolutionLine, ...] = ()
    follow_ups: tuple[FollowUpLine, ...] = ()
    # Of a life meeting that was prepared on the platform: what was done around it (`zhibu.meetings.life.rules`). It is
    # no part of what is signed and compared.
    around: frozenset[str] | None = field(default=None, compare=False, repr=False)


PLAIN_FIELDS = (
    "kind", "title", "held_on", "starts_at", "ends_at", "place", "is_online", "host_id", "recorder_id", "lecturer_id",
    "speaker", "guests", "with_appraisal", "minutes",
)  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """应到、实到, of all members and of those with a vote. Observers count nowhere."""

    expected: int
    present: int
    voters_expected: int
    voters_present: int
    exempt: int = 0


def counts(lines: tuple[AttendanceLine, ...]) -> Counts:
    held = [line for line in lines if line.part is not Part.OBSERVER]
    voters = [line for line in held if line.part is Part.VOTER]
    return Counts(
        expected=len(held),
        present=sum(line.presence in CAME for line in held),
        voters_expected=len(voters),
        voters_present=sum(line.presence in CAME for line in voters),
        exempt=sum(line.is_exempt for line in held),
    )
