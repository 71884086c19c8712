"""Where problems come from, where they stand, what is done with them."""

from django.db.models import TextChoices


class Source(TextChoices):
    """Who or what found a problem. The values are what `problem_found` is sent with."""

    LATE_DUTY = "late_duty", "逾期事项"
    INSPECTION = "inspection", "检查"
    SPOT_CHECK = "spot_check", "记录抽查"
    LIFE_MEETING = "life_meeting", "组织生活会"
    APPRAISAL = "appraisal", "民主评议"
    FEEDBACK = "feedback", "意见反馈"
    ASSESSMENT = "assessment", "考核评价"
    SUPERIOR = "superior", "上级交办"
    OWN = "own", "自查"


# What somebody enters by hand; the others come from the records of other rooms.
BY_SUPERIOR = (Source.SUPERIOR, Source.INSPECTION, Source.APPRAISAL, Source.FEEDBACK, Source.ASSESSMENT)


class Duty(TextChoices):
    """Which late duty a problem is about; the key of such a problem begins with it."""

    MEETING = "meeting", "组织生活有缺"
    STEP = "step", "办理事项逾期"
    TERM = "term", "届满未换届"
    DUES = "dues", "党费欠交"


class ProblemState(TextChoices):
    """How far a problem is on its way to being struck off the list."""

    UNCLAIMED = "unclaimed", "待认领"
    UNDER_WAY = "under_way", "整改中"
    TO_REVIEW = "to_review", "待复核"
    CLOSED = "closed", "已销号"
    REOPENED = "reopened", "重新打开"
    STOPPED = "stopped", "暂停计时"


# The organization's own time runs.
ON_CLOCK = (ProblemState.UNCLAIMED, ProblemState.UNDER_WAY, ProblemState.REOPENED)
OPEN = (*ON_CLOCK, ProblemState.TO_REVIEW, ProblemState.STOPPED)


class Standing(TextChoices):
    """A problem against its time on a day. Stuck: nothing moves, whoever's turn it is."""

    CLOSED = "closed", "已销号"
    DUE = "due", "期限内"
    SOON = "soon", "即将到期"
    LATE = "late", "逾期"
    STUCK = "stuck", "停滞"


class EntryKind(TextChoices):
    """What happened with a problem."""

    RAISED = "raised", "提出问题"
    MEASURE = "measure", "确定整改措施"
    MILESTONE = "milestone", "完成整改节点"
    REPORTED = "reported", "报告整改完成"
    ACCEPTED = "accepted", "复核通过，销号"
    RETURNED = "returned", "复核退回"
    REOPENED = "reopened", "重新打开"
    STOPPED = "stopped", "暂停计时"
    RESUMED = "resumed", "恢复计时"
    EXTENDED = "extended", "延长期限"
    ESCALATED = "escalated", "逾期报告上级"
    MENDED = "mended", "事实已补正，销号"
