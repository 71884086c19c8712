"""Surveys and their slips, kept so that no row of theirs says what one person answered.

What is kept: per survey how many slips came back, and per statement how often each mark was given, all in the one row
of the survey; per slip the hash of its code and whether it was used. There is no row of an answer, so that neither a
transaction's number nor the place of a row in its file can join an answer to a slip; there is no time and no account
anywhere between opening and closing. Once a survey has ended, its counts are replaced by means (or deleted), and all
its slips are marked used alike.

What remains, and is not claimed away: whoever reads the counts in the database (or in its write-ahead log, or in two
backups) before and after one slip came back knows that answer, and from the slip's row of that moment its code; whose
hands held that code only somebody knows who watched the handing out. A proxy in front of the platform may note the
address that opened a link: its log is the operator's. Whoever keeps a copy of the printed sheet can open a code's
address and learn that it was used, never what was answered, and could answer with slips that he did not hand out. How
many came back is shown while it runs: who is seen to answer at a moment is seen to have answered. Where all agree, the
mean itself tells what each of them said.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.assessment.evaluators.enums import SURVEYED, Evaluator
from zhibu.assessment.evaluators.models import Grading
from zhibu.assessment.surveys.enums import SurveyState
from zhibu.organizations.models import Organization

USER = settings.AUTH_USER_MODEL
SIDES = [(one.value, one.label) for one in SURVEYED]


class Survey(models.Model):
    """One side of a score is asked about one organization's quarter: two to ten statements, five marks, no words."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="surveys", verbose_name="被测评的党组织"
    )
    held_by = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="发起的党组织")
    period = models.CharField("考核期", max_length=6, help_text="2026Q3")
    evaluator = models.CharField("评价方", max_length=12, choices=Evaluator.choices)
    statements = models.JSONField("测评项目", default=list)
    closes_on = models.DateField("截止日期")
    issued = models.PositiveIntegerField("发放")
    answered = models.PositiveIntegerField("收回", default=0)
    # While it runs: per statement how often each mark was given, worst first. Empty before and afterwards.
    counts = models.JSONField("计数", default=list)
    # Afterwards, where enough came back: per statement the mean of the marks, as text.
    means = models.JSONField("各项平均分", default=list)
    state = models.CharField("状态", max_length=10, choices=SurveyState.choices, default=SurveyState.OPEN)
    opened_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    opened_at = models.DateTimeField("发起时间")
    # Empty: ended by itself in the night after the closing day.
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    grading = models.OneToOneField(
        Grading, models.PROTECT, null=True, blank=True, related_name="survey", verbose_name="录入的评分"
    )
    reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "匿名测评"
        ordering = ("-period", "organization", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "period", "evaluator"),
                condition=Q(state=SurveyState.OPEN),
                name="one_running_survey_of_a_side",
            ),
            models.CheckConstraint(condition=Q(answered__lte=F("issued")), name="no_more_answers_than_slips"),
            models.CheckConstraint(
                condition=Q(state=SurveyState.OPEN) | Q(counts=[]), name="ended_survey_has_no_counts"
            ),
            models.CheckConstraint(condition=Q(state=SurveyState.CLOSED) | Q(means=[]), name="only_results_have_means"),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.get_evaluator_display()}"


class SurveySlip(models.Model):
    """A paper slip: the hash of its code, and whether it was used. Nobody's, and without any time.

    Its key is random, and slips are written in the order of their hashes: the place of a slip on the sheet is not kept.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="slips", verbose_name="测评")
    code_hash = models.CharField(max_length=64, unique=True)
    is_used = models.BooleanField("已用", default=False)

    class Meta:
        verbose_name = "测评票"

    def __str__(self) -> str:
        return str(self.pk)
