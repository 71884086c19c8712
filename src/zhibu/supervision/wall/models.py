"""Keys by which a screen on a wall shows the situation map without anybody's account."""

from django.conf import settings
from django.db import models

from zhibu.organizations.models import Organization


class WallKey(models.Model):
    """Lets one screen show the wall's page of one organization until a day. Only the key's hash is kept."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name="党组织")
    place = models.CharField("安装地点", max_length=100)
    code_hash = models.CharField(max_length=64, unique=True)
    until = models.DateField("有效期至")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="发放账号"
    )
    issued_at = models.DateTimeField("发放时间")
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    submission = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ("-issued_at",)
        verbose_name = "大屏口令"

    def __str__(self) -> str:
        return self.place
