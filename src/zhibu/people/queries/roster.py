"""Lists of people: the roster, its search and its filters."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.organizations.enums import BRANCH_KINDS, Kind
from zhibu.organizations.models import Organization
from zhibu.people.enums import GONE, StageKind
from zhibu.people.identity import id_number_index, normal_id_number, normal_phone, phone_index
from zhibu.people.models import Person, Stage
from zhibu.people.rules.fields import SECRET
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

SOON = timedelta(days=30)
TIE_KINDS = frozenset({*BRANCH_KINDS, Kind.GROUP})
_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]|1\d{10}")


def people(scope: Scope, right: Right = Right.VIEW_PERSON) -> QuerySet[Person]:
    """Persons whose present organization lies in the reader's subtrees."""
    return scope.visible(Person.objects.select_related("organization"), right)


def person(scope: Scope, pk: int, right: Right = Right.VIEW_PERSON, *, lock: bool = False) -> Person:
    """One person: oneself always (reading), others by right. 404 outside, 403 inside without ``right``."""
    visible = scope.within(Right.VIEW_PERSON) | Q(pk=scope.person_id)
    if lock:
        # Held before the branch is looked at: PostgreSQL would compare a row that was moved meanwhile with its old one.
        Person.objects.select_for_update().filter(pk=pk).only("pk").first()
    one = Person.objects.select_related("organization").filter(visible, pk=pk).first()
    if one is None:
        raise Http404("没有这个人，或不在您的管理范围内。")
    if not (right is Right.VIEW_PERSON and one.pk == scope.person_id):
        scope.require(right, one.organization.path if one.organization else "")
    return one


def roster(scope: Scope, *, gone: bool = False) -> QuerySet[Person]:
    """The list: those who belong here, or those who have left. Secret fields are not even read."""
    listed = people(scope).defer(*SECRET).alias(sorting=F("pinyin"))
    return listed.filter(stage__in=GONE) if gone else listed.exclude(stage__in=GONE)


def found(queryset: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Every word as the beginning of a name, of a given name, of its spelling or initials, or of the 学工号.

    Sorts by an expression that no index has: PostgreSQL would otherwise walk the whole index of spellings in order,
    hoping to meet the few that are sought, and those stand together near its end.
    """
    queryset = queryset.alias(sorting=Concat(F("pinyin"), Value("")))
    for word in text.split():
        letters = word.lower().replace("'", "").replace("ü", "v")
        if word.isascii():
            queryset = queryset.filter(
                Q(pinyin__startswith=letters) | Q(initials__startswith=letters) | Q(number__startswith=word)
            )
        else:
            queryset = queryset.alias(given=Substr("name", 2)).filter(
                Q(name__startswith=word) | Q(given__startswith=word)
            )
    return queryset


def is_personal_number(text: str) -> bool:
    """Whether somebody typed an ID number or a phone where it would land in an address."""
    return bool(_NUMBER.fullmatch(normal_id_number(text)) or re.fullmatch(r"1\d{10}", normal_phone(text)))


def found_by_number(scope: Scope, text: str) -> list[Person]:
    """People with exactly this ID number or phone. ``text`` comes by POST and is never stored."""
    condition = Q(pk__in=())
    if index := id_number_index(text):
        condition |= Q(id_number_index=index)
    if index := phone_index(text):
        condition |= Q(phone_index=index)
    return list(people(scope).defer(*SECRET).filter(condition).order_by("pinyin", "pk")[:20])


def who_left(scope: Scope, number: str) -> tuple[Person, str] | None:
    """Who left the university under this ID number, wherever they belonged, with the last branch in words where the
    reader may see it. Whoever holds a letter with that number has to learn that the person was here."""
    index = id_number_index(number)
    gone = Person.objects.select_related("organization").filter(id_number_index=index, stage__in=GONE)
    one = gone.first() if index else None
    if one is None:
        return None
    seen = people(scope).filter(pk=one.pk).exists()
    return one, f"“{one.organization}”" if seen and one.organization else ""


def by_number_or_name(scope: Scope, text: str) -> Person:
    """The one person that a 学工号 or a full name means. Refuses when there is none, or several."""
    text = text.strip()
    chosen = list(people(scope).filter(Q(number=text) | Q(name=text)).order_by("pk")[:3])
    if not chosen:
        raise Refusal(f"名册里没有学工号或姓名是“{text[:60]}”的人。", remedy="请先登记或导入名册。")
    exact = [one for one in chosen if one.number == text] or chosen
    if len(exact) > 1:
        raise Refusal(f"名册里不止一个人叫“{text[:60]}”。", remedy="请改用学工号。")
    return exact[0]


def within(queryset: QuerySet[Person], organization: Organization) -> QuerySet[Person]:
    """Those of one organization with all below it."""
    path = organization.path
    return queryset.filter(organization__path__gte=path, organization__path__lt=path[:-1] + chr(ord(path[-1]) + 1))


def incomplete_people(scope: Scope) -> QuerySet[Person]:
    """Files that lack a field which the national form requires."""
    return people(scope).filter(is_incomplete=True)


def probation(queryset: QuerySet[Person], today: date, *, over: bool) -> QuerySet[Person]:
    """Probationary members whose probation is over (``over``) or will be within 30 days."""
    plain, extended = value("dev.probation", today).number, value("dev.extend", today).range.max
    begun = Stage.objects.filter(person=OuterRef("pk"), ended_on__isnull=True)

    def until(day: date) -> Q:
        return Q(kind=StageKind.PROBATIONARY, started_on__lte=add_months(day, -plain)) | Q(
            kind=StageKind.EXTENDED, started_on__lte=add_months(day, -extended)
        )

    # `over` counts the day itself: 期满之日 is the day to discuss it.
    condition = until(today) if over else until(today + SOON) & ~until(today)
    narrowed = queryset.filter(stage__in=(StageKind.PROBATIONARY, StageKind.EXTENDED))
    return narrowed.filter(Exists(begun.filter(condition)))


def came_by(queryset: QuerySet[Person], origin: str) -> QuerySet[Person]:
    """Those of whom any stage came into the roster in this way."""
    return queryset.filter(Exists(Stage.objects.filter(person=OuterRef("pk"), origin=origin)))


def branches(scope: Scope, right: Right) -> QuerySet[Organization]:
    """Living branches and groups to which people may be tied."""
    living = Organization.objects.filter(kind__in=TIE_KINDS, dissolved_on__isnull=True).order_by("path")
    return scope.visible(living, right, "path")


def narrowing(scope: Scope, chosen: str = "") -> list[Organization]:
    """Organizations by which the roster can be narrowed: the reader's own, one level below, the chosen one with its
    superiors and its own level below. Never the whole tree, which would be longer than the list."""
    columns = ("pk", "path", "depth", "numchild", "name", "short_name")
    roots = scope.paths(Right.VIEW_PERSON)
    visible = scope.visible(Organization.objects.filter(dissolved_on__isnull=True), Right.VIEW_PERSON, "path").only(
        *columns
    )
    condition = Q(path__in=roots)
    for root in roots:
        condition |= Q(path__startswith=root, depth=len(root) // Organization.steplen + 1)
    if chosen.isdecimal() and len(chosen) < 19 and (one := visible.filter(pk=chosen).first()):
        above = [one.path[:end] for end in range(Organization.steplen, len(one.path) + 1, Organization.steplen)]
        condition |= Q(path__in=above) | Q(path__startswith=one.path, depth=one.depth + 1)
    return list(visible.filter(condition).order_by("path")[:300])
