"""The tree of Party organizations, its history, posts and terms."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from treebeard.mp_tree import MP_Node

from zhibu.organizations.enums import Category, ChangeKind, ElectionMethod, Kind, PostKind, UnitSituation


class Organization(MP_Node):
    """One Party organization from its establishment on, under whatever name and superior; dissolved ones stay.

    ``path`` and the other treebeard columns say where it stands today; where it stood on another day stands in
    `Period`. The ten collected fields are those of the 2017 national form (data-standards.md 2).
    """

    path = models.CharField(max_length=255, unique=True, db_collation="C")
    code = models.CharField("组织代码", max_length=30, unique=True, help_text="校内编号，导入时据此识别")
    name = models.CharField("党组织名称", max_length=120, help_text="全称，与公章一致")
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("组织类别", max_length=3, choices=Kind.choices)
    category = models.CharField("支部类型", max_length=20, choices=Category.choices, default=Category.OTHER)
    # Fields 2 and 3 as the form states them; the holder of the post (Tenure) is the fact once the person is known.
    declared_secretary = models.CharField("党组织书记（填报）", max_length=60, blank=True)
    contact_name = models.CharField("党组织联系人", max_length=60, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    unit_situation = models.CharField(
        "党组织所在单位情况", max_length=10, choices=UnitSituation.choices, default=UnitSituation.SAME
    )
    unit_name = models.CharField("单位名称", max_length=200, blank=True)
    unit_category = models.CharField("单位类别", max_length=60, blank=True)
    unit_party_setup = models.CharField("单位建立党组织情况", max_length=60, blank=True)
    unit_code = models.CharField("单位代码", max_length=18, blank=True, help_text="统一社会信用代码或组织机构代码")
    # Must not be inferred from the kind (发展党员工作细则 第二十二条).
    may_approve_members = models.BooleanField("有审批预备党员权限", default=False)
    established_on = models.DateField("建立日期")
    approval_document = models.CharField("批准文号", max_length=60, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    # Before it the records of its meetings lie elsewhere: nothing is missing then. Empty: since it was established.
    recorded_since = models.DateField(
        "起登记日", null=True, blank=True, help_text="自这一天起在本平台登记组织生活；空着的自建立之日起"
    )

    node_order_by: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "党组织"
        constraints = (
            models.CheckConstraint(
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("established_on")),
                name="organization_dissolved_after_established",
                violation_error_message="撤销日期不能早于建立日期。",
            ),
        )
        indexes = (models.Index(fields=("kind", "category"), name="organization_kind"),)

    def __str__(self) -> str:
        return self.short_name or self.name


class Change(models.Model):
    """One decision about the tree (`ChangeKind`) with the day it takes effect and its document."""

    kind = models.CharField("变动", max_length=12, choices=ChangeKind.choices)
    effective_on = models.DateField("生效日期")
    document = models.CharField("批准文号", max_length=60, blank=True)
    reason = models.CharField("事由", max_length=500, blank=True)
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)
    # What taking it back needs (actions.undo); empty for changes that came with an import.
    undo = models.JSONField("撤销所需", null=True, blank=True, editable=False)
    sources = models.ManyToManyField(Organization, related_name="changes_from", verbose_name="变动前")
    results = models.ManyToManyField(Organization, related_name="changes_to", verbose_name="变动后")

    class Meta:
        ordering = ("-effective_on", "-id")
        verbose_name = "组织变动"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_on}"


class Period(models.Model):
    """From ``started_on`` until before ``ended_on`` an organization had this name, kind and superior."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="periods", verbose_name="党组织")
    parent = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="child_periods", verbose_name="上级党组织"
    )
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=3, choices=Kind.choices)
    started_on = models.DateField("自")
    ended_on = models.DateField("至（不含）", null=True, blank=True)
    opened_by = models.ForeignKey(Change, models.PROTECT, related_name="opened", verbose_name="依据")

    class Meta:
        ordering = ("organization", "started_on")
        verbose_name = "组织沿革"
        constraints = (
            models.UniqueConstraint(
                fields=("organization",), condition=Q(ended_on__isnull=True), name="one_open_period_per_organization"
            ),
            models.UniqueConstraint(fields=("organization", "started_on"), name="one_period_a_day_per_organization"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")), name="period_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=("started_on", "ended_on"), name="period_dates"),)

    def __str__(self) -> str:
        return f"{self.name} {self.started_on}—{self.ended_on or ''}"


class Term(models.Model):
    """One term of office (届) of an organization's committee, or of the secretary where there is none."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="terms", verbose_name="党组织")
    number = models.PositiveSmallIntegerField("届次", null=True, blank=True)
    started_on = models.DateField("选举日期")
    due_on = models.DateField("应换届日期", help_text="按当届任期年限推算，经批准延期的为延期后的日期")
    ended_on = models.DateField("实际届满日期", null=True, blank=True)
    method = models.CharField("产生方式", max_length=12, choices=ElectionMethod.choices, default=ElectionMethod.ELECTED)
    seats = models.PositiveSmallIntegerField("职数", default=1)
    extension_document = models.CharField("延期批准文号", max_length=60, blank=True)

    class Meta:
        ordering = ("organization", "-started_on")
        verbose_name = "届次"
        constraints = (
            models.UniqueConstraint(
                fields=("organization",), condition=Q(ended_on__isnull=True), name="one_open_term_per_organization"
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("started_on")), name="term_due_after_start"),
        )

    def __str__(self) -> str:
        return f"{self.organization} {self.started_on}"


class Tenure(models.Model):
    """A person holds a post at an organization from one day until before another. The source of rights."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="tenures", verbose_name="党组织")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="tenures", verbose_name="任职人")
    post = models.CharField("职务", max_length=24, choices=PostKind.choices)
    started_on = models.DateField("任职日期")
    ended_on = models.DateField("免职日期", null=True, blank=True)
    document = models.CharField("任职文号", max_length=60, blank=True)
    end_reason = models.CharField("免职原因", max_length=200, blank=True)

    class Meta:
        ordering = ("organization", "-started_on")
        verbose_name = "任职"
        constraints = (
            models.UniqueConstraint(
                fields=("organization", "person", "post"),
                condition=Q(ended_on__isnull=True),
                name="one_open_tenure_per_post_and_person",
            ),
            models.UniqueConstraint(
                fields=("organization", "post"),
                condition=Q(ended_on__isnull=True, post__in=("secretary", "group_leader")),
                name="one_holder_of_a_single_post",
                violation_error_message="这个职务已有人担任，请先办理免职。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="tenure_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization} {self.get_post_display()}"
