"""What the components draw: plain records that a page fills from its queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.template import TemplateSyntaxError

TONES = ("grey", "green", "yellow", "red", "blue", "accent")
SIZES = ("sm", "md", "lg", "xl")
State = Literal["done", "current", "todo", "late"]
STATES: dict[str, tuple[str, str, str]] = {
    "done": ("green", "check", "已完成"),
    "current": ("blue", "dots", "进行中"),
    "todo": ("grey", "circle", "未开始"),
    "late": ("red", "alert-circle", "已逾期"),
}


def tone_of(tone: str) -> str:
    """The tone itself, or a template error that lists the tones."""
    if tone not in TONES:
        raise TemplateSyntaxError(f"tone={tone!r} does not exist; there are {', '.join(TONES)}.")
    return tone


@dataclass(frozen=True)
class Step:
    """One step of a procedure."""

    label: str
    state: State = "todo"
    on: date | None = None
    note: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"state={self.state!r}; there are {', '.join(STATES)}.")

    @property
    def tone(self) -> str:
        return STATES[self.state][0]

    @property
    def icon(self) -> str:
        return STATES[self.state][1]

    @property
    def state_label(self) -> str:
        return STATES[self.state][2]


@dataclass(frozen=True)
class Event:
    """Something that happened, on a timeline."""

    at: date | datetime
    label: str
    note: str = ""
    url: str = ""
    tone: str = "grey"


@dataclass(frozen=True)
class TreeNode:
    """One row of a tree. With ``children_url`` it can be opened: that address answers ``ui/tree_rows.html``."""

    label: str
    url: str = ""
    children_url: str = ""
    note: str = ""
    badge: str = ""
    tone: str = "grey"


@dataclass(frozen=True)
class Tab:
    """One address of a row of tabs; ``count`` is shown when it is not None."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
