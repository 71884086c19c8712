"""Who saw or changed what."""

from django.db import models


class Entry(models.Model):
    """One thing that somebody did, read with a reason, or was refused. Rows are never changed or removed (trigger).

    ``changes`` names fields with old and new value; values of personal fields are replaced by marks (see
    `zhibu.vault.crypto.pseudonym`). ``digest`` covers the row and the digest before it, so that a row altered behind
    the application's back breaks the chain from there on.
    """

    at = models.DateTimeField("时间")
    # No foreign key: an account that is gone must not take its entries along or forbid its own removal.
    user_id = models.BigIntegerField("账号", null=True)
    actor = models.CharField("身份", max_length=60, blank=True, help_text="role at the time, never a name")
    verb = models.CharField("行为", max_length=60)
    object_kind = models.CharField("对象类别", max_length=60, blank=True)
    object_id = models.BigIntegerField("对象", null=True)
    organization_path = models.CharField("所在组织", max_length=255, blank=True)
    changes = models.JSONField("内容", default=dict)
    reason = models.CharField("理由", max_length=500, blank=True)
    rule = models.CharField("依据", max_length=60, blank=True)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("object_kind", "object_id", "verb"), name="audit_object"),
            models.Index(fields=("verb", "-id"), name="audit_verb"),
            models.Index(fields=("user_id", "-id"), name="audit_user"),
            models.Index(fields=("at",), name="audit_at"),
        )
        verbose_name = "审计记录"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
