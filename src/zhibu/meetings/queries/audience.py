"""Who should attend, who may preside, and where the reader may record."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date

from django.db.models import Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.content import AttendanceLine
from zhibu.meetings.enums import Kind, Part
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, UPPER_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office, organizations
from zhibu.people.enums import MEMBERS, SanctionKind, StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.queries import people, sanctioned

BY_POST = frozenset({Kind.COMMITTEE, Kind.STUDY, Kind.DEMOCRATIC_LIFE})


def recording_organizations(scope: Scope) -> QuerySet[Organization]:
    """Where the reader may record meetings, dissolved organizations left out."""
    return organizations(scope, Right.RECORD_MEETING).filter(dissolved_on__isnull=True)


def expected_attendance(scope: Scope, organization: Organization, kind: Kind, on: date) -> list[AttendanceLine]:
    """Who should attend on that day. A committee's meeting: holders of its posts; otherwise all members, of whom full
    members have a vote and probationary ones do not.

    Whoever is under 留党察看 on that day has no vote either.
    """
    scope.require(Right.RECORD_MEETING, organization.path)
    return attendance_on(organization, kind, on)


def attendance_on(organization: Organization, kind: Kind, on: date) -> list[AttendanceLine]:
    if kind in BY_POST or organization.kind in UPPER_KINDS:
        holders = Person.objects.filter(pk__in=_holders(organization, on)).order_by("pinyin", "pk")
        return _lines(holders, {one.pk for one in holders}, on)
    held = Stage.objects.filter(in_office(on), kind__in=MEMBERS, person__in=_tied(organization, on))
    stages = {one.person_id: one for one in held.select_related("person").order_by("person__pinyin", "person_id")}
    full = {pk for pk, stage in stages.items() if stage.kind == StageKind.FULL}
    return _lines([stage.person for stage in stages.values()], full, on)


def _lines(present: Iterable[Person], full: Set[int], on: date) -> list[AttendanceLine]:
    under = {pk for pk, kind in sanctioned(full, on).items() if kind == SanctionKind.OBSERVATION}
    voters = full - under
    return [
        AttendanceLine(
            one.pk, Part.VOTER if one.pk in voters else Part.MEMBER, is_exempt=one.is_exempt, name=one.name
        )
        for one in present
    ]  # fmt: skip


def _holders(organization: Organization, on: date) -> QuerySet[Tenure, int]:
    held = Tenure.objects.filter(in_office(on), organization=organization, post__in=COMMITTEE_POSTS)
    return held.values_list("person_id", flat=True)


def _tied(organization: Organization, on: date) -> QuerySet[Affiliation, int]:
    """Persons whose tie on that day is to the organization or one of its groups."""
    where = Q(organization=organization)
    if organization.kind in BRANCH_KINDS:
        where |= Q(organization__path__startswith=organization.path, organization__kind=OrganizationKind.GROUP)
    return Affiliation.objects.filter(where & in_office(on)).values_list("person_id", flat=True)


def chairs(scope: Scope, organization: Organization, on: date) -> list[Person]:
    """Who may be chosen as host, recorder or lecturer: members and post holders of the organization on that day,
    those of the branch above a group, and the committees above, whose secretaries lecture in their branches."""
    scope.require(Right.RECORD_MEETING, organization.path)
    above = [organization.path[:end] for end in range(4, len(organization.path), 4)]
    posts = Tenure.objects.filter(in_office(on), organization__path__in=[*above, organization.path])
    ties = _tied(organization, on)
    if organization.kind == OrganizationKind.GROUP:
        ties = ties | Affiliation.objects.filter(
            in_office(on), organization__path__startswith=organization.path[:-4]
        ).values_list("person_id", flat=True)
    chosen = Q(pk__in=ties) | Q(pk__in=posts.values("person_id"))
    return list(Person.objects.filter(chosen).order_by("pinyin", "pk"))


def find_people(scope: Scope, words: list[str]) -> dict[str, list[Person]]:
    """For each name or number the persons in the reader's roster who bear it exactly."""
    found: dict[str, list[Person]] = {word: [] for word in words}
    for person in people(scope).filter(Q(name__in=words) | Q(number__in=words)):
        for word in {person.name, person.number or ""} & set(words):
            found[word].append(person)
    return found
