"""How far a life meeting is, where an opinion came from, how a line of rectification stands."""

from django.db.models import TextChoices


class Stage(TextChoices):
    """Derived from what was recorded, never set by hand."""

    PREPARING = "preparing", "会前准备"
    HELD = "held", "已召开，待列整改清单"
    RECTIFYING = "rectifying", "整改中"
    DONE = "done", "整改完成"


class OpinionSource(TextChoices):
    """How an opinion reached the committee."""

    BOX = "box", "匿名意见箱"
    PAPER = "paper", "书面登记"


class LineState(TextChoices):
    """Whether a line of the rectification list is done."""

    OPEN = "open", "整改中"
    DONE = "done", "已销号"
