"""The leavers of a season, class by class; whom to chase; who stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import (
    Case as Chosen,
)
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.people.queries import people
from zhibu.people.rules.fields import SECRET
from zhibu.procedures.enums import CaseState
from zhibu.procedures.models import Entry
from zhibu.procedures.transfers.enums import Destination, LetterState, ReceiverKind
from zhibu.procedures.transfers.graduation.enums import Progress
from zhibu.procedures.transfers.models import Leaver, Letter
from zhibu.procedures.transfers.queries import state_now
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.ui.waiting import Asked, Waiting

NEW_YEAR_MONTH = 9  # the academic year begins
AHEAD = timedelta(days=60)
NEAR = timedelta(days=90)  # from when on whoever stays is reminded of the limit; our own choice


def graduates(scope: Scope, season: int) -> QuerySet[Person]:
    """Members in the reader's branches who graduate in that year and are in no list yet."""
    found = people(scope, Right.HANDLE_CASE).filter(stage__in=sorted(MEMBERS), graduates_on__year=season)
    return found.exclude(leavings__season=season)


def leavers(scope: Scope, season: int | None = None) -> QuerySet[Any]:
    """The list of a season (or of all), with the newest letter and how far each has come, in one query."""
    newest = Letter.objects.filter(case=OuterRef("case_id")).order_by("-pk")
    first = Entry.objects.filter(case=OuterRef("case_id"), step="sent", outcome="sent").order_by("position")
    found = scope.visible(Leaver.objects.all(), Right.VIEW_CASE, "person__organization__path")
    if season is not None:
        found = found.filter(season=season)
    left = ExpressionWrapper(
        F("letter_until") - Value(scope.today, output_field=DateField()), output_field=DurationField()
    )
    joined = found.select_related("person__organization", "case").annotate(
        letter_id=Subquery(newest.values("pk")[:1]),
        letter_number=Subquery(newest.values("number")[:1]),
        letter_now=Subquery(newest.annotate(now=state_now(scope.today)).values("now")[:1]),
        letter_until=Subquery(newest.values("valid_until")[:1]),
        letter_fetched=Subquery(newest.values("fetched_on")[:1]),
        letter_used=Subquery(newest.values("used_on")[:1]),
        first_sent=Subquery(first.values("on")[:1]),
    )
    return joined.annotate(left=left, progress=_progress(scope.today)).defer(*(f"person__{name}" for name in SECRET))


def _progress(today: date) -> Chosen:
    """How far a leaver has come, worst first: what is chased."""
    long_ago = past(today, "move.reissue")
    return Chosen(
        When(case__state=CaseState.DONE, then=Value(Progress.DONE.value)),
        When(receiver_kind=ReceiverKind.STAY, then=Value(Progress.STAYS.value)),
        When(destination="", then=Value(Progress.NO_DESTINATION.value)),
        When(first_sent__lte=long_ago, then=Value(Progress.TOO_LONG.value)),
        When(letter_now__in=(LetterState.EXPIRED, LetterState.RETURNED), then=Value(Progress.FALLEN_BACK.value)),
        When(letter_now=LetterState.ISSUED, letter_fetched__isnull=True, then=Value(Progress.NOT_FETCHED.value)),
        When(letter_now=LetterState.ISSUED, then=Value(Progress.NO_RECEIPT.value)),
        When(case__isnull=False, case__state=CaseState.OPEN, then=Value(Progress.SUBMITTED.value)),
        default=Value(Progress.NOT_SENT.value),
        output_field=CharField(),
    )


def past(today: date, rule: str) -> date:
    """The latest day from which on the rule's months were over before today; also at the ends of months."""
    return add_months(today - timedelta(days=1), -value(rule, today).number)


def narrowed(rows: QuerySet[Any], branch: str = "", class_name: str | None = None) -> QuerySet[Any]:
    """Those of one branch, of one class."""
    if branch.isdecimal() and len(branch) < 19:
        rows = rows.filter(person__organization=int(branch))
    return rows if class_name is None else rows.filter(person__class_name=class_name)


