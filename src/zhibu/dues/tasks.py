"""Work of the night: the new month's dues."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.dues import actions


@app.periodic(cron="31 2 * * *")
@app.task(name="zhibu.dues.assess_everywhere")
def assess_everywhere(timestamp: int) -> None:
    """Idempotent: a night that was missed is made up for by the next."""
    actions.assess_everywhere(timezone.localdate())
