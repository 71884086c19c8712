"""What the superior calls for each year, the reports, and what was concluded. Of those present only counts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.assessment.evaluators.enums import ReportGrade
from zhibu.assessment.reports.enums import ReportState
from zhibu.organizations.models import Organization
from zhibu.people.models import Person

USER = settings.AUTH_USER_MODEL
COUNTS = tuple(ReportGrade.values)


def account(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, db_index=False
    )


class WorkReportCall(models.Model):
    """One year's call of an organization to those directly below it: report by a day."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="report_calls", verbose_name="组织评议的党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("提交期限")
    note = models.CharField("要求", max_length=1000, blank=True)
    called_by = account("发起人")
    called_at = models.DateTimeField("发起时间")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "述职评议"
        ordering = ("-year", "organization")
        constraints = (models.UniqueConstraint(fields=("organization", "year"), name="one_report_call_a_year"),)

    def __str__(self) -> str:
        return f"{self.year}年度述职评议"


class WorkReport(models.Model):
    """The report of one organization's secretary for a year, and the superior's conclusion on it.

    The conclusion is that of people; of those present in the meeting only how many ticked each grade.
    """

    call = models.ForeignKey(WorkReportCall, models.PROTECT, related_name="reports", verbose_name="述职评议")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="work_reports", verbose_name="党组织")
    state = models.CharField("状态", max_length=10, choices=ReportState.choices, default=ReportState.CALLED)
    reporter = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="述职人")
    text = models.TextField("述职报告", blank=True)
    submitted_by = account("提交人")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    # The last reason of sending back, or of another conclusion; all of them are in the audit log.
    reason = models.CharField("退回或改定理由", max_length=500, blank=True)
    held_on = models.DateField("评议日期", null=True, blank=True)
    present = models.PositiveIntegerField("到会人数", null=True, blank=True)
    good = models.PositiveIntegerField("评“好”", null=True, blank=True)
    fairly_good = models.PositiveIntegerField("评“较好”", null=True, blank=True)
    fair = models.PositiveIntegerField("评“一般”", null=True, blank=True)
    poor = models.PositiveIntegerField("评“差”", null=True, blank=True)
    grade = models.CharField("综合评价", max_length=12, choices=ReportGrade.choices, blank=True)
    comment = models.CharField("评语", max_length=1000, blank=True)
    graded_by = account("评定人")
    graded_at = models.DateTimeField("评定时间", null=True, blank=True)
    # The quarter of the day on which it was graded.
    period = models.CharField("计入考核期", max_length=6, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "述职报告"
        ordering = ("-call__year", "organization")
        constraints = (
            models.UniqueConstraint(fields=("call", "organization"), name="one_report_of_a_call"),
            models.CheckConstraint(
                condition=Q(state="graded", held_on__isnull=False) & ~Q(grade="") & ~Q(period="")
                | (~Q(state="graded") & Q(grade="", period="")),
                name="graded_report_has_its_grade",
            ),
            models.CheckConstraint(
                condition=Q(good__isnull=True, fairly_good__isnull=True, fair__isnull=True, poor__isnull=True)
                | Q(present__gte=F("good") + F("fairly_good") + F("fair") + F("poor")),
                name="no_more_ticks_than_present",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.call_id}"

    @property
    def ticks(self) -> list[tuple[str, int]]:
        """How many ticked each grade; empty where nobody was asked."""
        counts = [(grade.label, getattr(self, grade.value)) for grade in ReportGrade]
        return [] if self.good is None else [(str(label), count) for label, count in counts]


def random_name(file: "WorkReportFile", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"assessment/{uuid.uuid4().hex}"


class WorkReportFile(models.Model):
    """One file with a report; its hash shows later that it is still the same."""

    report = models.ForeignKey(WorkReport, models.CASCADE, related_name="files", verbose_name="述职报告")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    added_by = account("上传人")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "述职报告附件"
        ordering = ("report", "pk")

    def __str__(self) -> str:
        return self.name
