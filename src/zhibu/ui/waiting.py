"""One thing that waits for somebody: the home page begins with these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

COUNTED = 10_000


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind wait; ``url`` leads to exactly these. ``since`` is the oldest one's day, ``by`` the
    first day by which one has to be done."""

    title: str
    count: int
    url: str
    since: date | None = None
    by: date | None = None
    late: bool = False
    help: str = ""

    @property
    def when(self) -> str:
        if self.since:
            return f"{self.since} 起"
        return f"最早 {self.by} 前" if self.by else ""

    @property
    def shown(self) -> str:
        return str(self.count) if self.count <= COUNTED else f"{COUNTED}+"


@dataclass(frozen=True)
class Asked:
    """What waits if there are such rows. ``told`` is given their number and the least value of ``column``."""

    rows: QuerySet[Any]
    told: Callable[[int, Any], Waiting]
    column: str = "pk"


def answered(found: Iterable[Waiting | Asked]) -> list[Waiting]:
    """What does wait, in the order given. All that was asked takes one query: the home page puts the questions of many
    rooms, and the number of its queries must not grow with theirs."""
    items = list(found)
    answers = iter(_counted([item for item in items if isinstance(item, Asked)]))
    told = [item if isinstance(item, Waiting) else _told(item, *next(answers)) for item in items]
    return [item for item in told if item is not None and item.count]


def _told(asked: Asked, count: int, least: Any) -> Waiting | None:
    return asked.told(count, least) if count else None


def _counted(asked: Sequence[Asked]) -> list[tuple[int, Any]]:
    """How many rows there are to each question (at most `COUNTED` + 1), and the least value of its column."""
    if not asked:
        return []
    parts: list[str] = []
    parameters: list[Any] = []
    for number, item in enumerate(asked):
        rows = item.rows.order_by().values_list(item.column)[: COUNTED + 1]
        try:
            sql, own = rows.query.sql_with_params()
        except EmptyResultSet:  # nothing that the reader may see
            parts.append(f"(select 0 as n, null as least) as t{number}")
            continue
        parts.append(
            f"(select count(*) as n, min(found.least) as least from ({sql}) as found(least)) as t{number}"  # noqa: S608
        )
        parameters += own
    columns = ", ".join(f"t{number}.n, t{number}.least" for number in range(len(asked)))
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from {', '.join(parts)}", parameters)  # noqa: S608
        row = cursor.fetchone()
    return list(zip(row[::2], row[1::2], strict=True))
