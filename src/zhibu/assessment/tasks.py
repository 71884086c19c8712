"""Work done later by the worker: refresh the warehouse, then score what changed; every night by itself."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import system_scope
from zhibu.assessment.actions import has_records, score_all
from zhibu.assessment.requests import QUEUE, TASK
from zhibu.assessment.surveys.actions import close_due
from zhibu.warehouse.actions import refresh


@app.task(name=TASK, queue=QUEUE, lock=TASK)
def compute() -> None:
    scope = system_scope(timezone.localdate())
    refresh(scope)
    score_all(scope)


@app.periodic(cron="41 2 * * *")
@app.task(name="zhibu.assessment.nightly", queue=QUEUE, lock=TASK)
def nightly(timestamp: int) -> None:
    # First, so that the score of this night counts what was asked until yesterday.
    scope = system_scope(timezone.localdate())
    close_due(scope)
    refresh(scope)
    if has_records():  # a new installation has none, which is no failure of the night
        score_all(scope)
