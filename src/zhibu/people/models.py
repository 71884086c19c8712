"""Persons, their membership over time, where they belong, and what they ask to have corrected."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Substr

from zhibu.organizations.models import Organization
from zhibu.people.enums import (
    ContactPurpose,
    ContactWay,
    CorrectionConclusion,
    Entry,
    Leaving,
    RequestState,
    SanctionKind,
    StageKind,
    StageOrigin,
    WayOut,
)
from zhibu.people.rules.completeness import incomplete
from zhibu.vault.fields import EncryptedTextField


class Person(models.Model):
    """One human being known to the Party organizations of the university.

    Holds the sixteen collected fields of the 2017 national form (data-standards.md 1) and the extended ones in use.
    Coded fields store the code of `zhibu.people.codes`. Stage and organization repeat the open `Stage` and
    `Affiliation`, so that lists need no join; only actions write them. Whoever has left keeps the last organization,
    which keeps the file.
    """

    # What the audit log may show of a change (audit.actions): the steps of the organization's work and the marks it
    # sets, never what a person is like. Names that are no fields are those of the actions.
    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {
            "user", "organization", "stage", "is_lost", "lost_since", "is_mobile",
            "on", "way_out", "shown", "field", "state", "origin",
        }
    )  # fmt: skip

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person", verbose_name="账号"
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name="所在党支部",
        db_index=False,  # person_branch_stage begins with it
    )
    stage = models.CharField("人员类别", max_length=2, choices=StageKind.choices, blank=True)

    # Collected fields
    name = models.CharField("姓名", max_length=60)
    # Collation C: the plain index then serves order and prefix alike.
    pinyin = models.CharField("拼音", max_length=200, blank=True, db_collation="C", help_text="joined, lower case")
    initials = models.CharField("拼音首字母", max_length=60, blank=True, db_collation="C")
    gender = models.CharField("性别", max_length=1, blank=True)
    ethnicity = models.CharField("民族", max_length=2, blank=True)
    id_number = EncryptedTextField("公民身份证号")
    id_number_index = models.BinaryField(max_length=16, null=True, unique=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    education = models.CharField("学历", max_length=2, blank=True)
    joined_on = models.DateField("加入党组织日期", null=True, blank=True)
    confirmed_on = models.DateField("转为正式党员日期", null=True, blank=True)
    work_post = models.CharField("工作岗位", max_length=4, blank=True)
    phone = EncryptedTextField("手机号")
    phone_index = models.BinaryField(max_length=16, null=True)
    landline = EncryptedTextField("固定电话")
    address = EncryptedTextField("家庭住址")
    is_lost = models.BooleanField("是否失联党员", default=False)
    lost_since = models.DateField("失去联系日期", null=True, blank=True)
    is_mobile = models.BooleanField("是否流动党员", default=False)
    mobile_destination = models.CharField("外出流向", max_length=100, blank=True)

    # Extended fields (data-standards.md 1.2)
    number = models.CharField("学工号", max_length=30, null=True, blank=True, db_collation="C")
    former_name = models.CharField("曾用名", max_length=60, blank=True)
    native_place = models.CharField("籍贯", max_length=60, blank=True)
    email = models.CharField("电子邮箱", max_length=120, blank=True)
    degree = models.CharField("学位", max_length=1, blank=True)
    school = models.CharField("毕业院校", max_length=80, blank=True)
    major = models.CharField("专业", max_length=80, blank=True)
    student_level = models.CharField("在读层次", max_length=2, blank=True)
    grade = models.CharField("年级", max_length=4, blank=True)
    class_name = models.CharField("班级", max_length=40, blank=True)
    enrolled_on = models.DateField("入学日期", null=True, blank=True)
    graduates_on = models.DateField("毕业日期", null=True, blank=True)
    title = models.CharField("专业技术职务", max_length=40, blank=True)
    worked_since = models.DateField("参加工作日期", null=True, blank=True)
    # JG19-23: old, gravely ill or disabled members are not held to attendance.
    is_exempt = models.BooleanField("学习活动不作硬性要求", default=False)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Kept by PostgreSQL itself, so that it is right however the row was written (form, COPY of an import).
    is_incomplete = models.GeneratedField(
        expression=Case(When(incomplete(), then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
        null=True,
    )

    class Meta:
        verbose_name = "人员"
        ordering = ("pinyin", "id")
        indexes = (
            models.Index(fields=("organization", "stage"), name="person_branch_stage"),
            models.Index(fields=("stage", "pinyin", "id"), name="person_stage_pinyin"),
            models.Index(fields=("pinyin", "id"), name="person_pinyin_order"),
            models.Index(fields=("initials",), name="person_initials"),
            models.Index(fields=("name",), name="person_name", opclasses=("text_pattern_ops",)),
            models.Index(OpClass(Substr("name", 2), "text_pattern_ops"), name="person_given_name"),
            models.Index(fields=("phone_index",), name="person_phone"),
            models.Index(fields=("organization",), name="person_incomplete", condition=Q(is_incomplete=True)),
            models.Index(fields=("organization",), name="person_lost", condition=Q(is_lost=True)),
            models.Index(fields=("organization",), name="person_mobile", condition=Q(is_mobile=True)),
        )
        constraints = (
            # Only of those who have one: the index stays small, and by its collation serves the search by beginning.
            models.UniqueConstraint(
                fields=("number",), condition=Q(number__isnull=False), name="one_person_per_number"
            ),
            models.CheckConstraint(
                condition=Q(is_lost=False) | Q(lost_since__isnull=False),
                name="lost_person_has_date",
                violation_error_message="登记为失联党员的，须填写失去联系日期。",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True)
                | Q(joined_on__isnull=True)
                | Q(confirmed_on__gte=F("joined_on")),
                name="confirmed_not_before_joined",
                violation_error_message="转为正式党员日期不能早于加入党组织日期。",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A person stood at this stage of membership from one day until before another. At most one is open."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {"organization", "kind", "started_on", "ended_on", "way_out", "origin"}
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="stages", verbose_name="人员")
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="当时所在党组织",
        db_index=False,  # asked only together with the person
    )
    kind = models.CharField("阶段", max_length=2, choices=StageKind.choices)
    started_on = models.DateField("自")
    ended_on = models.DateField("至（不含）", null=True, blank=True)
    way_out = models.CharField("终止方式", max_length=16, choices=WayOut.choices, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True, help_text="resolution, approval or form it rests on")
    origin = models.CharField("来源", max_length=10, choices=StageOrigin.choices, blank=True, default="", db_default="")
    # Of what was changed beside the procedure: why, and where the papers lie.
    reason = models.CharField("补录理由", max_length=300, blank=True, default="", db_default="")
    place = models.CharField("材料存放处", max_length=120, blank=True, default="", db_default="")

    class Meta:
        ordering = ("person", "started_on", "id")
        verbose_name = "党籍与发展阶段"
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(ended_on__isnull=True), name="one_open_stage_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="stage_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(origin=StageOrigin.BACKFILLED) | (~Q(reason="") & ~Q(place="")),
                name="backfilled_stage_says_why",
                violation_error_message="补录的，须写明理由和材料存放处。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_on}"


class Affiliation(models.Model):
    """A person's organizational tie (组织关系) to one branch or group, from one day until before another."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"organization", "started_on", "ended_on", "entry", "leaving"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name="人员")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="affiliations", verbose_name="党组织",
        db_index=False,  # affiliation_branch begins with it
    )  # fmt: skip
    started_on = models.DateField("进入支部日期")
    ended_on = models.DateField("离开支部日期", null=True, blank=True)
    entry = models.CharField("进入支部类型", max_length=10, choices=Entry.choices)
    leaving = models.CharField("离开支部类型", max_length=10, choices=Leaving.choices, blank=True)

    class Meta:
        ordering = ("person", "started_on", "id")
        verbose_name = "组织关系"
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(ended_on__isnull=True), name="one_open_affiliation_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="affiliation_ends_after_start",
            ),
        )
        indexes = (models.Index(fields=("organization", "started_on"), name="affiliation_branch"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.organization_id} {self.started_on}"


class ChangeRequest(models.Model):
    """A person asks that one of their own fields be corrected; the branch decides."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"field", "state", "asked_at", "decided_at", "decided_by"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="change_requests", verbose_name="申请人")
    field = models.CharField("项目", max_length=30)
    old_value = EncryptedTextField("原值")
    new_value = EncryptedTextField("更正为")
    reason = models.CharField("理由", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    answer = models.CharField("审核意见", max_length=500, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = "信息更正申请"
        constraints = (
            models.UniqueConstraint(
                fields=("person", "field"), condition=Q(state="open"), name="one_open_request_per_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.field}"


class Mobility(models.Model):
    """A member is away for six months or more without transfer (流动党员), from one day until before another.

    At most one is open. While one is, the person carries the two collected fields (是否流动党员、外出流向).
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"since", "ended_on"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="mobilities", verbose_name="流动党员")
    place = models.CharField("外出流向", max_length=100)
    since = models.DateField("外出日期")
    expected_on = models.DateField("预计返回日期", null=True, blank=True)
    ended_on = models.DateField("返回日期", null=True, blank=True)
    is_abroad = models.BooleanField("出国（境）学习研究", default=False)
    host = models.CharField("流入地党组织", max_length=120, blank=True)
    keeper = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="支部联系人", db_index=False
    )

    class Meta:
        ordering = ("person", "-since")
        verbose_name = "流动登记"
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(ended_on__isnull=True), name="one_open_mobility_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                name="mobility_ends_after_start",
                violation_error_message="返回日期不能早于外出日期。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.since}"


