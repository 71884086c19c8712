"""All indicators for every organization and many quarters in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa

from zhibu.indicators.definition import Frame, Indicator, catalogue
from zhibu.indicators.measures import KEYS, Measures, RuleSource, whole
from zhibu.indicators.periods import Period
from zhibu.warehouse.lake import Lake

COLUMNS = (*KEYS, "indicator", "numerator", "denominator")


@dataclass(frozen=True)
class Computed:
    """What came out, as Arrow tables.

    ``values``: organization_id, period, indicator (position in ``indicators``), numerator, denominator: summed over
    the organization's subtree as it stood at the end of the quarter; no row where nothing was due. ``organizations``:
    organization_id, period, kind, category, parent_id, of that day.
    """

    indicators: tuple[Indicator, ...]
    periods: tuple[Period, ...]
    values: pa.Table
    organizations: pa.Table


def default_assumptions(indicators: Sequence[Indicator]) -> dict[str, int]:
    """The numbers that no rule gives, as the indicators propose them."""
    return {name: value for item in indicators for name, (value, _) in item.assumptions.items()}


def compute(
    lake: Lake,
    periods: Sequence[Period],
    rules: RuleSource,
    *,
    indicators: Sequence[Indicator] | None = None,
    assumptions: Mapping[str, int] | None = None,
) -> Computed:
    """Evaluate the indicators (all by default) on the lake's engine and sum them up the tree.

    ``rules(id, day)`` gives a rule's value on a day. Quarters that have not begun on the lake's last day give no rows.
    """
    chosen = tuple(catalogue().values() if indicators is None else indicators)
    measures = Measures(lake, periods, rules, default_assumptions(chosen) | dict(assumptions or {}))
    engine = lake.engine
    leaves = engine.keep(nw.concat([_labelled(item, place, measures) for place, item in enumerate(chosen)]))
    values = _summed_up(leaves, measures)
    organizations = measures.standing.select(*KEYS, "kind", "category", "parent_id")
    return Computed(chosen, tuple(measures.periods), engine.collect(values), engine.collect(organizations))


def _summed_up(leaves: Frame, measures: Measures) -> Frame:
    """Each organization's own counts with those of everything below it.

    Most organizations have nothing below them: theirs pass through, which halves the work.
    """
    above = measures.ancestry.filter(nw.col("ancestor_id") != nw.col("organization_id"))
    superiors = measures.keep(above.select("period", organization_id=nw.col("ancestor_id")).unique())
    own = leaves.join(superiors, on=list(KEYS), how="semi").select(*COLUMNS)
    below = leaves.join(above, on=list(KEYS), how="inner")
    summed = (
        nw.concat([own, below.drop("organization_id").rename({"ancestor_id": "organization_id"}).select(*COLUMNS)])
        .group_by(*KEYS, "indicator")
        .agg(whole(nw.col("numerator")), whole(nw.col("denominator")))
    )
    return nw.concat([leaves.join(superiors, on=list(KEYS), how="anti").select(*COLUMNS), summed.select(*COLUMNS)])


def _labelled(item: Indicator, place: int, measures: Measures) -> Frame:
    return (
        item.define(measures)
        .filter(nw.col("denominator") > 0)
        .select(
            *KEYS,
            nw.lit(place).cast(nw.Int64).alias("indicator"),
            nw.col("numerator").cast(nw.Int64),
            nw.col("denominator").cast(nw.Int64),
        )
    )
