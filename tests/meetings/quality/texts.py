"""Records with texts of some length, for tests that compare them."""

from typing import Any

from benchmarks.originality.corpus import Writer, copied, joined
from tests.cast import Cast
from tests.meetings.records import held
from zhibu.accounts.scope import system_scope
from zhibu.meetings import actions
from zhibu.meetings.models import Meeting
from zhibu.meetings.queries import content_of

SOURCE = Writer(41).minutes()


def told(seed: int = 41) -> str:
    return joined(Writer(seed).minutes())


def copy(label: str = "fifth") -> str:
    return copied(Writer(7_000), label, SOURCE)


def recorded(cast: Cast, minutes: str, **changes: Any) -> Meeting:
    who = changes.get("by", cast.secretary)
    return held(cast, minutes=minutes, host_id=who.pk, recorder_id=who.pk, **changes)


def corrected(cast: Cast, meeting: Meeting, **changes: Any) -> Meeting:
    from dataclasses import replace

    from tests.cast import TODAY

    meeting.refresh_from_db()
    content = replace(content_of(meeting), **changes)
    return actions.correct(system_scope(TODAY), meeting.pk, content, version=meeting.version, reason="补正")
