"""What is kept about the quality of records: measured parts, likenesses and their answers, official documents."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from zhibu.meetings.quality.enums import AnswerState, PartKey, Subject, Verdict

USER = settings.AUTH_USER_MODEL


class QualityStandard(models.Model):
    """What the office set for the whole university on a day; the newest holds. No regulation says these numbers."""

    days = models.PositiveSmallIntegerField("会后几天内登记", validators=[MinValueValidator(1), MaxValueValidator(90)])
    likeness = models.PositiveSmallIntegerField(
        "相近到百分之几请说明", validators=[MinValueValidator(10), MaxValueValidator(100)]
    )
    set_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间")

    class Meta:
        ordering = ("-pk",)
        verbose_name = "记录质量设定"

    def __str__(self) -> str:
        return f"{self.days} 天，{self.likeness}%"


class RecordQuality(models.Model):
    """One recorded meeting's parts as numbers, of one version of it; the sentences are made when the page is read."""

    meeting = models.OneToOneField("meetings.Meeting", models.CASCADE, related_name="quality", verbose_name="会议")
    version = models.PositiveIntegerField("核算的版本", default=0)
    days = models.IntegerField("会后第几天登记", null=True)
    due = models.PositiveIntegerField("应到（不含不作硬性要求的）", default=0)
    came = models.PositiveIntegerField("其中实到", default=0)
    decisions = models.PositiveSmallIntegerField("议定事项", default=0)
    assigned = models.PositiveSmallIntegerField("其中写明责任人和期限", default=0)
    specific = models.PositiveSmallIntegerField("其中人、事、时写明", default=0)
    # Against the nearest earlier record, official quotations left out; None until compared.
    shared = models.FloatField("与最相近的一份共有的比例", null=True)
    quoted = models.FloatField("引自官方文件的比例", null=True)
    checked_version = models.PositiveIntegerField("比对的版本", null=True)
    checked_at = models.DateTimeField("比对时间", null=True)

    class Meta:
        ordering = ("meeting",)
        verbose_name = "记录质量"
        indexes = (models.Index(fields=("checked_version",), name="quality_unchecked"),)

    def __str__(self) -> str:
        return f"{self.meeting_id}"


class Likeness(models.Model):
    """Two records that have something in common, which the branch of the later one is asked to explain."""

    subject = models.CharField("相近之处", max_length=8, choices=Subject.choices, default=Subject.TEXT)
    later = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="likenesses", verbose_name="后登记的")
    earlier = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="likened", verbose_name="先登记的")
    share = models.FloatField("占后一份的比例")
    earlier_share = models.FloatField("占前一份的比例")
    letters = models.PositiveIntegerField("相同的字数", default=0)
    # The two photographs; None for texts, and once the attachment was taken out of its record.
    later_photo = models.ForeignKey(
        "meetings.Attachment", models.SET_NULL, null=True, related_name="+", verbose_name="后一张照片"
    )
    earlier_photo = models.ForeignKey(
        "meetings.Attachment", models.SET_NULL, null=True, related_name="+", verbose_name="前一张照片"
    )
    found_on = models.DateField("发现日期")
    state = models.CharField("状态", max_length=10, choices=AnswerState.choices, default=AnswerState.ASKED)
    answer = models.CharField("说明", max_length=500, blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    answered_at = models.DateTimeField("说明时间", null=True)
    verdict = models.CharField("核查结果", max_length=10, choices=Verdict.choices, blank=True)
    reason = models.CharField("核查理由", max_length=500, blank=True)
    closed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="核查人")
    closed_at = models.DateTimeField("核查时间", null=True)
    # The version that was found wanting: a correction of the record is what was asked for.
    closed_version = models.PositiveIntegerField("核查时的版本", null=True)

    class Meta:
        ordering = ("-found_on", "-pk")
        verbose_name = "相近提示"
        indexes = (models.Index(fields=("state", "later"), name="likeness_open"),)
        constraints = (
            models.UniqueConstraint(fields=("subject", "later", "earlier"), name="one_likeness_of_two_records"),
            models.CheckConstraint(condition=~Q(later=F("earlier")), name="likeness_of_two_records"),
            models.CheckConstraint(
                condition=~Q(state=AnswerState.CLOSED) | ~Q(verdict=""), name="closed_likeness_has_verdict"
            ),
        )

    def __str__(self) -> str:
        return f"{self.later_id} {self.earlier_id}"

    @property
    def greater(self) -> float:
        return max(self.share, self.earlier_share)


class PhotoPrint(models.Model):
    """What one attached photograph is known again by: bits of its brightness, no faces, no names."""

    attachment = models.OneToOneField(
        "meetings.Attachment", models.CASCADE, related_name="photo_print", verbose_name="附件"
    )
    # One row of bits for each trim, as `zhibu.meetings.quality.photos` makes them; empty without contrast.
    bits = models.BinaryField("图像指纹")

    class Meta:
        verbose_name = "照片指纹"

    def __str__(self) -> str:
        return f"{self.attachment_id}"


class OfficialDocument(models.Model):
    """One published text whose passages records may quote; what is quoted from it counts as nobody's own words."""

    title = models.CharField("标题", max_length=200)
    issued_by = models.CharField("发文机关", max_length=100)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    text = models.TextField("正文")
    digest = models.CharField(max_length=64, unique=True)
    added_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    added_at = models.DateTimeField("录入时间")

    class Meta:
        ordering = ("-pk",)
        verbose_name = "官方文件"

    def __str__(self) -> str:
        return self.title


class Overruling(models.Model):
    """A reviewer put another value on one part of a record's quality, or took that back; the newest entry holds."""

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="overrulings", verbose_name="会议")
    part = models.CharField("项目", max_length=16, choices=PartKey.choices)
    percent = models.PositiveSmallIntegerField(
        "改定为（%）", null=True, blank=True, validators=[MaxValueValidator(100)], help_text="空：撤回改定，按公式计"
    )
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    at = models.DateTimeField("复核时间")

    class Meta:
        ordering = ("-pk",)
        verbose_name = "复核改定"
        indexes = (models.Index(fields=("meeting", "part", "-id"), name="overruling_newest"),)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.part}"
