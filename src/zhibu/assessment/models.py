"""Results of scoring. Every row can be computed again from the lake, the scheme and the rules of its run."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.assessment.chosen.models import ActionEntry, ActionEvidence, ActionReview, ChosenAction
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.honours.models import Honour, ModelCase
from zhibu.assessment.publication.models import (
    Appeal,
    AppealFile,
    NoticeConfirmation,
    Publication,
    ScoreCorrection,
)
from zhibu.assessment.reports.models import WorkReport, WorkReportCall, WorkReportFile
from zhibu.assessment.surveys.models import Survey, SurveySlip
from zhibu.indicators.definition import Indicator
from zhibu.indicators.periods import Period
from zhibu.indicators.queries import named
from zhibu.organizations.enums import Category, Kind
from zhibu.organizations.models import Organization

# The records of the folders, which Django looks for here.
__all__ = [
    "ActionEntry",
    "ActionEvidence",
    "ActionReview",
    "Appeal",
    "AppealFile",
    "ChosenAction",
    "Grading",
    "Honour",
    "IndicatorScore",
    "ModelCase",
    "NoticeConfirmation",
    "OrganizationScore",
    "Publication",
    "SchemeDraft",
    "SchemeVersion",
    "ScoreCorrection",
    "ScoreRun",
    "Survey",
    "SurveySlip",
    "WorkReport",
    "WorkReportCall",
    "WorkReportFile",
]
USER = settings.AUTH_USER_MODEL


class SchemeVersion(models.Model):
    """One version of a scheme: a delivered one as it was first used, or one that the office adopted.

    ``digest`` shows whether a delivered file still says the same.
    """

    key = models.CharField("方案", max_length=40)
    version = models.CharField("版本", max_length=20)
    title = models.CharField("名称", max_length=100)
    digest = models.CharField(max_length=16)
    document = models.JSONField("内容")
    first_used_at = models.DateTimeField("首次使用", auto_now_add=True)
    # Only of those adopted here: from which period on, who, when.
    starts_on = models.DateField("启用日期", null=True)
    adopted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="决定人")
    adopted_at = models.DateTimeField("决定时间", null=True)

    class Meta:
        verbose_name = "评价方案"
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("key", "version"), name="one_scheme_per_version"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, adopted_at__isnull=True)
                | Q(starts_on__isnull=False, adopted_at__isnull=False),
                name="adopted_scheme_has_its_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class SchemeDraft(models.Model):
    """A scheme in the making: its numbers may be tried on last period's data, and nothing depends on it yet."""

    title = models.CharField("名称", max_length=100)
    # What it was drawn up from, "default 2026.2".
    base = models.CharField("起草依据", max_length=60)
    note = models.CharField("起草说明", max_length=500, blank=True)
    document = models.JSONField("内容")
    # Judgements of pairs of dimensions for AHP: {"EDUCATE:MANAGE": "3"}, the first outweighs the second thrice.
    judgements = models.JSONField("两两比较", default=dict)
    version = models.PositiveIntegerField("修改次数", default=1)
    adopted = models.OneToOneField(
        SchemeVersion, models.PROTECT, null=True, related_name="draft", verbose_name="采用为"
    )
    discarded_at = models.DateTimeField("放弃时间", null=True)
    changed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="最后修改人")
    changed_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        verbose_name = "评价方案草案"
        ordering = ("-changed_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(adopted__isnull=True) | Q(discarded_at__isnull=True), name="adopted_or_discarded"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.adopted_id is None and self.discarded_at is None

    @property
    def stand(self) -> str:
        if self.adopted_id is not None:
            return "已采用"
        return "起草中" if self.is_open else "已放弃"


class ScoreRun(models.Model):
    """One computation of a period. The scores of the current run are kept, and those that a publication or a
    correction rests on; of other replaced runs only this row stays."""

    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="runs", verbose_name="方案")
    period = models.CharField("考核期", max_length=7, help_text="2026Q3")
    # The facts of its months, rule values and scheme in one: the same fingerprint gives the same scores.
    fingerprint = models.CharField(max_length=16)
    lake_generation = models.PositiveIntegerField("数据批次")
    data_until = models.DateField("数据截至")
    is_current = models.BooleanField("现行", default=True)
    computed_at = models.DateTimeField("计算时间", auto_now_add=True)

    class Meta:
        verbose_name = "评价计算"
        ordering = ("-period", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("period",), condition=Q(is_current=True), name="one_current_run_per_period"
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} #{self.pk}"

    @property
    def span(self) -> Period:
        return Period.parse(self.period)

    @property
    def is_provisional(self) -> bool:
        """The period was not over when its data were taken."""
        return self.data_until <= self.span.last


