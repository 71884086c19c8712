"""Life meetings: who may know of them, who may read what was said, and how far each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.meetings.enums import CAME, Kind, State
from zhibu.meetings.life.enums import LineState, OpinionSource, Stage
from zhibu.meetings.life.models import Criticism, LifeMeeting, Opinion, Rectification, SelfCheck
from zhibu.meetings.life.rules import Facts, steps
from zhibu.meetings.models.records import Attendance, Meeting
from zhibu.organizations.enums import COMMITTEE_POSTS
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Affiliation, Person
from zhibu.people.queries import within

FORBIDDEN = "征求到的意见和查摆清单只由本级委员会阅读。"


def _own_paths(scope: Scope) -> list[str]:
    """The organizations to which the reader belongs, with all above them."""
    own = Affiliation.objects.filter(in_office(scope.today), person=scope.person_id or 0)
    path = own.values_list("organization__path", flat=True).first() or ""
    return [path[:end] for end in range(Organization.steplen, len(path) + 1, Organization.steplen)]


def lives(scope: Scope) -> QuerySet[LifeMeeting]:
    """Those of the reader's subtrees, and those for which the reader writes a list."""
    own = SelfCheck.objects.filter(life=OuterRef("pk"), person=scope.person_id or 0)
    found = LifeMeeting.objects.filter(scope.within(Right.VIEW_MEETING) | Exists(own))
    return found.select_related("organization", "meeting")


