"""Work of the night: what is late becomes a problem, what was mended none, what stays late goes upwards; alerts."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import system_scope
from zhibu.supervision import actions
from zhibu.supervision.alerts.actions import watch_alerts
from zhibu.supervision.common.actions import QUEUE, TASK
from zhibu.supervision.common.models import Grouping
from zhibu.supervision.common.regrouping import regroup


# After the transfers that fell back (1:07) and the new month's dues (2:31), and before the warehouse reads (2:41).
@app.periodic(cron="36 2 * * *")
@app.task(name="zhibu.supervision.watch", queue="supervision", lock="zhibu.supervision.watch")
def watch_every_night(timestamp: int) -> None:
    """Idempotent: a night that was missed is made up for by the next."""
    actions.watch(system_scope(timezone.localdate()))


# After the list of problems (2:36) and the scores (2:41, some minutes even at the largest university).
@app.periodic(cron="11 4 * * *")
@app.task(name="zhibu.supervision.alerts", queue="supervision", lock="zhibu.supervision.watch")
def watch_alerts_every_night(timestamp: int) -> None:
    """Idempotent: a night that was missed is made up for by the next."""
    watch_alerts(system_scope(timezone.localdate()))


@app.task(name=TASK, queue=QUEUE, lock=TASK)
def group_problems(grouping_id: int) -> None:
    regroup(grouping_id, timezone.localdate())


# What was asked for once is kept up to date; a second an organization.
@app.periodic(cron="26 4 * * *")
@app.task(name="zhibu.supervision.regroup_all", queue=QUEUE, lock=TASK)
def group_problems_every_night(timestamp: int) -> None:
    """Idempotent: the same problems give the same groups. A job for each, so that one that fails stops no other."""
    for pk in Grouping.objects.order_by("pk").values_list("pk", flat=True):
        group_problems.defer(grouping_id=pk)