def leaver(scope: Scope, pk: int, *, lock: bool = False) -> Any:
    """One row; 404 outside the reader's subtrees."""
    if lock:
        Leaver.objects.select_for_update().filter(pk=pk).only("pk").first()
    found = leavers(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这名毕业生党员，或不在您的管理范围内。")
    return found


def classes(scope: Scope, season: int) -> list[dict[str, Any]]:
    """Every class of the season with its counts, in one query."""
    at = {"branch": F("person__organization"), "branch_name": F("person__organization__short_name")}
    counted = {
        "total": Count("pk"),
        "undecided": Count("pk", filter=Q(progress=Progress.NO_DESTINATION)),
        "unsent": Count("pk", filter=Q(progress__in=(Progress.NOT_SENT, Progress.SUBMITTED))),
        "out": Count("pk", filter=Q(progress__in=(Progress.NOT_FETCHED, Progress.NO_RECEIPT))),
        "late": Count("pk", filter=Q(progress__in=(Progress.FALLEN_BACK, Progress.TOO_LONG))),
        "stays": Count("pk", filter=Q(progress=Progress.STAYS)),
        "done": Count("pk", filter=Q(progress=Progress.DONE)),
    }
    rows: Any = leavers(scope, season).order_by().values("person__class_name", **at).annotate(**counted)
    return list(rows.order_by("branch_name", "person__class_name")[:300])


def seasons(scope: Scope) -> list[int]:
    """Years that have a list, and the season at hand; newest first."""
    return sorted(_listed(scope) | {scope.today.year, max(_at_hand(scope.today)[:2])}, reverse=True)


def current_season(scope: Scope) -> int:
    """The season that is worked on now: the nearest at hand that has a list, else whose graduates are on the roster."""
    listed, near = _listed(scope), _at_hand(scope.today)
    for year in near:
        if year in listed:
            return year
    if listed:
        return max(listed)
    return next((year for year in near if graduates(scope, year).exists()), near[0])


def _at_hand(today: date) -> tuple[int, int, int]:
    """Years by how near their summer is to the work of the day: until August this year's leavers come, then receipts
    are still awaited and the next summer is prepared."""
    year = today.year
    return (year, year - 1, year + 1) if today.month < NEW_YEAR_MONTH else (year, year + 1, year - 1)


def _listed(scope: Scope) -> set[int]:
    found = scope.visible(Leaver.objects.all(), Right.VIEW_CASE, "person__organization__path")
    return set(found.order_by().values_list("season", flat=True).distinct())


def receivers(scope: Scope) -> list[str]:
    """Names of receiving organizations used before, the most frequent first: what a row suggests."""
    found = scope.visible(Leaver.objects.exclude(to_unit=""), Right.VIEW_CASE, "person__organization__path")
    counted = found.order_by().values("to_unit").annotate(n=Count("pk")).order_by("-n", "to_unit")
    return [row["to_unit"] for row in counted[:60]]


def stayers(scope: Scope) -> QuerySet[Any]:
    """Whose organizational tie stays here, of every season; the nearest limit first."""
    found = scope.visible(
        Leaver.objects.filter(receiver_kind=ReceiverKind.STAY, stays_until__isnull=False, person__stage__in=MEMBERS),
        Right.VIEW_CASE, "person__organization__path",
    )  # fmt: skip
    left = ExpressionWrapper(
        F("stays_until") - Value(scope.today, output_field=DateField()), output_field=DurationField()
    )
    joined = found.select_related("person__organization").annotate(
        left=left,
        is_over=ExpressionWrapper(Q(stays_until__lt=scope.today), output_field=BooleanField()),
        is_near=ExpressionWrapper(_near(scope.today), output_field=BooleanField()),
        needs_contact=ExpressionWrapper(_silent(scope.today), output_field=BooleanField()),
    )
    return joined.defer(*(f"person__{name}" for name in SECRET))


def _near(today: date) -> Q:
    return Q(stays_until__gte=today, stays_until__lte=today + NEAR)


def to_contact(scope: Scope) -> QuerySet[Any]:
    """Abroad, and not spoken to for half a year."""
    return stayers(scope).filter(_silent(scope.today))


def _silent(today: date) -> Q:
    since = past(today, "move.abroad_contact")
    never = Q(contacted_on__isnull=True, person__graduates_on__isnull=False, person__graduates_on__lte=since)
    spoken = Q(contacted_on__isnull=False, contacted_on__lte=since)
    return Q(destination=Destination.ABROAD) & (spoken | never)


def no_destination(scope: Scope) -> QuerySet[Leaver]:
    """Who graduates within two months, or has, and has not said where the tie is to go."""
    found = scope.visible(Leaver.objects.filter(destination=""), Right.HANDLE_CASE, "person__organization__path")
    return found.filter(person__stage__in=sorted(MEMBERS), person__graduates_on__lte=scope.today + AHEAD)


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """Who stays longer than allowed, and who abroad has to be spoken to."""
    if not scope.may(Right.HANDLE_CASE):
        return []
    url = reverse("procedures:stayers")
    listed = f"{reverse('procedures:chase')}?progress={Progress.NO_DESTINATION.value}"

    def undecided(count: int, least: date) -> Waiting:
        return Waiting("毕业生党员没有登记组织关系去向", count, listed, since=least)

    def over(count: int, least: date) -> Waiting:
        return Waiting("毕业生党员留校保留组织关系已到期限", count, f"{url}?over=yes", since=least, late=True)

    def near(count: int, least: date) -> Waiting:
        return Waiting("毕业生党员留校保留组织关系即将到期", count, f"{url}?near=yes", by=least)

    def contact(count: int, least: date) -> Waiting:
        return Waiting("出国（境）党员满半年没有联系", count, f"{url}?contact=yes", late=True)

    return [
        Asked(no_destination(scope), undecided, "person__graduates_on"),
        Asked(stayers(scope).filter(stays_until__lt=scope.today), over, "stays_until"),
        Asked(stayers(scope).filter(_near(scope.today)), near, "stays_until"),
        Asked(to_contact(scope), contact, "stays_until"),
    ]
