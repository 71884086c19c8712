"""What a year is written to, and how far the writing is."""

from django.db.models import TextChoices


class Format(TextChoices):
    """A document to print, or everything with its attachments."""

    PDF = "pdf", "PDF"
    ZIP = "zip", "Word 文档和附件（压缩包）"


class ExportState(TextChoices):
    WAITING = "waiting", "等待生成"
    DOING = "doing", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "未生成"
