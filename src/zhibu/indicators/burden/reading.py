"""What was asked of the organizations in the reader's subtree, month by month, from the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.warehouse.lake import open_lake

FACT = "indicators.demand_month"
MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """How much: acts, fields filled in, seconds estimated for them."""

    acts: int = 0
    fields: int = 0
    seconds: int = 0

    def __add__(self, other: Asked) -> Asked:
        return Asked(self.acts + other.acts, self.fields + other.fields, self.seconds + other.seconds)

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


@dataclass(frozen=True)
class Burden:
    """``own``: organization's pk → month → what was asked of it; ``acts``: month → verb → the same for all of them."""

    months: tuple[date, ...]
    today: date | None
    own: dict[int, dict[date, Asked]] = field(default_factory=dict)
    acts: dict[date, dict[str, Asked]] = field(default_factory=dict)

    def of(self, pks: Iterable[int], month: date) -> Asked:
        """What was asked of several organizations together."""
        return sum((self.own[pk].get(month, Asked()) for pk in pks if pk in self.own), Asked())


def burden(scope: Scope, node: Organization, act: str = "") -> Burden:
    """The last twelve months that the lake knows, of an organization and all below it that the reader may see;
    ``act``: of one kind only."""
    with open_lake() as lake:
        today = lake.manifest.today
        if today is None:
            return Burden((), None)
        fingerprint = lake.fingerprint
    months = tuple(_months(today))
    seen = list(organizations(scope, Right.VIEW_SCORE).filter(path__startswith=node.path).values_list("pk", flat=True))
    rows = _rows(fingerprint, months)
    rows = rows.filter(pc.is_in(rows["organization_id"], pa.array(seen, pa.int64())))
    by_act = _summed(rows, "month", "act")
    if act:
        rows = rows.filter(pc.equal(rows["act"], act))
    found = Burden(months, today)
    for month, verb, asked in by_act:
        found.acts.setdefault(month, {})[verb] = asked
    for pk, month, asked in _summed(rows, "organization_id", "month"):
        found.own.setdefault(pk, {})[month] = asked
    return found


def top_acts(found: Burden, month: date, most: int = 10) -> list[tuple[str, Asked]]:
    """The acts that took the most time in a month."""
    rows = found.acts.get(month, {}).items()
    return sorted(rows, key=lambda row: (-row[1].seconds, row[0]))[:most]


def grouped(found: Burden, heads: dict[int, str], paths: dict[int, str]) -> dict[int, dict[date, Asked]]:
    """Sums of the subtrees of some organizations (``heads``: pk → path) by month."""
    sums: dict[int, dict[date, Asked]] = {pk: defaultdict(Asked) for pk in heads}
    by_path = {path: pk for pk, path in heads.items()}
    for pk, months in found.own.items():
        path = paths.get(pk, "")
        head = next((by_path[path[:cut]] for cut in range(len(path), 0, -1) if path[:cut] in by_path), None)
        if head is not None:
            for month, asked in months.items():
                sums[head][month] += asked
    return sums


def _months(today: date) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


@lru_cache(maxsize=2)
def _rows(fingerprint: str, months: tuple[date, ...]) -> pa.Table:
    """Kept, as one look at the page asks several times."""
    with open_lake() as lake:
        return lake.engine.collect(lake.scan(FACT, months))


def _summed(rows: pa.Table, *by: str) -> list[Any]:
    sums = rows.group_by(list(by)).aggregate([("acts", "sum"), ("fields", "sum"), ("seconds", "sum")])
    return [
        (*(row[name] for name in by), Asked(row["acts_sum"], row["fields_sum"], row["seconds_sum"]))
        for row in sums.to_pylist()
    ]
