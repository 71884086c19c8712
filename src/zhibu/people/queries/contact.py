"""Members who are away or lost: since when, the last contact, and when contact is due again."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.people.enums import MEMBERS, ContactPurpose, StageKind
from zhibu.people.models import Contact, Mobility, Person, Stage
from zhibu.people.queries.roster import people
from zhibu.people.rules.fields import SECRET
from zhibu.regulations.dates import add_years
from zhibu.regulations.queries import in_force, value


def _after(day: F | Func, months: int) -> Func:
    """The same day so many months later, or the month's last: as `regulations.dates.add_months` counts."""
    template = f"(%(expressions)s + interval '{int(months)} months')::date"
    return Func(day, template=template, output_field=DateField())


def _last(**narrowed: str | bool) -> Subquery:
    found = Contact.objects.filter(person=OuterRef("pk"), **narrowed).order_by("-on")
    return Subquery(found.values("on")[:1])


def mobile_people(scope: Scope, right: Right = Right.VIEW_PERSON) -> QuerySet[Person]:
    """Members who are away, with the open registration (``begun`` and so on; None where only the collected fields were
    imported), the last contact and, for study abroad, the day by which the next is ``due``."""
    open_ = Mobility.objects.filter(person=OuterRef("pk"), ended_on__isnull=True)
    found = people(scope, right).filter(is_mobile=True, stage__in=MEMBERS).defer(*SECRET)
    found = found.annotate(
        begun=Subquery(open_.values("since")[:1]),
        expected=Subquery(open_.values("expected_on")[:1]),
        abroad=Coalesce(Subquery(open_.values("is_abroad")[:1]), Value(False)),
        host=Coalesce(Subquery(open_.values("host")[:1]), Value("")),
        keeper_name=Coalesce(Subquery(open_.values("keeper__name")[:1]), Value("")),
        last=_last(is_reached=True),
    ).annotate(reference=Greatest(Coalesce("last", "begun"), "begun"))
    due: Case | Value = Value(None, output_field=DateField())
    if in_force("move.abroad_contact", scope.today):
        later = _after(F("reference"), value("move.abroad_contact", scope.today).number)
        due = Case(When(abroad=True, then=later), default=None, output_field=DateField())
    return found.annotate(due=due)


def lost_people(scope: Scope, right: Right = Right.VIEW_PERSON) -> QuerySet[Person]:
    """People registered as lost, members or stopped ones: the searches, and the first day (``may_on``) on which the
    next decision may be made by the rule in force."""
    searches = Contact.objects.filter(person=OuterRef("pk"), purpose=ContactPurpose.SEARCH).order_by()
    counted = searches.values("person").annotate(number=Count("pk")).values("number")
    stopped = Stage.objects.filter(person=OuterRef("pk"), kind=StageKind.SUSPENDED, ended_on__isnull=True)
    found = people(scope, right).filter(is_lost=True, stage__in=[*MEMBERS, StageKind.SUSPENDED]).defer(*SECRET)
    found = found.annotate(
        searches=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        searched_on=_last(purpose=ContactPurpose.SEARCH),
        stopped_on=Subquery(stopped.values("started_on")[:1]),
    )
    whens = []
    if in_force("lost.stop", scope.today):
        months = value("lost.stop", scope.today).number
        whens.append(When(stage__in=list(MEMBERS), then=_after(F("lost_since"), months)))
    if in_force("lost.remove", scope.today):
        months = 12 * value("lost.remove", scope.today).number
        whens.append(When(stage=StageKind.SUSPENDED, then=_after(F("stopped_on"), months)))
    may_on = Case(*whens, default=None, output_field=DateField())
    return found.annotate(may_on=may_on, day=Value(scope.today))


def mobility(person: Person) -> Mobility | None:
    """The registration that runs. ``person`` has been loaded through the scope."""
    return Mobility.objects.select_related("keeper").filter(person=person, ended_on__isnull=True).first()


def mobilities(person: Person) -> list[Mobility]:
    """All registrations, newest first."""
    return list(Mobility.objects.select_related("keeper").filter(person=person).order_by("-since", "-pk"))


def contacts(person: Person, limit: int = 50) -> list[Contact]:
    """Contacts made and sought, newest first."""
    found = Contact.objects.select_related("by").filter(person=person)
    return list(found.order_by("-on", "-pk")[:limit])


def unreached(queryset: QuerySet[Person], today: date) -> QuerySet[Person]:
    """Of `mobile_people`, those abroad whose day has passed."""
    return queryset.filter(Q(due__lt=today))


def abroad_too_long(queryset: QuerySet[Person], today: date) -> QuerySet[Person]:
    """Of `mobile_people`, those abroad for longer than a membership usually lasts (lost.abroad)."""
    if not in_force("lost.abroad", today):
        return queryset.none()
    since = add_years(today, -value("lost.abroad", today).number)
    return queryset.filter(Q(abroad=True, begun__lt=since))


def not_registered(queryset: QuerySet[Person]) -> QuerySet[Person]:
    """Of `mobile_people`, those of whom only the collected fields are known."""
    return queryset.filter(~Exists(Mobility.objects.filter(Q(person=OuterRef("pk"), ended_on__isnull=True))))


def lost_due(queryset: QuerySet[Person], wanted: str) -> QuerySet[Person]:
    """Of `lost_people`, those about whom the next decision may be made: ``stop`` or ``remove``."""
    stopped = Q(stage=StageKind.SUSPENDED)
    return queryset.filter(stopped if wanted == "remove" else ~stopped, Q(may_on__lte=F("day")))
