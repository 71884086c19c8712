"""The situation map: of an organization and each one directly below it, what is open, what is late, who answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, Min, Q, QuerySet, Value, When
from django.db.models.functions import Left, TruncMonth
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import children, in_office, organization, roots
from zhibu.regulations.dates import add_months
from zhibu.supervision.enums import ON_CLOCK, Duty, ProblemState, Source, Standing
from zhibu.supervision.models import Problem
from zhibu.supervision.queries.base import standing_on
from zhibu.supervision.rules import STEP, usual_post

MONTHS = 12
OPEN_STANDINGS = (Standing.STUCK, Standing.LATE, Standing.SOON, Standing.DUE)
# Of a late duty which one: its key begins with it.
DUTY = Case(
    When(source=Source.LATE_DUTY, then=Func(F("key"), Value(":"), Value(1), function="split_part")),
    default=Value(""), output_field=CharField(),
)  # fmt: skip
WORST = {
    Standing.STUCK: ("accent", "有停滞"), Standing.LATE: ("red", "有逾期"), Standing.SOON: ("yellow", "在整改"),
    Standing.DUE: ("yellow", "在整改"),
}  # fmt: skip


@dataclass
class Tile:
    """One organization with everything below it (``own``: without): its open problems by standing."""

    node: Organization
    counts: Counter[str] = field(default_factory=Counter)
    measured: int = 0
    to_review: int = 0
    next_due: date | None = None
    responsible: str = ""
    own: bool = False

    @property
    def open(self) -> int:
        return sum(self.counts.values())

    @property
    def tone(self) -> str:
        return next((WORST[one][0] for one in OPEN_STANDINGS if self.counts[one.value]), "green")

    @property
    def word(self) -> str:
        return next((WORST[one][1] for one in OPEN_STANDINGS if self.counts[one.value]), "没有问题")

    @property
    def late(self) -> int:
        return self.counts[Standing.LATE.value]

    @property
    def stuck(self) -> int:
        return self.counts[Standing.STUCK.value]

    @property
    def in_time(self) -> int:
        return self.counts[Standing.DUE.value] + self.counts[Standing.SOON.value]


@dataclass(frozen=True)
class Board:
    """What the map shows of one organization."""

    node: Organization
    whole: Tile
    tiles: list[Tile]
    sources: list[tuple[Source, Counter[str]]]
    duties: list[tuple[Duty, Counter[str]]]


def top(scope: Scope, pk: int | None) -> Organization:
    """The organization asked for, else the highest that the reader looks after; 404 outside the subtrees."""
    if pk is not None:
        return organization(scope, pk, Right.VIEW_PROBLEM)
    found = next((node for node in roots(scope) if scope.may(Right.VIEW_PROBLEM, node.path)), None)
    if found is None:
        raise Http404("您的管理范围内没有党组织。")
    return found


def below(scope: Scope, node: Organization, source: str = "", month: date | None = None) -> QuerySet[Problem]:
    """Problems of the organization and everything below, of one source and raised in one month if asked."""
    found = scope.visible(Problem.objects.all(), Right.VIEW_PROBLEM).filter(organization__path__startswith=node.path)
    if source:
        found = found.filter(source=source)
    if month:
        found = found.filter(raised_on__gte=month, raised_on__lt=add_months(month, 1))
    return found


def board(
    scope: Scope, node: Organization, *, source: str = "", month: date | None = None, names: bool = True
) -> Board:
    """The map of one organization in a fixed number of reads, however many problems there are; on request without
    the names of who answers."""
    rows = below(scope, node, source, month).exclude(state=ProblemState.CLOSED).order_by()
    counted = (
        rows.annotate(
            at=Left("organization__path", len(node.path) + STEP), standing=standing_on(scope.today), duty=DUTY
        )
        .values("at", "source", "duty", "standing")
        .annotate(
            many=Count("pk"), measured=Count("pk", filter=~Q(measure="")),
            to_review=Count("pk", filter=Q(state=ProblemState.TO_REVIEW)),
            next_due=Min("due_on", filter=Q(state__in=ON_CLOCK)),
        )
    )  # fmt: skip
    whole = Tile(node)
    tiles = {one.path: Tile(one) for one in children(scope, node)}
    tiles[node.path] = Tile(node, own=True)
    sources: dict[str, Counter[str]] = {}
    duties: dict[str, Counter[str]] = {}
    for row in counted:
        # What hangs under an organization that was dissolved counts for the whole alone.
        for tile in (whole, tiles.get(row["at"])):
            if tile is not None:
                _add(tile, row)
        sources.setdefault(row["source"], Counter())[row["standing"]] += row["many"]
        duties.setdefault(row["duty"], Counter())[row["standing"]] += row["many"]
    if len(tiles) > 1 and not tiles[node.path].open:
        del tiles[node.path]
    if names:
        _name(scope, [whole, *tiles.values()])
    shown = sorted(tiles.values(), key=lambda tile: (-tile.stuck, -tile.late, -tile.open, tile.node.path))
    by_source = [(one, sources[one.value]) for one in Source if one.value in sources]
    return Board(node, whole, shown, by_source, [(one, duties[one.value]) for one in Duty if one.value in duties])


def _add(tile: Tile, row: Mapping[str, Any]) -> None:
    tile.counts[row["standing"]] += row["many"]
    tile.measured += row["measured"]
    tile.to_review += row["to_review"]
    days = [day for day in (tile.next_due, row["next_due"]) if day]
    tile.next_due = min(days, default=None)


def _name(scope: Scope, tiles: Iterable[Tile]) -> None:
    """Who answers for each organization today: the holders of the post that answers for what it neglects."""
    nodes = {tile.node.pk: tile.node for tile in tiles}
    held = Tenure.objects.filter(in_office(scope.today), organization__in=nodes).select_related("person")
    names: dict[int, list[str]] = {}
    for tenure in held.order_by("started_on", "pk"):
        if PostKind(tenure.post) == usual_post(nodes[tenure.organization_id]):
            names.setdefault(tenure.organization_id, []).append(tenure.person.name)
    for tile in tiles:
        tile.responsible = "、".join(names.get(tile.node.pk, ()))


def months(scope: Scope, node: Organization, source: str = "") -> list[tuple[date, int, int]]:
    """Of the last twelve months: how many problems were raised, how many struck off."""
    first = add_months(scope.today.replace(day=1), 1 - MONTHS)
    rows = below(scope, node, source).order_by()

    def by(column: str) -> dict[date, int]:
        found = rows.filter(**{f"{column}__gte": first}).annotate(month=TruncMonth(column)).values("month")
        return {row["month"]: row["many"] for row in found.annotate(many=Count("pk"))}

    raised, closed = by("raised_on"), by("closed_on")
    return [
        (month, raised.get(month, 0), closed.get(month, 0))
        for month in (add_months(first, number) for number in range(MONTHS))
    ]


def closed_since(scope: Scope, node: Organization, day: date) -> int:
    """How many were struck off from a day on."""
    return below(scope, node).filter(closed_on__gte=day).count()
