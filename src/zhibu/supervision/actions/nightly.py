"""What rules do every night: late duties onto the list, mended ones off it, late problems up to the superiors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.organizations.models import Organization
from zhibu.supervision.actions.common import entry
from zhibu.supervision.enums import ON_CLOCK, EntryKind, ProblemState, Source
from zhibu.supervision.models import Problem, ProblemEntry
from zhibu.supervision.queries.lateness import Finding, late_duties, lines_done, mended
from zhibu.supervision.rules import STEP, level_of, limits, usual_due, usual_post

LOCK = 0x5A535550  # "ZSUP"
A_BATCH = 1000


@dataclass(frozen=True)
class Night:
    """How many problems a night entered, struck off, reported upwards, and took for reported done."""

    raised: int
    mended: int
    escalated: int
    reported: int = 0


@transaction.atomic
def watch(scope: Scope) -> Night:
    """Bring the list up to the facts of today. Running it again changes nothing.

    Refuses whoever does not supervise the whole university: half a look would strike off what it did not see.
    Audited as ``supervision.watch``, with numbers only.
    """
    scope.require(Right.SUPERVISE, "")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    found = late_duties(scope)
    done = _strike_off(scope, found)
    reported = _take_reports(scope)
    night = Night(_enter(scope, found), done, escalate(scope), reported)
    if any(vars(night).values()):
        audit.record(scope, "supervision.watch", changes=vars(night))
    return night


def _enter(scope: Scope, found: list[Finding]) -> int:
    known = set(Problem.objects.filter(source=Source.LATE_DUTY).values_list("key", flat=True))
    new = [one for one in found if one.key not in known]
    nodes = Organization.objects.in_bulk({one.organization for one in new})
    due_on = usual_due(scope.today)
    rows = Problem.objects.bulk_create(
        (
            Problem(
                organization=nodes[one.organization], source=Source.LATE_DUTY, key=one.key, address=one.address,
                text=one.text, post=usual_post(nodes[one.organization]), raised_on=scope.today, due_on=due_on,
            )
            for one in new
        ),
        batch_size=A_BATCH,
    )  # fmt: skip
    _add(entry(scope, row, EntryKind.RAISED, row.text, due_on=str(due_on)) for row in rows)
    return len(rows)


def _strike_off(scope: Scope, found: list[Finding]) -> int:
    pks = [row.pk for row in mended(scope, found)]
    held = Problem.objects.select_for_update(of=("self",)).exclude(state=ProblemState.CLOSED).filter(pk__in=pks)
    rows = list(held.order_by("pk"))
    for row in rows:
        row.state, row.closed_on, row.stopped_on, row.escalation = ProblemState.CLOSED, scope.today, None, 0
        row.done_on = row.done_on or scope.today
    Problem.objects.bulk_update(rows, ["state", "closed_on", "stopped_on", "escalation", "done_on"], A_BATCH)
    _add(entry(scope, row, EntryKind.MENDED, "事实已补正。") for row in rows)
    return len(rows)


def _take_reports(scope: Scope) -> int:
    """A line of a life meeting's list that its own organization struck off is reported done, by whoever did so: the
    superior still reviews it. Only the first time; what was sent back is reported anew by hand."""
    lines = {str(line.pk): line for line in lines_done()}
    waiting = Problem.objects.select_for_update(of=("self",)).filter(
        source=Source.LIFE_MEETING, state__in=ON_CLOCK, key__in=lines
    )
    rows = [row for row in waiting.order_by("pk") if not row.entries.filter(kind=EntryKind.REPORTED).exists()]
    for row in rows:
        line = lines[row.key]
        row.state, row.done_on, row.reported_by_id = ProblemState.TO_REVIEW, line.done_on, line.closed_by_id
    Problem.objects.bulk_update(rows, ["state", "done_on", "reported_by"], A_BATCH)
    _add(entry(scope, row, EntryKind.REPORTED, lines[row.key].evidence) for row in rows)
    return len(rows)


def escalate(scope: Scope) -> int:
    """Note with every problem that is late enough, that so many levels above now know of it."""
    steps = limits(scope.today).steps
    late = Problem.objects.select_related("organization").select_for_update(of=("self",)).filter(
        state__in=ON_CLOCK, due_on__lte=scope.today - timedelta(days=steps[0]), escalation__lt=len(steps)
    )  # fmt: skip
    told: list[Problem] = []
    for row in late.order_by("pk"):
        # Above the university's own committee nobody is on the platform.
        level = min(level_of(row.due_on, scope.today, steps), row.organization.depth - 1)
        if level > row.escalation:
            row.escalation = level
            told.append(row)
    Problem.objects.bulk_update(told, ["escalation"], A_BATCH)
    above = {row.pk: row.organization.path[: -STEP * row.escalation] for row in told}
    names = dict(Organization.objects.filter(path__in=set(above.values())).values_list("path", "name"))
    _add(
        entry(
            scope, row, EntryKind.ESCALATED,
            f"逾期 {(scope.today - row.due_on).days} 天，已报告{names.get(above[row.pk], '上级党组织')}。",
            level=row.escalation,
        )
        for row in told
    )  # fmt: skip
    return len(told)


def _add(rows: object) -> None:
    ProblemEntry.objects.bulk_create(rows, batch_size=A_BATCH)  # type: ignore[arg-type]
