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


class DeliveryState(TextChoices):
    """``SENDING`` that stays is an interruption: it may have gone out, so it is never sent again."""

    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "未送达"
    NOTHING = "nothing", "没有待办，不发送"
