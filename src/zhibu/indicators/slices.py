"""One computation in slices: parts of the tree are counted one after the other, and what they add up to is added up.

A slice is whatever the lake hands over at a time: a range of organizations (a band of the warehouse), or a subtree
that an installation of the whole country receives from one province. Memory holds one slice and the results.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from zhibu.indicators.results import COLUMNS, Computed


@dataclass
class Slices:
    """Takes the results of slices and keeps back what several of them share: the organizations above them."""

    _shared: list[pa.Table] = field(default_factory=list)

    def add(self, part: Computed) -> pa.Table:
        """The rows of the slice's own organizations. Where a slice is a whole subtree, nothing will change them."""
        own = pc.unique(part.organizations["organization_id"])
        found = pc.unique(part.values["organization_id"])
        others = found.filter(pc.invert(pc.is_in(found, value_set=own)))
        above = pc.is_in(part.values["organization_id"], value_set=others)
        self._shared.append(part.values.filter(above))
        return part.values.filter(pc.invert(above))

    def superiors(self, *more: pa.Table) -> pa.Table:
        """What the organizations above the slices have of all of them, and of ``more`` rows of their own."""
        rows = pa.concat_tables([*self._shared, *more]) if self._shared or more else _NOTHING
        sums = rows.group_by(list(COLUMNS[:3])).aggregate([("numerator", "sum"), ("denominator", "sum")])
        return sums.select([*COLUMNS[:3], "numerator_sum", "denominator_sum"]).rename_columns(list(COLUMNS))


_NOTHING = pa.schema([(name, pa.int64()) for name in COLUMNS]).empty_table()


def merged(parts: Iterable[Computed]) -> Computed:
    """The results of slices as one. A slice need not be a subtree: what others add to its organizations is added."""
    slices, whole, taken = Slices(), [], []
    for part in parts:
        whole.append(slices.add(part))
        taken.append(part)
    shared = slices.superiors()
    above = pc.unique(shared["organization_id"])
    rows = pa.concat_tables(whole)
    touched = pc.is_in(rows["organization_id"], value_set=above)
    values = pa.concat_tables([rows.filter(pc.invert(touched)), slices.superiors(rows.filter(touched))])
    organizations = pa.concat_tables([part.organizations for part in taken])
    return Computed(taken[0].indicators, taken[0].periods, values, organizations)
