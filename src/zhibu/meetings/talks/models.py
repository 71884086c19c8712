"""What the two keep of a talk, and whom they let read it."""

from django.db import models
from django.db.models import F, Q

from zhibu.meetings.models.records import Meeting
from zhibu.meetings.talks.enums import TalkState
from zhibu.people.models import Person
from zhibu.vault.fields import EncryptedTextField


class Talk(models.Model):
    """One talk as one of the two entered it. Its fact is the `Meeting` behind it, recorded once the other agreed.

    The occasion is encrypted like the text: that somebody was warned, or visited in need, is nobody else's business.
    """

    plain_in_audit = frozenset({"state", "held_on"})

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="talk", verbose_name="谈话登记")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="另一方")
    occasion = EncryptedTextField("场合")
    text = EncryptedTextField("谈话要点", blank=True)
    follow_up = EncryptedTextField("后续", blank=True)
    state = models.CharField("状态", max_length=10, choices=TalkState.choices, default=TalkState.AWAITING)
    noted_at = models.DateTimeField("登记时间")
    # In the other's own words, beside the author's: neither overwrites the other.
    answer = EncryptedTextField("对方的更正", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        ordering = ("-meeting__held_on", "-id")
        verbose_name = "谈心谈话内容"
        constraints = (models.CheckConstraint(condition=~Q(author=F("other")), name="talk_between_two"),)
        indexes = (models.Index(fields=("other",), name="talk_awaiting", condition=Q(state=TalkState.AWAITING)),)

    def __str__(self) -> str:
        return f"talk {self.pk}"

    @property
    def parties(self) -> tuple[int, int]:
        return self.author_id, self.other_id


class TalkReader(models.Model):
    """Somebody whom one of the two lets read the talk, until one of the two takes it back."""

    plain_in_audit = frozenset({"named_on", "withdrawn_on"})

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="readers", verbose_name="谈话")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="可阅读的人")
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="指定人")
    named_on = models.DateField("指定日期")
    withdrawn_on = models.DateField("收回日期", null=True, blank=True)

    class Meta:
        ordering = ("talk", "id")
        verbose_name = "谈心谈话可阅读的人"
        constraints = (
            models.UniqueConstraint(
                fields=("talk", "person"), condition=Q(withdrawn_on__isnull=True), name="one_reader_of_a_talk"
            ),
        )

    def __str__(self) -> str:
        return f"{self.talk_id} {self.person_id}"
