"""The work journal of a branch."""

from django.db import models
from django.db.models import Q

from zhibu.initiatives.enums import EntryState
from zhibu.initiatives.models.projects import account
from zhibu.organizations.models import Organization


class JournalEntry(models.Model):
    """What a branch did on a day, and who. Never changed: a correction is a further entry that names this one."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="journal", verbose_name="党组织", db_index=False
    )
    on = models.DateField("日期")
    text = models.CharField("做了什么", max_length=1000)
    who = models.CharField("谁做的", max_length=200)
    state = models.CharField("状态", max_length=10, choices=EntryState.choices, default=EntryState.CURRENT)
    corrects = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="corrected_by", verbose_name="更正哪一条"
    )
    # Why it corrects the earlier one; on a void one, why it was voided.
    reason = models.CharField("理由", max_length=500, blank=True)
    entered_at = models.DateTimeField("登记时间")
    entered_by = account("登记人")
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("-on", "-id")
        verbose_name = "工作纪实"
        indexes = (
            models.Index(fields=("organization", "on"), name="journal_of_organization"),
            models.Index(fields=("-on", "-id"), name="journal_recent"),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(corrects__isnull=True) & ~Q(state="void")) | ~Q(reason=""), name="correction_has_reason"
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]
