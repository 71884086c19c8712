"""Work done later by the worker: what a record has in common with earlier ones, ledgers, forgetting their files."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from zhibu.meetings.ledger import actions as ledgers
from zhibu.meetings.quality import comparing, comparing_photos

QUEUE = "meetings"
# One at a time: the night's index is a file.
LOCK = "zhibu.meetings.originality"
# Records compared in one night, newest first; at 50 ms each well under half an hour.
A_NIGHT = 20_000


@app.task(name="zhibu.meetings.compare", queue=QUEUE, lock=LOCK)
def compare(meeting_id: int) -> None:
    comparing.check(meeting_id)
    comparing_photos.check_record(meeting_id)


@app.periodic(cron="43 1 * * *")
@app.task(name="zhibu.meetings.compare_all", queue=QUEUE, lock=LOCK)
def compare_all(timestamp: int) -> None:
    comparing.check_all(A_NIGHT)
    comparing_photos.check_unprinted(A_NIGHT)


@app.task(name="zhibu.meetings.know_photo", queue=QUEUE)
def know_photo(attachment_id: int) -> None:
    comparing_photos.check_photo(attachment_id)


@app.task(name=ledgers.TASK, queue=ledgers.QUEUE)
def write_ledger(export_id: int) -> None:
    ledgers.write(export_id, timezone.localdate())


@app.periodic(cron="29 3 * * *")
@app.task(name="zhibu.meetings.forget_ledgers", queue=ledgers.QUEUE)
def forget_ledgers(timestamp: int) -> None:
    ledgers.forget_old(timezone.now())
