"""Bases, dues, payments and reliefs of members. What somebody earns is read only where one base is opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncMonth
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.enums import Finding, Regime, ReliefState, Rounding
from zhibu.dues.models import Base, Choice, Due, Payment, Relief, Statement, StatementRow
from zhibu.dues.rules import Chosen, month_of, usual
from zhibu.people.models import Person
from zhibu.people.rules.fields import SECRET

MOST_ASKED = 500
SECRETS = tuple(f"person__{name}" for name in sorted(SECRET))
# The longest run of months that follow one another unpaid: months minus their rank are equal within a run.
RUN = """
    (select max(n) from (
        select count(*) as n from (
            select extract(year from d.month) * 12 + extract(month from d.month)
                   - row_number() over (order by d.month) as island
            from dues_due d
            where d.person_id = people_person.id and d.payment_id is null and d.amount > 0 and d.month < %s
        ) unpaid group by island
    ) runs)
"""


def choice(on: date) -> Chosen:
    """What the university chose, as it holds on a day; what is usual where it has not chosen yet."""
    return chosen_among(Choice.objects.all(), on)


def chosen_among(known: Iterable[Choice], on: date) -> Chosen:
    """The one that holds; ``known`` is in any order."""
    fitting = [one for one in known if one.started_on <= on]
    if not fitting:
        return usual(on)
    one = max(fitting, key=lambda row: row.started_on)
    return Chosen(one.step, Rounding(one.rounding), Regime(one.regime), one.document)


def choices(scope: Scope) -> QuerySet[Choice]:
    """All that the university has chosen: public to whoever is signed in, as it decides what everybody pays."""
    return Choice.objects.order_by("-started_on")


def bases(scope: Scope, person: Person) -> QuerySet[Base]:
    """A member's bases, newest first, without the amounts. ``person`` has been loaded through the scope."""
    return Base.objects.filter(person=person).defer("amount").order_by("-started_on")


def base_on(person: Person, month: date) -> Base | None:
    """The base that holds in a month."""
    return Base.objects.filter(person=person, started_on__lte=month).order_by("-started_on").first()


def payer(scope: Scope, pk: int, right: Right = Right.VIEW_DUES) -> Person:
    """A member whose dues the reader looks after: 404 outside the subtrees, 403 inside them without the right."""
    visible = scope.within(Right.VIEW_PERSON) | scope.within(Right.VIEW_DUES)
    found = Person.objects.select_related("organization").defer(*SECRET).filter(visible, pk=pk).first()
    if found is None:
        raise Http404("没有这个人，或不在您的管理范围内。")
    scope.require(right, found.organization.path if found.organization else "")
    return found


def sheet(scope: Scope, organization_id: int, month: date) -> QuerySet[Due]:
    """Who owes what in one branch for one month."""
    found = Due.objects.select_related("person", "payment").defer(*SECRETS)
    return scope.visible(found, Right.VIEW_DUES).filter(organization_id=organization_id, month=month)


def closed_dues(scope: Scope, path: str, first: date, last: date) -> QuerySet[Any]:
    """What was owed under ``path`` in months between two days that are over, and since the branch keeps its records
    here; ``in_time``: whether it was paid within the month, or within the quarter with the branch's consent. The same
    months as the warehouse counts (`dues.facts`)."""
    end = ExpressionWrapper(F("month") + timedelta(days=31), output_field=DateField())
    found = Due.objects.select_related("person", "organization", "payment").defer(*SECRETS)
    found = found.filter(
        Q(organization__recorded_since__isnull=True) | Q(organization__recorded_since__lte=F("month")),
        organization__path__startswith=path, month__range=(first, min(last, month_of(scope.today) - timedelta(days=1))),
        amount__gt=0,
    )  # fmt: skip
    paid = Q(payment__by_quarter=True) | Q(payment__paid_on__lt=TruncMonth(end))
    found = found.annotate(in_time=Case(When(paid, then=True), default=False, output_field=BooleanField()))
    return scope.visible(found, Right.VIEW_DUES)


def unpaid(person: Person, until: date) -> QuerySet[Due]:
    """Months owed up to and including ``until``, oldest first."""
    return Due.objects.filter(person=person, payment__isnull=True, amount__gt=0, month__lte=until).order_by("month")


def paid_until(people: Iterable[int]) -> dict[int, date]:
    """Up to which month each of these people has paid without a gap: the month that a letter of introduction names
    (党费交至). Exempted months count as paid. Whoever has no dues on record, or paid nothing yet, is not in it.
    ``people`` have been loaded through the scope."""
    of_person = Due.objects.filter(person=OuterRef("person"), payment__isnull=True, amount__gt=0).order_by("month")
    settled = Due.objects.filter(Q(payment__isnull=False) | Q(amount=0), person__in=list(people))
    settled = settled.annotate(owed=Subquery(of_person.values("month")[:1]))
    rows = settled.filter(Q(owed=None) | Q(month__lt=F("owed"))).order_by().values("person")
    return dict(rows.annotate(until=Max("month")).values_list("person", "until"))


def payments(scope: Scope) -> QuerySet[Payment]:
    """The register of payments within the reader's subtrees."""
    found = Payment.objects.select_related("person", "organization", "recorded_by").defer(*SECRETS)
    return scope.visible(found, Right.VIEW_DUES)


