"""Problems put right in time. In the library for schemes to choose; the adopted one does not weigh it."""

import narwhals as nw

from zhibu.indicators.counts import Counts
from zhibu.indicators.definition import Dimension, Opens, Window, indicator
from zhibu.indicators.measures import Measures


@indicator(
    key="rectified_in_time",
    title="按期整改率",
    unit="个问题",
    formula="在整改期限内报告完成并经复核销号的问题 ÷ 整改期限在本期、期限已过的问题。"
    "暂停计时的、按期报告还没有复核的不计；经上级批准延期的按延期后的期限计。",
    dimension=Dimension.SUPERVISE,
    window=Window.PERIOD,
    reads=("supervision.problem_month",),
    opens=Opens("supervision.problem", "到期的问题", {}, {"in_time": False}),
    rules=("supervise.term",),
    remedy="此后再有 {n} 个问题按期整改",
    past_is_past=True,
)
def rectified_in_time(m: Measures) -> Counts:
    """Of the problems that fell due, those reported done by their day and struck off."""
    return Counts("supervision.problem_month", nw.col("in_time"), nw.col("due"))
