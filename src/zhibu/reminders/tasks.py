"""Work done later by the worker: the day's digests, and forgetting old notes of them."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.reminders import actions

QUEUE = "reminders"
TASK = "zhibu.reminders.digest"


@app.periodic(cron="*/5 * * * *")
@app.task(name=TASK, queue=QUEUE, lock=TASK, queueing_lock=TASK)
def digest(timestamp: int) -> None:
    """Who has been asked about today is passed over, so that most turns find nobody."""
    actions.send_due(timezone.now())


@app.periodic(cron="23 3 * * *")
@app.task(name="zhibu.reminders.forget_old", queue=QUEUE)
def forget_old(timestamp: int) -> None:
    actions.forget_old(timezone.now())
