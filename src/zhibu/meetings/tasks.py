"""Work done later by the worker: what a record has in common with earlier ones."""

from __future__ import annotations

from procrastinate.contrib.django import app

from zhibu.meetings.quality import comparing

QUEUE = "meetings"
# One at a time: the night's index is a file.
LOCK = "zhibu.meetings.originality"
# Records compared in one night, newest first; at 50 ms each well under half an hour.
A_NIGHT = 20_000


@app.task(name="zhibu.meetings.compare", queue=QUEUE, lock=LOCK)
def compare(meeting_id: int) -> None:
    comparing.check(meeting_id)


@app.periodic(cron="43 1 * * *")
@app.task(name="zhibu.meetings.compare_all", queue=QUEUE, lock=LOCK)
def compare_all(timestamp: int) -> None:
    comparing.check_all(A_NIGHT)
