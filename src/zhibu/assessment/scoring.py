"""From shares to points: whole-number arithmetic on Arrow tables, so that a score is the same everywhere.

Ratios are millionths, points hundredths; each of the steps below rounds half up once:

    raw        = numerator / denominator
    smoothed   = (numerator + k * category's ratio) / (denominator + k)   small branches, indicators by person
    normalised = (smoothed - zero_at) / (full_at - zero_at), within 0..1
    points     = weight * normalised
    total      = points of all / weights of those that had something due * 100, at most the limits of the breaches
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw
import pyarrow as pa
from django.conf import settings

from zhibu.assessment.scheme import MILLION, Scheme
from zhibu.indicators.compute import Computed
from zhibu.indicators.definition import Frame, Role
from zhibu.indicators.measures import whole
from zhibu.organizations.enums import BRANCH_KINDS, Kind
from zhibu.warehouse.engines import DuckDBEngine

KEYS = ["organization_id", "period"]
BRANCHES = sorted(kind.value for kind in BRANCH_KINDS)
NO_CAP = 10_000
LINE = (*KEYS, "indicator", "numerator", "denominator", "raw", "smoothed", "normalised", "weight", "points")


@dataclass(frozen=True)
class Scored:
    """``lines``: a row per organization, quarter and weighted indicator; ``totals``: per organization and quarter."""

    lines: pa.Table
    totals: pa.Table


def rounded(top: nw.Expr, bottom: nw.Expr) -> nw.Expr:
    """top / bottom to the nearest whole number, half up; both not negative."""
    return (top * 2 + bottom) // (bottom * 2)


def score(computed: Computed, scheme: Scheme) -> Scored:
    """Points and totals for everything computed. Party groups are parts of branches and get none of their own.

    Whatever engine computed the shares, this small part runs on DuckDB in this process.
    """
    engine = DuckDBEngine(memory=settings.WAREHOUSE_MEMORY, threads=settings.WAREHOUSE_THREADS)
    try:
        values = engine.table(computed.values)
        organizations = engine.table(computed.organizations).filter(nw.col("kind") != Kind.GROUP.value)
        place = {item.key: number for number, item in enumerate(computed.indicators)}
        size = next(number for number, item in enumerate(computed.indicators) if item.role is Role.SIZE)
        members = values.filter(nw.col("indicator") == size).select(*KEYS, nw.col("numerator").alias("members"))
        standing = engine.keep(
            organizations.join(members, on=KEYS, how="left").with_columns(
                nw.col("members").fill_null(0), branch=nw.col("kind").is_in(BRANCHES)
            )
        )
        plan = engine.table(_plan(scheme, place))
        rows = values.join(plan, on="indicator", how="inner").join(
            standing.select(*KEYS, "branch", "members", "category"), on=KEYS, how="inner"
        )
        lines = engine.keep(_points(rows, scheme))
        limits = _limits(values, standing, engine.table(_cap_plan(scheme, place)))
        return Scored(engine.collect(lines), engine.collect(_totals(lines, standing, limits)))
    finally:
        engine.close()


def _plan(scheme: Scheme, place: dict[str, int]) -> pa.Table:
    rows = [
        {
            "indicator": place[item.indicator.key],
            "weight": int(item.weight * 100),
            "zero_at": int(item.zero_at * MILLION),
            "full_at": int(item.full_at * MILLION),
            "k": scheme.smoothing.weight if item.smooth else 0,
        }
        for item in scheme.indicators
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.int64()) for name in rows[0]]))


def _points(rows: Frame, scheme: Scheme) -> Frame:
    small = nw.col("branch") & (nw.col("members") < scheme.smoothing.under_members) & (nw.col("k") > 0)
    peers = (
        rows.filter(nw.col("branch"), nw.col("k") > 0)
        .group_by("period", "category", "indicator")
        .agg(peer_top=whole(nw.col("numerator")), peer_bottom=whole(nw.col("denominator")))
        .with_columns(peer=rounded(nw.col("peer_top") * MILLION, nw.col("peer_bottom")))
        .select("period", "category", "indicator", "peer")
    )
    top, bottom, k = nw.col("numerator") * MILLION, nw.col("denominator"), nw.col("k")
    low = nw.when(nw.col("zero_at") < nw.col("full_at")).then(nw.col("zero_at")).otherwise(nw.col("full_at"))
    high = nw.when(nw.col("zero_at") < nw.col("full_at")).then(nw.col("full_at")).otherwise(nw.col("zero_at"))
    inside = nw.when(nw.col("smoothed") < low).then(low).otherwise(
        nw.when(nw.col("smoothed") > high).then(high).otherwise(nw.col("smoothed"))
    )  # fmt: skip
    return (
        rows.join(peers, on=["period", "category", "indicator"], how="left")
        .with_columns(raw=rounded(top, bottom), share=nw.when(small).then(k).otherwise(nw.lit(0)))
        .with_columns(smoothed=rounded(top + nw.col("share") * nw.col("peer").fill_null(0), bottom + nw.col("share")))
        .with_columns(
            normalised=rounded(
                (inside - nw.col("zero_at")).abs() * MILLION, (nw.col("full_at") - nw.col("zero_at")).abs()
            )
        )
        .with_columns(points=rounded(nw.col("weight") * nw.col("normalised"), nw.lit(MILLION)))
        .select(*LINE)
    )


def _cap_plan(scheme: Scheme, place: dict[str, int]) -> pa.Table:
    schema = pa.schema([(name, pa.int64()) for name in ("indicator", "limit", "cap")])
    plan = [
        {"indicator": place[cap.check.key], "limit": int(cap.total_at_most * 100), "cap": number}
        for number, cap in enumerate(scheme.caps)
    ]
    return pa.Table.from_pylist(plan, schema=schema)


def _limits(values: Frame, standing: Frame, plan: Frame) -> Frame:
    """organization_id, period, limit, cap (place in the scheme) of branches with a breach; the lowest counts."""
    breaches = (
        values.filter(nw.col("numerator") == 0, nw.col("denominator") > 0)
        .join(plan, on="indicator", how="inner")
        .join(standing.filter(nw.col("branch")).select(*KEYS), on=KEYS, how="inner")
    )
    # Limit and position in one number, so that the least of them names both.
    return (
        breaches.with_columns(both=nw.col("limit") * 100 + nw.col("cap"))
        .group_by(KEYS)
        .agg(nw.col("both").min())
        .select(*KEYS, limit=nw.col("both") // 100, cap=nw.col("both") % 100)
    )


def _totals(lines: Frame, standing: Frame, limits: Frame) -> Frame:
    sums = lines.group_by(KEYS).agg(whole(nw.col("points")), whole(nw.col("weight")))
    capped = nw.col("uncapped") > nw.col("limit")
    return (
        standing.join(sums, on=KEYS, how="inner")
        .join(limits, on=KEYS, how="left")
        .with_columns(
            uncapped=rounded(nw.col("points") * 10_000, nw.col("weight")), limit=nw.col("limit").fill_null(NO_CAP)
        )
        .with_columns(
            total=nw.when(capped).then(nw.col("limit")).otherwise(nw.col("uncapped")),
            cap=nw.when(capped).then(nw.col("cap")).otherwise(nw.lit(None)),
        )
        .select(*KEYS, "kind", "category", "parent_id", "members", "weight", "uncapped", "total", "cap")
    )
