"""What a procedure is: a graph of steps, typed and frozen, read from YAML. Nothing here knows a case or a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from zhibu.archive.enums import MINUTES
from zhibu.procedures.enums import Actor, Circumstance, Late, LimitKind, Subject
from zhibu.regulations.enums import Verified
from zhibu.regulations.models import Source


@dataclass(frozen=True)
class Basis:
    """The article that demands a step, from one day until before another."""

    since: date
    until: date | None
    source: Source
    verified: Verified

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Limit:
    """One date limit. ``after`` names the steps or anchors it counts from, of which the latest counts; ``exact``: the
    anchor is that day itself. ``extended_by`` is the rule that counts from the same anchor once the deadline has been
    extended for a reason."""

    kind: LimitKind
    rule: str
    after: tuple[str, ...]
    late: Late = Late.EXPLAIN
    redo: str = ""
    extended_by: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Vote:
    """The rules of quorum and majority of a step that is decided by a meeting. ``of``: the step whose named people are
    voted on one by one (an election); empty where the meeting decides one question."""

    quorum: str
    passing: str
    of: str = ""


@dataclass(frozen=True)
class People:
    """A step that names people: in which capacity, and the rule that says how many (empty: a condition says it)."""

    role: str
    label: str
    rule: str = ""


@dataclass(frozen=True)
class Effect:
    """What a step changes in the world: the stage a person gets, dated by an anchor (empty: the day of the step), or
    what `Deed` names."""

    stage: str = ""
    on: str = ""
    way_out: str = ""
    does: str = ""


@dataclass(frozen=True)
class Outcome:
    """One way in which a step may end. ``favour``: whether the vote has to have passed for it (None: it need not);
    ``needs_reason``: nobody may decide so without saying why."""

    id: str
    label: str
    effect: Effect | None = None
    reopens: tuple[str, ...] = ()
    ends: bool = False
    favour: bool | None = None
    needs_reason: bool = False


@dataclass(frozen=True)
class Step:
    """One step: who, after what, on which papers, not before when and not after when, by which article. ``only`` names
    the papers and inputs that are asked for in some circumstances alone."""

    id: str
    number: str
    phase: str
    label: str
    actor: Actor
    basis: tuple[Basis, ...]
    requires: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    checks: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    only: Mapping[Circumstance, tuple[str, ...]] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    vote: Vote | None = None
    people: People | None = None
    effect: Effect | None = None
    is_repeated: bool = False
    is_optional: bool = False
    current: tuple[str, ...] = ()
    is_written_by_person: bool = False
    help: str = ""

    def basis_on(self, on: date) -> Basis | None:
        """The article that demands the step on a day; None where no edition does."""
        return next((basis for basis in self.basis if basis.holds(on)), None)

    def within(self, circumstances: Collection[Circumstance]) -> Step:
        """The step with what it asks for in these circumstances."""
        gone = {name for kind, names in self.only.items() if kind not in circumstances for name in names}
        if not gone:
            return self
        kept = tuple(tuple(name for name in names if name not in gone) for names in (self.documents, self.inputs))
        return replace(self, documents=kept[0], inputs=kept[1])

    def without(self, name: str) -> Step:
        """The step without one of its inputs."""
        return replace(self, inputs=tuple(one for one in self.inputs if one != name)) if name in self.inputs else self

    def as_entered(self, data: Mapping[str, object]) -> Step:
        """The step as it was asked for when this was entered."""
        return self.within([kind for kind, names in self.only.items() if any(name in data for name in names)])

    @property
    def minutes(self) -> tuple[str, ...]:
        """Those of its papers that are the minutes of a meeting of the organization that takes it."""
        return tuple(kind for kind in self.documents if kind in MINUTES)

    @property
    def is_decided_in_meeting(self) -> bool:
        return self.actor is Actor.BRANCH and bool(self.vote or self.minutes)

    def outcome(self, outcome_id: str) -> Outcome | None:
        return next((one for one in self.outcomes if one.id == outcome_id), None)


@dataclass(frozen=True)
class Procedure:
    """A declared procedure. ``last`` is the step that completes a case.

    ``reached``: for a person who already stands at a stage when the case is opened, the last step that lies behind;
    ``dated_by``: which step the first day of a stage is the day of. ``panel`` is the template that shows on the page of
    a case what only this procedure has.
    """

    key: str
    label: str
    subject: Subject
    steps: tuple[Step, ...]
    last: str
    reached: Mapping[str, str] = field(default_factory=dict)
    dated_by: Mapping[str, str] = field(default_factory=dict)
    panel: str = ""

    @cached_property
    def by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}

    def __getitem__(self, step_id: str) -> Step:
        return self.by_id[step_id]

    @cached_property
    def _followers(self) -> dict[str, frozenset[str]]:
        """For every step, all that rest on it. Steps stand in an order in which each rests only on earlier ones."""
        found: dict[str, set[str]] = {step.id: set() for step in self.steps}
        for step in reversed(self.steps):
            for needed in (*step.requires, *step.current):
                found[needed] |= {step.id, *found[step.id]}
        return {key: frozenset(value) for key, value in found.items()}

    def followers(self, step_id: str) -> frozenset[str]:
        return self._followers[step_id]

    @cached_property
    def _resting(self) -> dict[str, tuple[Step, ...]]:
        return {
            one.id: tuple(later for later in self.steps if one.id in (*later.requires, *later.current))
            for one in self.steps
        }

    @cached_property
    def can_be_extended(self) -> bool:
        """Whether any of its deadlines knows a longer one."""
        return any(limit.extended_by for step in self.steps for limit in step.limits)

    @cached_property
    def has_editions(self) -> bool:
        """Whether any of its steps stands in more than one edition."""
        return any(len(step.basis) > 1 for step in self.steps)

    @cached_property
    def has_deadlines(self) -> bool:
        """Whether any of its deadlines can be missed and explained."""
        return any(limit.kind is LimitKind.UNTIL for step in self.steps for limit in step.limits)

    @cached_property
    def written_by_person(self) -> list[str]:
        """The steps that begin with something the person concerned writes, whoever records it."""
        return [step.id for step in self.steps if step.is_written_by_person]

    def resting_on(self, step_id: str) -> tuple[Step, ...]:
        """The steps that rest directly on this one."""
        return self._resting[step_id]

    @property
    def phases(self) -> list[str]:
        return list(dict.fromkeys(step.phase for step in self.steps))
