"""What offices measure by themselves, and the log of what branches recorded in the past year: each meeting as its
secretary once entered it, so that the platform can show how much it asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Min

from zhibu.accounts.enums import Role
from zhibu.accounts.scope import system_scope
from zhibu.audit.actions import record_past
from zhibu.audit.models import Entry
from zhibu.dues.models import Payment
from zhibu.indicators.compose.actions import adopt, begin
from zhibu.indicators.composing import FORMAT
from zhibu.indicators.models import ComposedIndicator, ComposedVersion
from zhibu.initiatives.models import Activity, JournalEntry
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting
from zhibu.regulations.dates import add_months

MONTHS = 12
EARLY: dict[str, Any] = {
    "composer": FORMAT, "title": "主题党日每月二十日前开展", "fact": "meetings.meeting", "kind": "ON_TIME",
    "window": "PERIOD", "dimension": "ORGANIZE", "basis": "年度党建工作要点（虚构）：主题党日不集中到月末补开",
    "higher_is_better": True, "filters": [{"column": "kind", "codes": [Kind.THEME_DAY.value]}], "condition": [],
    "column": "held_on", "over": "", "per": None, "target": 0, "limit": 20, "against": None,
}  # fmt: skip
HEARD: dict[str, Any] = {
    **EARLY, "title": "每季度至少两份完整的党课记录", "kind": "COUNT", "column": "", "limit": 0, "per": "ORGANIZATION",
    "target": 2, "dimension": "EDUCATE", "basis": "年度党建工作要点（虚构）",
    "filters": [{"column": "kind", "codes": [Kind.LECTURE.value]}, {"column": "complete", "flag": True}],
}  # fmt: skip


def doings(today: date) -> dict[str, int]:
    """One composed indicator adopted, one in the making; the entries of the log. Gives how many rows of each table."""
    scope = system_scope(today)
    made = begin(scope, EARLY)
    adopt(scope, made.pk, made.version)
    begin(scope, HEARD)
    _log(today)
    return {
        "indicators.ComposedIndicator": ComposedIndicator.objects.count(),
        "indicators.ComposedVersion": ComposedVersion.objects.count(),
    }


def _log(today: date) -> None:
    """In the order in which it was done; nobody's name, as an office is not asked who typed."""
    since = add_months(today, -MONTHS).replace(day=1)
    record_past(
        Entry(
            at=at, actor=Role.SECRETARY.label, verb=verb, object_kind=kind, object_id=pk, organization_path=path,
            changes=changes,
        )
        for at, verb, kind, pk, path, changes in sorted(_done(since), key=lambda row: (row[0], row[1], row[3]))
    )  # fmt: skip


def _done(since: date) -> Iterator[tuple[datetime, str, str, int, str, dict[str, str]]]:
    held = Meeting.objects.filter(state=State.RECORDED, recorded_at__date__gte=since).exclude(kind=Kind.TALK)
    for pk, at, path, kind in held.values_list("pk", "recorded_at", "organization__path", "kind"):
        assert at is not None  # by the filter
        yield at, "meetings.record", Meeting._meta.label_lower, pk, path, {"kind": kind}
    for model, verb in ((JournalEntry, "initiatives.write_journal"), (Activity, "initiatives.plan_activity")):
        entered = model._default_manager.filter(entered_at__date__gte=since)
        for pk, at, path in entered.values_list("pk", "entered_at", "organization__path"):
            yield at, verb, model._meta.label_lower, pk, path, {}
    # A branch enters what was paid on a day at once.
    paid = Payment.objects.filter(recorded_at__date__gte=since).values_list("organization__path", "recorded_at")
    for path, at, pk in paid.annotate(least=Min("pk")):
        yield at, "dues.register", Payment._meta.label_lower, pk, path, {}
