"""Check-in by the code that the chair shows, and the marks that arrive from phones."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.meetings.enums import MarkSource, MarkState, Presence
from zhibu.meetings.models.records import Meeting
from zhibu.people.models import Person
from zhibu.vault.fields import EncryptedTextField


class CheckIn(models.Model):
    """That members may check in to one meeting by themselves: from when, until when, with which key.

    Opened again it gets another key: every code shown before is void.
    """

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="check_in", verbose_name="会议")
    secret = EncryptedTextField("签到密钥")
    opened_at = models.DateTimeField("开放时间")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "自助签到"

    def __str__(self) -> str:
        return f"check-in of {self.meeting_id}"


class CheckInMark(models.Model):
    """One mark of attendance as it arrived, by a member about himself or by the recorder about anybody.

    ``key`` is made where the mark is made: sent twice, it is kept once.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="marks", verbose_name="会议")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员")
    key = models.UUIDField("标记编号", unique=True)
    source = models.CharField("来源", max_length=10, choices=MarkSource.choices)
    state = models.CharField("处理", max_length=10, choices=MarkState.choices)
    presence = models.CharField("出席情况", max_length=10, choices=Presence.choices)
    is_online = models.BooleanField("线上参加", default=False)
    # By the server's clock: when it arrived, less the age that the browser states. The age is believed only as far as
    # `zhibu.meetings.rules.checkin` can check it.
    made_at = models.DateTimeField("标记时刻")
    arrived_at = models.DateTimeField("收到时刻")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField("确认时刻", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("meeting", "arrived_at", "id")
        verbose_name = "签到标记"
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "person"),
                condition=Q(
                    source=MarkSource.SELF,
                    state__in=(MarkState.COUNTED, MarkState.PENDING, MarkState.CONFIRMED),
                ),
                name="one_check_in_per_person",
            ),
        )
        indexes = (models.Index(fields=("meeting",), name="mark_pending", condition=Q(state=MarkState.PENDING)),)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id} {self.state}"


class WrongCodes(models.Model):
    """How many wrong codes one person has sent to one check-in: guessing ends after a few."""

    check_in = models.ForeignKey(CheckIn, models.CASCADE, related_name="wrong_codes")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    count = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = "错误签到码"
        constraints = (models.UniqueConstraint(fields=("check_in", "person"), name="one_count_of_wrong_codes"),)

    def __str__(self) -> str:
        return f"{self.check_in_id} {self.person_id}: {self.count}"