def payment(scope: Scope, pk: int, right: Right = Right.VIEW_DUES, *, lock: bool = False) -> Payment:
    """One payment; one's own may always be read."""
    visible = scope.within(Right.VIEW_PERSON) | Q(person_id=scope.person_id or 0)
    found = Payment.objects.select_related("person", "organization", "recorded_by").defer(*SECRETS)
    found = found.filter(visible, pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这笔交纳记录，或不在您的管理范围内。")
    if not (right is Right.VIEW_DUES and one.person_id == scope.person_id):
        scope.require(right, one.organization.path)
    return one


def reliefs(scope: Scope) -> QuerySet[Relief]:
    """Reliefs within the reader's subtrees, the reasons unread."""
    found = Relief.objects.select_related("person", "organization", "approver").defer("reason", *SECRETS)
    return scope.visible(found, Right.VIEW_DUES)


def hardship(scope: Scope, one: Relief) -> str | None:
    """Why somebody is in hardship: for the committee that decides and for the person; None for all others. ``one`` has
    been loaded through the scope."""
    decides = scope.may(Right.RECORD_DUES, one.approver.path)
    return str(one.reason) if decides or one.person_id == scope.person_id else None


def relief(scope: Scope, pk: int, *, lock: bool = False) -> Relief:
    """One relief, its reason unread."""
    found = Relief.objects.select_related("person", "organization", "approver").defer("reason", *SECRETS)
    found = found.filter(scope.within(Right.VIEW_PERSON), pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这份少交免交，或不在您的管理范围内。")
    scope.require(Right.VIEW_DUES, one.organization.path)
    return one


def proposed_to(scope: Scope) -> QuerySet[Relief]:
    """Reliefs that wait for the reader's committee."""
    return scope.visible(Relief.objects.filter(state=ReliefState.PROPOSED), Right.RECORD_DUES, "approver__path")


def statements(scope: Scope) -> QuerySet[Statement]:
    """Payment workbooks uploaded within the reader's subtrees."""
    found = Statement.objects.select_related("organization", "user").annotate(count=Count("rows"))
    return scope.visible(found, Right.RECORD_DUES)


def statement(scope: Scope, pk: int, *, lock: bool = False) -> Statement:
    found = Statement.objects.select_related("organization").filter(scope.within(Right.VIEW_PERSON), pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这份缴费流水，或不在您的管理范围内。")
    scope.require(Right.RECORD_DUES, one.organization.path)
    return one


def progress(one: Statement) -> dict[str, Any]:
    """Label and numbers of the bar while a statement is being read."""
    if one.started_at is None:
        return {"label": "等待后台任务开始核对", "value": 0, "maximum": 1}
    if not one.total:
        return {"label": f"正在读取文件（{one.progress} 行）", "value": 0, "maximum": 1}
    return {"label": "正在逐行核对", "value": one.progress, "maximum": one.total}


def rows(scope: Scope, one: Statement) -> QuerySet[StatementRow]:
    """The rows of a statement that has been loaded through the scope."""
    return StatementRow.objects.filter(statement=one)


def repeated(one: Statement) -> list[StatementRow]:
    """Rows that may be the same money twice, for somebody to say."""
    return list(one.rows.filter(finding=Finding.REPEATED).order_by("number")[:MOST_ASKED])


def findings(one: Statement) -> dict[str, tuple[int, Decimal]]:
    """How many rows of each kind, and their sum."""
    found = one.rows.order_by().values("finding").annotate(count=Count("pk"), sum=Sum("amount"))
    return {row["finding"]: (row["count"], row["sum"] or Decimal(0)) for row in found}


def arrears(scope: Scope) -> QuerySet[Person]:
    """Members who owe months that are over: ``owed`` months, the longest ``run`` of them, ``since``, ``sum``."""
    month = month_of(scope.today)
    open_dues = Due.objects.filter(person=OuterRef("pk"), payment__isnull=True, amount__gt=0, month__lt=month)
    per_person = open_dues.order_by().values("person")

    def told(what: Any, field: Any) -> Subquery:
        return Subquery(per_person.annotate(found=what).values("found"), output_field=field)

    return (
        scope.visible(Person.objects.select_related("organization").defer(*SECRET), Right.VIEW_DUES)
        .filter(Exists(open_dues))
        .annotate(
            owed=told(Count("pk"), IntegerField()),
            since=told(Min("month"), DateField()),
            sum=told(Sum("amount"), Due._meta.get_field("amount").clone()),
            run=RawSQL(RUN, (month,), output_field=IntegerField()),
        )
    )


def arrears_at(scope: Scope, right: Right) -> QuerySet[Any]:
    """Members of the reader's branches who owe months that are over, with ``run`` alone: for counting."""
    month = month_of(scope.today)
    owed = Due.objects.filter(person=OuterRef("pk"), payment__isnull=True, amount__gt=0, month__lt=month)
    found = scope.visible(Person.objects.filter(Exists(owed)), right)
    return found.annotate(run=RawSQL(RUN, (month,), output_field=IntegerField()))


def arrears_by_branch(scope: Scope, pks: Iterable[int]) -> dict[int, list[int]]:
    """For each branch the runs of its members in arrears: how many, never who."""
    found: dict[int, list[int]] = {}
    for person in arrears(scope).filter(organization__in=list(pks)).order_by():
        found.setdefault(person.organization_id or 0, []).append(person.run)  # type: ignore[attr-defined]
    return found
