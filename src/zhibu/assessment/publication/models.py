"""A result on its way to the public, what was objected to it, and what was corrected in it."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.assessment.publication.enums import NOTICED, AppealState, Audience, PublicationState, Remedy
from zhibu.indicators.periods import Period
from zhibu.meetings.models import Meeting
from zhibu.organizations.models import Organization

USER = settings.AUTH_USER_MODEL


class Publication(models.Model):
    """The result of one period on its way from draft to public. It holds fast to one run, whose rows are then kept
    whatever is computed later; what appeals changed stands beside it as corrections."""

    run = models.ForeignKey("assessment.ScoreRun", models.PROTECT, related_name="publications", verbose_name="结果")
    period = models.CharField("考核期", max_length=7)
    state = models.CharField("状态", max_length=10, choices=PublicationState.choices, default=PublicationState.DRAFT)
    note = models.CharField("说明", max_length=500, blank=True)
    # Of every row of the run when it was given notice of: shows that nothing was touched since.
    digest = models.CharField("结果校验码", max_length=16, blank=True)
    noticed_on = models.DateField("告知日期", null=True)
    appeals_until = models.DateField("申诉截止", null=True)
    final_on = models.DateField("定稿日期", null=True)
    published_on = models.DateField("公布日期", null=True)
    audience = models.CharField("公布范围", max_length=10, choices=Audience.choices, blank=True)
    document = models.CharField("会议或文号", max_length=100, blank=True)
    # Only of results that everybody may see.
    reviewed_by = models.CharField("保密审查人", max_length=30, blank=True)
    open_until = models.DateField("公开至", null=True)
    withdrawn_on = models.DateField("撤回日期", null=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    version = models.PositiveIntegerField("修改次数", default=1)
    changed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    changed_at = models.DateTimeField("办理时间", auto_now=True)

    class Meta:
        verbose_name = "结果公布"
        ordering = ("-period", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("period",), condition=~Q(state=PublicationState.WITHDRAWN), name="one_living_publication"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NOTICED) | Q(noticed_on__isnull=False, appeals_until__isnull=False),
                name="noticed_publication_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state=PublicationState.PUBLISHED) | (Q(published_on__isnull=False) & ~Q(audience="")),
                name="published_has_day_and_audience",
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.PUBLIC) | Q(open_until__isnull=False) & ~Q(reviewed_by=""),
                name="open_publication_was_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(state=PublicationState.WITHDRAWN) | ~Q(withdrawn_reason=""),
                name="withdrawn_publication_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.span.label}评价结果"

    @property
    def span(self) -> Period:
        return Period.parse(self.period)

    @property
    def is_noticed(self) -> bool:
        return self.state in NOTICED

    def is_open(self, on: date) -> bool:
        """Whether everybody may see it, without an account."""
        return self.state == PublicationState.PUBLISHED and self.open_until is not None and on <= self.open_until

    def shown_to(self, on: date) -> str:
        """Who sees the results of others on a day, in words: what was open to everybody goes back to the university."""
        if self.audience == Audience.PUBLIC and not self.is_open(on):
            return f"{Audience.UNIVERSITY.label}（已停止向社会公开）"
        return self.get_audience_display()


class NoticeConfirmation(models.Model):
    """An organization says that it checked the result it was given notice of, or has read the answer to its appeal."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="confirmations", verbose_name="结果公布")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党组织")
    confirmed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="核对人")
    confirmed_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "结果核对"
        ordering = ("publication", "organization")
        constraints = (
            models.UniqueConstraint(fields=("publication", "organization"), name="one_confirmation_of_a_notice"),
        )

    def __str__(self) -> str:
        return f"{self.publication_id} {self.organization_id}"


class Appeal(models.Model):
    """An organization objects to one line of its result, or to the cap on its total, and is answered."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="appeals", verbose_name="结果公布")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appeals", verbose_name="党组织")
    # Empty: the cap on the total.
    indicator = models.CharField("申诉事项", max_length=40, blank=True)
    reason = models.TextField("申诉理由", max_length=1000)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+", verbose_name="有关记录")
    state = models.CharField("状态", max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    filed_on = models.DateField("提出日期")
    filed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    answer_due = models.DateField("答复期限")
    answer = models.TextField("答复", max_length=1000, blank=True)
    remedy = models.CharField("更正方式", max_length=10, choices=Remedy.choices, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="答复人")
    answered_at = models.DateTimeField("答复时间", null=True)
    # Upheld because of records, which were put right, and the new computation gives this organization the same.
    unchanged_on = models.DateField("认定重算相同日期", null=True)
    unchanged_reason = models.TextField("重算相同的理由", max_length=1000, blank=True)
    unchanged_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="认定人")
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "评价申诉"
        ordering = ("-filed_on", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("publication", "organization", "indicator"),
                condition=~Q(state=AppealState.WITHDRAWN),
                name="one_appeal_of_a_line",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(AppealState.UPHELD, AppealState.REJECTED))
                | (Q(answered_on__isnull=False) & ~Q(answer="")),
                name="answered_appeal_has_answer",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.UPHELD) ^ Q(remedy=""), name="upheld_appeal_has_remedy"
            ),
            models.CheckConstraint(
                condition=Q(unchanged_on__isnull=True, unchanged_reason="")
                | Q(unchanged_on__isnull=False, remedy=Remedy.RECORDS) & ~Q(unchanged_reason=""),
                name="unchanged_result_has_reason",
            ),
        )
        indexes = (models.Index(fields=("organization", "state"), name="appeal_organization"),)

    def __str__(self) -> str:
        return f"{self.organization_id} {self.indicator}"


def random_name(file: "AppealFile", name: str) -> str:
    """Where evidence is stored: nothing of the given name gets into the file system."""
    return f"assessment/{uuid.uuid4().hex}"


class AppealFile(models.Model):
    """Evidence given with an appeal."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="files", verbose_name="申诉")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "申诉佐证"
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class ScoreCorrection(models.Model):
    """What an upheld appeal changed in a result, line by line; the rows of the run stay as they were computed."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="corrections", verbose_name="结果公布")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党组织")
    appeal = models.OneToOneField(Appeal, models.PROTECT, related_name="correction", verbose_name="申诉")
    # The run that the corrected records gave, kept from then on; empty where points were corrected directly.
    run = models.ForeignKey("assessment.ScoreRun", models.PROTECT, null=True, related_name="+", verbose_name="重算结果")
    reason = models.TextField("理由", max_length=1000)
    # [{"indicator": "attendance", "before": ["6.00", "8.00"], "after": ["8.00", "8.00"]}]: points and weight, or null
    # where the line was or is not due.
    lines = models.JSONField("各项更正", default=list)
    # What the total may not exceed from now on; empty: no cap.
    limit = models.DecimalField("封顶", max_digits=5, decimal_places=2, null=True)
    total_before = models.DecimalField("更正前总分", max_digits=5, decimal_places=2)
    total_after = models.DecimalField("更正后总分", max_digits=5, decimal_places=2)
    made_on = models.DateField("更正日期")
    made_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="更正人")

    class Meta:
        verbose_name = "得分更正"
        ordering = ("publication", "organization", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(total_after__gte=0, total_after__lte=100), name="corrected_total_within_hundred"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.total_before} → {self.total_after}"
