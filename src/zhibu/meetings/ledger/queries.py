"""A year as it stands in the ledger, and who may read it. ``scope`` comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from zhibu.accounts.enums import Right, Role
from zhibu.accounts.models import User
from zhibu.accounts.scope import Grant, Scope
from zhibu.dues.models import Publication
from zhibu.meetings.enums import Kind, State
from zhibu.meetings.ledger.models import Inspection, LedgerExport
from zhibu.meetings.ledger.sheets import in_full, sheet
from zhibu.meetings.models import Attachment, Meeting, PlannedMeeting
from zhibu.meetings.signals import ledger_gathered
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import in_office, organizations
from zhibu.people.enums import CULTIVATED, StageKind
from zhibu.people.models import Affiliation, Stage
from zhibu.people.queries.grants import is_in_roster

ADMITTED = (*sorted(CULTIVATED), StageKind.PROBATIONARY, StageKind.EXTENDED)


def ledgers(scope: Scope) -> QuerySet[Organization]:
    """Organizations whose ledger the reader may open."""
    return organizations(scope, Right.READ_LEDGER)


def organization(scope: Scope, pk: int) -> Organization:
    """404 outside the reader's ledgers, like what does not exist; 403 for a member of the branch."""
    found = Organization.objects.filter(pk=pk).first()
    if found is None or not (
        scope.may(Right.READ_LEDGER, found.path) or scope.may(Right.VIEW_ORGANIZATION, found.path)
    ):
        raise Http404("没有这个党组织，或不在您的查看范围内。")
    scope.require(Right.READ_LEDGER, found.path)
    return found


def is_outside(scope: Scope, node: Organization) -> bool:
    """Whether the reader is here only to inspect."""
    return not scope.may(Right.RECORD_MEETING, node.path)


def inspection_grants(user: User, on: date) -> Iterator[Grant]:
    """What an account may read as an inspector on a day (registered with the scope). Only accounts opened for it:
    nobody in the roster, nobody who runs the machine; so every other request asks nothing here."""
    if user.is_administrator or is_in_roster(user):
        return
    rows = Inspection.objects.filter(user=user, until__gte=on, revoked_at__isnull=True).select_related("organization")
    for row in rows:
        yield Grant(row.organization.path, Role.INSPECTOR, row.organization_id, f"{row.organization} 台账查阅")


def records(node: Organization, year: int) -> QuerySet[Meeting]:
    """The finished records of a year, the branch's and its groups', oldest first; talks are only counted."""
    found = Meeting.objects.filter(_own(node), state=State.RECORDED, held_on__year=year).exclude(kind=Kind.TALK)
    joined = found.select_related("organization", "host", "recorder", "lecturer")
    return joined.order_by("held_on", "starts_at", "pk")


def _own(node: Organization) -> Q:
    """The organization's own records; a branch's groups keep theirs in the branch's ledger."""
    own = Q(organization=node)
    if node.kind in BRANCH_KINDS:
        own |= Q(organization__path__startswith=node.path, organization__kind=OrganizationKind.GROUP)
    return own


def counted(node: Organization, year: int) -> dict[str, dict[str, int]]:
    """How many records there are of each kind and how many persons they reached. Of talks nothing else is told, and
    nobody is named."""
    own = _own(node) & ~Q(kind=Kind.TALK) | Q(organization=node, kind=Kind.TALK)
    rows: Any = (
        Meeting.objects.filter(own, state=State.RECORDED, held_on__year=year).order_by().values("kind")
        .annotate(number=Count("pk", distinct=True), persons=Count("attendances__person", distinct=True))
    )  # fmt: skip
    return {row["kind"]: row for row in rows}


def publication(node: Organization, year: int) -> Publication | None:
    return Publication.objects.filter(organization=node, year=year).first()


