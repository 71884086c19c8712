"""Which papers a folder must hold at a stage, in the edition of the day on which the stage began."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from zhibu.archive.enums import DocumentKind
from zhibu.people.enums import StageKind
from zhibu.regulations.models import Value
from zhibu.regulations.queries import rule

# Stage by stage, what must be there once the stage is reached. 延长预备期 is still the probation.
ROAD = (StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE, StageKind.PROBATIONARY, StageKind.FULL)
PAPERS = {
    StageKind.APPLICANT: "dev.papers_applicant",
    StageKind.ACTIVIST: "dev.papers_activist",
    StageKind.CANDIDATE: "dev.papers_candidate",
    StageKind.PROBATIONARY: "dev.papers_probationary",
}
ARCHIVED = "dev.archive_papers"
_BY_LABEL = {kind.label: kind for kind in DocumentKind}


@dataclass(frozen=True)
class Need:
    """Papers that a rule's value demands of whoever reached ``stage`` from ``since`` until before ``until``."""

    stage: StageKind
    kinds: tuple[DocumentKind, ...]
    value: Value
    since: date | None
    until: date | None

    @property
    def held_by(self) -> tuple[StageKind, ...]:
        """The stages at which the need is asked. A full member's folder answers for the archived papers only: the
        rest has become history that nobody is sent after."""
        if self.stage is StageKind.FULL:
            return (StageKind.FULL,)
        later = ROAD[ROAD.index(self.stage) : -1]
        return (*later, StageKind.EXTENDED)

    def holds_on(self, entered: date | None) -> bool:
        return entered is not None and (self.since or entered) <= entered and (not self.until or entered < self.until)


def kinds_of(value: Value) -> tuple[DocumentKind, ...]:
    """The kinds that a rule names by their labels. A label that is no kind is a fault of the rule file."""
    content = value.content if isinstance(value.content, tuple) else ()
    return tuple(_BY_LABEL[str(label)] for label in content)


@lru_cache(maxsize=1)
def needs() -> tuple[Need, ...]:
    """All demands in all editions, in the order of the road. The first edition of a stage's list also holds for
    whoever reached it before; the archived papers are asked only of those for whom some edition says so."""
    found = []
    for stage in ROAD:
        values = rule(PAPERS.get(stage, ARCHIVED)).values
        for place, value in enumerate(values):
            open_start = place == 0 and stage is not StageKind.FULL
            since = None if open_start else value.started_on
            found.append(Need(stage, kinds_of(value), value, since, value.ended_on))
    return tuple(found)


def joined() -> list[Need]:
    """`needs` with editions that list the same kinds as one: for them the database need not look at days."""
    found: list[Need] = []
    for need in needs():
        before = found[-1] if found else None
        if before and (before.stage, before.kinds, before.until) == (need.stage, need.kinds, need.since):
            found[-1] = replace(before, until=need.until)
        else:
            found.append(need)
    return found


def entries(stages: Mapping[StageKind, date], confirmed_on: date | None, today: date) -> dict[StageKind, date | None]:
    """When each stage of the road was reached. A stage that the file does not tell of was reached at the latest with
    the next one that it does; one not reached yet would be reached today."""
    found: dict[StageKind, date | None] = {StageKind.FULL: confirmed_on}
    known = stages.get(StageKind.FULL) or today
    for stage in reversed(ROAD[:-1]):
        known = stages.get(stage) or known
        found[stage] = known
    return found


def required(stage: str, entered: Mapping[StageKind, date | None]) -> list[Need]:
    """What is asked of somebody at this stage."""
    return [need for need in needs() if stage in need.held_by and need.holds_on(entered.get(need.stage))]


def coming(stage: str, today: date) -> Need | None:
    """What the next stage will ask for; None at the end of the road or off it."""
    now = StageKind.PROBATIONARY if stage == StageKind.EXTENDED else stage
    if now not in ROAD[:-1]:
        return None
    following = ROAD[ROAD.index(StageKind(now)) + 1]
    return next((need for need in needs() if need.stage is following and need.holds_on(today)), None)


def lacking(required: Collection[Need], held: Collection[str]) -> list[DocumentKind]:
    """The kinds asked for that the folder does not hold, each once, in the order of the road."""
    asked = dict.fromkeys(kind for need in required for kind in need.kinds)
    return [kind for kind in asked if kind not in held]
