"""The parts of many records at once, from the kept numbers: by organization and month, with what was overruled.

An average is that of the records' own values, so that a long meeting weighs as much as a short one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Likeness, Meeting, Overruling, RecordQuality
from zhibu.meetings.quality.enums import AnswerState, PartKey, Verdict
from zhibu.meetings.quality.queries import standard

Shares = dict[PartKey, float | None]


def shares(meeting: Meeting, row: RecordQuality | None, limit: int, ruled: Mapping[str, int | None]) -> Shares:
    """The six values of one record from its kept numbers; ``ruled``: what holds instead, in percent."""
    found: Shares = {PartKey.COMPLETENESS: _share(meeting.parts_present, meeting.parts_required)}
    if row is not None:
        found[PartKey.TIMELINESS] = None if row.days is None else float(row.days <= limit)
        found[PartKey.ATTENDANCE] = _share(row.came, row.due)
        found[PartKey.FOLLOW_THROUGH] = _share(row.assigned, row.decisions)
        found[PartKey.SPECIFICITY] = _share(row.specific, row.decisions)
        is_current = row.shared is not None and row.checked_version == meeting.version
        found[PartKey.ORIGINALITY] = 1 - (row.shared or 0) if is_current else None
    for key, percent in ruled.items():
        if percent is not None:
            found[PartKey(key)] = percent / 100
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def ruled_of(rows: Iterable[Overruling]) -> dict[str, int | None]:
    """What holds of one record's overrulings, whatever their order."""
    return {row.part: row.percent for row in sorted(rows, key=lambda row: row.pk)}


@dataclass(frozen=True)
class Shown:
    """One record of a list with its six values."""

    meeting: Meeting
    values: Shares


def records(scope: Scope, year: int) -> QuerySet[Meeting]:
    """Recorded meetings of a year that the reader may read fully, with what the six values need."""
    found = scope.visible(Meeting.objects.filter(state=State.RECORDED), Right.RECORD_MEETING).exclude(kind=Kind.TALK)
    within = found.filter(held_on__gte=date(year, 1, 1), held_on__lte=date(year, 12, 31))
    return within.select_related("organization", "quality").prefetch_related("overrulings")


class Averages:
    """The records of some organizations in a year."""

    def __init__(self, scope: Scope, year: int, nodes: Iterable[int]) -> None:
        limit = standard().days
        self._months: dict[tuple[int, int], list[Shares]] = defaultdict(list)
        for meeting in records(scope, year).filter(organization__in=list(nodes)).defer("minutes"):
            row = getattr(meeting, "quality", None)
            values = shares(meeting, row, limit, ruled_of(meeting.overrulings.all()))
            self._months[meeting.organization_id, meeting.held_on.month].append(values)

    def count(self, node: int, month: int | None = None) -> int:
        return len(self._of(node, month))

    def percent(self, node: int, part: PartKey, month: int | None = None) -> int | None:
        """The average in percent; None where no record has the part."""
        known = [value for one in self._of(node, month) if (value := one.get(part)) is not None]
        return round(100 * sum(known) / len(known)) if known else None

    def _of(self, node: int, month: int | None) -> list[Shares]:
        months = range(1, 13) if month is None else (month,)
        return [one for at in months for one in self._months.get((node, at), ())]


def standing_of_questions(rows: QuerySet[Likeness]) -> dict[str, int]:
    """How the questions stand, by the values of `AnswerState` and, once closed, ``normal`` or ``amend``."""
    found = dict.fromkeys((AnswerState.ASKED.value, AnswerState.ANSWERED.value, "normal", Verdict.AMEND.value), 0)
    for state, verdict in rows.order_by().values_list("state", "verdict"):
        key = state if state != AnswerState.CLOSED else "amend" if verdict == Verdict.AMEND else "normal"
        found[key] += 1
    return found
