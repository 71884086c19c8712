"""Meetings as they were recorded: the statutory record, made by the recorder."""

import uuid

from django.db import models
from django.db.models import F, Q

from zhibu.meetings.enums import Kind, Matter, Outcome, Part, Presence, State
from zhibu.organizations.models import Organization
from zhibu.people.models import Person


class Meeting(models.Model):
    """One meeting or activity of one organization, with what its record must hold (regulations.md 3.2)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings", verbose_name="党组织")
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    title = models.CharField("名称或议题", max_length=200)
    # The day that counts for cadence; the times of day are details of the record.
    held_on = models.DateField("日期")
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    is_online = models.BooleanField("线上", default=False)
    host = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="hosted_meetings", verbose_name="主持人"
    )
    recorder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="recorded_meetings", verbose_name="记录人"
    )
    lecturer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="lectures", verbose_name="授课人"
    )
    # A lecturer who is in no roster the recorder may read (an outside expert).
    speaker = models.CharField("授课人（校外）", max_length=60, blank=True, default="", db_default="")
    guests = models.CharField(
        "其他列席人员", max_length=300, blank=True, default="", db_default="", help_text="不在名册中的列席人员"
    )
    # One meeting may be both (ZB18-18); it then counts for both duties without being recorded twice.
    with_appraisal = models.BooleanField("与民主评议党员合并召开", default=False, db_default=False)
    minutes = models.TextField("会议记录", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    recorded_at = models.DateTimeField("登记时间", null=True, blank=True)
    # Repeats of the attendance rows, written by the same action, so that lists and facts need no aggregate.
    expected = models.PositiveIntegerField("应到", default=0)
    present = models.PositiveIntegerField("实到", default=0)
    voters_expected = models.PositiveIntegerField("有表决权应到", default=0)
    voters_present = models.PositiveIntegerField("有表决权实到", default=0)
    # How many of the parts required for this kind the record holds (zhibu.meetings.rules.required_parts).
    parts_required = models.PositiveSmallIntegerField("应记要素", default=0)
    parts_present = models.PositiveSmallIntegerField("已记要素", default=0)
    # The form that made it: a second submission of the same form finds the first meeting instead of doubling it.
    submission = models.UUIDField(null=True, blank=True, unique=True)
    # Grows with every change of the record or anything in it: two browsers that edit at once notice each other by it.
    version = models.PositiveIntegerField("版本", default=1, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-held_on", "-id")
        verbose_name = "组织生活记录"
        indexes = (
            models.Index(fields=("organization", "kind", "held_on"), name="meeting_cadence"),
            models.Index(fields=("-held_on", "-id"), name="meeting_recent"),
            # Few of many: the home page asks for them.
            models.Index(fields=("organization",), name="meeting_draft", condition=Q(state=State.DRAFT)),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
                violation_error_message="结束时间应晚于开始时间。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_kind_display()}"


class Attendance(models.Model):
    """Whether one person who should or could attend did, as the recorder noted it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name="会议")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances", verbose_name="人员")
    part = models.CharField("身份", max_length=10, choices=Part.choices, default=Part.VOTER)
    presence = models.CharField("出席情况", max_length=10, choices=Presence.choices, default=Presence.EXPECTED)
    reason = models.CharField("请假或缺席原因", max_length=200, blank=True)
    is_online = models.BooleanField("线上参加", default=False, db_default=False)
    # When the presence last changed: what was marked offline before that and arrives later changes nothing any more.
    marked_at = models.DateTimeField("登记时刻", null=True, blank=True)
    # Not held to attendance on that day (JG19-23); kept with the row because the person's flag may change.
    is_exempt = models.BooleanField("不作硬性要求", default=False)

    class Meta:
        ordering = ("meeting", "id")
        verbose_name = "出席"
        constraints = (models.UniqueConstraint(fields=("meeting", "person"), name="one_attendance_per_person"),)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id} {self.presence}"


class Topic(models.Model):
    """One item of the agenda with the points made about it."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="topics", verbose_name="会议")
    position = models.PositiveSmallIntegerField("序号")
    title = models.CharField("议题", max_length=200)
    points = models.TextField("发言要点", blank=True)

    class Meta:
        ordering = ("meeting", "position")
        verbose_name = "议题"
        constraints = (models.UniqueConstraint(fields=("meeting", "position"), name="one_topic_per_position"),)

    def __str__(self) -> str:
        return self.title


class Resolution(models.Model):
    """One decision of the meeting, with its vote where one was taken."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="resolutions", verbose_name="会议")
    position = models.PositiveSmallIntegerField("序号")
    text = models.CharField("决议", max_length=1000)
    is_vote = models.BooleanField("经表决", default=False)
    matter = models.CharField(
        "表决事项", max_length=12, choices=Matter.choices, default=Matter.ORDINARY, db_default=Matter.ORDINARY
    )
    in_favour = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstained = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    # Formal written opinions of absent voters, contained in the three numbers above (FZ26-20).
    written = models.PositiveSmallIntegerField("其中书面意见", default=0, db_default=0)
    outcome = models.CharField(
        "表决结果", max_length=10, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    # A person of the roster: then the decision becomes a task. Others are only named.
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name="责任人（名册）"
    )
    responsible = models.CharField("责任人", max_length=60, blank=True)
    due_on = models.DateField("完成期限", null=True, blank=True)
    # What it decided for another room: a step of a case, or what an appraisal led to for one person. Never both.
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name="办理事项"
    )
    step = models.CharField("办理步骤", max_length=30, blank=True, default="", db_default="")
    corrects = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="限期改正的党员"
    )

    class Meta:
        ordering = ("meeting", "position")
        verbose_name = "决议"
        constraints = (
            models.UniqueConstraint(fields=("meeting", "position"), name="one_resolution_per_position"),
            models.CheckConstraint(
                condition=models.Q(case__isnull=True, step="")
                | (models.Q(case__isnull=False, corrects__isnull=True) & ~models.Q(step="")),
                name="resolution_leads_to_one_thing",
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]


def random_name(attachment: "Attachment", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"meetings/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """One file kept with a meeting's record; its hash shows later that it is still the same file."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attachments", verbose_name="会议")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        ordering = ("meeting", "id")
        verbose_name = "附件"

    def __str__(self) -> str:
        return self.name
