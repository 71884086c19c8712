"""Organization life: meetings held and recorded (regulations.md 3.1, 8.2)."""

from collections.abc import Mapping, Sequence

import narwhals as nw
import numpy as np

from zhibu.indicators.counts import Counts, Reckoned, Share, Whole, spread
from zhibu.indicators.definition import YEAR_SO_FAR, Dimension, Opens, Role, Window, indicator
from zhibu.indicators.measures import FOR_ALL, THERE, Measures
from zhibu.indicators.periods import Period
from zhibu.meetings.enums import Part

THREE_MEETINGS = ("general", "election", "committee", "group")
IN_TIME = "未结束的、起登记日之前开始的月份和季度，开了才计入应开；当月多开的不抵其他月份。"


def _share(m: Measures, done: Sequence[str], due: Sequence[str]) -> Reckoned:
    life = m.life  # asks for what it reckons with

    def of(period: Period) -> Share:
        found = life.of(period)
        return Share(found["organization"], *(_sum(found, names) for names in (done, due)))

    return Reckoned(of)


def _sum(found: Mapping[str, Whole], names: Sequence[str]) -> Whole:
    return np.sum([found[name] for name in names], axis=0)


@indicator(
    key="lectures_held",
    title="党课完成率",
    unit="次",
    formula="按期开讲且记录完整的党课次数 ÷ 应开次数。" + IN_TIME,
    dimension=Dimension.EDUCATE,
    window=Window.PERIOD,
    reads=("meetings.meeting", "organizations.organization_month"),
    opens=Opens("meetings.meeting", "党课记录", {"kind": ["lecture"]}, {"kind": ["lecture"], "complete": False}),
    rules=("life.lecture",),
    quarterly=True,
    remedy="再有 {n} 次党课按期开讲并把记录补全",
)
def lectures_held(m: Measures) -> Reckoned:
    """Of the lectures due in the quarter, those given and recorded completely."""
    return _share(m, ["lecture_done"], ["lecture_due"])


@indicator(
    key="lecturer_variety",
    title="讲课人多样性",
    unit="名讲课人",
    formula="十二个月内讲过党课的不同讲课人数（至多计设定人数） ÷ 设定人数，按支部相加。"
    "十二个月前尚未成立、或尚未在本平台登记的支部，讲了才计入。" + YEAR_SO_FAR,
    dimension=Dimension.EDUCATE,
    window=Window.YEAR,
    reads=("meetings.meeting", "organizations.organization_month"),
    opens=Opens("meetings.meeting", "党课记录", {"kind": ["lecture"], "complete": True}),
    rules=("life.lecture",),
    basis="讲课人数为方案中的设定",
    remedy="再请 {n} 名没有讲过的同志讲党课",
    assumptions={"lecturers_per_year": (2, "每支部一年不少于 2 名不同的讲课人，为本方案设定")},
)
def lecturer_variety(m: Measures) -> Reckoned:
    """Of the different lecturers that a branch should hear in a year, those it heard. More lectures never lower it."""
    wanted, recorded = m.assumptions["lecturers_per_year"], m.recorded
    m.ask_lecturers()

    def of(period: Period) -> Share:
        year, end = m.year_of(period), m.end_month(period)
        judged = period in m.yearly and end >= period.first
        branches = recorded.branches(end) if judged else np.zeros(0, np.int64)
        heard = np.minimum(spread(branches, *m.lecturers(period))[0], wanted)
        asked = recorded.stood(branches, year[0]) & recorded.all_here(branches, year)
        return Share(branches, heard, np.where(asked, wanted, heard))

    return Reckoned(of)


@indicator(
    key="meetings_complete",
    title="三会规范率",
    unit="次",
    formula="记录完整的次数 ÷ 应开次数：支部党员大会按季、支部委员会会议按月（正式党员达到应设支委会的人数时）、"
    "党小组会按月（每个党小组）。" + IN_TIME,
    dimension=Dimension.MANAGE,
    window=Window.PERIOD,
    reads=("meetings.meeting", "organizations.organization_month", "people.membership_month"),
    opens=Opens(
        "meetings.meeting",
        "三会记录",
        {"kind": list(THREE_MEETINGS)},
        {"kind": list(THREE_MEETINGS), "complete": False},
    ),
    rules=("life.meeting", "life.committee", "life.group", "org.committee_min"),
    quarterly=True,
    remedy="再有 {n} 次会议按期召开并把记录补全",
)
def meetings_complete(m: Measures) -> Reckoned:
    """Of the statutory meetings due, those held and recorded with every required part."""
    kinds = ("general", "committee", "group")
    return _share(m, [f"{kind}_done" for kind in kinds], [f"{kind}_due" for kind in kinds])


@indicator(
    key="theme_days_held",
    title="主题党日按月率",
    unit="个月",
    formula="开展了主题党日的月数 ÷ 应开展的月数。" + IN_TIME,
    dimension=Dimension.MANAGE,
    window=Window.PERIOD,
    reads=("meetings.meeting", "organizations.organization_month"),
    opens=Opens("meetings.meeting", "主题党日记录", {"kind": ["theme_day"]}),
    rules=("life.theme_day",),
    remedy="此后再有 {n} 个月按月开展主题党日",
    past_is_past=True,
)
def theme_days_held(m: Measures) -> Reckoned:
    """Of the months of the quarter, those with a theme day."""
    return _share(m, ["theme_done"], ["theme_due"])


@indicator(
    key="attendance",
    title="出勤率",
    unit="人次",
    formula="实到人次（含迟到） ÷ 应到人次，计党员大会、党小组会、党课、主题党日、组织生活会和民主评议；"
    "列席人员和年老体弱、因病不作硬性要求的党员不计。",
    dimension=Dimension.MANAGE,
    window=Window.PERIOD,
    reads=("meetings.attendance",),
    opens=Opens(
        "meetings.attendance",
        "出席登记",
        {"kind": list(FOR_ALL), "exempt": False},
        {"kind": list(FOR_ALL), "exempt": False, "presence": ["expected", "leave", "absent"]},
    ),
    basis="会议出席是法定会议记录，由记录人登记",
    remedy="此后会议再有 {n} 人次到会",
    past_is_past=True,
)
def attendance(m: Measures) -> Counts:
    """Of those who had to come to meetings for all, those who came."""
    called = nw.col("kind").is_in(FOR_ALL) & (nw.col("part") != Part.OBSERVER.value) & ~nw.col("exempt")
    return Counts("meetings.attendance", called & nw.col("presence").is_in(THERE), called)


@indicator(
    key="general_meeting_held",
    title="季度内召开过支部党员大会",
    unit="次",
    formula="已开的支部党员大会次数（至多计应开次数） ÷ 应开次数，记录是否完整不论。" + IN_TIME,
    dimension=Dimension.MANAGE,
    window=Window.PERIOD,
    reads=("meetings.meeting", "organizations.organization_month"),
    opens=Opens("meetings.meeting", "支部党员大会记录", {"kind": ["general", "election"]}),
    rules=("life.meeting",),
    role=Role.CHECK,
)
def general_meeting_held(m: Measures) -> Reckoned:
    """Whether the quarter's general meeting was held at all: its lack caps a score."""
    return _share(m, ["general_held"], ["held_due"])
