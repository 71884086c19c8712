"""Indicators that an office composed from facts, with every version it adopted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class ComposedIndicator(models.Model):
    """An indicator in the making or in use: its draft may be changed and tried, its adopted versions never change.

    ``draft`` is None where nothing is being changed. ``retired_at``: no longer offered to new schemes.
    """

    title = models.CharField("名称", max_length=40)
    draft = models.JSONField("草稿", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)
    changed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="最后修改人")
    changed_at = models.DateTimeField("最后修改", auto_now=True)
    retired_at = models.DateTimeField("停用时间", null=True)
    retired_why = models.CharField("停用理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "组合指标"
        ordering = ("-changed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_why="") | Q(retired_at__isnull=False, draft__isnull=True),
                name="retired_composed_has_no_draft",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ComposedVersion(models.Model):
    """One adopted version: what schemes name by its ``key``, which is made of the content. The database refuses to
    change or remove it (trigger), so that a past quarter can be computed again."""

    composed = models.ForeignKey(ComposedIndicator, models.PROTECT, related_name="versions", verbose_name="组合指标")
    number = models.PositiveIntegerField("版次")
    key = models.CharField("编号", max_length=40, unique=True)
    document = models.JSONField("内容")
    adopted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    adopted_at = models.DateTimeField("决定时间", auto_now_add=True)

    class Meta:
        verbose_name = "组合指标的版次"
        ordering = ("composed", "-number")
        constraints = (models.UniqueConstraint(fields=("composed", "number"), name="one_composed_per_number"),)

    def __str__(self) -> str:
        return f"{self.composed} 第 {self.number} 版"
