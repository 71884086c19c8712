"""Stages of membership and ways in and out. Codes of stages: data-standards.md 3.9 (our own)."""

from django.db.models import TextChoices


class StageKind(TextChoices):
    """发展状态与党籍状态 of a person on a day."""

    APPLICANT = "10", "入党申请人"
    ACTIVIST = "20", "入党积极分子"
    CANDIDATE = "30", "发展对象"
    PROBATIONARY = "40", "预备党员"
    EXTENDED = "41", "延长预备期"
    FULL = "50", "正式党员"
    SUSPENDED = "60", "停止党籍"
    LEFT = "80", "出党"
    TRANSFERRED = "85", "已转出"
    DECEASED = "88", "已故"
    ENDED = "90", "培养终止"


MEMBERS = frozenset({StageKind.PROBATIONARY, StageKind.EXTENDED, StageKind.FULL})
CULTIVATED = frozenset({StageKind.APPLICANT, StageKind.ACTIVIST, StageKind.CANDIDATE})
GONE = frozenset({StageKind.LEFT, StageKind.TRANSFERRED, StageKind.DECEASED, StageKind.ENDED})


class WayOut(TextChoices):
    """How a stage of membership or cultivation ended for good."""

    EXPELLED = "expelled", "开除党籍"
    REMOVED_ABSENT = "removed_absent", "自行脱党除名"
    REMOVED_REFUSED = "removed_refused", "劝而不退除名"
    REMOVED_OTHER = "removed_other", "除名（其他）"
    PERSUADED = "persuaded", "劝退"
    RESIGNED = "resigned", "退党"
    CANCELLED = "cancelled", "取消预备党员资格"
    WITHDRAWN = "withdrawn", "本人撤回申请"
    NOT_ACCEPTED = "not_accepted", "不予接收"
    DROPPED = "dropped", "取消入党积极分子资格"
    TRANSFERRED = "transferred", "组织关系转出"
    DIED = "died", "死亡"


class StageOrigin(TextChoices):
    """How a stage came into the roster. Stages from before this was noted have none."""

    PROCEDURE = "procedure", "办理事项"
    BACKFILLED = "backfilled", "补录"
    COLLECTED = "collected", "采集登记"


class Entry(TextChoices):
    """进入支部类型 (data-standards.md 3.10; official codes not obtained)."""

    ADMITTED = "admitted", "新发展"
    INSIDE = "inside", "校内转入"
    OUTSIDE = "outside", "校外转入"
    WHOLE = "whole", "整建制转入"
    RESHAPED = "reshaped", "支部拆分、合并"
    RESTORED = "restored", "恢复党籍或组织生活"
    COLLECTED = "collected", "采集补录"


class Leaving(TextChoices):
    """离开支部类型."""

    INSIDE = "inside", "校内转出"
    OUTSIDE = "outside", "校外转出"
    WHOLE = "whole", "整建制转出"
    RESHAPED = "reshaped", "支部拆分、合并、撤销"
    SUSPENDED = "suspended", "停止党籍"
    DIED = "died", "死亡"
    LEFT = "left", "出党"
    ENDED = "ended", "培养终止"


class RequestState(TextChoices):
    OPEN = "open", "待支部审核"
    APPROVED = "approved", "已更正"
    REJECTED = "rejected", "未采纳"
    WITHDRAWN = "withdrawn", "本人撤回"


class SanctionKind(TextChoices):
    """党纪处分 short of expulsion, the graver the higher. 开除党籍 is a way out of the Party."""

    WARNING = "1", "警告"
    SERIOUS = "2", "严重警告"
    REMOVAL = "3", "撤销党内职务"
    OBSERVATION = "4", "留党察看"


class CorrectionConclusion(TextChoices):
    """What people concluded at the end of 限期改正."""

    CORRECTED = "corrected", "已经改正"
    UNCHANGED = "unchanged", "期满仍无转变"
    MISTAKEN = "mistaken", "登记有误，撤回"


class ContactWay(TextChoices):
    """How contact was made or sought."""

    PHONE = "phone", "电话"
    MESSAGE = "message", "即时通信"
    MAIL = "mail", "邮件、信函"
    VISIT = "visit", "当面、上门"
    FAMILY = "family", "通过家属"
    UNIT = "unit", "通过工作、学习单位"
    FRIENDS = "friends", "通过同学、同事"
    OTHER = "other", "其他方式"


class ContactPurpose(TextChoices):
    """Why: keeping up with somebody who is away, or looking for somebody who is lost."""

    KEEP = "keep", "保持联系"
    SEARCH = "search", "查找失联"
