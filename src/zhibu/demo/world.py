"""The invented university in memory, before it is written: plain rows that point at each other.

Everything random is drawn from generators named after their subject, so that a new subject does not shift the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from zhibu.organizations.enums import BRANCH_KINDS, Category, ChangeKind, ElectionMethod, Kind, PostKind
from zhibu.people.enums import MEMBERS, Entry, Leaving, StageKind, WayOut

UNIVERSITY = "明理大学"
STUDENTS = frozenset({Category.STUDENT_UNDERGRADUATE, Category.STUDENT_GRADUATE})


@dataclass(slots=True, eq=False)
class Decision:
    """One row of `organizations.Change`."""

    kind: ChangeKind
    on: date
    document: str
    reason: str = ""
    sources: list[Node] = field(default_factory=list)
    results: list[Node] = field(default_factory=list)
    id: int = 0


@dataclass(slots=True, eq=False)
class Era:
    """One row of `organizations.Period`; the open one has no end."""

    parent: Node | None
    name: str
    kind: Kind
    start: date
    opened_by: Decision
    end: date | None = None


@dataclass(slots=True, eq=False)
class TermOfOffice:
    """One row of `organizations.Term`."""

    number: int
    start: date
    due: date
    seats: int
    end: date | None = None
    method: ElectionMethod = ElectionMethod.ELECTED


@dataclass(slots=True, eq=False)
class Office:
    """One row of `organizations.Tenure`."""

    node: Node
    being: Being
    post: PostKind
    start: date
    end: date | None = None
    document: str = ""
    reason: str = ""


@dataclass(slots=True, eq=False)
class Tie:
    """One row of `people.Affiliation`."""

    being: Being
    node: Node
    start: date
    entry: Entry
    end: date | None = None
    leaving: Leaving | None = None

    def holds(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(slots=True, eq=False)
class Step:
    """One row of `people.Stage`."""

    kind: StageKind
    start: date
    node: Node | None
    end: date | None = None
    way_out: WayOut | None = None
    basis: str = ""


@dataclass(slots=True, eq=False)
class Being:
    """One person with the whole course of membership."""

    name: str
    gender: str
    birth: date
    category: Category
    ethnicity: str = "01"
    columns: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    reliability: float = 0.94
    cultivated: bool = False
    id: int = 0

    @property
    def stage(self) -> StageKind:
        return self.steps[-1].kind

    @property
    def home(self) -> Node | None:
        """Where the person belongs today; who has gone stays filed under the last organization."""
        return self.ties[-1].node if self.ties else None

    def stage_on(self, on: date) -> StageKind | None:
        for step in reversed(self.steps):
            if step.start <= on:
                return step.kind if step.end is None or on < step.end else None
        return None

    def is_member_on(self, on: date) -> bool:
        return self.stage_on(on) in MEMBERS

    def extra_choice(self, count: int) -> int:
        """One of ``count`` ways, the same at every asking."""
        return self.birth.toordinal() % count

    def since(self, kind: StageKind) -> date | None:
        return next((step.start for step in self.steps if step.kind is kind), None)


@dataclass(slots=True, eq=False)
class Node:
    """One organization. ``flaws`` are the troubles that it has on purpose; see `zhibu.demo.troubles`."""

    code: str
    name: str
    short_name: str
    kind: Kind
    category: Category
    parent: Node | None
    established: date
    unit: str = ""
    dissolved: date | None = None
    children: list[Node] = field(default_factory=list)
    eras: list[Era] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    terms: list[TermOfOffice] = field(default_factory=list)
    offices: list[Office] = field(default_factory=list)
    flaws: dict[str, Any] = field(default_factory=dict)
    general_meetings: list[date] = field(default_factory=list)
    # Where members of this branch had belonged before it took them over, and since when they are here.
    taken_over: list[tuple[Node, date]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    share: float = 0.0
    id: int = 0
    path: str = ""

    @property
    def is_branch(self) -> bool:
        return self.kind in BRANCH_KINDS

    @property
    def groups(self) -> list[Node]:
        return [child for child in self.children if child.kind is Kind.GROUP]

    def exists(self, on: date) -> bool:
        return self.established <= on and (self.dissolved is None or on < self.dissolved)

    def roll(self) -> Iterator[Tie]:
        """All ties of the branch, those of its groups included, of all times."""
        yield from self.ties
        for group in self.groups:
            yield from group.ties

    def members_on(self, on: date) -> list[Being]:
        return [tie.being for tie in self.roll() if tie.holds(on) and tie.being.is_member_on(on)]

    def holders(self, on: date) -> list[Office]:
        return [office for office in self.offices if office.start <= on and (office.end is None or on < office.end)]


@dataclass(slots=True, eq=False)
class World:
    """Everything that is generated, and what was put wrong in it on purpose."""

    scale: float
    seed: int
    today: date
    start: date
    nodes: list[Node] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    beings: list[Being] = field(default_factory=list)
    troubles: list[dict[str, Any]] = field(default_factory=list)

    def rng(self, subject: str) -> Random:
        return Random(f"{self.seed}:{self.scale}:{self.today}:{subject}")

    @property
    def root(self) -> Node:
        return self.nodes[0]

    @property
    def uppers(self) -> list[Node]:
        return [node for node in self.nodes if node.category is Category.UPPER and node.parent is not None]

    @property
    def branches(self) -> list[Node]:
        return [node for node in self.nodes if node.is_branch]

    @property
    def living_branches(self) -> list[Node]:
        """Branches that exist today, without temporary ones."""
        return [node for node in self.branches if node.dissolved is None and node.kind is not Kind.TEMPORARY_BRANCH]

    def count(self, at_scale_1: float, least: int = 1) -> int:
        return max(least, round(at_scale_1 * self.scale))

    def document(self, on: date, number: int) -> str:
        return f"明大党组〔{on.year}〕{number}号"


def between(rng: Random, first: date, last: date) -> date:
    """A day from ``first`` to ``last``; ``first`` when the two are in the wrong order."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))
