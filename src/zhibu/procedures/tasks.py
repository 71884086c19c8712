"""Work done later by the worker: every night what was not accepted in time goes back to its sender."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.accounts.scope import system_scope
from zhibu.procedures.transfers.actions import fall_back

QUEUE = "procedures"


@app.periodic(cron="7 1 * * *")
@app.task(name="zhibu.procedures.fall_back", queue=QUEUE, lock="zhibu.procedures.fall_back")
def fall_back_every_night(timestamp: int) -> None:
    fall_back(system_scope(timezone.localdate()))
