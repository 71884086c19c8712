"""A person's meetings as a calendar to subscribe to (RFC 5545), under a private address that can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from zhibu.accounts.scope import Scope
from zhibu.audit import actions as audit
from zhibu.meetings.models import CalendarAddress, Invitation, PlannedMeeting
from zhibu.meetings.queries.audience import BY_POST
from zhibu.organizations.enums import BRANCH_KINDS, COMMITTEE_POSTS, UPPER_KINDS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Affiliation
from zhibu.regulations.refusal import Refusal

ZONE = ZoneInfo("Asia/Shanghai")
PAST, AHEAD = timedelta(days=92), timedelta(days=400)
TOKEN_BYTES = 32


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_address(scope: Scope) -> str:
    """A new private address; an earlier one ends. Only its hash is kept, so it is shown this once.

    Audited as ``meetings.open_calendar``.
    """
    if scope.user_id is None or scope.person_id is None:
        raise Refusal("这个账号没有对应的党员档案，没有可订阅的会议。", remedy="请用本人的账号。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row, _made = CalendarAddress.objects.update_or_create(
        user_id=scope.user_id, defaults={"token_hash": digest(token), "created_at": timezone.now()}
    )
    audit.record(scope, "meetings.open_calendar", object=row)
    return token


@transaction.atomic
def close_address(scope: Scope) -> None:
    """End the address. Audited as ``meetings.close_calendar``."""
    row = CalendarAddress.objects.select_for_update().filter(user=scope.user_id or 0).first()
    if row is None:
        raise Refusal("还没有生成过地址，或已经停用。", remedy="请刷新页面。")
    audit.record(scope, "meetings.close_calendar", object=row)
    row.delete()


def own_meetings(scope: Scope) -> QuerySet[PlannedMeeting]:
    """What the reader should attend: what they were told of; before the notice, what is planned where their tie is or
    they hold a post of the committee. Once the notice is out, its list decides alone."""
    person = scope.person_id or 0
    ties = Affiliation.objects.filter(in_office(scope.today), person=person, person__stage__in=MEMBERS)
    nodes: set[int] = set()
    for node, path, kind in ties.values_list("organization_id", "organization__path", "organization__kind"):
        nodes.add(node)
        if kind == OrganizationKind.GROUP:
            branch = Organization.objects.filter(path=path[: -Organization.steplen], kind__in=BRANCH_KINDS)
            nodes.update(branch.values_list("pk", flat=True))
    posts = Tenure.objects.filter(in_office(scope.today), person=person, post__in=COMMITTEE_POSTS)
    by_post = Q(kind__in=BY_POST) | Q(organization__kind__in=UPPER_KINDS)
    told = Q(Exists(Invitation.objects.filter(planned=OuterRef("pk"), person=person)))
    expected = Q(organization__in=nodes) & ~by_post | Q(organization__in=posts.values("organization")) & by_post
    found = PlannedMeeting.objects.filter(told | Q(notified_at__isnull=True) & expected)
    days = (scope.today - PAST, scope.today + AHEAD)
    return found.filter(held_on__range=days).select_related("organization")


def written(rows: Iterable[PlannedMeeting]) -> bytes:
    """The calendar as a file. No names of persons, no agenda: the address may be known to a provider outside."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Zhibu//Meetings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "组织生活")
    calendar.add("refresh-interval", timedelta(hours=4), parameters={"VALUE": "DURATION"})
    for row in rows:
        event = Event()
        event.add("uid", f"{row.uid}@zhibu")
        event.add("dtstamp", row.updated_at.astimezone(ZoneInfo("UTC")))
        event.add("last-modified", row.updated_at.astimezone(ZoneInfo("UTC")))
        event.add("dtstart", datetime.combine(row.held_on, row.starts_at, ZONE))
        event.add("dtend", datetime.combine(row.held_on, row.ends_at, ZONE))
        event.add("sequence", row.sequence)
        event.add("status", _status(row))
        event.add("summary", f"{row.get_kind_display()}：{row.title}")
        event.add("description", str(row.organization))
        if row.place:
            event.add("location", row.place)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _status(row: PlannedMeeting) -> str:
    if row.cancelled_at:
        return "CANCELLED"
    return "CONFIRMED" if row.notified_at else "TENTATIVE"