class OrganizationScore(models.Model):
    """The total of one organization in one run, out of 100, and what it was made of then."""

    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="scores", verbose_name="计算")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="scores", verbose_name="党组织")
    # As the tree stood at the end of the period.
    parent = models.ForeignKey(
        Organization, models.CASCADE, null=True, related_name="+", verbose_name="当时的上级党组织"
    )
    level = models.CharField("组织类别", max_length=3, choices=Kind.choices)
    category = models.CharField("支部类型", max_length=20, choices=Category.choices)
    members = models.PositiveIntegerField("在册党员")
    total = models.DecimalField("总分", max_digits=5, decimal_places=2)
    uncapped = models.DecimalField("封顶前", max_digits=5, decimal_places=2)
    capped_by = models.CharField("封顶原因", max_length=100, blank=True)
    # What a breach allows at most, also where the total does not come up to it; empty: no breach.
    limit = models.DecimalField("封顶线", max_digits=5, decimal_places=2, null=True)
    weight = models.DecimalField("计分权重", max_digits=5, decimal_places=2)
    # Points and weight by dimension, for charts that show many organizations: {"MANAGE": ["31.20", "48.00"]}.
    breakdown = models.JSONField("各维度得分", default=dict)
    # What each side gave where the scheme names several, as `evaluators.blending` tells it; else empty.
    sides = models.JSONField("各方评价", default=list)

    class Meta:
        verbose_name = "党组织得分"
        ordering = ("run", "organization")
        constraints = (
            models.UniqueConstraint(fields=("run", "organization"), name="one_score_per_organization_and_run"),
            models.CheckConstraint(condition=Q(total__gte=0, total__lte=F("uncapped")), name="total_at_most_uncapped"),
            models.CheckConstraint(condition=Q(uncapped__lte=Decimal(100)), name="score_at_most_hundred"),
        )
        indexes = (models.Index(fields=("organization", "run"), name="score_history"),)

    def __str__(self) -> str:
        return f"{self.organization_id} {self.total}"


class IndicatorScore(models.Model):
    """What one indicator gave one organization: from counted records to points."""

    run = models.ForeignKey(ScoreRun, models.CASCADE, related_name="lines", verbose_name="计算")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="党组织")
    indicator = models.CharField("指标", max_length=40)
    numerator = models.BigIntegerField("分子")
    denominator = models.BigIntegerField("分母")
    raw = models.DecimalField("比率", max_digits=9, decimal_places=6)
    smoothed = models.DecimalField("平滑后", max_digits=9, decimal_places=6)
    normalised = models.DecimalField("得分率", max_digits=9, decimal_places=6)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2)
    points = models.DecimalField("得分", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "指标得分"
        ordering = ("run", "organization", "id")
        constraints = (
            models.UniqueConstraint(fields=("run", "organization", "indicator"), name="one_line_per_indicator"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=F("weight")), name="points_within_weight"),
            models.CheckConstraint(condition=Q(denominator__gt=0), name="something_was_due"),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.points}/{self.weight}"

    @property
    def definition(self) -> Indicator:
        return named(self.indicator)
