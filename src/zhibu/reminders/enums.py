"""Ways by which a reminder goes out, and what became of it."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """The page itself needs no sending: what waits stands there always."""

    EMAIL = "email", "电子邮件"
    ROBOT = "robot", "群机器人"


class RobotKind(TextChoices):
    """Whose group the robot speaks in; each has its own form of message."""

    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


class Rhythm(TextChoices):
    """How often somebody is told. What waits unchanged is told again after a week at the latest."""

    NEWS = "news", "有新增或新逾期的那天"
    DAILY = "daily", "有待办的每一天"
    WEEKLY = "weekly", "每周一次汇总"


class DeliveryState(TextChoices):
    """``QUEUED`` has surely not gone out. ``SENDING`` that stays is an interruption: it may have gone out, so it is
    never sent again."""

    QUEUED = "queued", "等待发送"

    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "未送达"
    NOTHING = "nothing", "没有待办，不发送"
    UNCHANGED = "unchanged", "没有新情况，不发送"


SILENT = (DeliveryState.NOTHING, DeliveryState.UNCHANGED)
