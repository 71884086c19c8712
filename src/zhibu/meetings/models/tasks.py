"""What resolutions give people to do, and what later meetings said about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.meetings.enums import FollowUpResult, TaskState
from zhibu.meetings.models.records import Meeting
from zhibu.organizations.models import Organization
from zhibu.people.models import Person


class Task(models.Model):
    """A decision of a recorded meeting with somebody of the roster who is to see to it by a day."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="tasks", verbose_name="议定的会议")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="tasks", verbose_name="党组织")
    text = models.CharField("事项", max_length=1000)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="tasks", verbose_name="责任人")
    due_on = models.DateField("完成期限")
    state = models.CharField("状态", max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    # The day of the meeting that found it done.
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        ordering = ("due_on", "id")
        verbose_name = "决议任务"
        indexes = (
            models.Index(fields=("organization", "due_on"), name="task_open", condition=Q(state=TaskState.OPEN)),
            models.Index(fields=("owner", "due_on"), name="task_of_owner", condition=Q(state=TaskState.OPEN)),
        )

    def __str__(self) -> str:
        return self.text[:40]


class FollowUp(models.Model):
    """What one later meeting said about a task, or (without a meeting) what its owner reported."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="follow_ups", verbose_name="任务")
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, blank=True, related_name="follow_ups", verbose_name="跟进的会议"
    )
    result = models.CharField("结果", max_length=10, choices=FollowUpResult.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    said_at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("task", "said_at", "id")
        verbose_name = "任务跟进"
        constraints = (models.UniqueConstraint(fields=("task", "meeting"), name="one_follow_up_per_meeting"),)

    def __str__(self) -> str:
        return f"{self.task_id} {self.result}"
