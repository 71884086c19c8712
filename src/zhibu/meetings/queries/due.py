"""What is due and late: a fixed number of reads, however many organizations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear, Greatest

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.cadence import DUTIES, Due, Duty, Held, Span, Standing, Unit, covers, span_of, spans
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Meeting
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, PostKind
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Period, Tenure
from zhibu.organizations.queries import organizations
from zhibu.people.enums import StageKind
from zhibu.regulations.enums import Binding
from zhibu.regulations.queries import in_force, value

Row = tuple[int, str, str, date, date | None]
Nodes = QuerySet[Organization]
JOINED = frozenset({Kind.LIFE})  # may be held together with the appraisal


def due(
    scope: Scope,
    on: date,
    *,
    since: date | None = None,
    among: QuerySet[Organization] | None = None,
    duties: Sequence[Duty] = DUTIES,
    only_missing: bool = False,
) -> list[Due]:
    """Every duty of every organization the reader sees, from ``since`` (the year's first day) until ``on``.

    The period containing ``on`` is the last. Organizations without any duty do not appear. A fixed number
    of reads, with one organization or with thousands. ``only_missing`` leaves out what was fulfilled.
    """
    since = since or date(on.year, 1, 1)
    chosen = among if among is not None else organizations(scope, Right.VIEW_MEETING)
    alive = chosen.filter(established_on__lte=on).exclude(dissolved_on__lte=since).order_by()
    # Nothing is owed before its records are kept here (PostgreSQL's greatest passes over an empty day).
    owes_since = Greatest("established_on", "recorded_since")
    rows: list[Row] = list(alive.values_list("pk", "path", "kind", owes_since, "dissolved_on"))
    pks = [row[0] for row in rows]
    needed = {duty.key for duty in duties}
    windows = {duty.key: list(spans(duty.unit, since, on)) for duty in duties}
    start = min((found[0].start for found in windows.values()), default=since)
    history = _history(rows, alive, start)
    held = _held(alive, windows, on, duties)
    committees = _committees(alive, pks, windows["committee"]) if "committee" in needed else set()
    if any(duty.key == "secretary_lecture" and row[2] in duty.holders for duty in duties for row in rows):
        held.update(_secretary_lectures(alive, start, on))
    answer: list[Due] = []
    for duty in duties:
        for span in windows[duty.key]:
            required = times(duty.rule, span.start)
            if not required:
                continue
            is_must = value(duty.rule, span.start).binding is Binding.MUST
            key, first = duty.key, span.start
            for pk in history.owing(span, duty.holders):
                count = held[pk, key, first]
                if only_missing and count >= required:
                    continue
                if key != "committee" or (pk, first) in committees:
                    answer.append(Due(pk, duty, span, required, count, is_must))
    return answer


def duties_of(scope: Scope, organization: Organization, on: date) -> list[Due]:
    """The duties of one organization and its groups this year, for its calendar strip."""
    among = organizations(scope, Right.VIEW_MEETING).filter(path__startswith=organization.path)
    if organization.kind not in BRANCH_KINDS:
        among = among.filter(pk=organization.pk)
    return due(scope, on, among=among)


@lru_cache(maxsize=1024)
def times(rule: str, on: date) -> int:
    """How often per period the rule in force on that day asks; 0 before there was such a rule."""
    return value(rule, on).number if in_force(rule, on) else 0


@lru_cache(maxsize=4096)
def _start(unit: Unit, month: int) -> date:
    """The first day of the period; months are counted from the year 0."""
    return span_of(unit, date(month // 12, month % 12 + 1, 1)).start


class _History:
    """Which organizations were of which kind over a whole period. Most never changed and stand through all periods
    asked for: those are not even looked at one by one."""

    def __init__(self, rows: Iterable[Row], changed: dict[int, list[Held]], since: date) -> None:
        self.changed = changed
        self.standing: dict[str, list[int]] = defaultdict(list)
        self.bounded: dict[str, list[tuple[int, date, date | None]]] = defaultdict(list)
        for pk, _, kind, start, end in rows:
            if pk in changed:
                continue
            if start <= since and end is None:
                self.standing[kind].append(pk)
            else:
                self.bounded[kind].append((pk, start, end))

    def owing(self, span: Span, kinds: frozenset[OrganizationKind]) -> Iterator[int]:
        """``span`` begins on or after the day ``since`` that this was made for."""
        for kind in kinds:
            yield from self.standing.get(kind, ())
            for pk, start, end in self.bounded.get(kind, ()):
                if start <= span.start and (end is None or end > span.end):
                    yield pk
        for pk, held in self.changed.items():
            if covers(held, span, kinds):
                yield pk


def _history(rows: list[Row], alive: Nodes, since: date) -> _History:
    """Periods with another kind than today's decide where there are any; the day since which duties are
    owed and dissolution bound them."""
    bounds = {pk: (start, end) for pk, _, _, start, end in rows}
    periods = Period.objects.filter(organization__in=alive.values("pk"))
    rekinded = periods.exclude(kind=F("organization__kind")).values("organization")
    changed: dict[int, list[Held]] = defaultdict(list)
    for pk, kind, start, end in periods.filter(organization__in=rekinded).values_list(
        "organization_id", "kind", "started_on", "ended_on"
    ):
        first, last = bounds[pk]
        ends = [day for day in (end, last) if day is not None]
        changed[pk].append(Held(max(start, first), min(ends) if ends else None, kind))
    return _History(rows, dict(changed), since)


def _held(
    alive: Nodes, windows: Mapping[str, Sequence[Span]], on: date, duties: Sequence[Duty]
) -> Counter[tuple[int, str, date]]:
    """How many records count for which duty in which period. Only as far back as each duty's own periods reach."""
    wanted = Q(pk__in=())
    for duty in duties:
        kinds = duty.satisfied_by | (JOINED if duty.kind is Kind.APPRAISAL else frozenset())
        wanted |= Q(kind__in=kinds, held_on__gte=windows[duty.key][0].start)
    counted = (
        Meeting.objects.filter(wanted, organization__in=alive.values("pk"), state=State.RECORDED, held_on__lte=on)
        .annotate(month=ExtractYear("held_on") * 12 + ExtractMonth("held_on") - 1)
        .values_list("organization_id", "kind", "with_appraisal", "month")
        .annotate(number=Count("pk"))
        .order_by()
    )
    fulfils: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        for kind in duty.satisfied_by:
            fulfils[kind].append(duty)
    appraisal = [duty for duty in duties if duty.kind is Kind.APPRAISAL]
    found: Counter[tuple[int, str, date]] = Counter()
    for pk, kind, with_appraisal, month, number in counted:
        for duty in [*fulfils[kind], *(appraisal if with_appraisal and kind == Kind.LIFE else ())]:
            found[pk, duty.key, _start(duty.unit, month)] += number
    return found


def _committees(alive: Nodes, pks: list[int], months: Sequence[Span]) -> set[tuple[int, date]]:
    """Branch and month where a committee had to meet: it existed on the first and on the last day, or was required on
    the first because there were seven full members (ZB18-20). Fewer holders of posts than a committee has are none."""
    if not months or not in_force("org.committee_size", months[-1].start):
        return set()
    least = value("org.committee_size", months[-1].start).range.min
    held: dict[int, list[tuple[int, date, date | None]]] = defaultdict(list)
    tenures = Tenure.objects.filter(
        organization__in=alive.values("pk"), post__in=COMMITTEE_POSTS, started_on__lte=months[-1].end
    )
    for pk, person, start, end in tenures.exclude(ended_on__lte=months[0].start).values_list(
        "organization_id", "person_id", "started_on", "ended_on"
    ):
        held[pk].append((person, start, end))
    found = {
        (pk, month.start)
        for pk, rows in held.items()
        if len(rows) >= least
        for month in months
        if all(_size(rows, day) >= least for day in (month.start, month.end))
    }
    return found | _large(pks, [month.start for month in months])


def _size(rows: list[tuple[int, date, date | None]], day: date) -> int:
    return len({person for person, start, end in rows if start <= day and (end is None or end > day)})


# One pass over the ties with a count for each day; the ORM cannot fold that into one read. Stages and ties of one
# person do not overlap, so rows are persons.
LARGE = """
select node.branch, {counts}
from (
    select tie.person_id, branch.id as branch, tie.started_on, tie.ended_on
    from people_affiliation tie
    join organizations_organization place on place.id = tie.organization_id
    join organizations_organization branch
        on branch.path = case when place.kind = %s then left(place.path, length(place.path) - 4) else place.path end
    where branch.id = any(%s)
) node
join people_stage stage on stage.person_id = node.person_id and stage.kind = %s
group by node.branch
"""
ON_DAY = """count(*) filter (where greatest(node.started_on, stage.started_on) <= %s
    and (node.ended_on is null or node.ended_on > %s) and (stage.ended_on is null or stage.ended_on > %s))"""


def _large(pks: list[int], days: list[date]) -> set[tuple[int, date]]:
    least = value("org.committee_min", days[-1]).number
    each_day = [day for day in days for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            LARGE.format(counts=", ".join([ON_DAY] * len(days))),
            [*each_day, OrganizationKind.GROUP.value, pks, StageKind.FULL.value],
        )
        return {
            (pk, day) for pk, *numbers in cursor for day, number in zip(days, numbers, strict=True) if number >= least
        }


def _secretary_lectures(alive: Nodes, since: date, on: date) -> Counter[tuple[int, str, date]]:
    """Lectures given anywhere by whoever was secretary of the committee on that day, by year."""
    # One filter call: every condition speaks of the same tenure.
    in_post = Q(lecturer__tenures__ended_on__isnull=True) | Q(lecturer__tenures__ended_on__gt=F("held_on"))
    given = (
        Meeting.objects.filter(kind=Kind.LECTURE, state=State.RECORDED, held_on__gte=since, held_on__lte=on)
        .filter(
            in_post,
            lecturer__tenures__organization__in=alive.values("pk"),
            lecturer__tenures__post=PostKind.SECRETARY,
            lecturer__tenures__started_on__lte=F("held_on"),
        )
        .values_list("lecturer__tenures__organization_id", "held_on", "pk")
        .distinct()
    )
    return Counter((pk, "secretary_lecture", span_of(Unit.YEAR, held_on).start) for pk, held_on, _ in given)


@dataclass(frozen=True)
class Cell:
    """One period of one organization: how the duties stand. ``late`` and ``open`` count what is missing."""

    span: Span
    dues: tuple[Due, ...]
    on: date

    @property
    def held(self) -> int:
        return sum(due.held for due in self.dues)

    @property
    def late(self) -> int:
        return sum(due.missing for due in self.dues if due.standing(self.on) is Standing.LATE)

    @property
    def open(self) -> int:
        return sum(due.missing for due in self.dues if due.standing(self.on) is Standing.OPEN)

    @property
    def is_binding(self) -> bool:
        """Whether something is missing that the text demands (应当), not only usually expects (一般)."""
        return any(due.missing and due.is_must for due in self.dues)


def matrix(items: Iterable[Due], unit: Unit, year: int, on: date) -> dict[int, list[Cell]]:
    """For each organization the year's periods of one length. A longer duty stands in the period in which it ends."""
    columns = list(spans(unit, date(year, 1, 1), date(year, 12, 31)))
    grouped: dict[tuple[int, date], list[Due]] = defaultdict(list)
    for item in items:
        if item.span.end.year == year:
            grouped[item.organization_id, span_of(unit, item.span.end).start].append(item)
    pks = {pk for pk, _ in grouped}
    return {pk: [Cell(span, tuple(grouped.get((pk, span.start), ())), on) for span in columns] for pk in pks}
