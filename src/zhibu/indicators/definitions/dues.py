"""Dues paid in time (regulations.md 6, 8.2)."""

import narwhals as nw

from zhibu.indicators.counts import Counts
from zhibu.indicators.definition import Dimension, Opens, Window, indicator
from zhibu.indicators.measures import Measures


@indicator(
    key="dues_in_time",
    title="党费按时交纳率",
    unit="人月",
    formula="按时交纳的人月 ÷ 应交党费的人月。当月月底前交纳、或经党支部同意按季度在本季度内交纳的为按时；"
    "批准免交的不计；未结束的、起登记日之前开始的月份，和不在本平台收缴党费的支部不计。",
    dimension=Dimension.MANAGE,
    window=Window.PERIOD,
    reads=("dues.payer_month", "organizations.organization_month"),
    opens=Opens("dues.due", "应交党费", {}, {"in_time": False}),
    rules=("dues.quarter",),
    remedy="此后再有 {n} 人月的党费按时交纳",
    past_is_past=True,
)
def dues_in_time(m: Measures) -> Counts:
    """Of the months that members owed, those paid in time: within the month, or within the quarter by consent. Only
    months that are over and whose records were kept here count; a branch that keeps no dues here has no rows."""
    return Counts("dues.payer_month", nw.col("payers_in_time"), nw.col("payers_due"), closed=True)
