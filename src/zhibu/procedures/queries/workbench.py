"""What waits for whom, since when, and how late it is: plain queries over the open steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Chosen
from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Left
from django.urls import reverse

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.scope import Scope
from zhibu.organizations.models import Organization
from zhibu.people.models import Person
from zhibu.people.queries import people
from zhibu.people.rules.fields import SECRET
from zhibu.procedures.enums import LIVING, SOON, UPPER_ACTORS, Actor, CaseState, Delay
from zhibu.procedures.loading import procedure, procedures
from zhibu.procedures.models import Case, OpenStep
from zhibu.ui.waiting import Asked, Waiting

AWAITED = ("accept", "placed", "receipt")  # what follows a transfer's “sent”
BRANCH_ACTORS = (Actor.BRANCH, Actor.PERSON, Actor.RECEIVER)


def live(today: date) -> QuerySet[OpenStep]:
    """The open steps of a day. What nobody has accepted in its days of validity waits for its sender from the day
    after, whether or not that has been written into the case."""
    sending = Q(case__procedure__in=sorted(key for key, shape in procedures().items() if "sent" in shape.by_id))
    accepted_no_more = sending & Q(step__in=AWAITED, due__lt=today)
    not_yet_back = sending & Q(step="sent", earliest__gt=today)
    return OpenStep.objects.exclude(accepted_no_more | not_yet_back)


def open_rows(scope: Scope) -> QuerySet[OpenStep]:
    """Every open step of the cases in the reader's subtrees, with how late it is."""
    inside = scope.within(Right.VIEW_CASE, "case__organization__path") | scope.within(
        Right.VIEW_CASE, "case__target__path"
    )
    return _told(scope.today).filter(inside)


def mine(scope: Scope) -> QuerySet[OpenStep]:
    """Open steps that wait for the reader's own office: a secretary's branch, an organizer's committee; and one's own.

    An office may act for those below, too; what waits for them is in `open_rows`.
    """
    condition = Q(actor=Actor.PERSON, case__person=scope.person_id or 0)
    for grant in scope.grants:
        if grant.role is Role.SECRETARY:
            end = grant.path[:-1] + chr(ord(grant.path[-1]) + 1)
            condition |= Q(organization__path__gte=grant.path, organization__path__lt=end, actor__in=BRANCH_ACTORS)
        elif grant.role in {Role.ORGANIZER, Role.OFFICE}:
            others = ~Q(case__person=scope.person_id or 0)
            condition |= others & Q(organization_id=grant.organization_id, actor__in=sorted(UPPER_ACTORS))
    return _told(scope.today).filter(condition)


def delay(today: date) -> Chosen:
    """How late an open step is on a day, as an expression."""
    return Chosen(
        When(due__lt=today, then=Value(Delay.LATE.value)),
        When(earliest__gt=today, then=Value(Delay.WAITING.value)),
        When(due__lte=today + SOON, then=Value(Delay.SOON.value)),
        default=Value(Delay.READY.value),
        output_field=CharField(),
    )


def _told(today: date) -> QuerySet[OpenStep]:
    joined = (
        live(today)
        .filter(case__state=CaseState.OPEN)
        .select_related("case__person", "case__organization", "organization")
    )
    return joined.defer(*(f"case__person__{name}" for name in SECRET)).annotate(delay=delay(today))


@dataclass(frozen=True)
class Below:
    """How many open steps stand how late in one organization directly below, with all under it."""

    organization: Organization
    counts: list[tuple[str, int]]  # by delay, in the order of `Delay`


