"""Templates that an office has put in the place of the shipped ones."""

from django.conf import settings
from django.db import models


class Template(models.Model):
    """One version of the Word template of a kind of document. The highest version is in force; none is ever changed.

    Going back to an older one adds it again as the newest version, so that the list tells what was in force when.
    """

    key = models.CharField("文书种类", max_length=40)
    version = models.PositiveIntegerField("版本")
    content = models.BinaryField("文件")
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("校验值", max_length=64)
    note = models.CharField("修改说明", max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="上传账号")
    uploaded_at = models.DateTimeField("上传时间")

    plain_in_audit = frozenset({"key", "version", "size", "sha256", "note"})

    class Meta:
        ordering = ("key", "-version")
        verbose_name = "文书模板"
        constraints = (models.UniqueConstraint(fields=("key", "version"), name="one_template_per_version"),)

    def __str__(self) -> str:
        return f"{self.key} {self.version}"
