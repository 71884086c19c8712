"""Offices: terms and posts (regulations.md 2.2, 2.3)."""

import narwhals as nw

from zhibu.indicators.counts import Counts
from zhibu.indicators.definition import Dimension, Opens, Window, indicator
from zhibu.indicators.measures import Measures
from zhibu.organizations.enums import TEMPORARY_KINDS, Kind

WITHOUT_ELECTION = sorted({Kind.GROUP.value, *(kind.value for kind in TEMPORARY_KINDS)})


@indicator(
    key="term_kept",
    title="按期换届率",
    unit="个组织",
    formula="期末任期有登记且没有逾期的组织 ÷ 应换届的组织（党小组和临时党组织除外）。经批准延期的按延期后的日期。",
    dimension=Dimension.ORGANIZE,
    window=Window.END,
    reads=("organizations.organization_month",),
    opens=Opens("organizations.term", "届次", {}, {"overdue": True}),
    rules=("org.term_branch", "org.term_faculty", "org.term_university"),
    remedy="完成 {n} 个组织的换届或补登届次",
)
def term_kept(m: Measures) -> Counts:
    """Of the organizations that elect, those whose term runs."""
    elects = ~nw.col("kind").is_in(WITHOUT_ELECTION)
    return Counts("organizations.organization_month", elects & nw.col("has_term") & ~nw.col("term_overdue"), elects)


@indicator(
    key="posts_filled",
    title="职数配齐率",
    unit="个职数",
    formula="期末在任的班子成员人数（至多计职数） ÷ 职数，党小组除外。未登记届次的按 1 名书记计。",
    dimension=Dimension.ORGANIZE,
    window=Window.END,
    reads=("organizations.organization_month",),
    opens=Opens("organizations.tenure", "在任情况", {"in_office": True}, {"vacant": True}),
    rules=("org.committee_min",),
    remedy="补选或明确 {n} 名班子成员",
)
def posts_filled(m: Measures) -> Counts:
    """Of the posts of the running term, those held."""
    filled, required = (
        nw.when(nw.col("kind") != Kind.GROUP.value).then(nw.col(name)).otherwise(0)
        for name in ("posts_filled", "posts_required")
    )
    return Counts("organizations.organization_month", filled, required)
