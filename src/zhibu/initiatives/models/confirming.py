"""Confirmation by those whom a service was for: links that are good once, and what was said through them."""

from django.db import models
from django.db.models import Q

from zhibu.initiatives.enums import Through
from zhibu.initiatives.models.projects import account
from zhibu.initiatives.models.service import Activity, PracticalDeed

ONE_OF_TWO = (Q(activity__isnull=False) & Q(deed__isnull=True)) | (Q(activity__isnull=True) & Q(deed__isnull=False))


class ConfirmationLink(models.Model):
    """An address given to a beneficiary outside the platform, good once and until a moment. Only its hash is kept."""

    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="links")
    deed = models.ForeignKey(PracticalDeed, models.CASCADE, null=True, blank=True, related_name="links")
    secret_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField("生成时间")
    issued_by = account("生成人")
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        verbose_name = "确认链接"
        constraints = (models.CheckConstraint(condition=ONE_OF_TWO, name="link_for_one_thing"),)

    def __str__(self) -> str:
        return str(self.pk)


class Confirmation(models.Model):
    """What one confirmer said, about what outcome. Never changed; a new result is asked about anew."""

    activity = models.ForeignKey(Activity, models.CASCADE, null=True, blank=True, related_name="confirmations")
    deed = models.ForeignKey(PracticalDeed, models.CASCADE, null=True, blank=True, related_name="confirmations")
    through = models.CharField("由谁确认", max_length=12, choices=Through.choices)
    # What stood there when it was confirmed.
    outcome = models.CharField("确认的内容", max_length=1200)
    is_satisfied = models.BooleanField("满意")
    words = models.CharField("意见", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    by = account("登记人")

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "服务确认"
        constraints = (models.CheckConstraint(condition=ONE_OF_TWO, name="confirmation_of_one_thing"),)

    def __str__(self) -> str:
        return str(self.pk)


class LinkFailure(models.Model):
    """An address outside tried a link that is none. Kept under a mark for a quarter of an hour, to count them."""

    mark = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "链接试错"

    def __str__(self) -> str:
        return self.mark
