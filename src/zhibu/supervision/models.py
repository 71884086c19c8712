"""Problems to be put right, what was done about each, and what proves it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.supervision.alerts.models import Alert, AlertEntry
from zhibu.supervision.common.models import CommonProblem, GroupedProblem, Grouping
from zhibu.supervision.enums import OPEN, EntryKind, ProblemState, Source
from zhibu.supervision.integrity.models import (
    Declaration,
    DeclarationKind,
    DeclarationText,
    Material,
    ReadingAssignment,
    ReadingConfirmation,
)
from zhibu.supervision.wall.models import WallKey

__all__ = [
    "Alert", "AlertEntry", "CommonProblem", "Declaration", "DeclarationKind", "DeclarationText", "Evidence",
    "GroupedProblem", "Grouping", "Material", "Milestone", "Problem", "ProblemEntry", "ReadingAssignment",
    "ReadingConfirmation", "WallKey",
]  # fmt: skip
USER = settings.AUTH_USER_MODEL


class Problem(models.Model):
    """One thing that an organization has to put right by a day, wherever it was found.

    Responsible is whoever holds ``post`` in the organization on the day that is asked about: a successor takes the
    problem over with the post. ``person`` is somebody whom the finding names and who holds no post there; when they
    leave the organization the holder of the post answers again. State and days repeat what the entries say, so that
    lists need no folding; only actions write them.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="problems", verbose_name="责任党组织", db_index=False
    )
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    # Within the source: the same finding sent twice is one problem. Empty for what was entered by hand.
    key = models.CharField(max_length=100, blank=True)
    address = models.CharField("来源页面", max_length=300, blank=True)
    text = models.CharField("问题", max_length=2000)
    post = models.CharField("责任职务", max_length=24, choices=PostKind.choices, default=PostKind.SECRETARY)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="problems", verbose_name="责任人"
    )
    measure = models.CharField("整改措施", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=10, choices=ProblemState.choices, default=ProblemState.UNCLAIMED)
    raised_on = models.DateField("提出日期")
    due_on = models.DateField("整改期限")
    stopped_on = models.DateField("暂停自", null=True, blank=True)
    done_on = models.DateField("报告完成日期", null=True, blank=True)
    reported_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+", verbose_name="报告人")
    closed_on = models.DateField("销号日期", null=True, blank=True)
    # How many levels above the organization have been told that it is late.
    escalation = models.PositiveSmallIntegerField("已报告的上级层数", default=0)

    class Meta:
        verbose_name = "问题"
        ordering = ("due_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=("source", "key"), condition=~Q(key=""), name="one_problem_per_finding"),
            models.CheckConstraint(
                condition=Q(state=ProblemState.CLOSED) ^ Q(closed_on__isnull=True), name="closed_problem_has_day"
            ),
            models.CheckConstraint(
                condition=Q(state=ProblemState.STOPPED) ^ Q(stopped_on__isnull=True), name="stopped_problem_has_day"
            ),
        )
        indexes = (
            models.Index(fields=("organization", "state", "due_on"), name="problem_organization"),
            models.Index(fields=("due_on",), name="problem_open", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """问题编号."""
        return f"{self.raised_on.year}-{self.pk:05d}"


class Milestone(models.Model):
    """A step of the measure with its day. Setting the measure anew replaces those that are not done."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="milestones", verbose_name="问题")
    text = models.CharField("节点", max_length=200)
    due_on = models.DateField("完成期限")
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "整改节点"
        ordering = ("due_on", "pk")

    def __str__(self) -> str:
        return self.text


class ProblemEntry(models.Model):
    """One thing that happened with a problem. Added, never changed.

    ``data`` keeps the days, levels and milestones of that moment; whoever acted is named by the role of that day.
    """

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="entries", verbose_name="问题")
    kind = models.CharField("事项", max_length=10, choices=EntryKind.choices)
    on = models.DateField("日期")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+", verbose_name="登记人", db_index=False)
    role = models.CharField("身份", max_length=40)
    text = models.CharField("说明", max_length=2000, blank=True)
    data = models.JSONField("内容", default=dict, blank=True)

    class Meta:
        verbose_name = "问题办理记录"
        ordering = ("problem", "pk")

    def __str__(self) -> str:
        return f"{self.problem_id} {self.kind}"


def random_name(evidence: "Evidence", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"supervision/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """One file that came with a report; its hash shows later that it is still the same file."""

    entry = models.ForeignKey(ProblemEntry, models.CASCADE, related_name="files", verbose_name="办理记录")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = "整改佐证材料"
        ordering = ("entry", "pk")

    def __str__(self) -> str:
        return self.name
