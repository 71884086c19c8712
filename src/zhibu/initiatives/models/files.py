"""Files kept with a project, a line of the journal or a practical deed."""

import uuid

from django.db import models
from django.db.models import Q

from zhibu.initiatives.models.journal import JournalEntry
from zhibu.initiatives.models.projects import Project, account
from zhibu.initiatives.models.service import PracticalDeed


def random_name(attachment: "Attachment", name: str) -> str:
    """Where an upload is stored: nothing of the given name gets into the file system."""
    return f"initiatives/{uuid.uuid4().hex}"


def _only(name: str) -> Q:
    return Q(**{f"{one}__isnull": one != name for one in ("project", "entry", "deed")})


class Attachment(models.Model):
    """One file; its hash shows later that it is still the same."""

    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="attachments")
    entry = models.ForeignKey(JournalEntry, models.CASCADE, null=True, blank=True, related_name="attachments")
    deed = models.ForeignKey(PracticalDeed, models.CASCADE, null=True, blank=True, related_name="attachments")
    file = models.FileField("文件", upload_to=random_name)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField("上传时间")
    added_by = account("上传人")

    class Meta:
        ordering = ("id",)
        verbose_name = "附件"
        constraints = (
            models.CheckConstraint(
                condition=_only("project") | _only("entry") | _only("deed"), name="attachment_of_one_thing"
            ),
        )

    def __str__(self) -> str:
        return self.name
