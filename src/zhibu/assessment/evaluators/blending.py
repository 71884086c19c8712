"""From the sides to one total, in whole hundredths:

    given    = what a side gave, out of 100; rounded half up once
    blended  = sum(share * given) / sum(share), over the sides that gave something; rounded half up once
    uncapped = blended + bonus, at most 100
    total    = uncapped, at most the limit of a serious breach

A side with nothing for an organization thereby hands its share on in proportion. The points of each side are told in
hundredths by largest remainder, so that they sum to ``blended``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from zhibu.assessment.evaluators.enums import Evaluator

if TYPE_CHECKING:
    from zhibu.assessment.scheme import Scheme
    from zhibu.assessment.scoring import Scored

FULL = 10_000  # 100.00 in hundredths
BONUS = "bonus"


@dataclass(frozen=True)
class Gift:
    """What one side gave an organization for a quarter, in hundredths of a point, and the record that says so."""

    hundredths: int
    record: int


@dataclass(frozen=True)
class Given:
    """By organization and quarter: what each side gave, and the bonus points of each chosen action."""

    sides: Mapping[tuple[int, int], Mapping[Evaluator, Gift]] = field(default_factory=dict)
    bonus: Mapping[tuple[int, int], Sequence[Gift]] = field(default_factory=dict)


def half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def blended(scored: Scored, scheme: Scheme, given: Given) -> Scored:
    """The same totals with every side in them. A scheme that names no sides leaves all as it is."""
    if not scheme.has_sides:
        return scored
    totals, told = [], {}
    for row in scored.totals.to_pylist():
        key = row["organization_id"], row["period"]
        sides, uncapped = _one(scheme, row["uncapped"], given.sides.get(key, {}), given.bonus.get(key, ()))
        capped = uncapped > row["limit"]
        told[key] = sides
        changed = {"uncapped": uncapped, "total": row["limit"] if capped else uncapped}
        totals.append({**row, **changed, "cap": row["breach"] if capped else None})
    return replace(scored, totals=pa.Table.from_pylist(totals, schema=scored.totals.schema), sides=told)


def _one(
    scheme: Scheme, own: int, sides: Mapping[Evaluator, Gift], bonus: Sequence[Gift]
) -> tuple[list[dict[str, Any]], int]:
    """What each side gave and what it comes to, and the total before any limit of a breach."""
    gifts = {**sides, Evaluator.SYSTEM: Gift(own, 0)}
    shares = {part.evaluator: int(part.share * 100) for part in scheme.parts}
    there = [one for one in shares if one in gifts]
    whole = sum(shares[one] for one in there)
    exact = {one: shares[one] * gifts[one].hundredths for one in there}
    total = half_up(sum(exact.values()), whole)
    points = {one: exact[one] // whole for one in there}
    by_remainder = sorted(there, key=lambda one: (-(exact[one] % whole), list(shares).index(one)))
    for one in by_remainder[: total - sum(points.values())]:
        points[one] += 1
    told: list[dict[str, Any]] = [
        {
            "key": one.value, "share": _text(shares[one]),
            "given": _text(gifts[one].hundredths) if one in gifts else None,
            "points": _text(points.get(one, 0)), "record": gifts[one].record if one in gifts else None,
        }
        for one in shares
    ]  # fmt: skip
    if scheme.bonus is not None:
        earned = sum(gift.hundredths for gift in bonus)
        added = min(earned, int(scheme.bonus.at_most * 100), FULL - total)
        told.append(
            {
                "key": BONUS, "share": _text(int(scheme.bonus.at_most * 100)), "given": _text(earned),
                "points": _text(added), "record": None, "records": [gift.record for gift in bonus],
            }
        )  # fmt: skip
        total += added
    return told, total


def _text(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"
