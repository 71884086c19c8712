"""Work of the night: what is late becomes a problem, what was mended none, what stays late goes upwards."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import system_scope
from zhibu.supervision import actions


# After the transfers that fell back (1:07) and the new month's dues (2:31), and before the warehouse reads (2:41).
@app.periodic(cron="36 2 * * *")
@app.task(name="zhibu.supervision.watch", queue="supervision", lock="zhibu.supervision.watch")
def watch_every_night(timestamp: int) -> None:
    """Idempotent: a night that was missed is made up for by the next."""
    actions.watch(system_scope(timezone.localdate()))