def admissions(node: Organization, year: int, today: date) -> list[tuple[str, list[tuple[str, date]]]]:
    """Who stood at which stage of admission at the year's end (or today), and who became a full member in it."""
    day = min(date(year, 12, 31), today)
    tied = Affiliation.objects.filter(in_office(day), organization__path__startswith=node.path).values("person")
    rows = Stage.objects.filter(person__in=tied).select_related("person").order_by("started_on", "person__pinyin")
    standing = Q(in_office(day), kind__in=ADMITTED)
    known = list(rows.filter(standing | Q(kind=StageKind.FULL, started_on__year=year)))
    found = [(StageKind(kind).label, [row for row in known if row.kind == kind]) for kind in ADMITTED]
    found.append(("当年转为正式党员", [row for row in known if row.kind == StageKind.FULL]))
    return [(label, [(row.person.name, row.started_on) for row in part]) for label, part in found if part]


def called_off(node: Organization, year: int) -> list[PlannedMeeting]:
    """What was planned, announced perhaps, and not held, with the reason."""
    rows = PlannedMeeting.objects.filter(_own(node), held_on__year=year, cancelled_at__isnull=False)
    return list(rows.order_by("held_on", "pk"))


Chapter = tuple[str, list[tuple[date, str]]]


def chapters(node: Organization, year: int, today: date) -> list[Chapter]:
    """What the rooms beside this one have on record of the year, each under its heading."""
    answers: Any = ledger_gathered.send(sender=Organization, organization=node, year=year, today=today)
    return [chapter for _receiver, found in answers for chapter in found if chapter[1]]


def overview(node: Organization, year: int, today: date) -> dict[str, Any]:
    """Everything of the year but the records themselves."""
    found = counted(node, year)
    talks = found.pop(Kind.TALK.value, {"number": 0, "persons": 0})
    return {
        "node": node,
        "year": year,
        "kinds": [(kind.label, found[kind.value]["number"]) for kind in Kind if kind.value in found],
        "total": sum(one["number"] for one in found.values()),
        "talks": talks,
        "publication": publication(node, year),
        "admissions": admissions(node, year, today),
        "called_off": called_off(node, year),
    }


def record(scope: Scope, node: Organization, pk: int) -> Meeting:
    rows = Meeting.objects.filter(_own(node), pk=pk, state=State.RECORDED).exclude(kind=Kind.TALK)
    found = in_full(rows.select_related("organization", "host", "recorder", "lecturer")).first()
    if found is None:
        raise Http404("台账里没有这份记录。")
    return found


def record_context(meeting: Meeting) -> dict[str, Any]:
    one = sheet(meeting)
    return {
        "meeting": meeting, "full": True, "sheet": one, "attachments": list(meeting.attachments.all()),
        "around": [line for line in one.around if line[0] != "附件"],
    }  # fmt: skip


def exports(scope: Scope, node: Organization, year: int) -> QuerySet[LedgerExport]:
    """The reader's own exports; each asks for their own."""
    return LedgerExport.objects.filter(organization=node, year=year, user=scope.user_id or 0)


def export(scope: Scope, pk: int) -> LedgerExport:
    found = LedgerExport.objects.filter(pk=pk, user=scope.user_id or 0).select_related("organization").first()
    if found is None:
        raise Http404("没有这份导出，或不是您要的。")
    organization(scope, found.organization_id)  # the right may have ended since
    return found


def inspections(scope: Scope) -> QuerySet[Inspection]:
    """Rights given within the reader's subtrees."""
    return Inspection.objects.filter(scope.within(Right.APPOINT)).select_related("user", "organization", "granted_by")


def inspection(scope: Scope, pk: int) -> Inspection:
    found = inspections(scope).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项授权，或不在您的管理范围内。")
    return found


def years(today: date) -> Iterable[int]:
    return range(today.year, today.year - 4, -1)


def attachment(meeting: Meeting, pk: int) -> Attachment:
    found = meeting.attachments.filter(pk=pk).first()
    if found is None:
        raise Http404("没有这个附件。")
    return found
