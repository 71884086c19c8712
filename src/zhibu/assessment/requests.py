"""Asking the worker to refresh the warehouse and score every period; one request at a time."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record

TASK = "zhibu.assessment.compute"
QUEUE = "analysis"


def running() -> str:
    """``todo`` or ``doing`` while a computation waits or runs; empty otherwise."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("todo", "doing"))
    return jobs.order_by("-status").values_list("status", flat=True).first() or ""


def last_failed() -> bool:
    """Whether the newest finished computation failed."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, status__in=("succeeded", "failed")).order_by("-id")
    return jobs.values_list("status", flat=True).first() == "failed"


def request_computation(scope: Scope) -> bool:
    """Leave refresh and scoring to the worker; False when one is waiting or running already."""
    scope.require(Right.RUN_SCORE)
    if running():
        return False
    try:
        with transaction.atomic():
            app.configure_task(TASK, queue=QUEUE, queueing_lock=TASK, lock=TASK).defer()
            record(scope, "assessment.request")
    except AlreadyEnqueued:
        return False
    return True
