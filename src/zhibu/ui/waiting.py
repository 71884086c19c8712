"""One thing that waits for somebody: the home page begins with these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

COUNTED = 10_000


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind wait; ``url`` leads to exactly these. ``since`` is the oldest one's day."""

    title: str
    count: int
    url: str
    since: date | None = None
    late: bool = False
    help: str = ""


def counted(*asked: tuple[QuerySet[Any], str]) -> list[tuple[int, Any]]:
    """How many rows each queryset has (at most `COUNTED` + 1) and the least value of its column, all in one query.

    The home page asks many rooms; the number of its queries must not grow with the number of questions.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for number, (queryset, column) in enumerate(asked):
        rows = queryset.order_by().values_list(column)[: COUNTED + 1]
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
