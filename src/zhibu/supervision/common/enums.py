"""Where the grouping of an organization's problems stands."""

from django.db.models import TextChoices


class GroupingState(TextChoices):
    """How far the worker is with it."""

    WAITING = "waiting", "等待归类"
    DOING = "doing", "正在归类"
    DONE = "done", "已归类"
    FAILED = "failed", "未归类"


BUSY = (GroupingState.WAITING, GroupingState.DOING)
