"""What a branch chose to do, the files that show it, the reviews, and what happened step by step."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.assessment.chosen.enums import ActionState, ActionStep
from zhibu.initiatives.models import PracticalDeed, Project
from zhibu.organizations.models import Organization

USER = settings.AUTH_USER_MODEL


def account(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, db_index=False
    )


class ChosenAction(models.Model):
    """One 自选动作 of an organization: proposed, carried out, sent in for review, concluded with points or none."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="chosen_actions", verbose_name="党组织")
    title = models.CharField("名称", max_length=120)
    what = models.TextField("做什么")
    goal = models.TextField("目标")
    starts_on = models.DateField("开始日期")
    # The quarter of this day is the one that the points count for.
    ends_on = models.DateField("完成日期")
    claimed = models.DecimalField("自评分", max_digits=5, decimal_places=2)
    # What is recorded elsewhere already is pointed at, not written again.
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="书记项目"
    )
    deed = models.ForeignKey(
        PracticalDeed, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="为民办实事"
    )
    state = models.CharField("状态", max_length=10, choices=ActionState.choices, default=ActionState.PROPOSED)
    proposed_by = account("申报人")
    proposed_at = models.DateTimeField("申报时间")
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    # The rubric as it stood when the review was opened; each opening is a round of its own.
    rubric = models.JSONField("评审标准", null=True, blank=True)
    round = models.PositiveSmallIntegerField("评审轮次", default=0)
    reviewers = models.PositiveSmallIntegerField("评审人数", default=1)
    points = models.DecimalField("认定分", max_digits=5, decimal_places=2, null=True, blank=True)
    period = models.CharField("计入考核期", max_length=6, blank=True)
    concluded_at = models.DateTimeField("认定时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "自选动作"
        ordering = ("-proposed_at", "-pk")
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="chosen_action_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state="concluded", points__gte=0, concluded_at__isnull=False)
                | (~Q(state="concluded") & Q(points__isnull=True, concluded_at__isnull=True)),
                name="concluded_action_has_points",
            ),
        )

    def __str__(self) -> str:
        return self.title


class ActionReview(models.Model):
    """What one reviewer gave by the criteria in one round; with ``is_decision`` what settled a disagreement."""

    action = models.ForeignKey(ChosenAction, models.CASCADE, related_name="reviews", verbose_name="自选动作")
    round = models.PositiveSmallIntegerField("评审轮次")
    reviewer = account("评审人")
    # Criterion → points; empty for a decision.
    scores = models.JSONField("各项得分", default=dict)
    points = models.DecimalField("评分", max_digits=5, decimal_places=2)
    opinion = models.CharField("意见", max_length=1000)
    is_decision = models.BooleanField("裁定", default=False)
    entered_at = models.DateTimeField("评审时间")

    class Meta:
        verbose_name = "自选动作评审"
        ordering = ("action", "round", "pk")
        constraints = (
            models.UniqueConstraint(fields=("action", "round", "reviewer"), name="one_review_of_a_reviewer"),
        )

    def __str__(self) -> str:
        return f"{self.action_id} {self.points}"


class ActionEntry(models.Model):
    """One step of a chosen action, with what was said."""

    action = models.ForeignKey(ChosenAction, models.CASCADE, related_name="entries", verbose_name="自选动作")
    step = models.CharField("事项", max_length=10, choices=ActionStep.choices)
    text = models.CharField("说明", max_length=1000, blank=True)
    by = account("办理人")
    role = models.CharField("身份", max_length=40)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "自选动作办理记录"
        ordering = ("action", "pk")

    def __str__(self) -> str:
        return f"{self.action_id} {self.step}"


def random_name(evidence: "ActionEvidence", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"assessment/{uuid.uuid4().hex}"


class ActionEvidence(models.Model):
    """One file that shows what was done; its hash shows later that it is still the same."""

    action = models.ForeignKey(ChosenAction, models.CASCADE, related_name="evidence", verbose_name="自选动作")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    added_by = account("上传人")
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "自选动作佐证材料"
        ordering = ("action", "pk")

    def __str__(self) -> str:
        return self.name
