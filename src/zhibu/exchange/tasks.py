"""Work done later by the worker: checking and committing batches, forgetting old files."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.exchange import actions
from zhibu.exchange.actions.intake import QUEUE


@app.task(name="zhibu.exchange.check", queue=QUEUE)
def check(batch_id: int) -> None:
    actions.check(batch_id)


@app.task(name="zhibu.exchange.commit", queue=QUEUE)
def commit(batch_id: int) -> None:
    actions.commit(batch_id)


@app.task(name="zhibu.exchange.read_payments", queue=QUEUE)
def read_payments(statement_id: int) -> None:
    actions.read_payments(statement_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="zhibu.exchange.forget_old_files", queue=QUEUE)
def forget_old_files(timestamp: int) -> None:
    actions.forget_old_files(timezone.localdate())
    actions.forget_payment_files(timezone.localdate())
