"""Kinds of income, of relief and of payment, steps of arrears, what dues are used for (DF08)."""

from django.db.models import TextChoices


class IncomeKind(TextChoices):
    """党费人员类型 (data-standards.md 3.13, with those that DF08 itself names)."""

    MONTHLY = "monthly", "按月领薪"
    ANNUAL = "annual", "年薪制"
    CONTRACT = "contract", "协议工资或企业员工"
    IRREGULAR = "irregular", "不按月取得收入"
    RETIRED = "retired", "离退休"
    ENROLLED = "enrolled", "在职就读"
    STUDENT = "student", "学生"
    SUPPORTED = "supported", "下岗失业、靠抚恤救济或低保"
    FARMER = "farmer", "农民"


# Those whose dues are the same whatever they earn.
FLAT = frozenset({IncomeKind.STUDENT, IncomeKind.SUPPORTED})


class Regime(TextChoices):
    """When a change of income changes the base (DF08 第十条; the university chooses)."""

    AT_ONCE = "at_once", "领取新工资的当月起"
    YEARLY = "yearly", "年初核定，年内不变"


class Rounding(TextChoices):
    """How a fraction of the step is dealt with. The regulation says nothing; the university chooses."""

    HALF_UP = "half_up", "四舍五入"
    DOWN = "down", "舍去"
    UP = "up", "进一"


class ReliefKind(TextChoices):
    """少交、免交 (DF08 第七条)."""

    EXEMPT = "exempt", "免交"
    REDUCED = "reduced", "少交"


class ReliefState(TextChoices):
    """Where a relief stands: decided by the branch, then approved by the next higher committee or not."""

    PROPOSED = "proposed", "待上一级党委批准"
    APPROVED = "approved", "已批准"
    REJECTED = "rejected", "未批准"


class Manner(TextChoices):
    """Who brought the money, and where (DF08 第九、十二条). 垫交 and 扣缴 do not exist here: 第十四条 forbids them."""

    SELF = "self", "本人交纳"
    ON_BEHALF = "on_behalf", "委托代交"
    ELSEWHERE = "elsewhere", "在流入地交纳"


class FundKind(TextChoices):
    """What moved the fund (党费账户) of an organization."""

    KEPT = "kept", "留存"
    ALLOCATED = "allocated", "上级下拨"
    SPENT = "spent", "使用"


class Purpose(TextChoices):
    """使用范围 (DF08 第十九条)."""

    TRAINING = "training", "培训党员"
    READING = "reading", "订阅或购买报刊、资料、音像制品和设备"
    COMMENDING = "commending", "表彰先进"
    HARDSHIP = "hardship", "补助生活困难的党员"
    DISASTER = "disaster", "补助受灾党员和修缮受灾教育设施"


class StatementState(TextChoices):
    """Where a payment workbook stands."""

    READING = "reading", "正在核对"
    READY = "ready", "待确认"
    CONFIRMED = "confirmed", "已登记"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"
    FAILED = "failed", "未能读取"


LIVE = (StatementState.READING, StatementState.READY, StatementState.CONFIRMED)


class Finding(TextChoices):
    """What a row of a payment workbook turned out to be."""

    MATCHED = "matched", "可以登记"
    REPEATED = "repeated", "是否重复"
    AMBIGUOUS = "ambiguous", "不止一人"
    UNKNOWN = "unknown", "名册中没有"
    REGISTERED = "registered", "已经登记"
    AMOUNT = "amount", "金额不符"
    FAULTY = "faulty", "看不懂"
