"""What members owe, why, what they paid, and where the money went."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zhibu.dues.enums import (
    Finding,
    FundKind,
    IncomeKind,
    Manner,
    Purpose,
    Regime,
    ReliefKind,
    ReliefState,
    Rounding,
    StatementState,
)
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.vault.fields import EncryptedTextField


def yuan(label: str, **more: object) -> models.DecimalField:
    """Money in yuan with fen, exact."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, **more)  # type: ignore[arg-type]


def account(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=label
    )


LAST_MONTH = 12
# Entries are above nothing, their counter-entries below, with a reason.
SIGNED = Q(reverses__isnull=True, amount__gt=0) | (Q(reverses__isnull=False, amount__lt=0) & ~Q(reason=""))


class Choice(models.Model):
    """From a month on, what the university chose where the regulation leaves it open: rounding, change of the base."""

    started_on = models.DateField("自", unique=True)
    regime = models.CharField("基数变动", max_length=8, choices=Regime.choices, default=Regime.AT_ONCE)
    step = models.DecimalField("进位到（元）", max_digits=3, decimal_places=2)
    rounding = models.CharField("进位办法", max_length=8, choices=Rounding.choices, default=Rounding.HALF_UP)
    document = models.CharField("依据", max_length=120)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = account("登记人")

    class Meta:
        ordering = ("-started_on",)
        verbose_name = "党费计算办法"
        constraints = (models.CheckConstraint(condition=Q(step__in=("0.01", "0.10", "1.00")), name="dues_step_known"),)

    def __str__(self) -> str:
        return f"{self.started_on:%Y-%m}"


