"""What is meant to be held, who was told of it, and the private address of a calendar."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.meetings.enums import Kind, Part
from zhibu.meetings.planning.enums import Answer, Leave
from zhibu.organizations.models import Organization
from zhibu.people.models import Person


class PlannedMeeting(models.Model):
    """One meeting that an organization means to hold. Preparing it makes the draft of its record; the record, once
    finished, fulfils the plan."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="planned_meetings", verbose_name="党组织"
    )
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    title = models.CharField("名称或主题", max_length=200)
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=120, blank=True)
    host = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人")
    recorder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    with_appraisal = models.BooleanField("与民主评议党员合并召开", default=False)
    meeting = models.OneToOneField(
        "meetings.Meeting", models.SET_NULL, null=True, blank=True, related_name="planned", verbose_name="记录"
    )
    # In calendars outside the same entry keeps the same name; every change that concerns those who come counts up.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField("改动次数", default=0)
    notice = models.TextField("通知内容", blank=True)
    answer_by = models.DateField("答复截止", null=True, blank=True)
    notified_at = models.DateTimeField("通知时间", null=True, blank=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    # The form that made it: the same form sent twice plans once.
    submission = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("held_on", "starts_at", "id")
        verbose_name = "计划的组织生活"
        indexes = (models.Index(fields=("organization", "held_on"), name="planned_of_organization"),
                   models.Index(fields=("held_on", "place"), name="planned_place"))  # fmt: skip
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="planned_ends_after_start",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.UniqueConstraint(
                fields=("organization", "kind", "held_on", "starts_at"), condition=Q(cancelled_at__isnull=True),
                name="one_plan_per_kind_and_time",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"


class Invitation(models.Model):
    """One person who was told of a planned meeting, and what they answered."""

    planned = models.ForeignKey(PlannedMeeting, models.CASCADE, related_name="invitations", verbose_name="会议")
    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations", verbose_name="人员")
    part = models.CharField("身份", max_length=10, choices=Part.choices, default=Part.VOTER)
    answer = models.CharField("答复", max_length=10, choices=Answer.choices, default=Answer.NONE)
    reason = models.CharField("请假原因", max_length=200, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    leave = models.CharField("请假审批", max_length=10, choices=Leave.choices, default=Leave.NONE)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    remark = models.CharField("审批意见", max_length=200, blank=True)

    plain_in_audit = frozenset({"planned", "person", "part", "answer", "leave"})

    class Meta:
        ordering = ("planned", "id")
        verbose_name = "会议通知"
        constraints = (models.UniqueConstraint(fields=("planned", "person"), name="one_invitation_per_person"),)
        indexes = (
            models.Index(fields=("planned",), name="leave_to_decide", condition=Q(leave=Leave.ASKED)),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.planned_id} {self.person_id} {self.answer}"


class CalendarAddress(models.Model):
    """The private address under which one account's meetings can be subscribed to. Only a hash of it is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_address", verbose_name="账号"
    )
    token_hash = models.CharField("地址的哈希", max_length=64, unique=True)
    created_at = models.DateTimeField("生成时间")

    plain_in_audit = frozenset({"user"})

    class Meta:
        verbose_name = "日历订阅地址"

    def __str__(self) -> str:
        return str(self.user)
