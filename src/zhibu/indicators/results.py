"""What a computation hands on."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from zhibu.indicators.definition import Indicator
from zhibu.indicators.periods import Period

KEYS = ("organization_id", "period")
CELLS = ("organization_id", "numerator", "denominator")
COLUMNS = (*KEYS, "indicator", "numerator", "denominator")


@dataclass(frozen=True)
class Computed:
    """What came out, as Arrow tables.

    ``values``: organization_id, period, indicator (position in ``indicators``), numerator, denominator: summed over
    the organization's subtree as it stood at the end of the period; no row where nothing was due. ``organizations``:
    organization_id, period, kind, category, parent_id, of that day.
    """

    indicators: tuple[Indicator, ...]
    periods: tuple[Period, ...]
    values: pa.Table
    organizations: pa.Table
