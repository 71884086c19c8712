"""What is kept of a life meeting beside its record: preparation, opinions, self-checks, criticism, rectification.

What people say about themselves and about each other is encrypted; nothing here is ever counted per person or scored.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.meetings.enums import Kind
from zhibu.meetings.life.enums import LineState, OpinionSource
from zhibu.meetings.models.records import Meeting
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class LifeMeeting(models.Model):
    """One life meeting of one organization, from its preparation to the last line put right."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="life_meetings", verbose_name="党组织")
    kind = models.CharField(
        "类别", max_length=16, choices=[(one.value, one.label) for one in (Kind.LIFE, Kind.DEMOCRATIC_LIFE)]
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("主题", max_length=120)
    planned_on = models.DateField("计划日期")
    # Why it is not in the quarter that the article names: usually a notice from above.
    off_season = models.CharField("不在第四季度的依据", max_length=200, blank=True)
    studied_on = models.DateField("学习日期", null=True, blank=True)
    studied = models.CharField("学习内容", max_length=300, blank=True)
    box_until = models.DateField("意见箱截止", null=True, blank=True)
    # The record, once there is one.
    meeting = models.OneToOneField(
        Meeting, models.SET_NULL, null=True, blank=True, related_name="life_meeting", verbose_name="会议记录"
    )
    begun_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField("开始准备时间")
    submission = models.UUIDField(unique=True)

    class Meta:
        ordering = ("-planned_on", "-id")
        verbose_name = "组织生活会办理"
        constraints = (
            models.UniqueConstraint(fields=("organization", "kind", "year", "title"), name="one_life_meeting"),
        )

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_kind_display()}"


class Opinion(models.Model):
    """One opinion collected before the meeting. Nothing says who gave it, nor when: not the row, not its number, not
    the log. Only the committee reads it, after the box has closed."""

    # Of the form, at random: numbers that grow would tell the order in which people came.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    life = models.ForeignKey(LifeMeeting, models.CASCADE, related_name="opinions", verbose_name="组织生活会")
    # Somebody of the committee; None: the committee as a whole.
    about = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="对谁的意见")
    text = EncryptedTextField("意见")
    source = models.CharField("来源", max_length=6, choices=OpinionSource.choices)
    # Only of what the secretary entered from paper.
    received_on = models.DateField("收到日期", null=True)
    taken_up_on = models.DateField("归纳日期", null=True)

    class Meta:
        ordering = ("life", "id")
        verbose_name = "征求到的意见"

    def __str__(self) -> str:
        return f"{self.life_id} {self.source}"


class SelfCheck(models.Model):
    """The self-check list of one person, or (without a person) of the committee."""

    plain_in_audit = frozenset({"handed_in_on"})

    life = models.ForeignKey(LifeMeeting, models.CASCADE, related_name="checks", verbose_name="组织生活会")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="self_checks", verbose_name="本人")
    handed_in_on = models.DateField("提交日期", null=True, blank=True)

    class Meta:
        ordering = ("life", "id")
        verbose_name = "查摆清单"
        constraints = (
            models.UniqueConstraint(fields=("life", "person"), name="one_self_check_per_person"),
            models.UniqueConstraint(
                fields=("life",), condition=Q(person__isnull=True), name="one_self_check_of_committee"
            ),
        )

    def __str__(self) -> str:
        return f"{self.life_id} {self.person_id}"


class SelfCheckPoint(models.Model):
    """One problem on a self-check list, in the writer's words."""

    plain_in_audit = frozenset({"check_of"})

    check_of = models.ForeignKey(SelfCheck, models.CASCADE, related_name="points", verbose_name="查摆清单")
    problem = EncryptedTextField("问题")
    cause = EncryptedTextField("原因", blank=True)
    measure = EncryptedTextField("改进措施", blank=True)

    class Meta:
        ordering = ("check_of", "id")
        verbose_name = "查摆问题"

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.pk}"


class Criticism(models.Model):
    """One point that was made at the meeting: by one about another, or about himself. A fact of the record."""

    plain_in_audit = frozenset({"life"})

    life = models.ForeignKey(LifeMeeting, models.CASCADE, related_name="criticisms", verbose_name="组织生活会")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="批评人")
    about = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="被批评人")
    text = EncryptedTextField("要点")
    # The form that made it: sent twice, it is kept once.
    submission = models.UUIDField(unique=True)

    class Meta:
        ordering = ("life", "id")
        verbose_name = "批评和自我批评"

    def __str__(self) -> str:
        return f"{self.life_id} {self.pk}"

    @property
    def is_self(self) -> bool:
        return self.by_id == self.about_id


class Rectification(models.Model):
    """One line of the rectification list: a problem, what is done about it, by whom, until when, and the proof."""

    plain_in_audit = frozenset({"owner", "due_on", "state", "done_on"})

    life = models.ForeignKey(LifeMeeting, models.CASCADE, related_name="lines", verbose_name="组织生活会")
    # Whose problem: somebody's, or (None) the committee's.
    about = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁的问题")
    problem = models.CharField("问题", max_length=500)
    measure = models.CharField("整改措施", max_length=500)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="rectifications", verbose_name="责任人")
    due_on = models.DateField("整改时限")
    state = models.CharField("状态", max_length=6, choices=LineState.choices, default=LineState.OPEN)
    # What its owner says was done, before somebody strikes it off.
    reported = models.CharField("完成情况", max_length=500, blank=True)
    reported_on = models.DateField("报告日期", null=True, blank=True)
    evidence = models.CharField("销号依据", max_length=500, blank=True)
    done_on = models.DateField("销号日期", null=True, blank=True)
    closed_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+", verbose_name="销号人")
    submission = models.UUIDField(unique=True)

    class Meta:
        ordering = ("life", "due_on", "id")
        verbose_name = "整改清单"
        indexes = (
            models.Index(fields=("due_on",), name="rectification_open", condition=Q(state=LineState.OPEN)),
            models.Index(fields=("owner", "due_on"), name="rectification_own", condition=Q(state=LineState.OPEN)),
        )

    def __str__(self) -> str:
        return self.problem[:40]


class RectificationVersion(models.Model):
    """A line of the rectification list as it stood before a change, and why it was changed. Added, never changed."""

    plain_in_audit = frozenset({"line", "owner", "due_on", "replaced_on"})

    line = models.ForeignKey(Rectification, models.CASCADE, related_name="versions", verbose_name="整改事项")
    problem = models.CharField("问题", max_length=500)
    measure = models.CharField("整改措施", max_length=500)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="责任人")
    due_on = models.DateField("整改时限")
    replaced_on = models.DateField("更正日期")
    reason = models.CharField("理由", max_length=300)

    class Meta:
        ordering = ("line", "id")
        verbose_name = "整改事项的原内容"

    def __str__(self) -> str:
        return f"{self.line_id} {self.replaced_on}"
