"""Like problems below one organization, as its editors and the worker have grouped them."""

from django.db import models

from zhibu.organizations.models import Organization
from zhibu.supervision.common.enums import GroupingState


class Grouping(models.Model):
    """The grouping of the problems of one organization and everything below it, made again on request and at night.

    Each supervising organization has its own: what the university's office merges, a faculty need not.
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="problem_grouping", verbose_name="党组织"
    )
    state = models.CharField("状态", max_length=8, choices=GroupingState.choices, default=GroupingState.WAITING)
    asked_at = models.DateTimeField("要求时间")
    made_at = models.DateTimeField("归类时间", null=True, blank=True)
    done = models.PositiveIntegerField("已读问题", default=0)
    total = models.PositiveIntegerField("全部问题", default=0)
    # Wordings beyond what is compared at once (`clustering.MOST`), the rarest ones.
    left_out = models.PositiveIntegerField("未比较的问题", default=0)

    class Meta:
        verbose_name = "共性问题归类"
        ordering = ("organization",)

    def __str__(self) -> str:
        return f"{self.organization} {self.get_state_display()}"

    @property
    def node_text(self) -> str:
        """The organization's key, as an address carries it."""
        return str(self.organization_id)


class CommonProblem(models.Model):
    """Problems of several organizations that say the same.

    Once an editor has touched it (``is_edited``) the worker takes nothing out of it and does not rename it; it only
    adds new problems of the same wording.
    """

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="groups", verbose_name="归类")
    title = models.CharField("名称", max_length=100)
    # What its problems have in common, the most telling first; words of one organization alone are not among them.
    words = models.JSONField("共同的词", default=list)
    is_edited = models.BooleanField("经人工整理", default=False)

    class Meta:
        verbose_name = "共性问题"
        ordering = ("grouping", "pk")

    def __str__(self) -> str:
        return self.title


class GroupedProblem(models.Model):
    """That a problem belongs to a common one; or (``is_out``) that an editor took it out of any."""

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="rows", verbose_name="归类")
    group = models.ForeignKey(CommonProblem, models.CASCADE, related_name="rows", verbose_name="共性问题")
    problem = models.ForeignKey("supervision.Problem", models.CASCADE, related_name="grouped", verbose_name="问题")
    by_hand = models.BooleanField("人工确定", default=False)
    is_out = models.BooleanField("已移出", default=False)

    class Meta:
        verbose_name = "共性问题的一项"
        ordering = ("group", "pk")
        constraints = (models.UniqueConstraint(fields=("grouping", "problem"), name="one_group_per_problem"),)

    def __str__(self) -> str:
        return f"{self.group_id} {self.problem_id}"
