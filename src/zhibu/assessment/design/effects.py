"""What a draft would change, on the data of the last period; and what other ways of weighing say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.assessment.design.drafts import checked
from zhibu.assessment.design.weighting import (
    Array,
    Pairwise,
    Places,
    agreement,
    bands,
    critic,
    entropy,
    pairwise,
    ranks,
    topsis,
    weighted_mean,
)  # fmt: skip
from zhibu.assessment.evaluators.blending import Given
from zhibu.assessment.evaluators.given import given_of
from zhibu.assessment.models import SchemeDraft, SchemeVersion
from zhibu.assessment.queries import run_of, scheme_for
from zhibu.assessment.scheme import Scheme
from zhibu.assessment.scoring import BRANCHES, score
from zhibu.indicators.compute import Computed, compute
from zhibu.indicators.definition import Dimension, Indicator, catalogue
from zhibu.indicators.periods import Period
from zhibu.indicators.queries import composed, offered_keys
from zhibu.indicators.rules import number_in_force
from zhibu.regulations.refusal import Refusal
from zhibu.warehouse.lake import open_lake

SPREAD, SEED = 0.25, 2026
FEWEST = 3  # organizations that weights can be taken from


def draft_of(scope: Scope, pk: int) -> SchemeDraft:
    scope.require(Right.DESIGN_SCHEME)
    found = SchemeDraft.objects.filter(pk=pk).select_related("adopted", "changed_by").first()
    if found is None:
        raise Http404("没有这份草案。")
    return found


def drafts(scope: Scope) -> Any:
    scope.require(Right.DESIGN_SCHEME)
    return SchemeDraft.objects.select_related("adopted", "changed_by")


def adopted(scope: Scope) -> Any:
    """Versions that the office adopted, the newest first."""
    scope.require(Right.DESIGN_SCHEME)
    return SchemeVersion.objects.filter(adopted_at__isnull=False).select_related("adopted_by")


@dataclass(frozen=True)
class Change:
    """Totals of one organization in hundredths: under the scheme in force, and under the draft."""

    kind: str
    category: str
    before: int | None
    after: int | None

    @property
    def difference(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True)
class Effect:
    """``changes``: organization's pk → change. ``scheme`` is the one in force that the draft is compared with."""

    period: Period
    scheme: Scheme
    changes: Mapping[int, Change]

    @property
    def branches(self) -> list[Change]:
        return [one for one in self.changes.values() if one.kind in BRANCHES]


def effect(scope: Scope, document: Mapping[str, Any], title: str) -> Effect:
    """The draft beside the scheme in force, both on the same counts. Refused where nothing was computed yet, or where
    the draft is not whole."""
    scope.require(Right.DESIGN_SCHEME)
    draft = checked(document, title)
    period = _period(draft)
    present = scheme_for(scope.today)
    old, new = (
        score(_counted(period, scheme), scheme, _given(period, scheme)).totals.to_pylist()
        for scheme in (present, draft)
    )
    before = {row["organization_id"]: row for row in old}
    after = {row["organization_id"]: row for row in new}
    changes = {
        pk: Change(
            (before.get(pk) or after[pk])["kind"], (before.get(pk) or after[pk])["category"],
            before[pk]["total"] if pk in before else None, after[pk]["total"] if pk in after else None,
        )
        for pk in sorted(before.keys() | after.keys())
    }  # fmt: skip
    return Effect(period, present, changes)


@dataclass(frozen=True)
class Opinion:
    """Weights by one method: indicator's key → share; ``order`` is how the branches would stand."""

    key: str
    title: str
    shares: Mapping[str, float] | None
    totals: Array


@dataclass(frozen=True)
class Weighing:
    """All opinions on the branches of the last period.

    ``agreement``: pairs of opinions → Kendall's tau-b. ``steady``: how many branches keep their place within two when
    the weights move; ``widths``: the number of places that each branch may take.
    """

    period: Period
    branches: int
    opinions: tuple[Opinion, ...]
    judged: Pairwise | None
    agreement: Mapping[tuple[str, str], float]
    places: Places
    low: Places
    high: Places
    organization_ids: tuple[int, ...]

    @property
    def steady(self) -> int:
        return int((self.high - self.low <= 2).sum())


