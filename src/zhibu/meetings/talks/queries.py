"""Talks of the reader: those of which he was one of the two, and those that one of the two lets him read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.models import User
from zhibu.accounts.scope import Scope
from zhibu.audit.queries import about
from zhibu.meetings.enums import Kind
from zhibu.meetings.queries.audience import attendance_on
from zhibu.meetings.talks.enums import TalkState
from zhibu.meetings.talks.models import Talk, TalkReader
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.models import Affiliation, Person
from zhibu.people.queries import within
from zhibu.ui.waiting import Asked, Waiting

READ = "meetings.read_talk"


def mine(scope: Scope) -> QuerySet[Talk]:
    """No right and no office opens a talk: only having spoken, or having been named by one who did."""
    own = scope.person_id or 0
    named = TalkReader.objects.filter(talk=OuterRef("pk"), person=own, withdrawn_on__isnull=True)
    found = Talk.objects.filter(Q(author=own) | Q(other=own) | Exists(named))
    return found.select_related("meeting__organization", "author", "other")


def one(scope: Scope, pk: int) -> Talk:
    found = mine(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这次谈话，或您不在可以阅读的人里。")
    return found


def of_party(scope: Scope, pk: int) -> Talk:
    """The same for one of the two: 403 for who may only read."""
    found = one(scope, pk)
    if scope.person_id not in found.parties:
        raise PermissionDenied("只有谈话双方可以办理，您只能阅读。")
    return found


def asked_of(scope: Scope, pk: int) -> Talk:
    """The same for the party that is asked whether it was so."""
    found = one(scope, pk)
    if scope.person_id != found.other_id:
        raise PermissionDenied("由对方确认，登记人不能自己确认。")
    return found


def branch_of(person: int, on: date) -> Organization | None:
    """The branch to which somebody belonged on that day, also by way of one of its groups."""
    tie = Affiliation.objects.filter(in_office(on), person=person).select_related("organization").first()
    node = tie.organization if tie else None
    if node is not None and node.kind == OrganizationKind.GROUP:
        node = Organization.objects.filter(path=node.path[: -Organization.steplen]).first()
    return node if node is not None and node.kind in BRANCH_KINDS else None


def member_ids(node: Organization, on: date) -> set[int]:
    return {line.person_id for line in attendance_on(node, Kind.GENERAL, on)}


def partners(scope: Scope) -> list[Person]:
    """Whom the reader may name: members of the own branch and the post holders of the committees above it.

    Whoever holds a post in the branch's committee also sees its applicants and activists.
    """
    own = scope.person_id
    node = branch_of(own, scope.today) if own else None
    if own is None or node is None:
        return []
    held = Tenure.objects.filter(in_office(scope.today), organization=node, person=own, post__in=COMMITTEE_POSTS)
    known = Person.objects.filter(pk__in=member_ids(node, scope.today))
    if held.exists():
        known = known | within(Person.objects.all(), node)
    above = [node.path[:end] for end in range(Organization.steplen, len(node.path), Organization.steplen)]
    posts = Tenure.objects.filter(in_office(scope.today), organization__path__in=above)
    found = known | Person.objects.filter(pk__in=posts.values("person"))
    return list(found.exclude(pk=own).order_by("pinyin", "pk").distinct())


def readers(talk: Talk) -> QuerySet[TalkReader]:
    """Who may read it now, besides the two."""
    return talk.readers.filter(withdrawn_on__isnull=True).select_related("person", "named_by")


@dataclass(frozen=True)
class Reading:
    """That somebody opened the talk's page."""

    at: datetime
    who: str


def readings(talk: Talk, limit: int = 50) -> list[Reading]:
    """Who has read it, newest first, from the audit log; for the two."""
    entries = list(about(talk._meta.label_lower, talk.pk, (READ,))[:limit])
    names = dict(User.objects.filter(pk__in={row.user_id for row in entries}).values_list("pk", "display_name"))
    return [Reading(row.at, names.get(row.user_id or 0, row.actor)) for row in entries]


def waiting(scope: Scope) -> list[Asked]:
    """For whoever was named as the other party: to say whether it was so."""
    if scope.person_id is None:
        return []
    asked = Talk.objects.filter(other=scope.person_id, state=TalkState.AWAITING)

    def unconfirmed(count: int, oldest: date) -> Waiting:
        return Waiting("谈心谈话待您确认", count, f"{reverse('meetings:my_talks')}?state=awaiting", since=oldest)

    return [Asked(asked, unconfirmed, "meeting__held_on")]
