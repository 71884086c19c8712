"""Who wants to be reminded how, which groups have a robot, and what was sent."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.organizations.models import Organization
from zhibu.reminders.enums import Channel, DeliveryState, Rhythm, RobotKind
from zhibu.vault.fields import EncryptedTextField

QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)


class Preference(models.Model):
    """How one account wants to be reminded. Without a row: by e-mail to the address in the file when there is
    news, not at night."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders", verbose_name="账号")
    by_email = models.BooleanField("用电子邮件提醒我", default=True)
    rhythm = models.CharField("多久一次", max_length=8, choices=Rhythm.choices, default=Rhythm.NEWS)
    address = models.EmailField("收件邮箱", max_length=120, blank=True)
    quiet_from = models.TimeField("免打扰开始", default=QUIET_FROM)
    quiet_until = models.TimeField("免打扰结束", default=QUIET_UNTIL)

    plain_in_audit = frozenset({"user", "by_email", "rhythm", "quiet_from", "quiet_until"})

    class Meta:
        verbose_name = "提醒设置"

    def __str__(self) -> str:
        return str(self.user)


class Robot(models.Model):
    """A robot in the group chat of an organization. Whoever knows its address can write to the group: it is sealed."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="robots", verbose_name="党组织")
    kind = models.CharField("平台", max_length=10, choices=RobotKind.choices)
    label = models.CharField("群名称", max_length=60)
    address = EncryptedTextField("Webhook 地址")
    host = models.CharField("主机", max_length=120)
    secret = EncryptedTextField("加签密钥", blank=True)
    is_active = models.BooleanField("启用", default=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name="添加账号")
    added_at = models.DateTimeField("添加时间")

    plain_in_audit = frozenset({"organization", "kind", "label", "host", "is_active"})

    class Meta:
        ordering = ("organization__path", "label")
        verbose_name = "群机器人"

    def __str__(self) -> str:
        return f"{self.organization} {self.label}"


class Delivery(models.Model):
    """One digest to one account or group on one day, or one test. The row is written before anything goes out.

    ``told`` holds marks of what waited, not its words, so that the next digest can tell what is new; a row is also kept
    of a day on which nothing was worth a message.
    """

    channel = models.CharField("途径", max_length=10, choices=Channel.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, verbose_name="账号")
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, related_name="deliveries", verbose_name="群机器人")
    day = models.DateField("日期")
    is_test = models.BooleanField("测试", default=False)
    state = models.CharField("结果", max_length=10, choices=DeliveryState.choices)
    at = models.DateTimeField("时间")
    attempts = models.PositiveSmallIntegerField("尝试次数", default=1)
    count = models.PositiveIntegerField("待办", default=0)
    late = models.PositiveIntegerField("逾期", default=0)
    told = models.JSONField("已提醒的", default=dict)
    reason = models.CharField("原因", max_length=300, blank=True)

    class Meta:
        ordering = ("-at",)
        verbose_name = "提醒发送记录"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "channel", "day"), condition=Q(is_test=False, user__isnull=False),
                name="one_digest_a_day_per_account",
            ),
            models.UniqueConstraint(
                fields=("robot", "day"), condition=Q(is_test=False, robot__isnull=False),
                name="one_digest_a_day_per_group",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, robot__isnull=True) | Q(user__isnull=True, robot__isnull=False),
                name="a_delivery_has_one_receiver",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=("-at",), name="delivery_newest"),)

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.day} {self.get_state_display()}"
