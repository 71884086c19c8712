"""What members owe, month by month: written once, mended while unpaid, left alone once paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.enums import ReliefState
from zhibu.dues.models import Base, Choice, Due, Relief
from zhibu.dues.queries.members import chosen_among
from zhibu.dues.rules import month_of, reckon
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal


def months_between(first: date, last: date) -> list[date]:
    found = []
    while first <= last:
        found.append(first)
        first = add_months(first, 1)
    return found


def write_dues(people: QuerySet[Person], months: Iterable[date], today: date) -> int:
    """Make the dues of these people for these months agree with their bases, reliefs and branches; how many changed.

    Paid months stay as they are. An unpaid month of somebody who no longer owes it stays too: a person decides about
    what is owed, not a recomputation.
    """
    wanted = list(months)
    if not wanted:
        return 0
    pks = list(people.order_by("pk").values_list("pk", flat=True))
    bases: dict[int, list[Base]] = {}
    for base in Base.objects.filter(person__in=pks).order_by("-started_on"):
        bases.setdefault(base.person_id, []).append(base)
    reliefs: dict[int, list[Relief]] = {}
    for relief in Relief.objects.filter(person__in=pks, state=ReliefState.APPROVED).order_by("-pk").defer("reason"):
        reliefs.setdefault(relief.person_id, []).append(relief)
    known = {
        (due.person_id, due.month): due
        for due in Due.objects.select_for_update().filter(person__in=pks, month__in=wanted).order_by("pk")
    }
    chosen, above = list(Choice.objects.all()), _groups()
    fresh: list[Due] = []
    changed: list[Due] = []
    for month in wanted:
        rule = chosen_among(chosen, month)
        places = queries.members_on(month, today, people)
        for person, (node, kind, path) in places.items():
            holding = next((one for one in bases.get(person, ()) if one.started_on <= month), None)
            if holding is None:
                continue
            less = next((r for r in reliefs.get(person, ()) if r.first_month <= month <= r.last_month), None)
            amount = Decimal(str(holding.amount)) if holding.amount else None
            monthly = reckon(holding.kind, amount, month, rule).monthly
            branch = above.get(path[: -Organization.steplen], node) if kind == Kind.GROUP else node
            due = Due(
                person_id=person, month=month, organization_id=branch, kind=holding.kind,
                relief=less, amount=min(monthly, less.amount) if less else monthly,
            )  # fmt: skip
            _sort(known.get((person, month)), due, fresh, changed)
    Due.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
    Due.objects.bulk_update(changed, ("organization", "kind", "relief", "amount"), batch_size=500)
    return len(fresh) + len(changed)


def _sort(old: Due | None, due: Due, fresh: list[Due], changed: list[Due]) -> None:
    if old is None:
        fresh.append(due)
    elif old.payment_id is None and _said(old) != _said(due):
        due.pk = old.pk
        changed.append(due)


def _said(due: Due) -> tuple[object, ...]:
    return due.organization_id, due.kind, due.relief_id, due.amount


def _groups() -> dict[str, int]:
    """Where party groups hang: path → branch. What a group's member owes is owed to the branch."""
    parents = Organization.objects.filter(numchild__gt=0)
    return dict(parents.values_list("path", "pk"))


@transaction.atomic
def assess(scope: Scope, branch: Organization, month: date) -> int:
    """Write down what the branch's members owe for a month. Refuses a month that has not begun. Records
    ``dues.assess`` when something changed."""
    branch = queries.branch(scope, branch.pk, Right.RECORD_DUES)
    month = month_of(month)
    if month > scope.today:
        raise Refusal("不能生成以后月份的应交党费。", field="month", remedy="请选择本月或以前的月份。")
    people = Person.objects.filter(affiliations__organization__path__startswith=branch.path).distinct()
    count = write_dues(people, [month], scope.today)
    if count:
        changes = {"month": f"{month:%Y-%m}", "count": count}
        record(scope, "dues.assess", object=branch, organization_path=branch.path, changes=changes)
    return count


@transaction.atomic
def assess_everywhere(today: date) -> int:
    """The same for everybody, for this month and the last (worker, every night)."""
    month = month_of(today)
    return write_dues(Person.objects.filter(stage__in=MEMBERS), [add_months(month, -1), month], today)