class Base(models.Model):
    """From a month on, on what a person's dues are reckoned: the kind of income and, encrypted, the amount.

    Of a farmer the amount is the monthly dues that the organization set.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"person", "kind", "started_on"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="dues_bases", verbose_name="党员", db_index=False)
    kind = models.CharField("人员类型", max_length=10, choices=IncomeKind.choices)
    amount = EncryptedTextField("月收入")
    started_on = models.DateField("起算月份")
    basis = models.CharField("依据", max_length=120, blank=True)
    recorded_at = models.DateTimeField("核定时间")
    recorded_by = account("核定人")

    class Meta:
        ordering = ("person", "-started_on")
        verbose_name = "党费基数"
        constraints = (models.UniqueConstraint(fields=("person", "started_on"), name="one_base_a_month"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.started_on:%Y-%m}"


class Relief(models.Model):
    """A member may pay less or nothing for some months: the branch decided, the next higher committee approved."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {"person", "kind", "state", "first_month", "last_month", "decided_on", "approved_on"}
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="dues_reliefs", verbose_name="党员")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党支部")
    approver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="上一级党委")
    kind = models.CharField("办法", max_length=8, choices=ReliefKind.choices)
    amount = yuan("少交后的月党费", default=0)
    first_month = models.DateField("自")
    last_month = models.DateField("至")
    reason = EncryptedTextField("困难情况")
    decided_on = models.DateField("支部研究日期")
    decision = models.CharField("支部会议记录", max_length=120)
    state = models.CharField("状态", max_length=8, choices=ReliefState.choices, default=ReliefState.PROPOSED)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    approval = models.CharField("批复文号", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("-recorded_at", "-id")
        verbose_name = "少交免交"
        constraints = (
            models.CheckConstraint(condition=Q(last_month__gte=F("first_month")), name="relief_ends_after_start"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="relief_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="approved") | (Q(approved_on__isnull=False) & ~Q(approval="")),
                name="approved_relief_has_paper",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_kind_display()}"


class Statement(models.Model):
    """One workbook of payments from a bank or a payment service, from the upload to its registration or undoing.

    The file lies encrypted (``stored_as``) only until the worker has read it, or for another try.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党组织")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=StatementState.choices, default=StatementState.READY)
    uploaded_at = models.DateTimeField("上传时间")
    user = account("上传人")
    confirmed_at = models.DateTimeField("登记时间", null=True, blank=True)
    stored_as = models.CharField(max_length=80, blank=True, help_text="name of the sealed file; empty once forgotten")
    # Set while a worker is at it; tells a killed worker from one that has not come yet.
    started_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("读取次数", default=0)
    progress = models.PositiveIntegerField("已处理行数", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    failure = models.CharField("未能读取的原因", max_length=200, blank=True)
    remedy = models.CharField("怎么办", max_length=200, blank=True)

    class Meta:
        ordering = ("-uploaded_at", "-id")
        verbose_name = "缴费流水"
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "digest"),
                condition=Q(state__in=("reading", "ready", "confirmed")),
                name="one_live_statement_per_file",
            ),
        )

    def __str__(self) -> str:
        return self.file_name


class Payment(models.Model):
    """Money that a member paid on one day for whole months, with what was voluntarily paid beyond.

    Rows are never changed but to be withdrawn with a reason, and never removed. What a mobile member paid to the
    organization of the place they went to (DF08 第九条) settles the months here, and no money of ours.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"person", "months", "paid_on", "amount", "extra", "manner"})
    person = models.ForeignKey(Person, models.PROTECT, related_name="dues_payments", verbose_name="党员")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="收缴党支部")
    months = ArrayField(models.DateField(), verbose_name="所交月份")
    paid_on = models.DateField("交纳日期")
    amount = yuan("金额")
    extra = yuan("其中自愿多交", default=0)
    manner = models.CharField("交纳方式", max_length=10, choices=Manner.choices, default=Manner.SELF)
    payer = models.CharField("代交人", max_length=60, blank=True)
    place = models.CharField("流入地党组织", max_length=120, blank=True)
    certificate = models.CharField("流动党员活动证编号", max_length=60, blank=True)
    by_quarter = models.BooleanField("经党支部同意按季度交纳", default=False)
    collector = models.CharField("收缴人", max_length=60)
    reference = models.CharField("流水号", max_length=60, blank=True, db_collation="C")
    # DF08 第十一条: the whole of a large voluntary payment goes to the Central Committee, which gives a receipt.
    is_large = models.BooleanField("全额上缴中央", default=False)
    receipt = models.CharField("中央组织部收据号", max_length=60, blank=True)
    reason = models.CharField("说明", max_length=200, blank=True)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="缴费流水"
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = account("登记人")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤销理由", max_length=200, blank=True)

    class Meta:
        ordering = ("-paid_on", "-id")
        verbose_name = "党费交纳记录"
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(condition=Q(extra__gte=0, extra__lte=F("amount")), name="payment_extra_within"),
            models.CheckConstraint(
                condition=(Q(manner="elsewhere") & ~Q(place="") & ~Q(certificate="") & Q(extra=0))
                | (~Q(manner="elsewhere") & Q(place="", certificate="")),
                name="payment_elsewhere_has_paper",
            ),
            models.UniqueConstraint(
                fields=("reference",),
                condition=Q(withdrawn_at__isnull=True) & ~Q(reference=""),
                name="one_payment_per_reference",
            ),
        )
        indexes = (models.Index(fields=("organization", "-paid_on"), name="dues_payment_branch"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.paid_on} {self.amount}"


class Due(models.Model):
    """What one member owes for one month, and the payment that settled it. An amount of nothing is an exemption."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"person", "month"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="dues", verbose_name="党员", db_index=False)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="党支部", db_index=False
    )
    month = models.DateField("月份")
    amount = yuan("应交")
    kind = models.CharField("人员类型", max_length=10, choices=IncomeKind.choices)
    relief = models.ForeignKey(Relief, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="dues", verbose_name="交纳记录"
    )

    class Meta:
        ordering = ("person", "month")
        verbose_name = "应交党费"
        constraints = (
            models.UniqueConstraint(fields=("person", "month"), name="one_due_a_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="due_not_negative"),
        )
        indexes = (
            models.Index(fields=("organization", "month"), name="dues_branch_month"),
            models.Index(fields=("person", "month"), name="dues_open", condition=Q(payment__isnull=True, amount__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.month:%Y-%m}"


class HandOver(models.Model):
    """Dues handed over from one organization to its superior; the receiver confirms with a receipt.

    A mistake is put right by a counter-entry (冲销) of the same sum below nothing, which names the row it ``reverses``.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="上缴党组织")
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="接收党组织")
    amount = yuan("金额")
    handed_on = models.DateField("上缴日期")
    note = models.CharField("说明", max_length=200, blank=True)
    receipt = models.CharField("收据号", max_length=60, blank=True)
    received_on = models.DateField("收到日期", null=True, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的上缴"
    )
    reason = models.CharField("冲销理由", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = account("登记人")

    class Meta:
        ordering = ("-handed_on", "-id")
        verbose_name = "党费上缴"
        constraints = (models.CheckConstraint(condition=SIGNED, name="hand_over_signed"),)

    def __str__(self) -> str:
        return f"{self.organization_id} {self.handed_on} {self.amount}"


class FundEntry(models.Model):
    """One movement of an organization's fund: kept, allocated, or spent by a collective decision.

    A mistake is put right by a counter-entry (冲销) of the same sum below nothing, which names the row it ``reverses``.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党组织")
    kind = models.CharField("类别", max_length=10, choices=FundKind.choices)
    purpose = models.CharField("使用范围", max_length=12, choices=Purpose.choices, blank=True)
    content = models.CharField("内容", max_length=200)
    amount = yuan("金额")
    on = models.DateField("日期")
    decided_on = models.DateField("集体讨论日期", null=True, blank=True)
    decision = models.CharField("会议记录或文号", max_length=120)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的收支"
    )
    reason = models.CharField("冲销理由", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = account("登记人")

    class Meta:
        ordering = ("-on", "-id")
        verbose_name = "党费收支"
        constraints = (
            models.CheckConstraint(condition=SIGNED, name="fund_entry_signed"),
            models.CheckConstraint(
                condition=~Q(kind="spent") | (~Q(purpose="") & Q(decided_on__isnull=False)),
                name="spending_has_purpose_and_decision",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.get_kind_display()} {self.amount}"


class Publication(models.Model):
    """A branch told its members how the dues of a year were collected (DF08 第二十六条): of the whole year, or of the
    year to date up to a month."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党支部")
    year = models.PositiveSmallIntegerField("年度")
    until = models.DateField("截至月份")
    published_on = models.DateField("公布日期")
    how = models.CharField("公布方式", max_length=120)
    payers = models.PositiveIntegerField("应交人数")
    due = yuan("应交金额")
    paid = yuan("实交金额")
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        ordering = ("-year", "-until")
        verbose_name = "党费公布"
        constraints = (
            models.UniqueConstraint(fields=("organization", "year", "until"), name="one_publication_up_to_a_month"),
        )

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year}"

    @property
    def is_whole(self) -> bool:
        """Whether it tells the whole year."""
        return self.until.month == LAST_MONTH


class StatementRow(models.Model):
    """One row of a payment workbook and what it turned out to be. What stood in it is personal, hence encrypted."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"finding"})
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField("行号")
    name = EncryptedTextField("姓名")
    person_number = models.CharField("学工号", max_length=30, blank=True)
    amount = yuan("金额", null=True)
    paid_on = models.DateField("日期", null=True)
    reference = models.CharField("流水号", max_length=60, blank=True)
    finding = models.CharField("核对结果", max_length=10, choices=Finding.choices)
    told = models.CharField("说明", max_length=200, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name="党员")
    months = ArrayField(models.DateField(), default=list, verbose_name="所交月份")

    class Meta:
        ordering = ("statement", "number")
        verbose_name = "缴费流水的行"
        constraints = (models.UniqueConstraint(fields=("statement", "number"), name="one_row_of_statement"),)

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.number}"
