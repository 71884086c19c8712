"""Problems put right and material read in time. In the library for schemes to choose; those delivered weigh neither."""

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


@indicator(
    key="read_in_time",
    title="廉政教育按时阅读率",
    unit="人次",
    formula="在期限内确认已阅读的人次 ÷ 阅读期限在本期、期限已过的人次。同一材料每人只计一次，期限当日的对象为准；"
    "期限前撤回的材料不计。只看在期限内是否确认。",
    dimension=Dimension.SUPERVISE,
    window=Window.PERIOD,
    reads=("supervision.integrity_month",),
    opens=Opens("supervision.readingassignment", "到期的交阅", {}),
    basis="交阅期限由发布和交阅的党组织规定（校内设定）。",
    remedy="此后再有 {n} 人次按时阅读",
    past_is_past=True,
)
def read_in_time(m: Measures) -> Counts:
    """Of those who were to read something by a day, those who confirmed it by then."""
    return Counts("supervision.integrity_month", nw.col("readings_in_time"), nw.col("readings_due"))
