"""Honours given to organizations, and cases of model work."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.assessment.honours.enums import CaseState, HonourKind, HonourState
from zhibu.assessment.publication.models import Publication
from zhibu.organizations.models import Organization

USER = settings.AUTH_USER_MODEL
LIVING = (HonourState.PROPOSED, HonourState.AWARDED)


class Honour(models.Model):
    """An organization is proposed for an honour on the grounds of a final result; people decide, on a day, by a
    document. Persons are never honoured here."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="honours", verbose_name="依据的结果")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="honours", verbose_name="党组织")
    kind = models.CharField("荣誉", max_length=10, choices=HonourKind.choices)
    state = models.CharField("状态", max_length=10, choices=HonourState.choices, default=HonourState.PROPOSED)
    grounds = models.CharField("提名依据", max_length=500)
    proposed_on = models.DateField("提名日期")
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="提名人")
    decided_on = models.DateField("决定日期", null=True)
    document = models.CharField("会议或文号", max_length=100, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    number = models.CharField("证书编号", max_length=20, blank=True)
    withdrawn_on = models.DateField("撤销日期", null=True)
    version = models.PositiveIntegerField("修改次数", default=1)

    class Meta:
        verbose_name = "先进评定"
        ordering = ("-publication__period", "kind", "organization__path")
        constraints = (
            models.UniqueConstraint(
                fields=("publication", "organization", "kind"), condition=Q(state__in=LIVING), name="one_living_honour"
            ),
            models.UniqueConstraint(fields=("number",), condition=~Q(number=""), name="one_honour_per_number"),
            models.CheckConstraint(
                condition=~Q(state=HonourState.AWARDED)
                | (Q(decided_on__isnull=False) & ~Q(document="") & ~Q(number="")),
                name="awarded_honour_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state=HonourState.WITHDRAWN) | (Q(withdrawn_on__isnull=False) & ~Q(reason="")),
                name="withdrawn_honour_has_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.publication.span.label}{self.get_kind_display()}"


class ModelCase(models.Model):
    """A piece of model work told to others: by the organization itself, or by the office with its consent."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="model_cases", verbose_name="党组织")
    honour = models.ForeignKey(Honour, models.SET_NULL, null=True, related_name="cases", verbose_name="荣誉")
    title = models.CharField("标题", max_length=100)
    text = models.TextField("做法和成效", max_length=5000)
    state = models.CharField("状态", max_length=10, choices=CaseState.choices)
    agreed_on = models.DateField("同意日期", null=True)
    shown_on = models.DateField("展示日期", null=True)
    reason = models.CharField("撤下理由", max_length=300, blank=True)
    version = models.PositiveIntegerField("修改次数", default=1)
    written_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name="撰写人")
    changed_at = models.DateTimeField("最后修改", auto_now=True)

    class Meta:
        verbose_name = "典型案例"
        ordering = ("-shown_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=CaseState.SHOWN) | Q(shown_on__isnull=False, agreed_on__isnull=False),
                name="shown_case_has_consent",
            ),
        )

    def __str__(self) -> str:
        return self.title
