"""Material with assigned reading, declarations with their texts; who confirmed and who signed, by day."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.supervision.integrity.enums import Audience, MaterialKind

USER = settings.AUTH_USER_MODEL


def random_name(material: "Material", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"integrity/{uuid.uuid4().hex}"


class Material(models.Model):
    """Something to be read: words, a file, or both. Never changed; a better one is issued anew."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="发布党组织")
    kind = models.CharField("类别", max_length=12, choices=MaterialKind.choices, default=MaterialKind.EDUCATION)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=20_000, blank=True)
    source = models.CharField("来源", max_length=200)
    starts_on = models.DateField("启用日期")
    ends_on = models.DateField("停用日期", null=True, blank=True)
    file = models.FileField("文件", upload_to=random_name, blank=True)
    name = models.CharField("文件名", max_length=200, blank=True)
    content_type = models.CharField("类型", max_length=100, blank=True)
    size = models.PositiveIntegerField("字节", default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    issued_by = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+", verbose_name="发布账号")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = "廉政教育材料"
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="material_ends_after_it_starts"
            ),
        )

    def __str__(self) -> str:
        return self.title


class ReadingAssignment(models.Model):
    """That certain people of an organization and below are to read a material by a day."""

    material = models.ForeignKey(Material, models.CASCADE, related_name="assignments", verbose_name="材料")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="党组织")
    audience = models.CharField("对象", max_length=12, choices=Audience.choices)
    due_on = models.DateField("阅读期限")
    assigned_on = models.DateField("交阅日期")

    class Meta:
        verbose_name = "交阅"
        ordering = ("due_on", "pk")
        constraints = (models.UniqueConstraint(fields=("material", "organization", "audience"), name="assigned_once"),)

    def __str__(self) -> str:
        return f"{self.organization}{self.get_audience_display()}"


class ReadingConfirmation(models.Model):
    """That a person has confirmed having read a material, and on which day; nothing else is kept."""

    plain_in_audit = frozenset({"material"})

    material = models.ForeignKey(Material, models.CASCADE, related_name="confirmations", verbose_name="材料")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="阅读人")
    confirmed_on = models.DateField("确认日期")

    class Meta:
        verbose_name = "阅读确认"
        ordering = ("material", "pk")
        constraints = (models.UniqueConstraint(fields=("material", "person"), name="confirmed_once"),)

    def __str__(self) -> str:
        return f"{self.material_id} {self.confirmed_on}"


class DeclarationKind(models.Model):
    """A declaration that certain people sign and renew. Its words may get a new version; what was signed stays."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="党组织")
    title = models.CharField("名称", max_length=80)
    audience = models.CharField("对象", max_length=12, choices=Audience.choices)
    due_on = models.DateField("首次签署期限")
    ended_on = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "承诺书"
        ordering = ("organization", "pk")
        constraints = (models.UniqueConstraint(fields=("organization", "title"), name="one_declaration_per_title"),)

    def __str__(self) -> str:
        return self.title


class DeclarationText(models.Model):
    """One version of a declaration's words. Added, never changed."""

    kind = models.ForeignKey(DeclarationKind, models.CASCADE, related_name="texts", verbose_name="承诺书")
    version = models.PositiveSmallIntegerField("版本")
    text = models.TextField("正文", max_length=5_000)
    published_on = models.DateField("发布日期")

    class Meta:
        verbose_name = "承诺书文本"
        ordering = ("kind", "-version")
        constraints = (models.UniqueConstraint(fields=("kind", "version"), name="one_text_per_version"),)

    def __str__(self) -> str:
        return f"{self.kind} 第 {self.version} 版"


class Declaration(models.Model):
    """That a person signed a version of a declaration on a day, good until ``renew_on``. Renewing adds a row."""

    plain_in_audit = frozenset({"text"})

    text = models.ForeignKey(DeclarationText, models.PROTECT, related_name="signed", verbose_name="文本")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="承诺人")
    signed_on = models.DateField("签署日期")
    renew_on = models.DateField("续签期限")

    class Meta:
        verbose_name = "承诺签署"
        ordering = ("-signed_on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("text", "person", "signed_on"), name="signed_once_a_day"),
            models.CheckConstraint(condition=Q(renew_on__gt=F("signed_on")), name="renewed_after_signing"),
        )
        indexes = (models.Index(fields=("person", "renew_on"), name="declaration_person"),)

    def __str__(self) -> str:
        return f"{self.text_id} {self.signed_on}"