class Contact(models.Model):
    """One time that the branch made contact with a member who is away, or looked for one who is lost.

    Only the fact and the result: nothing of what was said is kept. Never changed.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"on"})
    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts", verbose_name="联系对象", db_index=False)
    on = models.DateField("日期")
    way = models.CharField("方式", max_length=8, choices=ContactWay.choices)
    purpose = models.CharField("目的", max_length=6, choices=ContactPurpose.choices)
    is_reached = models.BooleanField("取得联系")
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="联系人", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        ordering = ("-on", "-id")
        verbose_name = "联系记录"
        indexes = (models.Index(fields=("person", "-on"), name="contact_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"


class CorrectionTerm(models.Model):
    """限期改正, the mildest 组织处置: the Party organization has decided that a member has until a day to change.

    What led to it and whether the member has changed are conclusions of people, written in their papers; here stand
    only the days, the paper and what was concluded. Never deleted: one entered by mistake is withdrawn.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset()
    person = models.ForeignKey(Person, models.CASCADE, related_name="correction_terms", verbose_name="人员")
    decided_on = models.DateField("决定日期")
    until = models.DateField("改正期满日期")
    document = models.CharField("决定文书", max_length=120)
    reason = models.CharField("超过一般期限的理由", max_length=200, blank=True)
    ended_on = models.DateField("结论日期", null=True, blank=True)
    conclusion = models.CharField("结论", max_length=10, choices=CorrectionConclusion.choices, blank=True)
    ending = models.CharField("结论文书或者说明", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "限期改正"
        ordering = ("-decided_on", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(until__gt=F("decided_on")), name="correction_ends_after_decision"),
            models.UniqueConstraint(
                fields=("person",), condition=Q(ended_on__isnull=True), name="one_running_correction_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.decided_on}"


class Sanction(models.Model):
    """A member is under a sanction of Party discipline, and how long that has effect, as the decision says.

    Kept only because eligibility and votes depend on it. Never deleted: one entered by mistake is withdrawn.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset()
    person = models.ForeignKey(Person, models.CASCADE, related_name="sanctions", verbose_name="人员")
    kind = models.CharField("处分种类", max_length=1, choices=SanctionKind.choices)
    since = models.DateField("处分日期")
    until = models.DateField("影响期满日期")
    document = models.CharField("处分决定", max_length=120)
    ended_on = models.DateField("恢复权利或者撤销的日期", null=True, blank=True)
    is_withdrawn = models.BooleanField("登记有误", default=False)
    ending = models.CharField("依据", max_length=200, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="登记人",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "处分影响期"
        ordering = ("-since", "-id")
        constraints = (models.CheckConstraint(condition=Q(until__gte=F("since")), name="sanction_ends_after_start"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.since}"
