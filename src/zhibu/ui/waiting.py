"""One thing that waits for somebody: the home page begins with these."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind wait; ``url`` leads to exactly these. ``since`` is the oldest one's day."""

    title: str
    count: int
    url: str
    since: date | None = None
    late: bool = False
    help: str = ""
