"""What makes minutes stand: two signatures on one version, and afterwards only corrections beside it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.meetings.enums import Signing
from zhibu.meetings.models.records import Meeting
from zhibu.people.models import Person


class Signature(models.Model):
    """That the host or the recorder, signed in as himself, signed one version of the minutes.

    ``digest`` is of the whole record with its attachments. Void when the record changed before the other one signed.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="signatures", verbose_name="会议")
    quality = models.CharField("身份", max_length=10, choices=Signing.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="签名人")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("版本")
    digest = models.CharField("内容摘要", max_length=64)
    signed_at = models.DateTimeField("签名时间")
    voided_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        ordering = ("meeting", "signed_at", "id")
        verbose_name = "会议记录签名"
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "quality"), condition=Q(voided_at__isnull=True), name="one_signature_per_quality"
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.quality} {self.version}"


class Correction(models.Model):
    """One correction of signed minutes: shown beside what was signed, which stays as it is."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="corrections", verbose_name="会议")
    subject = models.CharField("更正的部分", max_length=60)
    was = models.TextField("原记录", max_length=2000)
    becomes = models.TextField("更正为", max_length=2000)
    reason = models.CharField("理由", max_length=500)
    made_at = models.DateTimeField("更正时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # As it stood on that day; an account may be renamed.
    made_by_name = models.CharField("更正人", max_length=60)
    # The form that made it: sent twice, it is kept once.
    submission = models.UUIDField(unique=True)

    class Meta:
        ordering = ("meeting", "made_at", "id")
        verbose_name = "会议记录更正"

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.subject}"
