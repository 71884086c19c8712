"""How an alert rule looks at a measure, where an alert stands, what happened with it."""

from django.db.models import TextChoices


class AlertKind(TextChoices):
    """What makes a rule's condition hold."""

    THRESHOLD = "threshold", "越线"
    TREND = "trend", "变化"
    DURATION = "duration", "持续"


class AlertState(TextChoices):
    """Where an alert stands. One that was found false stays quiet until its fact is over."""

    RAISED = "raised", "待确认"
    ACKNOWLEDGED = "acknowledged", "已确认"
    SNOOZED = "snoozed", "暂缓提醒"
    FALSE = "false", "误报"
    CLOSED = "closed", "已解除"


class AlertEntryKind(TextChoices):
    """What happened with an alert."""

    RAISED = "raised", "发出预警"
    CHANGED = "changed", "数值变化"
    ACKNOWLEDGED = "acknowledged", "确认"
    SNOOZED = "snoozed", "暂缓提醒"
    WOKEN = "woken", "暂缓到期，恢复提醒"
    FALSE = "false", "标为误报"
    PROBLEM = "problem", "转为问题"
    CLOSED = "closed", "解除"


LIVING = (AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.SNOOZED, AlertState.FALSE)
