"""Cases, what was entered in them, and the steps that are open now."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.archive.models import Document
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.procedures.analysis.models import ActivistAnalysis
from zhibu.procedures.enums import LIVING, Actor, CaseState, EntryKind
from zhibu.procedures.numbered.models import FormRecord, NumberedForm
from zhibu.procedures.transfers.models import Leaver, LeaverSheet, Letter, Transfer

__all__ = [
    "ActivistAnalysis", "Case", "Entry", "FormRecord", "Leaver", "LeaverSheet", "Letter", "NumberedForm", "OpenStep",
    "Transfer",
]  # fmt: skip


class Case(models.Model):
    """One procedure of one person or organization, from its first step until it is closed.

    ``organization`` is responsible for it at present; ``target`` is the other side where there is one (a transfer).
    State and open steps repeat what folds out of the entries, so that lists need no folding; only actions write them.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {"procedure", "organization", "state", "step", "on", "outcome", "kind", "to", "edition_on", "position"}
    )
    procedure = models.CharField("程序", max_length=30)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="当事人", db_index=False
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="cases", verbose_name="负责的党组织", db_index=False
    )
    target = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="incoming_cases", verbose_name="接收党组织"
    )
    opened_on = models.DateField("立项日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    # Grows with every entry: two browsers that act at once notice each other by it.
    version = models.PositiveIntegerField(default=0)
    # The form that made it: a second submission of the same form finds the first case instead of doubling it.
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "办理事项"
        ordering = ("-opened_on", "-id")
        indexes = (
            models.Index(fields=("organization", "procedure", "state"), name="case_organization"),
            models.Index(fields=("person", "procedure"), name="case_person"),
            models.Index(fields=("procedure", "-opened_on", "-id"), name="case_recent"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("person", "procedure"),
                condition=Q(state__in=sorted(LIVING), person__isnull=False),
                name="one_living_case_per_person",
                violation_error_message="这个人已有一件正在办理的同类事项。",
            ),
            models.UniqueConstraint(
                fields=("organization", "procedure"),
                condition=Q(state__in=sorted(LIVING), person__isnull=True),
                name="one_living_case_per_organization",
                violation_error_message="这个党组织已有一件正在办理的同类事项。",
            ),
            # Whatever the kind: nobody is on the way to two places.
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(state__in=sorted(LIVING), procedure__startswith="transfer_"),
                name="one_living_transfer_per_person",
                violation_error_message="这个人已有一件正在办理的组织关系转接。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.procedure} {self.pk}"


class Entry(models.Model):
    """One entry in the timeline of a case. Never changed: a correction is a new entry that names the old one."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"kind", "step", "on", "outcome"})
    case = models.ForeignKey(Case, models.CASCADE, related_name="entries", verbose_name="办理事项", db_index=False)
    position = models.PositiveIntegerField("序号")
    kind = models.CharField("类别", max_length=12, choices=EntryKind.choices)
    step = models.CharField("步骤", max_length=30, blank=True)
    on = models.DateField("日期")
    outcome = models.CharField("结果", max_length=20, blank=True)
    # Votes, named people (ids), days and numbers of the step's form; see `inputs.INPUTS`.
    data = models.JSONField("内容", default=dict, blank=True)
    reason = models.CharField("说明", max_length=500, blank=True)
    corrects = models.PositiveIntegerField("更正第几项", null=True, blank=True)
    documents = models.ManyToManyField(Document, related_name="case_entries", verbose_name="材料")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="当时负责的党组织", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "办理记录"
        ordering = ("case", "position")
        constraints = (models.UniqueConstraint(fields=("case", "position"), name="one_entry_per_position"),)

    def __str__(self) -> str:
        return f"{self.case_id}.{self.position} {self.step}"


class OpenStep(models.Model):
    """A step of a living case that may come next, with who has to take it and from when until when it may be taken.

    Worked out by the rules with every entry, so that workbenches of thousands of cases are plain queries.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="open_steps", verbose_name="办理事项", db_index=False)
    step = models.CharField("步骤", max_length=30)
    actor = models.CharField("办理主体", max_length=20, choices=Actor.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="办理的党组织")
    since = models.DateField("等待自")
    earliest = models.DateField("最早")
    due = models.DateField("期限", null=True, blank=True)

    class Meta:
        verbose_name = "待办步骤"
        ordering = ("due", "earliest", "id")
        constraints = (models.UniqueConstraint(fields=("case", "step"), name="one_open_row_per_step"),)
        indexes = (
            models.Index(fields=("organization", "actor", "due"), name="open_step_actor"),
            models.Index(fields=("due",), name="open_step_due"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"
