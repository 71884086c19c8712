"""Members: contact, files, appraisal, talks, admission (regulations.md 3.1, 8.2)."""

import narwhals as nw

from zhibu.indicators.counts import EACH, Counts, Reckoned
from zhibu.indicators.definition import YEAR_SO_FAR, Dimension, Opens, Role, Window, indicator
from zhibu.indicators.measures import Measures

SETTLED = "十二个月前已是党员的在册党员（全年在本平台登记的支部）"


def _covered(m: Measures, reached: str) -> Reckoned:
    m.ask_settled()
    return Reckoned(lambda period: m.settled(period, reached))


@indicator(
    key="out_of_contact",
    title="失联率",
    unit="名党员",
    formula="期末登记为失联的党员 ÷ 在册党员。越低越好。",
    dimension=Dimension.MANAGE,
    window=Window.END,
    reads=("people.profile_month",),
    opens=Opens("people.person", "党员名册", {}, {"lost": True}),
    rules=("lost.stop",),
    remedy="与 {n} 名失联党员恢复联系或按规定处理",
    higher_is_better=False,
)
def out_of_contact(m: Measures) -> Counts:
    """Of the members on the roll, those with whom contact is lost."""
    return Counts("people.profile_month", nw.col("lost"), EACH)


@indicator(
    key="profile_complete",
    title="信息完整率",
    unit="名党员",
    formula="必填项齐全的在册党员 ÷ 在册党员，按期末（未结束时按最近一次更新）的档案。",
    dimension=Dimension.MANAGE,
    window=Window.END,
    reads=("people.profile_month",),
    opens=Opens("people.person", "党员名册", {}, {"complete": False}),
    basis="全国党员管理信息系统采集项",
    remedy="补齐 {n} 名党员的必填信息",
)
def profile_complete(m: Measures) -> Counts:
    """Of the members on the roll, those with every required field filled."""
    return Counts("people.profile_month", nw.col("filled_fields") >= nw.col("required_fields"), EACH)


@indicator(
    key="appraisal_coverage",
    title="评议覆盖率",
    unit="名党员",
    formula=f"十二个月内参加过民主评议的 ÷ {SETTLED}。" + YEAR_SO_FAR,
    dimension=Dimension.SUPERVISE,
    window=Window.YEAR,
    reads=("people.membership_month", "meetings.attendance", "organizations.organization_month"),
    opens=Opens("people.person", "参加民主评议的党员", {"took_part_in": "appraisal"}, {"missed": "appraisal"}),
    rules=("life.review",),
    remedy="再组织 {n} 名党员参加民主评议",
)
def appraisal_coverage(m: Measures) -> Reckoned:
    """Of those who were members all year, those who took part in an appraisal, wherever they belonged then."""
    return _covered(m, "appraised")


@indicator(
    key="talk_coverage",
    title="谈心谈话覆盖率",
    unit="名党员",
    formula=f"十二个月内谈心谈话至少一次的 ÷ {SETTLED}。" + YEAR_SO_FAR,
    dimension=Dimension.SUPERVISE,
    window=Window.YEAR,
    reads=("people.membership_month", "meetings.attendance", "organizations.organization_month"),
    opens=Opens("people.person", "参加谈心谈话的党员", {"took_part_in": "talk"}, {"missed": "talk"}),
    rules=("life.talk",),
    remedy="再与 {n} 名党员谈心谈话并登记",
)
def talk_coverage(m: Measures) -> Reckoned:
    """Of those who were members all year, those with at least one recorded talk."""
    return _covered(m, "talked")


@indicator(
    key="admission_compliance",
    title="发展程序合规率",
    unit="个步骤",
    formula="间隔不少于当日有效规程所定时间的步骤 ÷ 十二个月内办理的有时间要求的步骤（积极分子到发展对象、预备期满）。",
    dimension=Dimension.ORGANIZE,
    window=Window.YEAR,
    reads=("people.stage_step",),
    opens=Opens("people.stage", "发展步骤", {"judged": True}, {"judged": True, "kept": False}),
    rules=("dev.cultivate_min", "dev.probation"),
    remedy="此后再有 {n} 个步骤按规定时间办理",
    past_is_past=True,
)
def admission_compliance(m: Measures) -> Counts:
    """Of the steps of admission with a shortest interval, those that kept the one in force on their day."""
    return Counts("people.stage_step", nw.col("kept"), EACH)


@indicator(
    key="members",
    title="在册党员",
    unit="名党员",
    formula="期末在册党员人数。",
    dimension=Dimension.MANAGE,
    window=Window.END,
    reads=("people.membership_month",),
    opens=Opens("people.person", "党员名册"),
    role=Role.SIZE,
)
def members(m: Measures) -> Counts:
    """Members at the end of the quarter: decides whether small numbers are smoothed."""
    return Counts("people.membership_month", EACH, EACH)
