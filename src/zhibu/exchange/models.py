"""Uploads on their way into the records: the batch, its rows while they wait, and what each row did."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from zhibu.exchange.enums import BatchKind, BatchState, Effect, RowState
from zhibu.vault.fields import EncryptedTextField


class ImportBatch(models.Model):
    """One workbook that somebody uploaded, from its arrival to its confirmation and, if need be, its undoing.

    The file itself lies encrypted under the media folder; it and the staged rows go after `KEPT_DAYS`
    (`zhibu.exchange.tasks.forget_old_files`), the batch and its counts stay.
    """

    kind = models.CharField("表格", max_length=16, choices=BatchKind.choices)
    state = models.CharField("状态", max_length=12, choices=BatchState.choices, default=BatchState.UPLOADED)
    file_name = models.CharField("文件名", max_length=200)
    file_size = models.BigIntegerField("大小", help_text="bytes")
    digest = models.CharField("文件摘要", max_length=64, help_text="SHA-256 of the file as uploaded")
    stored_as = models.CharField(max_length=80, blank=True, help_text="name under media/exchange; empty once forgotten")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="导入人"
    )
    # Who sees it and may confirm it: whoever imports at this node or above it.
    organization_path = models.CharField(max_length=255, blank=True, db_collation="C")
    as_of = models.DateField("数据日期", help_text="the day from which new ties to branches count")
    uploaded_at = models.DateTimeField("上传时间")
    # Set while a worker is at it; tells a killed worker from one that has not come yet.
    started_at = models.DateTimeField(null=True, blank=True)
    progress = models.PositiveIntegerField("已处理行数", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    # Counts by row state and problem, remarks about the file as a whole, and the reason of a failure.
    summary = models.JSONField(default=dict)
    only_clean = models.BooleanField("只写入没有错误的行", default=False)
    accept_notices = models.BooleanField("已核对提醒", default=False)
    committed_at = models.DateTimeField("写入时间", null=True, blank=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        ordering = ("-uploaded_at", "-id")
        verbose_name = "导入批次"
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.COMMITTED, BatchState.UNDONE]) | Q(committed_at__isnull=False),
                name="committed_batch_has_time",
            ),
        )
        indexes = (models.Index(fields=("state", "-committed_at"), name="import_batch_state"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.file_name}"

    @property
    def problems(self) -> int:
        return int(self.summary.get("errors", 0))

    @property
    def notices(self) -> int:
        return int(self.summary.get("notices", 0))

    def count(self, state: RowState) -> int:
        return int(self.summary.get("rows", {}).get(state, 0))


class ImportRow(models.Model):
    """One row of an uploaded workbook while it waits: what was understood, what is wrong, what would change."""

    # Neither index nor constraint of its own: the unique constraint below serves both, and rows come by the 100,000.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField("行号", help_text="as Excel counts")
    state = models.CharField("结果", max_length=10, choices=RowState.choices)
    has_notice = models.BooleanField("有提醒", default=False)
    object_id = models.BigIntegerField(null=True, help_text="the record that the row means, if there is one already")
    version = models.BigIntegerField(null=True, help_text="that record's xmin when the row was checked")
    # JSON {"values": …, "problems": […], "changes": …}: personal, hence encrypted as a whole.
    payload = EncryptedTextField("内容")

    class Meta:
        ordering = ("batch", "number")
        verbose_name = "待导入的行"
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="one_staged_row_per_number"),)

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.number}"


class ImportEffect(models.Model):
    """What one row of a committed batch did to one record: enough to take it back, and to see whether one still may.

    For created records one effect may stand for a run: ``count`` rows following one another that made as many records
    with ids following one another.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="effects", db_index=False, db_constraint=False)
    row_number = models.PositiveIntegerField("行号")
    effect = models.CharField("作用", max_length=8, choices=Effect.choices)
    object_id = models.BigIntegerField("记录")
    count = models.PositiveIntegerField("条数", default=1)
    version = models.BigIntegerField(help_text="the record's xmin as this batch left it")
    # JSON of the values before; encrypted, empty for created records.
    before = EncryptedTextField("原值")

    class Meta:
        ordering = ("batch", "row_number")
        verbose_name = "导入结果"
        constraints = (models.UniqueConstraint(fields=("batch", "object_id"), name="one_effect_per_record"),)

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row_number} {self.effect}"
