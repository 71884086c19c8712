"""Papers filed about a person or an organization, each version a row of its own."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.archive.enums import DocumentKind, DocumentState, Match
from zhibu.organizations.models import Organization
from zhibu.people.models import Person

FOLDER = "archive"


def random_name(document: "Document", name: str) -> str:
    """Where a file is stored: nothing of the given name, kind or person gets into the file system."""
    return f"{FOLDER}/{uuid.uuid4().hex}"


class Document(models.Model):
    """One version of one paper in a folder: a stored file, a paper original at a known place, or both.

    Rows are never changed but for their state, and never removed: a correction is a new row that ``replaces`` the old
    one, a mistake is withdrawn with its reason. The file lies encrypted under a random name; ``sha256`` and ``size``
    are those of its plain content.
    """

    # The log says which kind of paper, never whose words are in it.
    plain_in_audit: ClassVar[frozenset[str]] = frozenset(
        {"kind", "dated_on", "organization", "version", "state", "sha256", "size", "replaces", "match", "person"}
    )

    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="人员",
        db_index=False,  # document_folder begins with it
    )  # fmt: skip
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="documents", verbose_name="归档党组织")
    kind = models.CharField("类别", max_length=30, choices=DocumentKind.choices)
    title = models.CharField("题名", max_length=200)
    dated_on = models.DateField("材料日期")
    number = models.CharField("文号", max_length=60, blank=True)
    place = models.CharField("纸质原件存放处", max_length=120, blank=True)
    file = models.FileField("文件", upload_to=random_name, blank=True)
    name = models.CharField("文件名", max_length=200, blank=True)
    content_type = models.CharField("类型", max_length=100, blank=True)
    size = models.PositiveIntegerField("字节", default=0)
    sha256 = models.CharField("校验值", max_length=64, blank=True)
    match = models.CharField("姓名比对", max_length=8, choices=Match.choices, default=Match.PAPER)
    version = models.PositiveSmallIntegerField("版本", default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="替代"
    )
    reason = models.CharField("说明", max_length=300, blank=True, help_text="why it replaces, or lacks the own name")
    state = models.CharField("状态", max_length=10, choices=DocumentState.choices, default=DocumentState.CURRENT)
    withdrawn_reason = models.CharField("撤回理由", max_length=300, blank=True)
    added_at = models.DateTimeField("归档时间")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="归档人"
    )

    class Meta:
        ordering = ("dated_on", "id")
        verbose_name = "归档材料"
        indexes = (
            models.Index(fields=("person", "state", "kind"), name="document_folder"),
            models.Index(fields=("sha256",), name="document_hash", condition=~Q(sha256="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(file="") | ~Q(place=""),
                name="document_is_somewhere",
                violation_error_message="请上传文件，或者写明纸质原件存放在哪里。",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.WITHDRAWN) | ~Q(withdrawn_reason=""),
                name="withdrawn_document_has_reason",
                violation_error_message="撤回归档材料须写明理由。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.dated_on}"

    @property
    def is_sealed(self) -> bool:
        return DocumentKind(self.kind).reading == "sealed"
