"""Projects of secretaries: what was declared, what the superior said, what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.initiatives.enums import MilestoneState, ProjectAct, ProjectKind, ProjectState, Verdict
from zhibu.organizations.models import Organization
from zhibu.people.models import Person


def account(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=label,
        db_index=False,
    )  # fmt: skip


class Project(models.Model):
    """One 书记项目: what a secretary takes in hand for his organization until a day, under the eye of the superior."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="projects", verbose_name="党组织")
    title = models.CharField("项目名称", max_length=120)
    kind = models.CharField("类别", max_length=12, choices=ProjectKind.choices)
    secretary = models.ForeignKey(Person, models.PROTECT, related_name="led_projects", verbose_name="负责书记")
    goals = models.TextField("目标和措施")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("计划结项日期")
    state = models.CharField("状态", max_length=10, choices=ProjectState.choices, default=ProjectState.DECLARED)
    result = models.TextField("成果", blank=True)
    # The day it was finished or stopped.
    closed_on = models.DateField("结项或终止日期", null=True, blank=True)
    declared_at = models.DateTimeField("申报时间")
    # Grows with every entry: two browsers that act at once notice each other by it.
    version = models.PositiveIntegerField("版本", default=1)
    # The form that made it: a second submission of the same form finds the first project instead of doubling it.
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("-declared_at", "-id")
        verbose_name = "书记项目"
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="project_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(closed_on__isnull=False) & ~Q(result="")),
                name="done_project_has_result",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ProjectMember(models.Model):
    """Somebody of the roster who works on a project, besides the secretary."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members", verbose_name="项目", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="成员")

    class Meta:
        ordering = ("project", "person__pinyin", "id")
        verbose_name = "项目成员"
        constraints = (models.UniqueConstraint(fields=("project", "person"), name="one_membership_per_project"),)

    def __str__(self) -> str:
        return f"{self.project_id} {self.person_id}"


class Milestone(models.Model):
    """What is to be reached by a day. Once the project runs, a change is another row, with the reason."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name="项目", db_index=False)
    title = models.CharField("节点", max_length=200)
    due_on = models.DateField("期限")
    state = models.CharField("状态", max_length=10, choices=MilestoneState.choices, default=MilestoneState.OPEN)
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("结果", max_length=1000, blank=True)
    replaces = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="replaced_by", verbose_name="原节点"
    )
    reason = models.CharField("调整理由", max_length=500, blank=True)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("project", "due_on", "id")
        verbose_name = "项目节点"
        indexes = (models.Index(fields=("project", "due_on"), name="milestone_of_project"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(done_on__isnull=False) & ~Q(result="")),
                name="done_milestone_has_result",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ProjectEntry(models.Model):
    """One line of a project's timeline, with the words that belong to it. Never changed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="entries", verbose_name="项目", db_index=False)
    position = models.PositiveIntegerField("序号")
    act = models.CharField("事项", max_length=10, choices=ProjectAct.choices)
    verdict = models.CharField("上级意见", max_length=10, choices=Verdict.choices, blank=True)
    on = models.DateField("日期")
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="节点", db_index=False
    )
    text = models.TextField("内容", blank=True)
    at = models.DateTimeField("登记时间")
    by = account("登记人")

    class Meta:
        ordering = ("project", "position")
        verbose_name = "项目记录"
        constraints = (models.UniqueConstraint(fields=("project", "position"), name="one_project_entry_per_position"),)

    def __str__(self) -> str:
        return f"{self.project_id}.{self.position} {self.act}"
