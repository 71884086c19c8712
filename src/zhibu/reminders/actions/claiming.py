"""Who sends to whom today: one statement for a whole batch, so that of two workers each receiver has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from zhibu.reminders.enums import Channel, DeliveryState
from zhibu.reminders.queries import UNSENT
from zhibu.reminders.rules import MOST_ATTEMPTS, RETRIES

# The row of the day is made, or taken over once its pause is over (see `zhibu.reminders.queries._may_retry`).
CLAIM = """
insert into reminders_delivery as held
    (channel, {one}, day, is_test, state, at, attempts, count, late, told, reason)
select %(channel)s, receiver, %(day)s, false, %(queued)s, %(now)s, 1, 0, 0, '{{}}', ''
    from unnest(%(receivers)s::bigint[]) as receiver
on conflict ({unique}) where not is_test and {one} is not null do update
    set state = excluded.state, at = excluded.at, attempts = held.attempts + 1, reason = ''
    where held.state = any(%(unsent)s) and held.attempts < %(most)s
        and held.at <= %(now)s - (%(pauses)s::interval[])[held.attempts]
returning {one}, id
"""
WAYS = {
    Channel.EMAIL: CLAIM.format(one="user_id", unique="user_id, channel, day"),
    Channel.ROBOT: CLAIM.format(one="robot_id", unique="robot_id, day"),
}


def claim(channel: Channel, receivers: Collection[int], now: datetime) -> dict[int, int]:
    """The day's rows that this process is to send now: receiver → row. What others have claimed is left out."""
    given: dict[str, Any] = {
        "channel": channel.value, "receivers": list(receivers), "day": timezone.localdate(now), "now": now,
        "queued": DeliveryState.QUEUED.value, "unsent": [state.value for state in UNSENT], "most": MOST_ATTEMPTS,
        "pauses": list(RETRIES),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WAYS[channel], given)
        return dict(cursor.fetchall())
