"""What committees concluded about their activists, year by year."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from zhibu.organizations.models import Organization
from zhibu.procedures.analysis.enums import Analyst


class ActivistAnalysis(models.Model):
    """The analysis of a committee's activists in one year, as people concluded it: its own, or the county-level
    organization department's (``by``), which the university's organization office enters as it received it.

    ``figures`` are what the platform counted when it was entered. Never changed: a later version of the same year
    and analyst counts instead, and the earlier one stays.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"organization", "year", "by", "version", "held_on"})
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="analyses", verbose_name="党委", db_index=False
    )
    year = models.PositiveSmallIntegerField("年度")
    by = models.CharField("分析主体", max_length=10, choices=Analyst.choices, default=Analyst.COMMITTEE)
    department = models.CharField("组织部门名称", max_length=120, blank=True, help_text="of a county-level analysis")
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
        ordering = ("organization", "-year", "by", "-version")
        constraints = (
            models.UniqueConstraint(fields=("organization", "year", "by", "version"), name="one_analysis_per_version"),
            models.CheckConstraint(
                condition=models.Q(by=Analyst.COMMITTEE, department="")
                | (models.Q(by=Analyst.COUNTY) & ~models.Q(department="")),
                name="county_analysis_has_department",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}"

    @property
    def source_label(self) -> str:
        return "会议或者文件" if self.by == Analyst.COUNTY else "讨论的会议"