def staged(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With how many lines there are and how many of them are open."""
    return rows.annotate(line_count=Count("lines"), open_lines=Count("lines", filter=Q(lines__state=LineState.OPEN)))


def stage(row: Any) -> Stage:
    """Of a row from `staged`."""
    if row.meeting is None or row.meeting.state != State.RECORDED:
        return Stage.PREPARING
    if not row.line_count:
        return Stage.HELD
    return Stage.RECTIFYING if row.open_lines else Stage.DONE


def in_stage(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    held = Q(meeting__state=State.RECORDED)
    match value:
        case Stage.HELD:
            return rows.filter(held, line_count=0)
        case Stage.RECTIFYING:
            return rows.filter(held, open_lines__gt=0)
        case Stage.DONE:
            return rows.filter(held, line_count__gt=0, open_lines=0)
        case _:
            return rows.exclude(held)


def one(scope: Scope, pk: int, right: Right = Right.VIEW_MEETING) -> LifeMeeting:
    """404 for whoever may not know of it; 403 without ``right``. Everybody below may give an opinion, and so know."""
    found = LifeMeeting.objects.select_related("organization", "meeting").filter(pk=pk).first()
    if found is None or not (
        scope.may(Right.VIEW_MEETING, found.organization.path)
        or found.organization.path in _own_paths(scope)
        or found.checks.filter(person=scope.person_id or 0).exists()
    ):
        raise Http404("没有这次组织生活会，或不在您的查看范围内。")
    if right is not Right.VIEW_MEETING:
        scope.require(right, found.organization.path)
    return found


@dataclass(frozen=True)
class Reader:
    """In which qualities somebody looks at one life meeting."""

    keeps: bool
    committee: bool


def on_committee(scope: Scope, node: Organization) -> bool:
    held = Tenure.objects.filter(
        in_office(scope.today), organization=node, person=scope.person_id or 0, post__in=COMMITTEE_POSTS
    )
    return held.exists()


def reader(scope: Scope, life: LifeMeeting) -> Reader:
    keeps = scope.may(Right.RECORD_MEETING, life.organization.path)
    return Reader(keeps=keeps, committee=on_committee(scope, life.organization))


def is_below(scope: Scope, life: LifeMeeting) -> bool:
    """Whether the reader belongs to the organization or one under it, and so may give it an opinion."""
    return life.organization.path in _own_paths(scope)


def group_size(node: Organization, on: date) -> int:
    """How many members could have written in the box, without the committee: who reads it hides nobody in it."""
    readers = [one.pk for one in committee(node, on)]
    return within(Person.objects.filter(stage__in=MEMBERS).exclude(pk__in=readers), node).count()


def committee(node: Organization, on: date) -> list[Person]:
    held = Tenure.objects.filter(in_office(on), organization=node, post__in=COMMITTEE_POSTS)
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("pinyin", "pk"))


def opinions(scope: Scope, life: LifeMeeting) -> QuerySet[Opinion]:
    """What was collected, for the committee itself and nobody above it; of the box only once it has closed."""
    if not on_committee(scope, life.organization):
        raise PermissionDenied(FORBIDDEN)
    return readable(life, scope.today).select_related("about")


def readable(life: LifeMeeting, today: date) -> QuerySet[Opinion]:
    if life.box_until is not None and life.box_until < today:
        return life.opinions.all()
    return life.opinions.filter(source=OpinionSource.PAPER)


def checks(life: LifeMeeting) -> QuerySet[SelfCheck]:
    """The committee's list first, then the persons' in the order of the roster."""
    rows = life.checks.select_related("person").annotate(points_count=Count("points"))
    return rows.order_by(F("person__pinyin").asc(nulls_first=True), "pk")


def check(scope: Scope, life: LifeMeeting, pk: int) -> SelfCheck:
    """A self-check list: for its writer, and once it is handed in for the committee; the committee's own for all of
    it at any time."""
    found = life.checks.select_related("person").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份查摆清单。")
    if writes(scope, life, found):
        return found
    if not on_committee(scope, life.organization):
        raise PermissionDenied(FORBIDDEN)
    if found.person_id is not None and found.handed_in_on is None:
        raise PermissionDenied("本人还没有提交这份查摆清单，提交之后委员会才能阅读。")
    return found


def writes(scope: Scope, life: LifeMeeting, row: SelfCheck) -> bool:
    """One's own; the committee's is written by whoever of it keeps the records."""
    if row.person_id is not None:
        return row.person_id == scope.person_id
    return scope.may(Right.RECORD_MEETING, life.organization.path) and on_committee(scope, life.organization)


def criticisms(scope: Scope, life: LifeMeeting, *, full: bool) -> QuerySet[Criticism]:
    """The points made at the meeting: for whoever reads the minutes fully; otherwise those by and about oneself."""
    rows = life.criticisms.select_related("by", "about").order_by("about__pinyin", "about_id", "pk")
    own = scope.person_id or 0
    return rows if full else rows.filter(Q(by=own) | Q(about=own))


def _inside(scope: Scope) -> Q:
    """Lines of the organizations whose secretary's role the reader holds or on whose committee he sits. What somebody
    owned up to there is theirs to read, and nobody's above."""
    own = {grant.path for grant in scope.grants if grant.role is Role.SECRETARY}
    posts = Tenure.objects.filter(in_office(scope.today), person=scope.person_id or 0, post__in=COMMITTEE_POSTS)
    return Q(life__organization__path__in=own) | Q(life__organization__in=posts.values("organization"))


def lines_of(scope: Scope, life: LifeMeeting) -> QuerySet[Rectification]:
    """The rectification list: the committee's lines and one's own; all of it for those inside."""
    own = scope.person_id or 0
    seen = Q(about=None) | Q(about=own) | Q(owner=own) | _inside(scope)
    return life.lines.filter(seen).select_related("owner", "about", "life__organization")


def kept_lines(scope: Scope) -> Q:
    """Those that the reader keeps: of his subtrees the committees' own, a person's only inside."""
    return scope.within(Right.RECORD_MEETING, "life__organization__path") & (Q(about=None) | _inside(scope))


def lines(scope: Scope) -> QuerySet[Rectification]:
    """All lines that the reader keeps or answers for."""
    found = Rectification.objects.filter(kept_lines(scope) | Q(owner=scope.person_id or 0))
    return found.select_related("life__organization", "owner", "about")


def line(scope: Scope, pk: int) -> Rectification:
    """One that the reader keeps or answers for, or that the page of its meeting shows him. 403 for whoever stands above
    and knows only that there is one."""
    found = lines(scope).filter(pk=pk).first()
    if found is not None:
        return found
    shown = Rectification.objects.select_related("life__organization", "life__meeting").filter(pk=pk).first()
    if shown is not None:
        life = one(scope, shown.life_id)
        found = lines_of(scope, life).filter(pk=pk).first()
        if found is None and scope.may(Right.RECORD_MEETING, life.organization.path):
            raise PermissionDenied("查摆的个人问题由本级委员会和责任人掌握，上级只了解有这一项和时限。")
    if found is None:
        raise Http404("没有这一项整改，或不在您的查看范围内。")
    return found


def candidates(life: LifeMeeting) -> QuerySet[Meeting]:
    """Records of such a meeting that belong to none yet; usually held in the same or the next year."""
    return Meeting.objects.filter(
        organization=life.organization_id, kind=life.kind, life_meeting=None, held_on__year__gte=life.year,
        held_on__year__lte=life.year + 1,
    ).order_by("-held_on")  # fmt: skip


def came(life: LifeMeeting) -> set[int]:
    """Who was at the meeting as recorded."""
    if life.meeting_id is None:
        return set()
    rows = Attendance.objects.filter(meeting=life.meeting_id, presence__in=CAME).exclude(part="observer")
    return set(rows.values_list("person_id", flat=True))


def facts(life: LifeMeeting, today: date) -> Facts:
    """The numbers behind the steps."""
    meeting = life.meeting
    held_on = meeting.held_on if meeting is not None and meeting.state == State.RECORDED else None
    talk = Attendance.objects.filter(
        person=OuterRef("person"), meeting__kind=Kind.TALK, meeting__state=State.RECORDED,
        meeting__held_on__gte=date(life.year, 1, 1), meeting__held_on__lte=held_on or today,
    )  # fmt: skip
    own = Q(person__isnull=False)
    counted = life.checks.aggregate(
        persons=Count("pk", filter=own), talked=Count("pk", filter=own & Q(Exists(talk))),
        handed_in=Count("pk", filter=own & Q(handed_in_on__isnull=False)),
        unwritten=Count("pk", filter=~own & Q(handed_in_on__isnull=True)),
    )  # fmt: skip
    heard = readable(life, today).aggregate(all=Count("pk"), new=Count("pk", filter=Q(taken_up_on__isnull=True)))
    present = came(life) if held_on else set()
    said = list(life.criticisms.values_list("by_id", "about_id")) if held_on else []
    late = Q(state=LineState.OPEN, due_on__lt=today)
    rows = life.lines.aggregate(
        all=Count("pk"), closed=Count("pk", filter=Q(state=LineState.DONE)), late=Count("pk", filter=late)
    )
    return Facts(
        Kind(life.kind), today, life.planned_on, life.studied_on, counted["persons"], counted["talked"],
        life.box_until, heard["all"], heard["new"], counted["handed_in"], not counted["unwritten"],
        meeting is not None, held_on, len(present), len({by for by, about in said if by == about} & present),
        len({about for by, about in said if by != about} & present), rows["all"], rows["closed"], rows["late"],
    )  # fmt: skip


def around(meeting: Meeting, today: date) -> frozenset[str] | None:
    """The keys of the steps that are done, for the record of a life meeting; None where none was prepared here."""
    if meeting.kind not in {Kind.LIFE, Kind.DEMOCRATIC_LIFE} or meeting.pk is None:
        return None
    life = LifeMeeting.objects.filter(meeting=meeting.pk).select_related("meeting").first()
    if life is None:
        return None
    life.meeting = meeting
    return frozenset(one.key for one in steps(facts(life, today)) if one.done)


def who_attends(node: Organization, kind: Kind, on: date) -> Iterable[int]:
    """Who writes a list: whoever should attend and is held to it."""
    # Inside: the package of queries itself reads this module, for the parts of a record.
    from zhibu.meetings.queries.audience import attendance_on

    asked = Kind.GENERAL if kind is Kind.LIFE else kind
    return [line.person_id for line in attendance_on(node, asked, on) if not line.is_exempt]


def own_checks(scope: Scope) -> QuerySet[SelfCheck]:
    """The reader's own lists, of the last two years."""
    rows = SelfCheck.objects.filter(person=scope.person_id or 0, life__year__gte=scope.today.year - 1)
    return rows.select_related("life__organization", "life__meeting").order_by("-life__planned_on")


def open_boxes(scope: Scope) -> QuerySet[LifeMeeting]:
    """Boxes into which the reader may put an opinion today: those of the own branch and of the committees above it."""
    if scope.person_id is None:
        return LifeMeeting.objects.none()
    found = LifeMeeting.objects.filter(organization__path__in=_own_paths(scope), box_until__gte=scope.today)
    return found.exclude(meeting__state=State.RECORDED).select_related("organization")
