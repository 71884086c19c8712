"""Branches: who belongs to them in a month, and what they collected. Sums of branches, never ranks of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.enums import Manner
from zhibu.dues.models import Base, Due
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.rules.fields import SECRET
from zhibu.regulations.dates import add_months

OPEN_AT = Q(ended_on__isnull=True)
# What mobile members paid where they are (DF08 第九条) is paid, but neither owed to us nor in our money.
HERE = ~Q(payment__manner=Manner.ELSEWHERE)
DUE = Sum("amount", filter=HERE)
PAID = Sum("amount", filter=HERE & Q(payment__isnull=False))


@dataclass(frozen=True)
class Totals:
    """What some branches owed and collected for some months. ``elsewhere``: of those who paid, who paid where they
    are; their money is in no sum."""

    payers: int = 0
    paid_payers: int = 0
    elsewhere: int = 0
    due: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def open(self) -> Decimal:
        return self.due - self.paid

    @property
    def missing(self) -> int:
        return self.payers - self.paid_payers

    def __add__(self, other: Totals) -> Totals:
        return Totals(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def branches(scope: Scope) -> QuerySet[Organization]:
    """Living branches whose dues the reader may see."""
    living = Organization.objects.filter(kind__in=BRANCH_KINDS, dissolved_on__isnull=True).order_by("path")
    return scope.visible(living, Right.VIEW_DUES, "path")


def branch(scope: Scope, pk: int, right: Right = Right.VIEW_DUES, *, lock: bool = False) -> Organization:
    """One branch or superior: 404 outside the reader's subtrees, 403 inside them without ``right``."""
    visible = scope.within(Right.VIEW_ORGANIZATION, "path")
    rows = Organization.objects.filter(visible, pk=pk)
    found = (rows.select_for_update(no_key=True) if lock else rows).first()
    if found is None:
        raise Http404("没有这个党组织，或不在您的管理范围内。")
    scope.require(right, found.path)
    return found


def reporting(found: QuerySet[Due]) -> dict[str, Any]:
    """Payers and sums of some dues."""
    return found.order_by().aggregate(
        payers=Count("person", distinct=True, filter=Q(amount__gt=0)),
        paid_payers=Count("person", distinct=True, filter=Q(amount__gt=0, payment__isnull=False)),
        elsewhere=Count("person", distinct=True, filter=~HERE),
        due=DUE,
        paid=PAID,
    )


def totals(scope: Scope, month: date, *, under: Organization | None = None) -> Totals:
    """One month in all that the reader sees, or under one organization."""
    found = scope.visible(Due.objects.filter(month=month), Right.VIEW_DUES)
    if under is not None:
        found = found.filter(organization__path__startswith=under.path)
    return _totals(reporting(found))


def _totals(row: Mapping[str, object]) -> Totals:
    return Totals(**{name: row[name] or Decimal(0) for name in ("payers", "paid_payers", "elsewhere", "due", "paid")})  # type: ignore[arg-type]


def totals_by_branch(scope: Scope, pks: Iterable[int], month: date) -> dict[int, Totals]:
    """One month of some branches in one query."""
    rows = (
        scope.visible(Due.objects.filter(month=month, organization__in=list(pks)), Right.VIEW_DUES)
        .order_by()
        .values("organization")
        .annotate(
            payers=Count("pk", filter=Q(amount__gt=0)),
            paid_payers=Count("pk", filter=Q(amount__gt=0, payment__isnull=False)),
            elsewhere=Count("pk", filter=~HERE),
            due=DUE,
            paid=PAID,
        )
    )
    return {row["organization"]: _totals(row) for row in rows}


def belonging(month: date, today: date) -> tuple[QuerySet[Stage], QuerySet[Affiliation]]:
    """Stages and ties that hold on the last day of a month, or today if it is not over: whoever is a member then owes
    that month, a probationary member from the month of the general meeting on (DF08 第八条)."""
    last = date.fromordinal(add_months(month, 1).toordinal() - 1)
    day = min(last, today) if month <= today else today
    at = Q(started_on__lte=day) & (OPEN_AT | Q(ended_on__gt=day))
    return Stage.objects.filter(at, kind__in=MEMBERS), Affiliation.objects.filter(at)


def members_on(month: date, today: date, people: QuerySet[Person]) -> dict[int, tuple[int, str, str]]:
    """Of some people those who owe the month: person → organization, its kind and path of that day."""
    stages, ties = belonging(month, today)
    stage = stages.filter(person=OuterRef("person_id"))
    found = ties.filter(Exists(stage), person__in=people.order_by().values("pk"))
    rows = found.values_list("person_id", "organization_id", "organization__kind", "organization__path")
    return {person: (node, kind, path) for person, node, kind, path in rows}


def without_base(scope: Scope, right: Right = Right.VIEW_DUES) -> QuerySet[Person]:
    """Members for whom nothing says yet on what they pay."""
    found = Person.objects.select_related("organization").defer(*SECRET).filter(stage__in=MEMBERS)
    return scope.visible(found, right).filter(~Exists(Base.objects.filter(person=OuterRef("pk"))))


def months_of(scope: Scope, node: Organization, year: int) -> list[Mapping[str, Any]]:
    """A branch's year month by month. ``node`` has been loaded through the scope."""
    found = Due.objects.filter(organization=node, month__year=year).order_by("month").values("month")
    return list(
        found.annotate(
            payers=Count("pk", filter=Q(amount__gt=0)),
            paid_payers=Count("pk", filter=Q(amount__gt=0, payment__isnull=False)),
            elsewhere=Count("pk", filter=~HERE),
            due=DUE,
            paid=PAID,
        )
    )


def is_top(path: str) -> bool:
    """Whether a path is that of the whole university."""
    return len(path) <= Organization.steplen


def require_top(scope: Scope) -> None:
    """What the university chooses only its own office records."""
    if not any(is_top(path) for path in scope.paths(Right.RECORD_DUES)):
        raise PermissionDenied("党费计算办法由学校党委选定，由学校组织部登记。需要改变的，请联系学校组织部。")
