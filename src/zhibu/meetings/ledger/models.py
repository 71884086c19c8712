"""Ledgers that were asked for, and the rights to read ledgers from outside."""

import uuid

from django.conf import settings
from django.db import models

from zhibu.meetings.ledger.enums import ExportState, Format
from zhibu.organizations.models import Organization


def random_name(export: "LedgerExport", name: str) -> str:
    return f"ledgers/{uuid.uuid4().hex}"


class LedgerExport(models.Model):
    """One year of one organization, written to a file by the worker; forgotten after some days."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="ledger_exports", verbose_name="党组织")
    year = models.PositiveSmallIntegerField("年度")
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    state = models.CharField("状态", max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveIntegerField("已写记录", default=0)
    total = models.PositiveIntegerField("全部记录", default=0)
    problem = models.CharField("原因", max_length=200, blank=True)
    file = models.FileField("文件", upload_to=random_name, blank=True)
    size = models.PositiveBigIntegerField("字节", default=0)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="账号")
    asked_at = models.DateTimeField("时间")

    class Meta:
        ordering = ("-asked_at", "-id")
        verbose_name = "台账导出"

    def __str__(self) -> str:
        return f"{self.organization_id} {self.year} {self.format}"


class Inspection(models.Model):
    """The right of one account to read the ledgers of a subtree, until a day. It reads, and does nothing else."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="inspections", verbose_name="检查人员账号"
    )
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="党组织")
    reason = models.CharField("检查事由", max_length=200)
    until = models.DateField("查阅截止")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="授权账号"
    )
    granted_at = models.DateTimeField("授权时间")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        ordering = ("-granted_at",)
        verbose_name = "台账查阅授权"

    def __str__(self) -> str:
        return f"{self.user} {self.organization}"
