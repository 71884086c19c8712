"""States and kinds of what goes in and out as workbooks."""

from django.db.models import TextChoices


class BatchKind(TextChoices):
    """Which of the two collected forms a workbook is (data-standards.md 1 and 2)."""

    MEMBERS = "members", "党员基本信息汇总表"
    ORGANIZATIONS = "organizations", "党组织信息采集表"


class BatchState(TextChoices):
    """How far an upload has come. Only COMMITTED has written anything."""

    UPLOADED = "uploaded", "等待核对"
    CHECKING = "checking", "正在核对"
    READY = "ready", "待确认"
    COMMITTING = "committing", "正在写入"
    COMMITTED = "committed", "已导入"
    UNDONE = "undone", "已撤销"
    FAILED = "failed", "未能读取"
    DISCARDED = "discarded", "已放弃"


WORKING = frozenset({BatchState.UPLOADED, BatchState.CHECKING, BatchState.COMMITTING})
OPEN = WORKING | {BatchState.READY}


class RowState(TextChoices):
    """What confirming would do with a row."""

    NEW = "new", "新增"
    CHANGED = "changed", "更新"
    UNCHANGED = "unchanged", "无变化"
    ERROR = "error", "有错误"


class Severity(TextChoices):
    """An error must be mended before its row can be written; a notice needs a look and a decision."""

    ERROR = "error", "错误"
    NOTICE = "notice", "提醒"


class Effect(TextChoices):
    """What a committed row did to a record."""

    CREATED = "created", "新增"
    UPDATED = "updated", "更新"