def counts_below(scope: Scope, node: Organization) -> list[Below]:
    """Counts by delay for every organization directly below ``node``, in two queries."""
    length = len(node.path) + Organization.steplen
    end = node.path[:-1] + chr(ord(node.path[-1]) + 1)
    inside = open_rows(scope).filter(case__organization__path__gte=node.path, case__organization__path__lt=end)
    rows = inside.order_by().annotate(at=Left("case__organization__path", length)).values("at", "delay")
    counted: dict[str, dict[str, int]] = {}
    for row in rows.annotate(n=Count("pk")):
        counted.setdefault(row["at"], {})[row["delay"]] = row["n"]
    nodes = Organization.objects.filter(path__in=counted).order_by("path")
    return [Below(one, [(kind.value, counted[one.path].get(kind.value, 0)) for kind in Delay]) for one in nodes]


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """What of this waits for the reader: late first, then soon due, then what can be done."""
    if not (scope.may(Right.HANDLE_CASE) or scope.may(Right.DECIDE_CASE) or scope.person_id):
        return []
    rows, page = mine(scope), reverse("procedures:workbench")
    today = scope.today

    def told(title: str, kind: Delay) -> Asked:
        late, soon = kind is Delay.LATE, kind is Delay.SOON

        def waits(count: int, least: date) -> Waiting:
            since, by = (least if known else None for known in (late, soon))
            return Waiting(title, count, f"{page}?delay={kind.value}", since=since, by=by, late=late)

        return Asked(_kept(rows, kind, today), waits, "due" if late or soon else "pk")

    # They ask this package for the cases.
    from zhibu.procedures.transfers.graduation.queries import waiting as leavers_waiting
    from zhibu.procedures.transfers.queries import waiting as letters_waiting

    return [
        *_to_write(scope),
        *letters_waiting(scope),
        *leavers_waiting(scope),
        *committee_duties(scope),
        told("办理事项已逾期", Delay.LATE),
        told("办理事项将在 30 天内到期", Delay.SOON),
        told("办理事项可以办理", Delay.READY),
    ]


def committee_duties(scope: Scope) -> list[Asked]:
    """What a committee owes beside the steps of cases: numbered forms in stock, the yearly analysis of activists."""
    from zhibu.procedures.analysis.queries import waiting as analyses_waiting
    from zhibu.procedures.numbered.queries import waiting as forms_waiting

    return [*forms_waiting(scope), *analyses_waiting(scope)] if scope.may(Right.DECIDE_CASE) else []


def _to_write(scope: Scope) -> list[Asked]:
    """What the reader has to write in the own cases: an application, a form. The branch then records it."""
    if scope.person_id is None:
        return []
    steps = [step for shape in procedures().values() for step in shape.written_by_person]
    own = OpenStep.objects.filter(
        case__person=scope.person_id, case__state=CaseState.OPEN, step__in=steps, earliest__lte=scope.today
    )
    page = reverse("procedures:mine")
    return [Asked(own, lambda count, _: Waiting("请本人书写并交党支部", count, page, help="打开查看需要准备的材料"))]


def _kept(rows: QuerySet[OpenStep], kind: Delay, today: date) -> QuerySet[OpenStep]:
    """The rows of one delay, by plain conditions: the home page counts them together with other rooms'."""
    conditions = {
        Delay.LATE: Q(due__lt=today),
        Delay.SOON: Q(due__gte=today, due__lte=today + SOON, earliest__lte=today),
        Delay.READY: Q(earliest__lte=today) & (Q(due__isnull=True) | Q(due__gt=today + SOON)),
        Delay.WAITING: Q(earliest__gt=today) & (Q(due__isnull=True) | Q(due__gte=today)),
    }
    return rows.filter(conditions[kind])


def narrowed(rows: QuerySet[OpenStep], kind: str) -> QuerySet[OpenStep]:
    """Rows that carry their delay, of one kind."""
    return rows.filter(Q(delay=kind))


def below(rows: QuerySet[OpenStep], code: str) -> QuerySet[OpenStep]:
    """Rows of one organization, by its code, with all under it."""
    node = Organization.objects.filter(code=code.strip()).only("path").first()
    if node is None:
        return rows.none()
    end = node.path[:-1] + chr(ord(node.path[-1]) + 1)
    return rows.filter(case__organization__path__gte=node.path, case__organization__path__lt=end)


def without_case(scope: Scope, key: str) -> QuerySet[Person]:
    """People in the reader's subtrees who stand at a stage of the procedure and have no living case."""
    living = Case.objects.filter(person=OuterRef("pk"), procedure=key, state__in=sorted(LIVING))
    standing = people(scope, Right.HANDLE_CASE).filter(stage__in=sorted(procedure(key).reached))
    return standing.filter(~Exists(living)).defer(*SECRET)
