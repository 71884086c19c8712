"""What committees concluded about their activists, year by year."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from zhibu.organizations.models import Organization


class ActivistAnalysis(models.Model):
    """A committee's analysis of its activists in one year, as people concluded it.

    ``figures`` are what the platform counted when it was entered. Never changed: a later version of the same year
    counts instead, and the earlier one stays.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"organization", "year", "version", "held_on"})
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="analyses", verbose_name="党委", db_index=False
    )
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("第几次登记", default=1)
    held_on = models.DateField("分析日期")
    discussed_at = models.CharField("讨论的会议", max_length=120)
    conclusion = models.TextField("分析结论", max_length=4000)
    number = models.CharField("文号", max_length=60, blank=True)
    place = models.CharField("材料存放处", max_length=120)
    reason = models.CharField("更正理由", max_length=300, blank=True)
    figures = models.JSONField("登记时的数字", default=dict)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "入党积极分子队伍年度分析"
        ordering = ("organization", "-year", "-version")
        constraints = (
            models.UniqueConstraint(fields=("organization", "year", "version"), name="one_analysis_per_version"),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}"