def weighing(scope: Scope, draft: SchemeDraft) -> Weighing:
    """What hand, AHP, entropy, CRITIC and equal weights say, and TOPSIS as a second opinion on the draft's own."""
    scope.require(Right.DESIGN_SCHEME)
    scheme = checked(draft.document, draft.title, whole=False)
    period = _period(scheme)
    keys = [item.indicator.key for item in scheme.indicators]
    own = np.array([float(item.weight) for item in scheme.indicators])
    own = own / own.sum()
    counted = _counted(period, scheme)
    # Weights are those of the system's data: what other sides give, and half a list of them, is left out.
    scored = score(counted, replace(scheme, evaluators=(), bonus=None))
    ids, matrix, present, limits = _matrix(scored.totals, scored.lines, keys, counted.indicators)
    if len(ids) < FEWEST:
        raise Refusal("有得分的支部太少，不能据以比较赋权方法。", remedy="请在登记更多组织生活、重新计算后再来。")
    judged = judged_of(draft, scheme)
    weights: dict[str, tuple[str, Array]] = {"hand": ("本草案", own)}
    if judged is not None and judged.consistent:
        weights["ahp"] = ("层次分析法", _within_dimensions(scheme, own, judged.weights))
    # Columns without a value take the average of the others: it tells the methods nothing new.
    means = np.divide((matrix * present).sum(0), present.sum(0), out=np.zeros(len(keys)), where=present.any(0))
    filled = np.where(present, matrix, means)
    weights["entropy"] = ("熵权法", entropy(filled))
    weights["critic"] = ("CRITIC 法", critic(filled))
    weights["equal"] = ("等权", np.full(len(keys), 1 / len(keys)))
    opinions = [
        Opinion(key, title, dict(zip(keys, map(float, found), strict=True)),
                np.minimum(weighted_mean(matrix, present, found), limits))
        for key, (title, found) in weights.items()
    ]  # fmt: skip
    opinions.append(Opinion("topsis", "TOPSIS（按本草案的权重）", None, topsis(filled, own)))
    totals = {one.key: one.totals for one in opinions}
    low, high = bands(matrix, present, own, limits, spread=SPREAD, seed=SEED)
    return Weighing(
        period, len(ids), tuple(opinions), judged, agreement(totals), ranks(totals["hand"]), low, high, tuple(ids)
    )


def dimensions_of(scheme: Scheme) -> list[Dimension]:
    """The dimensions that a scheme uses, in their official order."""
    used = {item.indicator.dimension for item in scheme.indicators}
    return [dimension for dimension in Dimension if dimension in used]


def judged_of(draft: SchemeDraft, scheme: Scheme) -> Pairwise | None:
    """What the kept judgements come to; None until every pair is judged."""
    names = [dimension.name for dimension in dimensions_of(scheme)]
    matrix = np.ones((len(names), len(names)))
    for i, one in enumerate(names):
        for j in range(i + 1, len(names)):
            given = draft.judgements.get(f"{one}:{names[j]}")
            if given is None:
                return None
            top, _slash, bottom = given.partition("/")
            matrix[i, j] = int(top) / int(bottom or 1)
            matrix[j, i] = 1 / matrix[i, j]
    return pairwise(matrix)


def _within_dimensions(scheme: Scheme, own: Array, dimensions: Array) -> Array:
    """Each dimension's weight, shared among its indicators as the draft shares it."""
    places = {dimension: at for at, dimension in enumerate(dimensions_of(scheme))}
    at = np.array([places[item.indicator.dimension] for item in scheme.indicators])
    sums = np.bincount(at, weights=own, minlength=len(places))
    return np.asarray(dimensions[at] * own / sums[at], dtype=float)


def _matrix(
    totals: pa.Table, lines: pa.Table, keys: list[str], counted: Sequence[Indicator]
) -> tuple[list[int], Array, Any, Array]:
    """Branches × indicators: shares of the points, which of them were due, and the totals that breaches allow."""
    standing = {
        row["organization_id"]: row for row in totals.to_pylist() if row["kind"] in BRANCHES and row["weight"] > 0
    }
    ids = sorted(standing)
    place = {pk: at for at, pk in enumerate(ids)}
    matrix = np.zeros((len(ids), len(keys)))
    present = np.zeros(matrix.shape, dtype=bool)
    order = [item.key for item in counted]
    column = {order.index(key): at for at, key in enumerate(keys)}
    for row in lines.to_pylist():
        at = place.get(row["organization_id"])
        if at is not None:
            matrix[at, column[row["indicator"]]] = row["normalised"] / 1_000_000
            present[at, column[row["indicator"]]] = True
    # Also where it does not bind by these weights: by others it may.
    limits = np.array([standing[pk]["limit"] / 10_000 for pk in ids])
    return ids, matrix, present, limits


def _period(draft: Scheme) -> Period:
    """The last computed one, or that of the draft's cycle in which it lies."""
    run = run_of()
    if run is None:
        raise Refusal("还没有计算过评价结果，无法试算。", remedy="请先在“计算记录”里更新数据并计算一次。")
    return Period.of(run.span.last, draft.cycle)


def _counted(period: Period, scheme: Scheme) -> Computed:
    with open_lake() as lake:
        if lake.manifest.today is None:
            raise Refusal("数据仓还没有数据，无法试算。", remedy="请先在“计算记录”里更新数据并计算一次。")
        # What is offered and what the scheme has, so that most schemes share one computation.
        used = {item.indicator.key for item in scheme.indicators}
        own = tuple(sorted({*offered_keys(), *used} - catalogue().keys()))
        return _computed(lake.fingerprint, period, tuple(sorted(scheme.assumptions.items())), own)


def _given(period: Period, scheme: Scheme) -> Given:
    """What the other sides gave for that period, as the lake has it."""
    if not scheme.has_sides:
        return Given()
    with open_lake() as lake:
        return given_of(lake, scheme, [period])


@lru_cache(maxsize=4)
def _computed(
    fingerprint: str, period: Period, assumptions: tuple[tuple[str, int], ...], own: tuple[str, ...]
) -> Computed:
    """Every indicator of the library for one period; kept, as a designer tries many weights on the same counts."""
    items = [*catalogue().values(), *composed(own).values()]
    with open_lake() as lake:
        return compute(lake, [period], number_in_force, indicators=items, assumptions=dict(assumptions))
