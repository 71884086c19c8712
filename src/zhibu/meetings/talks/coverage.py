"""Who has had a talk in a year (支部工作条例 第十九条): from the facts alone, whatever was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Attendance
from zhibu.meetings.talks.enums import Pairing
from zhibu.meetings.talks.queries import member_ids
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office, organizations
from zhibu.organizations.queries import organization as one_organization
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person


def years(today: date) -> list[int]:
    return [today.year, today.year - 1, today.year - 2]


def branches(scope: Scope) -> QuerySet[Organization]:
    """Where the reader keeps or looks after the facts, dissolved branches left out."""
    found = organizations(scope, Right.RECORD_MEETING).filter(kind__in=BRANCH_KINDS, dissolved_on__isnull=True)
    return found.order_by("path")


def branch(scope: Scope, pk: int) -> Organization:
    return one_organization(scope, pk, Right.RECORD_MEETING)


def _talks(year: int) -> QuerySet[Attendance]:
    """The year's own talks of the person asked about."""
    return Attendance.objects.filter(
        person=OuterRef("pk"), meeting__kind=Kind.TALK, meeting__state=State.RECORDED, meeting__held_on__year=year
    )


def covered(node: Organization, year: int, today: date) -> QuerySet[Person]:
    """The branch's members with ``on_committee`` and whether they talked with one of its committee and with a member
    outside it. For a past year: the members at its end."""
    on = min(today, date(year, 12, 31))
    posts = Tenure.objects.filter(organization=node, post__in=COMMITTEE_POSTS)
    of_day = Q(started_on__lte=OuterRef("meeting__held_on")) & (
        Q(ended_on__isnull=True) | Q(ended_on__gt=OuterRef("meeting__held_on"))
    )
    # The other one of the same talk; inside it, whether he sat on the committee on the day of the talk.
    other = Attendance.objects.filter(meeting=OuterRef("meeting")).exclude(person=OuterRef("person"))
    leads = Exists(posts.filter(of_day, person=OuterRef("person")))
    members = other.filter(person__stage__in=MEMBERS)
    peers = posts.filter(in_office(on)).exclude(person=OuterRef("pk"))
    return Person.objects.filter(pk__in=member_ids(node, on)).annotate(
        has_peer=Exists(peers),
        on_committee=Exists(posts.filter(in_office(on), person=OuterRef("pk"))),
        with_committee=Exists(_talks(year).filter(Exists(other.filter(leads)))),
        with_member=Exists(_talks(year).filter(Exists(members.exclude(leads)))),
    )


def stands(row: Any) -> dict[Pairing, bool | None]:
    """Per pairing: talked, not yet, or None where the article asks nothing of this person."""
    if row.on_committee:
        # A secretary without a committee has nobody to talk with in it.
        peer = row.with_committee if row.has_peer else None
        return {Pairing.COMMITTEE: peer, Pairing.LEADER: row.with_member, Pairing.MEMBERS: None}
    return {Pairing.COMMITTEE: None, Pairing.LEADER: row.with_committee, Pairing.MEMBERS: row.with_member}


def lacking(rows: QuerySet[Any], pairing: str) -> QuerySet[Any]:
    """Those to whom the pairing applies and who have not had such a talk; ``any``: no talk at all."""
    match pairing:
        case Pairing.COMMITTEE:
            return rows.filter(on_committee=True, has_peer=True, with_committee=False)
        case Pairing.LEADER:
            return rows.filter(Q(on_committee=True, with_member=False) | Q(on_committee=False, with_committee=False))
        case Pairing.MEMBERS:
            return rows.filter(on_committee=False, with_member=False)
        case _:
            return rows.filter(with_committee=False, with_member=False)


@dataclass(frozen=True)
class Counted:
    """How many members a branch has, and how many of them had at least one talk in the year."""

    members: int = 0
    talked: int = 0


def counted(scope: Scope, year: int) -> dict[str, Counted]:
    """By the path of the branch, its groups added; the members are today's."""
    found: dict[str, Counted] = {}
    rows = scope.visible(Person.objects.filter(stage__in=MEMBERS), Right.RECORD_MEETING)
    grouped = (
        rows.annotate(talked=Exists(_talks(year)))
        .values("organization__path", "organization__kind")
        .annotate(members=Count("pk"), with_talk=Count("pk", filter=Q(talked=True)))
    )
    for row in grouped:
        path = row["organization__path"]
        if row["organization__kind"] not in BRANCH_KINDS:
            path = path[: -Organization.steplen]
        before = found.get(path, Counted())
        found[path] = Counted(before.members + row["members"], before.talked + row["with_talk"])
    return found


def of_branch(node: Organization, year: int, today: date) -> Counted:
    """The same of one branch as its own page counts it."""
    of_year: QuerySet[Any] = covered(node, year, today)
    rows = of_year.aggregate(
        members=Count("pk"), talked=Count("pk", filter=Q(with_committee=True) | Q(with_member=True))
    )
    return Counted(rows["members"], rows["talked"])
