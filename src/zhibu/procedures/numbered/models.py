"""Numbered blanks and what happened to each."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.organizations.models import Organization
from zhibu.procedures.numbered.enums import FormAct, FormState


class NumberedForm(models.Model):
    """One blank of 《入党志愿书》 with its number, kept by the committee that hands it out. One form, one person.

    State, case, day and receiver repeat what folds out of the records, so that lists need no folding.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"organization", "number", "state", "act", "on", "count"})
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="numbered_forms", verbose_name="管理的党委",
        db_index=False,  # numbered_form_state begins with it
    )  # fmt: skip
    number = models.CharField(
        "编号", max_length=60, unique=True, error_messages={"unique": "这个编号已经登记。"}, db_collation="C"
    )
    state = models.CharField("状态", max_length=8, choices=FormState.choices, default=FormState.UNUSED)
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="numbered_forms", verbose_name="办理事项"
    )
    issued_on = models.DateField("发放日期", null=True, blank=True)
    received_by = models.CharField("领取人", max_length=60, blank=True)

    class Meta:
        verbose_name = "入党志愿书编号"
        ordering = ("number",)
        indexes = (models.Index(fields=("organization", "state", "number"), name="numbered_form_state"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=(FormState.ISSUED, FormState.USED), case__isnull=False)
                | Q(state=FormState.UNUSED, case__isnull=True)
                | Q(state__in=(FormState.VOID, FormState.LOST)),
                name="numbered_form_with_case",
            ),
            models.UniqueConstraint(
                fields=("case",), condition=Q(state=FormState.ISSUED), name="one_form_in_hand_per_case"
            ),
        )

    def __str__(self) -> str:
        return self.number


class FormRecord(models.Model):
    """One thing that happened to a numbered form. Never changed: a correction is a further record."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"act", "on"})
    form = models.ForeignKey(NumberedForm, models.CASCADE, related_name="records", verbose_name="入党志愿书")
    act = models.CharField("登记事项", max_length=10, choices=FormAct.choices)
    on = models.DateField("日期")
    case = models.ForeignKey(
        "procedures.Case", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理事项",
        db_index=False,
    )  # fmt: skip
    received_by = models.CharField("领取人", max_length=60, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "入党志愿书编号登记"
        ordering = ("form", "id")

    def __str__(self) -> str:
        return f"{self.form_id} {self.act}"
