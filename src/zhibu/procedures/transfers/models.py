"""Where a transfer goes, the letters it travels by, and the leavers of a graduation season."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.procedures.transfers.enums import Destination, Direction, LetterState, ReceiverKind, TransferKind
from zhibu.vault.fields import EncryptedTextField


class Transfer(models.Model):
    """What a case of transfer is about beyond its steps: the kind, and outside the university the other side in words.

    Inside, the other side is the case's ``target``.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"kind"})
    case = models.OneToOneField("procedures.Case", models.CASCADE, related_name="transfer", verbose_name="办理事项")
    kind = models.CharField("转接类型", max_length=16, choices=TransferKind.choices)
    addressee = models.CharField("抬头（接收的基层党委）", max_length=120, blank=True)
    to_unit = models.CharField("转入单位党组织", max_length=120, blank=True)
    cause = models.CharField("转接原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "组织关系转接"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case_id}"


class Letter(models.Model):
    """A letter of introduction (党员组织关系介绍信), one number for its three parts. Used once, numbered without gaps.

    Of letters that came from outside ``issuer`` is empty and ``issued_by`` names who gave them.
    """

    plain_in_audit: ClassVar[frozenset[str]] = frozenset({"number", "state", "valid_days", "issued_on", "valid_until"})
    case = models.ForeignKey("procedures.Case", models.PROTECT, related_name="letters", verbose_name="办理事项")
    direction = models.CharField("方向", max_length=3, choices=Direction.choices, default=Direction.OUT)
    issuer = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name="开具的党组织",
        db_index=False,  # letter_number begins with it
    )  # fmt: skip
    issued_by = models.CharField("开具的党组织（名称）", max_length=120)
    year = models.PositiveSmallIntegerField("年份")
    serial = models.PositiveIntegerField("序号", null=True, blank=True)
    number = models.CharField("编号", max_length=60)
    dues_until = models.CharField("党费交至", max_length=20, blank=True)
    valid_days = models.PositiveSmallIntegerField("有效天数")
    issued_on = models.DateField("开具日期")
    valid_until = models.DateField("有效期至")
    state = models.CharField("状态", max_length=10, choices=LetterState.choices, default=LetterState.ISSUED)
    fetched_on = models.DateField("领取日期", null=True, blank=True)
    used_on = models.DateField("接收日期", null=True, blank=True)
    prints = models.PositiveSmallIntegerField("打印次数", default=0)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="重开自"
    )

    class Meta:
        verbose_name = "组织关系介绍信"
        ordering = ("-issued_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "year", "serial"), condition=Q(direction=Direction.OUT), name="letter_number"
            ),
            models.UniqueConstraint(
                fields=("number", "issued_by"),
                condition=Q(direction=Direction.IN),
                name="letter_in_once",
                violation_error_message="这封介绍信已经登记过。",
            ),
            models.UniqueConstraint(
                fields=("case",), condition=Q(state=LetterState.ISSUED), name="one_letter_on_its_way"
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.USED, used_on__isnull=False)
                | (~Q(state=LetterState.USED) & Q(used_on__isnull=True)),
                name="letter_used_has_day",
            ),
            models.CheckConstraint(condition=Q(valid_until__gt=F("issued_on")), name="letter_valid_after_issue"),
        )
        indexes = (models.Index(fields=("state", "valid_until"), name="letter_overdue"),)

    def __str__(self) -> str:
        return self.number


class Leaver(models.Model):
    """A member who graduates in a season, and where the organizational tie is to go (one of four cases)."""

    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {"season", "destination", "receiver_kind", "valid_days", "stays_until", "contacted_on"}
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="leavings", verbose_name="毕业生党员", db_index=False
    )
    season = models.PositiveSmallIntegerField("毕业年份")
    destination = models.CharField("去向", max_length=16, choices=Destination.choices, blank=True)
    receiver_kind = models.CharField("接收党组织类型", max_length=10, choices=ReceiverKind.choices, blank=True)
    to_unit = models.CharField("接收党组织", max_length=120, blank=True)
    addressee = models.CharField("介绍信抬头", max_length=120, blank=True)
    valid_days = models.PositiveSmallIntegerField("有效天数", null=True, blank=True)
    dues_until = models.CharField("党费交至", max_length=20, blank=True)
    case = models.OneToOneField(
        "procedures.Case", models.SET_NULL, null=True, blank=True, related_name="leaver", verbose_name="转接事项"
    )
    # Those who stay: until when, by whose consent longer, and when they were last spoken to.
    stays_until = models.DateField("保留至", null=True, blank=True)
    extended_for = models.CharField("延长理由", max_length=200, blank=True)
    contacted_on = models.DateField("最近联系", null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "毕业生党员去向"
        constraints = (
            models.UniqueConstraint(fields=("person", "season"), name="one_leaving_per_season"),
            models.CheckConstraint(
                condition=Q(extended_for="") | Q(stays_until__isnull=False), name="extended_stay_has_end"
            ),
        )
        indexes = (models.Index(fields=("season", "destination"), name="leaver_season"),)

    def __str__(self) -> str:
        return f"{self.season} {self.person_id}"


class LeaverSheet(models.Model):
    """A workbook of destinations that somebody uploaded: its rows wait here until they are confirmed."""

    season = models.PositiveSmallIntegerField("毕业年份")
    file_name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间")
    confirmed_at = models.DateTimeField("写入时间", null=True, blank=True)
    lines = EncryptedTextField("表中各行")

    class Meta:
        verbose_name = "毕业去向表"
        ordering = ("-uploaded_at", "-id")

    def __str__(self) -> str:
        return self.file_name
