"""What the platform already knows to be late, as the rooms below count it, put into sentences for the list of problems.

A finding's key names the one lateness: it is not entered twice, and when it is no longer among the findings the fact
has been mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.queries.members import arrears_at
from zhibu.dues.rules import levels
from zhibu.meetings.cadence import Due, Standing, Unit, span_of
from zhibu.meetings.life.enums import LineState
from zhibu.meetings.models import Rectification
from zhibu.meetings.queries import due, recording_organizations
from zhibu.meetings.queries.waiting import LOOK_BACK
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import terms_due
from zhibu.procedures.enums import CaseState
from zhibu.procedures.loading import procedure
from zhibu.procedures.queries import live
from zhibu.supervision.enums import ON_CLOCK, OPEN, Duty, Source
from zhibu.supervision.models import Problem

# Words of a rule: the mildest step of arrears is a reminder among colleagues and no problem of the branch yet.
FROM_STEP = 1


@dataclass(frozen=True)
class Finding:
    """One lateness of one organization."""

    key: str
    organization: int
    text: str
    address: str


def late_duties(scope: Scope) -> list[Finding]:
    """Everything that is late today. Meetings as far back as the home page speaks of them: an older gap is no news."""
    since = scope.today - LOOK_BACK
    recent = (item for item in _late_meetings(scope, since, None) if item.span.end >= since)
    return [*map(_of_meeting, recent), *_steps(scope), *_terms(scope), *_dues(scope)]


def mended(scope: Scope, found: Iterable[Finding]) -> list[Problem]:
    """Open problems of late duties whose lateness is no more. An organization that was dissolved has mended nothing:
    its problems stay for the superior to decide on."""
    kept = Problem.objects.filter(source=Source.LATE_DUTY, state__in=OPEN, organization__dissolved_on__isnull=True)
    rows = list(kept.select_related("organization").order_by("pk"))
    late = {one.key for one in found}
    left = [row for row in rows if row.key not in late]
    older = [row for row in left if row.key.startswith(f"{Duty.MEETING.value}:")]
    if older:
        # Gaps further back than the home page speaks of are still gaps.
        since = min(date.fromisoformat(row.key.split(":")[2]) for row in older)
        among = Organization.objects.filter(pk__in={row.organization_id for row in older})
        late |= {_of_meeting(item).key for item in _late_meetings(scope, since, among)}
    arrears = {one.organization for one in found if one.key.startswith(f"{Duty.DUES.value}:")}
    return [row for row in left if row.key not in late and not (_is_dues(row) and row.organization_id in arrears)]


def lines_done() -> QuerySet[Rectification]:
    """Lines of life meetings' lists that were struck off there and whose problem is still open here."""
    open_ones = Problem.objects.filter(source=Source.LIFE_MEETING, state__in=ON_CLOCK).values_list("key", flat=True)
    pks = [int(key) for key in open_ones if key.isdecimal()]
    return Rectification.objects.filter(pk__in=pks, state=LineState.DONE)


def _is_dues(row: Problem) -> bool:
    return row.key.startswith(f"{Duty.DUES.value}:")


def _late_meetings(scope: Scope, since: date, among: QuerySet[Organization] | None) -> Iterator[Due]:
    nodes = among if among is not None else recording_organizations(scope)
    items = due(scope, scope.today, since=since, among=nodes, only_missing=True)
    return (item for item in items if item.standing(scope.today) is Standing.LATE)


def _of_meeting(item: Due) -> Finding:
    key = f"{Duty.MEETING.value}:{item.duty.key}:{item.span.start}:{item.organization_id}"
    text = f"{item.span.label}{item.duty.label}缺 {item.missing} 次（应 {item.required} 次，已登记 {item.held} 次）。"
    return Finding(key, item.organization_id, text, reverse("meetings:cadence_of", args=[item.organization_id]))


def _steps(scope: Scope) -> Iterator[Finding]:
    rows = live(scope.today).filter(case__state=CaseState.OPEN, due__lt=scope.today)
    columns = ("case_id", "case__procedure", "step", "due", "organization_id")
    for case, key, step, day, node in rows.order_by("pk").values_list(*columns):
        shape = procedure(key)
        text = f"{shape.label}：“{shape.by_id[step].label}”应于 {day} 前办理，尚未办理。"
        name = f"{Duty.STEP.value}:{case}:{step}:{day}:{node}"
        yield Finding(name, node, text, reverse("procedures:case", args=[case]))


def _terms(scope: Scope) -> Iterator[Finding]:
    for pk, day, node in (
        terms_due(scope, scope.today).filter(due_on__lt=scope.today).values_list("pk", "due_on", "organization_id")
    ):
        text = f"本届任期已于 {day} 届满，尚未换届。"
        yield Finding(f"{Duty.TERM.value}:{pk}:{day}", node, text, reverse("procedures:term", args=[node]))


def _dues(scope: Scope) -> Iterator[Finding]:
    """One of a branch, not of a person: the pages of the dues say who. While one is open it is the same problem; struck
    off after review, arrears that go on are a problem again in the next quarter."""
    step = levels(scope.today)[FROM_STEP]
    open_ones = Problem.objects.filter(source=Source.LATE_DUTY, state__in=OPEN, key__startswith=f"{Duty.DUES.value}:")
    quarter = span_of(Unit.QUARTER, scope.today)
    known = dict(open_ones.values_list("organization", "key"))
    owing = arrears_at(scope, Right.VIEW_DUES).filter(run__gte=step.months, organization__isnull=False)
    for node, _ in owing.order_by().values_list("organization").annotate(Max("run")):
        text = f"有党员连续欠交党费满 {step.months} 个月（{step.source.citation}：{step.duty}）。"
        key = known.get(node) or f"{Duty.DUES.value}:{node}:{quarter.start}"
        yield Finding(key, node, text, reverse("dues:arrears"))
