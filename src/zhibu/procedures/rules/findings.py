"""What stands against a step: a sentence, the rule, the days missing, and from when on it would no longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from zhibu.procedures.definition import Procedure, Step
from zhibu.procedures.enums import Circumstance
from zhibu.procedures.numbered.rules import Register
from zhibu.procedures.state import State
from zhibu.regulations.enums import Binding
from zhibu.regulations.models import Value
from zhibu.regulations.queries import in_force, value


@dataclass(frozen=True)
class Finding:
    """``not_before`` is the earliest legal day, where waiting is the remedy."""

    message: str
    binding: Binding = Binding.MUST
    rule: str = ""
    citation: str = ""
    not_before: date | None = None
    field: str = ""
    remedy: str = ""
    caveat: str = ""

    @property
    def refuses(self) -> bool:
        return self.binding is Binding.MUST


@dataclass(frozen=True)
class Named:
    """A person named in a step, as the rules need to know them."""

    pk: int
    name: str
    is_full: bool
    is_subject: bool = False
    is_here: bool = True
    member_since: date | None = None
    sanction: str = ""  # the gravest kind in effect on that day


NO_REGISTER = Register()


@dataclass(frozen=True)
class Facts:
    """What is known about the subject outside the case."""

    born: date | None = None
    leaves_on: date | None = None
    is_mobile: bool = False
    came_on: date | None = None
    full_members: int | None = None
    barred_until: date | None = None
    used_forms: frozenset[str] = frozenset()
    register: Register = NO_REGISTER  # of the approving committee, for the number of 《入党志愿书》
    filed: frozenset[str] = frozenset()  # kinds of papers in the person's folder
    # Of an organization: what it is, its members and delegates where there are any, when its running term ends by the
    # rule, who has been elected, and how many have a vote in the session of its committee.
    is_branch: bool = False
    circumstances: frozenset[Circumstance] = frozenset()
    members: int | None = None
    delegates: int = 0
    term_due: date | None = None
    elected: tuple[Named, ...] = ()
    committee: int = 0
    sitting: tuple[Named, ...] = ()  # who is in office in a by-election: may be given another post


@dataclass(frozen=True)
class Attempt:
    """A step as somebody wants to take it. ``held`` are the kinds of papers that are there for it."""

    on: date
    today: date
    outcome: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    people: tuple[Named, ...] = ()
    write_ins: tuple[Named, ...] = ()  # voted for without standing (另选人)
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """Everything a judgement may look at."""

    procedure: Procedure
    step: Step
    state: State
    facts: Facts
    attempt: Attempt

    @property
    def law_day(self) -> date:
        return self.state.law_day(self.step.id, self.attempt.on)


@lru_cache(maxsize=4096)
def said(rule: str, on: date) -> Value | None:
    """What a rule says on a day; None where no edition that is entered holds. Remembered: a projection asks often."""
    return value(rule, on) if in_force(rule, on) else None


def against(found: Value, message: str, **more: Any) -> Finding:
    """A finding with the rule's binding, article and caveat."""
    return Finding(message, found.binding, found.rule_id, found.citation, caveat=found.caveat, **more)
