"""What is planned, who was told, and what clashes. ``scope`` comes first and decides what is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.models import Attachment, Invitation, PlannedMeeting
from zhibu.meetings.planning.enums import Answer, Leave, Stand
from zhibu.meetings.planning.rules import Clash, Line, Slot, clashes, stand_of
from zhibu.meetings.queries.audience import BY_POST, attendance_on
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, UPPER_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.models import Affiliation, Person
from zhibu.ui.waiting import Asked, Waiting

SOON = timedelta(days=7)
LOOK_BACK = timedelta(days=92)
# Organization → its persons by tie (False) and by post (True).
Bodies = dict[int, dict[bool, set[int]]]


def planned(scope: Scope) -> QuerySet[PlannedMeeting]:
    """What is planned in the reader's subtrees, and what they were called to elsewhere."""
    own = Invitation.objects.filter(planned=OuterRef("pk"), person=scope.person_id or 0)
    found = PlannedMeeting.objects.filter(scope.within(Right.VIEW_MEETING) | Q(Exists(own)))
    return found.select_related("organization", "meeting", "host", "recorder")


def one(scope: Scope, pk: int, right: Right = Right.VIEW_MEETING) -> PlannedMeeting:
    """404 for what the reader may not know of, 403 for what they may know but not do."""
    found = planned(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项计划，或不在您的查看范围内。")
    if right is not Right.VIEW_MEETING:
        scope.require(right, found.organization.path)
    return found


def stand(row: PlannedMeeting, today: date) -> Stand:
    record = row.meeting.state if row.meeting else None
    return stand_of(row.cancelled_at is not None, record, row.held_on, today)


def standing(queryset: QuerySet[PlannedMeeting], wanted: str, today: date) -> QuerySet[PlannedMeeting]:
    """As `rules.stand_of`, over rows."""
    living = queryset.filter(cancelled_at__isnull=True)
    held = Q(meeting__state=State.RECORDED)
    if wanted == Stand.CANCELLED:
        return queryset.filter(cancelled_at__isnull=False)
    if wanted == Stand.HELD:
        return living.filter(held)
    if wanted == Stand.OVERDUE:
        return living.filter(held_on__lt=today).exclude(held)
    coming = living.filter(held_on__gte=today).exclude(held)
    return coming.filter(meeting__isnull=wanted == Stand.PLANNED)


def invitations(scope: Scope) -> QuerySet[Invitation]:
    """What the reader was called to, the newest first."""
    found = Invitation.objects.filter(person=scope.person_id or 0, planned__notified_at__isnull=False)
    return found.select_related("planned__organization", "planned__meeting", "planned__host")


def invitation(scope: Scope, pk: int) -> Invitation:
    found = invitations(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份通知，或不是发给您的。")
    return found


def materials(planned: PlannedMeeting) -> QuerySet[Attachment]:
    """The files that were there when the notice went out; what is added later belongs to the record."""
    return Attachment.objects.filter(meeting=planned.meeting_id or 0, added_at__lte=planned.notified_at)


def answers(planned: PlannedMeeting) -> QuerySet[Invitation]:
    return planned.invitations.select_related("person").order_by("person__pinyin", "person_id")


def counted(planned: PlannedMeeting) -> dict[str, int]:
    """How many answered what."""
    rows = planned.invitations.values("answer").annotate(number=Count("pk")).values_list("answer", "number")
    found: dict[str, int] = dict(rows.order_by())
    return {answer.value: found.get(answer.value, 0) for answer in Answer}


def expected_by_kind(node: Organization, kinds: Iterable[Kind], on: date) -> dict[Kind, frozenset[int]]:
    """Who should come to each kind of meeting; membership as it stands on that day."""
    known: dict[bool, frozenset[int]] = {}
    found = {}
    for kind in kinds:
        by_post = kind in BY_POST
        if by_post not in known:
            known[by_post] = frozenset(line.person_id for line in attendance_on(node, kind, on))
        found[kind] = known[by_post]
    return found


def clashes_of(
    scope: Scope, node: Organization, lines: Iterable[Line], *, people: Iterable[int | None] = (), but: int = 0
) -> list[Clash]:
    """What these lines clash with: each other, and what is planned elsewhere in the same place or for the same persons.

    ``people`` (host, recorder) are taken by every line. ``but``: the planned meeting that the line itself is.
    """
    lines = list(lines)
    persons = expected_by_kind(node, dict.fromkeys(line.kind for line in lines), scope.today)
    chosen = frozenset(pk for pk in people if pk is not None)
    slots = [
        Slot(
            str(number), f"{line.held_on} {line.title}", line.held_on, line.starts_at, line.ends_at,
            line.place.strip(), persons[line.kind] | chosen,
        )
        for number, line in enumerate(lines)
    ]  # fmt: skip
    everybody = frozenset[int]().union(*(slot.persons for slot in slots))
    return list(clashes(slots, others(scope, bodies_of(everybody, scope.today), slots, everybody, but=but)))


def others(
    scope: Scope, bodies: Bodies, slots: Iterable[Slot | PlannedMeeting], everybody: Iterable[int] = (), *, but: int = 0
) -> Iterator[Slot]:
    """Planned meetings on the same days that want one of the places or one of the persons."""
    slots = list(slots)
    wanted = Q(organization__in=bodies) | Q(host__in=everybody) | Q(recorder__in=everybody)
    if places := {slot.place.strip() for slot in slots if slot.place.strip()}:
        wanted |= Q(place__in=places)
    days = {slot.on if isinstance(slot, Slot) else slot.held_on for slot in slots}
    rows = PlannedMeeting.objects.filter(wanted, held_on__in=days, cancelled_at__isnull=True).exclude(pk=but)
    for row in rows.select_related("organization"):
        upper = row.kind in BY_POST or row.organization.kind in UPPER_KINDS
        persons = bodies.get(row.organization_id, {}).get(upper, set()) | {row.host_id, row.recorder_id}
        seen = scope.may(Right.VIEW_MEETING, row.organization.path)
        label = f"{row.organization} {row.held_on} {row.title}" if seen else "另一党组织的安排"
        yield Slot(
            f"p{row.pk}", label, row.held_on, row.starts_at, row.ends_at, row.place.strip(),
            frozenset(pk for pk in persons if pk is not None),
        )  # fmt: skip


def bodies_of(everybody: Iterable[int], on: date) -> Bodies:
    """The organizations these persons meet in: by their tie (False, a group's members also with the branch) and by
    their post (True)."""
    found: dict[int, dict[bool, set[int]]] = defaultdict(lambda: {False: set(), True: set()})
    groups: dict[str, set[int]] = defaultdict(set)
    ties = Affiliation.objects.filter(in_office(on), person__in=everybody).values_list(
        "person_id", "organization_id", "organization__path", "organization__kind"
    )
    for person, node, path, kind in ties:
        found[node][False].add(person)
        if kind == OrganizationKind.GROUP:
            groups[path[: -Organization.steplen]].add(person)
    posts = Tenure.objects.filter(in_office(on), person__in=everybody, post__in=COMMITTEE_POSTS)
    for person, node in posts.values_list("person_id", "organization_id"):
        found[node][True].add(person)
    for branch, path in Organization.objects.filter(path__in=groups, kind__in=BRANCH_KINDS).values_list("pk", "path"):
        found[branch][False] |= groups[path]
    return found


def names(pks: Iterable[int], most: int = 3) -> list[str]:
    return list(Person.objects.filter(pk__in=pks).order_by("pinyin", "pk").values_list("name", flat=True)[:most])


def waiting(scope: Scope) -> list[Asked]:
    """For those who plan: what is near and not prepared, what passed without a record, leave to decide. For everybody:
    notices to answer."""
    address = reverse("meetings:plan")
    living = PlannedMeeting.objects.filter(scope.within(Right.RECORD_MEETING), cancelled_at__isnull=True)
    near = living.filter(meeting__isnull=True, held_on__gte=scope.today, held_on__lte=scope.today + SOON)
    past = standing(living, Stand.OVERDUE, scope.today).filter(held_on__gte=scope.today - LOOK_BACK)
    leave = Invitation.objects.filter(
        scope.within(Right.RECORD_MEETING, "planned__organization__path"), leave=Leave.ASKED,
        planned__cancelled_at__isnull=True,
    )  # fmt: skip
    mine = invitations(scope).filter(
        answer=Answer.NONE, planned__held_on__gte=scope.today, planned__cancelled_at__isnull=True
    )

    def unprepared(count: int, oldest: date) -> Waiting:
        return Waiting("计划的组织生活待筹备", count, f"{address}?stand=planned&sort=held_on", since=None)

    def overdue(count: int, oldest: date) -> Waiting:
        return Waiting("计划的组织生活过期未登记", count, f"{address}?stand=overdue", since=oldest, late=True)

    def leaves(count: int, oldest: date) -> Waiting:
        return Waiting("会议请假待审批", count, f"{address}?leave=asked", late=oldest < scope.today)

    def unanswered(count: int, oldest: date) -> Waiting:
        return Waiting("会议通知待答复", count, reverse("meetings:invited"))

    found = [Asked(mine, unanswered, "planned__held_on")] if scope.person_id else []
    if scope.may(Right.RECORD_MEETING):
        found += [
            Asked(near, unprepared, "held_on"), Asked(past, overdue, "held_on"),
            Asked(leave, leaves, "planned__held_on"),
        ]  # fmt: skip
    return found
