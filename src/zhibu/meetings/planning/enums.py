"""Where a planned meeting stands, and what people answer to its notice."""

from django.db.models import TextChoices


class Stand(TextChoices):
    """Not stored: it follows from the day and from the record."""

    PLANNED = "planned", "已计划"
    PREPARING = "preparing", "筹备中"
    HELD = "held", "已召开"
    OVERDUE = "overdue", "过期未登记"
    CANCELLED = "cancelled", "已取消"


class Answer(TextChoices):
    NONE = "none", "待答复"
    COMING = "coming", "参加"
    LEAVE = "leave", "请假"


class Leave(TextChoices):
    """What the branch decided about a leave that was asked for."""

    NONE = "none", "没有请假"
    ASKED = "asked", "待审批"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class Source(TextChoices):
    """What a proposal is made from."""

    CADENCE = "cadence", "按应开展的组织生活"
    TERM = "term", "复制上一学期的计划"
    YEAR = "year", "复制上一年同期的计划"
