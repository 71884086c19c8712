"""Volunteer activities with who took part and for how long; practical deeds for people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zhibu.initiatives.enums import ActivityKind, DeedState, ParticipationState, Through
from zhibu.initiatives.models.projects import account
from zhibu.organizations.models import Organization
from zhibu.people.models import Person


class Activity(models.Model):
    """One volunteer activity of an organization on one day, planned or held."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="activities", verbose_name="党组织", db_index=False
    )
    title = models.CharField("活动名称", max_length=120)
    kind = models.CharField("类别", max_length=12, choices=ActivityKind.choices)
    on = models.DateField("日期")
    place = models.CharField("地点", max_length=120)
    content = models.TextField("服务内容", blank=True)
    planned = models.PositiveSmallIntegerField("计划人数", default=0)
    outcome = models.CharField("成效", max_length=500, blank=True)
    # Repeats of the confirmed participations, written by the same actions, so that lists and facts need no aggregate.
    confirmed_people = models.PositiveIntegerField("已确认人数", default=0)
    confirmed_half_hours = models.PositiveIntegerField("已确认半小时数", default=0)
    entered_at = models.DateTimeField("登记时间")
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("-on", "-id")
        verbose_name = "志愿服务活动"
        indexes = (
            models.Index(fields=("organization", "on"), name="activity_of_organization"),
            models.Index(fields=("-on", "-id"), name="activity_recent"),
        )

    def __str__(self) -> str:
        return self.title


class Participation(models.Model):
    """One person's part in one activity. The hours count when somebody else has confirmed them."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"activity", "state", "through"})
    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="participations", verbose_name="活动", db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations", verbose_name="参加人")
    # Half hours, as whole numbers: sums stay exact everywhere.
    half_hours = models.PositiveSmallIntegerField("半小时数")
    by_self = models.BooleanField("本人登记", default=False)
    state = models.CharField(
        "状态", max_length=10, choices=ParticipationState.choices, default=ParticipationState.NOTED
    )
    through = models.CharField("由谁确认", max_length=12, choices=Through.choices, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirmed_by = account("确认人")
    reason = models.CharField("撤回理由", max_length=300, blank=True)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("activity", "person__pinyin", "id")
        verbose_name = "志愿服务参加记录"
        indexes = (models.Index(fields=("activity",), name="part_to_confirm", condition=Q(state="noted")),)
        constraints = (
            models.UniqueConstraint(fields=("activity", "person"), name="one_participation_per_person"),
            models.CheckConstraint(condition=Q(half_hours__gte=1, half_hours__lte=48), name="half_hours_of_one_day"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(confirmed_at__isnull=False) & ~Q(through="")),
                name="confirmed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.activity_id} {self.person_id}"

    @property
    def hours(self) -> float:
        return self.half_hours / 2


class PracticalDeed(models.Model):
    """One 为民办实事: a need that was heard, what is done about it, until when, and what those it is for say."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="deeds", verbose_name="党组织")
    title = models.CharField("事项", max_length=120)
    need = models.TextField("需求")
    # A group or an office; a person's name is not asked for.
    heard_from = models.CharField("服务对象", max_length=120)
    measure = models.TextField("措施")
    responsible = models.ForeignKey(Person, models.PROTECT, related_name="deeds", verbose_name="责任人")
    heard_on = models.DateField("提出日期")
    due_on = models.DateField("期限")
    state = models.CharField("状态", max_length=10, choices=DeedState.choices, default=DeedState.OPEN)
    result = models.CharField("办理结果", max_length=1000, blank=True)
    finished_on = models.DateField("办理日期", null=True, blank=True)
    # What the last confirmation said; None until there is one.
    is_satisfied = models.BooleanField("满意", null=True, blank=True)
    entered_at = models.DateTimeField("登记时间")
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("-heard_on", "-id")
        verbose_name = "为民办实事"
        indexes = (models.Index(fields=("organization", "due_on"), name="deed_of_organization"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open") | (Q(finished_on__isnull=False) & ~Q(result="")),
                name="reported_deed_has_result",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Postponement(models.Model):
    """One putting off of an open deed: from which day to which, and why. Added, never changed."""

    deed = models.ForeignKey(PracticalDeed, models.CASCADE, related_name="postponements", verbose_name="实事")
    on = models.DateField("登记日期")
    was = models.DateField("原期限")
    becomes = models.DateField("新期限")
    reason = models.CharField("理由", max_length=500)

    class Meta:
        ordering = ("deed", "id")
        verbose_name = "实事延期"
        constraints = (models.CheckConstraint(condition=Q(becomes__gt=models.F("was")), name="postponement_is_later"),)

    def __str__(self) -> str:
        return f"{self.was} → {self.becomes}"
