"""What a composed indicator gives on the data of the last finished quarter, before anybody adopts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.indicators.compose.actions import tried
from zhibu.indicators.composing import key_of
from zhibu.indicators.compute import compute
from zhibu.indicators.definition import Indicator
from zhibu.indicators.measures import BRANCHES
from zhibu.indicators.periods import Period
from zhibu.indicators.rules import number_in_force
from zhibu.regulations.refusal import Refusal
from zhibu.warehouse.lake import open_lake

BANDS = ("0", "1–19%", "20–39%", "40–59%", "60–79%", "80–99%", "100%")


@dataclass(frozen=True)
class Trial:
    """``shares``: organization's pk → numerator and denominator with all below it; ``branches``: those that are one."""

    indicator: Indicator
    period: Period
    shares: Mapping[int, tuple[int, int]]
    branches: frozenset[int]

    def in_bands(self, visible: frozenset[int]) -> dict[str, list[int]]:
        """Branches by band of their share."""
        found: dict[str, list[int]] = {label: [] for label in BANDS}
        for pk in sorted(self.branches & visible & self.shares.keys()):
            found[band(*self.shares[pk])].append(pk)
        return found


def band(numerator: int, denominator: int) -> str:
    if numerator == 0:
        return BANDS[0]
    return BANDS[1 + min(5 * numerator // denominator, 5)]


def trial(scope: Scope, document: Mapping[str, Any]) -> Trial:
    """Refused where the document is no indicator or nothing was exported to the warehouse yet."""
    scope.require(Right.DESIGN_SCHEME)
    item = tried(document)
    with open_lake() as lake:
        today = lake.manifest.today
        if today is None:
            raise Refusal("数据仓还没有数据，无法试算。", remedy="请先在“考核评价”的“计算记录”里更新数据。")
        period = Period.of(today).moved(-1)
        shares, branches = _computed(lake.fingerprint, period, key_of(document), _Held(item))
    return Trial(item, period, shares, branches)


class _Held:
    """An indicator beside the key of the cache: the key names its content, so that all of these are alike."""

    def __init__(self, item: Indicator) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=16)
def _computed(
    fingerprint: str, period: Period, key: str, held: _Held
) -> tuple[dict[int, tuple[int, int]], frozenset[int]]:
    """Kept in memory, as the page, its filters and its export ask for the same numbers; nothing is kept beside the
    lake: most of what is tried is never adopted, and its counts would lie in every month's file for good."""
    with open_lake(keep=False) as lake:
        found = compute(lake, [period], number_in_force, indicators=[held.item])
    shares = {row["organization_id"]: (row["numerator"], row["denominator"]) for row in found.values.to_pylist()}
    standing = found.organizations.to_pylist()
    return shares, frozenset(row["organization_id"] for row in standing if row["kind"] in BRANCHES)
