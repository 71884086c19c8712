"""From shares to points: whole-number arithmetic on columns, so that a score is the same everywhere.

Ratios are millionths, points hundredths; each of the steps below rounds half up once:

    raw        = numerator / denominator
    smoothed   = (numerator + k * category's ratio) / (denominator + k)   small branches, indicators by person
    normalised = (smoothed - zero_at) / (full_at - zero_at), within 0..1
    points     = weight * normalised
    total      = points of all / weights of those that had something due * 100, at most the limits of the breaches

Whatever engine counted the shares, this part is NumPy in this process: sixty columns of a period take milliseconds,
which a query planner would need for the planning alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zhibu.assessment.evaluators.blending import Given, blended
from zhibu.assessment.scheme import MILLION, Scheme
from zhibu.indicators.compute import Computed
from zhibu.indicators.definition import Role
from zhibu.organizations.enums import BRANCH_KINDS, Kind

BRANCHES = sorted(kind.value for kind in BRANCH_KINDS)
NO_CAP = 10_000
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """``lines``: a row per organization, period and weighted indicator; ``totals``: per organization and period."""

    lines: pa.Table
    totals: pa.Table
    # What each side gave, by organization and period, where the scheme names other sides than the system's data.
    sides: Mapping[tuple[int, int], list[dict[str, Any]]] = field(default_factory=dict)


def rounded(top: Whole, bottom: Whole) -> Whole:
    """top / bottom to the nearest whole number, half up; both not negative."""
    return (top * 2 + bottom) // (bottom * 2)


def score(computed: Computed, scheme: Scheme, given: Given | None = None) -> Scored:
    """Points and totals for everything computed. Party groups are parts of branches and get none of their own.

    ``given`` is what the other sides of the scheme gave (`zhibu.assessment.evaluators`).
    """
    table = computed.organizations.filter(pc.not_equal(computed.organizations["kind"], Kind.GROUP.value))
    # Period by period: nothing of one touches another, and one at a time stays in the processor's cache.
    organizations, values = _by_period(table), _by_period(computed.values)
    empty = computed.values.schema.empty_table()
    parts = [_scored(part, values.get(at, empty), computed, scheme) for at, part in organizations.items()]
    parts = parts or [_scored(table, empty, computed, scheme)]
    scored = Scored(pa.concat_tables([part.lines for part in parts]), pa.concat_tables([part.totals for part in parts]))
    return blended(scored, scheme, given or Given())


def _by_period(table: pa.Table) -> dict[int, pa.Table]:
    """The rows of each period, in order of time."""
    period = _numbers(table, "period")
    if np.any(np.diff(period) < 0):
        table = table.take(np.argsort(period, kind="stable"))
        period = np.sort(period)
    numbers, first = np.unique(period, return_index=True)
    after = [*first[1:], len(period)]
    return {int(at): table.slice(a, b - a) for at, a, b in zip(numbers, first, after, strict=False)}


def _scored(table: pa.Table, values: pa.Table, computed: Computed, scheme: Scheme) -> Scored:
    """Of one period; ``table`` are its organizations without party groups."""
    standing = _Standing(table)
    place = {item.key: number for number, item in enumerate(computed.indicators)}
    size = next(number for number, item in enumerate(computed.indicators) if item.role is Role.SIZE)
    indicator = _numbers(values, "indicator")
    row, known = standing.rows(values)
    tops, bottoms = _numbers(values, "numerator"), _numbers(values, "denominator")
    of_size = known & (indicator == size)
    members = np.zeros(len(table), np.int64)
    members[row[of_size]] = tops[of_size]
    plan = _Plan(scheme, place)
    counts = known & (plan.weight[indicator] > 0)
    lines = _points(indicator[counts], tops[counts], bottoms[counts], row[counts], members, standing, plan)
    limit, cap = _limits(indicator, (tops == 0) & (bottoms > 0) & known, row, standing, scheme, place)
    return Scored(lines.table(standing), _totals(lines, members, limit, cap, table))


def _numbers(table: pa.Table, name: str) -> Whole:
    found: Whole = table[name].combine_chunks().cast(pa.int64()).to_numpy(zero_copy_only=False)
    return found


class _Standing:
    """Organizations at the end of a period, by their row in the table."""

    def __init__(self, table: pa.Table) -> None:
        self.organization, self.period = _numbers(table, "organization_id"), _numbers(table, "period")
        self.branch: Flags = (
            pc.is_in(table["kind"], value_set=pa.array(BRANCHES)).combine_chunks().to_numpy(zero_copy_only=False)
        )
        category = pc.index_in(table["category"], value_set=pc.unique(table["category"])).combine_chunks()
        kinds: Whole = category.cast(pa.int64()).to_numpy(zero_copy_only=False)
        self.peers = kinds  # those of one category
        self._order = np.argsort(self.organization, kind="stable")
        self._known = self.organization[self._order]

    def rows(self, table: pa.Table) -> tuple[Whole, Flags]:
        """For each row of ``table`` the row of its organization, and whether there is one."""
        wanted = _numbers(table, "organization_id")
        if not len(self._known):
            return np.zeros(len(table), np.int64), np.zeros(len(table), np.bool_)
        found = np.minimum(np.searchsorted(self._known, wanted), len(self._known) - 1)
        return self._order[found], self._known[found] == wanted


class _Plan:
    """Weights and lines of the scheme, by the place of the indicator among the computed ones."""

    def __init__(self, scheme: Scheme, place: dict[str, int]) -> None:
        self.under_members = scheme.smoothing.under_members
        self.weight, self.zero, self.full, self.k = (np.zeros(len(place), np.int64) for _ in range(4))
        for item in scheme.indicators:
            here = place[item.indicator.key]
            self.weight[here] = int(item.weight * 100)
            self.zero[here], self.full[here] = int(item.zero_at * MILLION), int(item.full_at * MILLION)
            self.k[here] = scheme.smoothing.weight if item.smooth else 0


@dataclass(frozen=True)
class _Lines:
    row: Whole  # of the organization in its table
    indicator: Whole
    numerator: Whole
    denominator: Whole
    raw: Whole
    smoothed: Whole
    normalised: Whole
    weight: Whole
    points: Whole

    def table(self, standing: _Standing) -> pa.Table:
        columns = {"organization_id": standing.organization[self.row], "period": standing.period[self.row]}
        columns |= {name: value for name, value in vars(self).items() if name != "row"}
        return pa.table({name: pa.array(value, pa.int64()) for name, value in columns.items()})


def _points(
    indicator: Whole, tops: Whole, bottoms: Whole, row: Whole, members: Whole, standing: _Standing, plan: _Plan
) -> _Lines:
    raw = rounded(tops * MILLION, bottoms)
    smoothed, k, branch = raw.copy(), plan.k[indicator], standing.branch[row]
    small = branch & (members[row] < plan.under_members) & (k > 0)
    if small.any():
        group = standing.peers[row] * len(plan.k) + indicator
        asked = branch & (k > 0)
        peer_top, peer_bottom = (_sums(group[asked], part[asked], int(group.max()) + 1) for part in (tops, bottoms))
        ours = group[small]
        peer = rounded(peer_top[ours] * MILLION, peer_bottom[ours])
        smoothed[small] = rounded(tops[small] * MILLION + k[small] * peer, bottoms[small] + k[small])
    zero, full = plan.zero[indicator], plan.full[indicator]
    inside = np.clip(smoothed, np.minimum(zero, full), np.maximum(zero, full))
    normalised = rounded(np.abs(inside - zero) * MILLION, np.abs(full - zero))
    weight = plan.weight[indicator]
    points = rounded(weight * normalised, np.full_like(weight, MILLION))
    return _Lines(row, indicator, tops, bottoms, raw, smoothed, normalised, weight, points)


def _sums(group: Whole, numbers: Whole, groups: int) -> Whole:
    """Sums by group; exact, because all stay far below 2**53."""
    return np.bincount(group, numbers, groups).astype(np.int64)


def _limits(
    indicator: Whole, none: Flags, row: Whole, standing: _Standing, scheme: Scheme, place: dict[str, int]
) -> tuple[Whole, Whole]:
    """Per organization the lowest limit of its breaches and the cap's place in the scheme; -1 where there is none."""
    limit, cap = np.full(len(standing.organization), NO_CAP), np.full(len(standing.organization), -1)
    for number, rule in enumerate(scheme.caps):
        broken = row[none & (indicator == place[rule.check.key])]
        broken = broken[standing.branch[broken]]
        lower = broken[(int(rule.total_at_most * 100) < limit[broken]) | (cap[broken] < 0)]
        limit[lower], cap[lower] = int(rule.total_at_most * 100), number
    return limit, cap


def _totals(lines: _Lines, members: Whole, limit: Whole, cap: Whole, table: pa.Table) -> pa.Table:
    points, weight = (_sums(lines.row, part, len(table)) for part in (lines.points, lines.weight))
    scored = np.flatnonzero(weight)
    uncapped = rounded(points[scored] * 10_000, weight[scored])
    capped = uncapped > limit[scored]
    columns = {
        "members": members[scored], "weight": weight[scored], "uncapped": uncapped,
        "total": np.where(capped, limit[scored], uncapped),
    }  # fmt: skip
    totals = table.select(["organization_id", "period", "kind", "category", "parent_id"]).take(pa.array(scored))
    for name, value in columns.items():
        totals = totals.append_column(name, pa.array(value, pa.int64()))
    totals = totals.append_column("cap", pa.array(cap[scored], pa.int64(), mask=~capped))
    # What a breach allows even where it does not bind yet: other sides may lift the total up to it.
    totals = totals.append_column("limit", pa.array(limit[scored], pa.int64()))
    return totals.append_column("breach", pa.array(cap[scored], pa.int64(), mask=cap[scored] < 0))
