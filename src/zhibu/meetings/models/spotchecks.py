"""Spot checks of records drawn by a public seed, and exemplary records shown with their branch's consent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

USER = settings.AUTH_USER_MODEL


class SpotCheck(models.Model):
    """One draw: from the records of a subtree and a period, so many of each stratum, by a seed anyone may repeat."""

    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="spot_checks", verbose_name="抽查范围"
    )
    title = models.CharField("名称", max_length=100)
    since = models.DateField("召开日期自")
    until = models.DateField("召开日期至")
    each = models.PositiveSmallIntegerField("每层抽取")
    seed = models.CharField("公开种子", max_length=64)
    # How many records there were to draw from on that day.
    population = models.PositiveIntegerField("可抽记录数")
    drawn_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="抽取人")
    drawn_at = models.DateTimeField("抽取时间")

    class Meta:
        ordering = ("-pk",)
        verbose_name = "记录抽查"
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="spot_check_period"),
            models.UniqueConstraint(fields=("organization", "since", "until", "seed"), name="one_draw_of_a_seed"),
        )

    def __str__(self) -> str:
        return self.title


class DrawnRecord(models.Model):
    """One record of a draw, with what the checklist said once it was gone through."""

    check_of = models.ForeignKey(SpotCheck, models.CASCADE, related_name="drawn", verbose_name="抽查")
    meeting = models.ForeignKey("meetings.Meeting", models.PROTECT, related_name="drawn", verbose_name="记录")
    stratum = models.CharField("层", max_length=60)
    # Point of the checklist → whether it holds.
    answers = models.JSONField("核对结果", default=dict)
    finding = models.CharField("发现的问题", max_length=500, blank=True)
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="核对人")
    checked_at = models.DateTimeField("核对时间", null=True)
    # When the finding went to those who see that it is put right; once is enough.
    handed_at = models.DateTimeField("移交时间", null=True)

    class Meta:
        ordering = ("check_of", "stratum", "pk")
        verbose_name = "抽中的记录"
        constraints = (models.UniqueConstraint(fields=("check_of", "meeting"), name="one_record_of_a_draw"),)

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.meeting_id}"


class ModelRecord(models.Model):
    """A record that a reviewer would show to others; shown only while its branch consents."""

    meeting = models.OneToOneField("meetings.Meeting", models.CASCADE, related_name="model", verbose_name="记录")
    reason = models.CharField("推荐理由", max_length=300)
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="推荐人")
    proposed_at = models.DateTimeField("推荐时间")
    is_consented = models.BooleanField("支部同意公开", null=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True)
    # The version consented to: a record changed since is shown to nobody until its branch consents anew.
    version = models.PositiveIntegerField("同意公开的版本", null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = "典型记录"

    def __str__(self) -> str:
        return f"{self.meeting_id}"
