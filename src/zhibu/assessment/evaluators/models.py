"""What the sides gave, as it was entered. Never who gave which grade in a survey."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.assessment.evaluators.enums import SURVEYED, Evaluator
from zhibu.organizations.models import Organization

USER = settings.AUTH_USER_MODEL
MANY = [one.value for one in SURVEYED]


class Grading(models.Model):
    """What one side gave one organization for one quarter: a number out of a scale, with its grounds and source.

    A correction is another row that replaces this one, with the reason; both stay to be read.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="gradings", verbose_name="党组织")
    period = models.CharField("考核期", max_length=6, help_text="2026Q3")
    evaluator = models.CharField("评价方", max_length=12, choices=Evaluator.choices)
    value = models.DecimalField("评分", max_digits=6, decimal_places=2)
    most = models.DecimalField("满分", max_digits=6, decimal_places=2)
    # Only of surveys: how many were asked, how many answered. Answers of individuals are never kept.
    asked = models.PositiveIntegerField("发放", null=True, blank=True)
    answered = models.PositiveIntegerField("收回有效", null=True, blank=True)
    grounds = models.CharField("依据", max_length=1000)
    source = models.CharField("来源", max_length=200, blank=True)
    entered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    is_current = models.BooleanField("现行", default=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="更正的是"
    )
    # Why it replaces another, or why it was taken back.
    reason = models.CharField("更正或撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "评价方评分"
        ordering = ("-period", "organization", "evaluator", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "period", "evaluator"),
                condition=Q(is_current=True),
                name="one_grading_of_a_side",
            ),
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=F("most")), name="grading_within_scale"),
            models.CheckConstraint(
                condition=Q(evaluator__in=MANY, asked__gte=F("answered"), answered__isnull=False)
                | (~Q(evaluator__in=MANY) & Q(asked__isnull=True, answered__isnull=True)),
                name="survey_has_its_numbers",
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.get_evaluator_display()} {self.value}/{self.most}"
