"""States of a work report."""

from django.db.models import TextChoices


class ReportState(TextChoices):
    """Where a work report stands."""

    CALLED = "called", "待提交"
    SUBMITTED = "submitted", "待评议"
    RETURNED = "returned", "退回修改"
    GRADED = "graded", "已评议"


WRITABLE = (ReportState.CALLED, ReportState.SUBMITTED, ReportState.RETURNED)
