"""What waits, in every room; who is to be told of it now; what was sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, reduce
from importlib import import_module
from operator import or_
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Window
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from zhibu.accounts.enums import Right
from zhibu.accounts.models import NOT_ACTIVATED, User
from zhibu.accounts.scope import Grant, Scope
from zhibu.organizations.enums import PostKind, role_of
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organizations
from zhibu.reminders.enums import SILENT, Channel, DeliveryState, Rhythm
from zhibu.reminders.models import QUIET_FROM, QUIET_UNTIL, Delivery, Preference, Robot
from zhibu.reminders.rules import MOST_ATTEMPTS, RETRIES, is_quiet, monday
from zhibu.ui.waiting import Asked, Waiting, answered

Source = Callable[[Scope], Sequence[Waiting | Asked]]
OWN = "reminders"
RECENT = timedelta(days=2)
UNSENT = (DeliveryState.FAILED, DeliveryState.QUEUED)
_ANSWERED = (DeliveryState.SENT, DeliveryState.SENDING, *SILENT)


@cache
def sources() -> tuple[Source, ...]:
    """Each room's ``queries.waiting``, in the order of the rooms. A room that has none has nothing that waits."""
    found = []
    for room in apps.get_app_configs():
        if room.name.startswith("zhibu.") and room.label != OWN and module_has_submodule(room.module, "queries"):
            source = getattr(import_module(f"{room.name}.queries"), "waiting", None)
            found += [source] if source else []
    return (*found, undelivered)


def undelivered(scope: Scope) -> list[Asked]:
    """For whoever runs the machine: digests of these days that did not arrive and are not tried again."""
    if not scope.may(Right.MAINTAIN):
        return []

    def told(count: int, since: date) -> Waiting:
        return Waiting("提醒没有送达", count, f"{reverse('reminders:log')}?state=failed", since=since)

    return [Asked(_lost().filter(day__gte=scope.today - RECENT), told, "day")]


def waiting(scope: Scope) -> list[Waiting]:
    """What waits in every room for this reader: late first, then oldest. Page and reminders tell the same."""
    found = answered(item for source in sources() for item in source(scope))
    found.sort(key=lambda item: (not item.late, not item.when, item.since or item.by or scope.today))
    return found


def scope_of_group(robot: Robot, now: datetime) -> Scope:
    """What waits for the office of the robot's organization, whoever holds it."""
    node = robot.organization
    role = role_of(PostKind.SECRETARY, node.kind, is_root=node.depth == 1)  # type: ignore[arg-type]
    grants = (Grant(node.path, role, node.pk),) if role else ()
    return Scope(user_id=None, person_id=None, today=timezone.localdate(now), grants=grants)


def due_by_email(now: datetime, most: int) -> list[User]:
    """Accounts that can be told by e-mail now and have not been asked about today, quiet ones left out; of those who
    want a summary of the week whoever has not been asked about since Monday."""
    local = timezone.localtime(now)
    mine = Delivery.objects.filter(user=OuterRef("pk"), channel=Channel.EMAIL, is_test=False)
    today = mine.filter(day=local.date())
    this_week = mine.filter(day__gte=monday(local.date()), state__in=_ANSWERED)
    chosen = Q(reminders__isnull=False, reminders__by_email=True)
    unasked = Q(reminders__isnull=True) if not is_quiet(local.time(), QUIET_FROM, QUIET_UNTIL) else Q(pk__in=())
    addressed = ~Q(person__email="") & Q(person__email__isnull=False) | Q(reminders__address__gt="")
    found = (
        User.objects.filter(is_active=True)
        .exclude(NOT_ACTIVATED)
        .filter(addressed, unasked | chosen & ~_quiet(local))
        .filter(~Exists(today.exclude(_may_retry(now))))
        .exclude(Q(reminders__rhythm=Rhythm.WEEKLY) & Exists(this_week))
    )
    return list(found.select_related("person", "reminders").order_by("pk")[:most])


def _quiet(local: datetime) -> Q:
    """`zhibu.reminders.rules.is_quiet` over the rows' own times."""
    begun, not_over = Q(reminders__quiet_from__lte=local.time()), Q(reminders__quiet_until__gt=local.time())
    by_night = Q(reminders__quiet_until__lt=F("reminders__quiet_from"))
    return ~by_night & begun & not_over | by_night & (begun | not_over)


def _may_retry(now: datetime) -> Q:
    """What failed or was left in the queue, after a while that grows."""
    waited = [Q(attempts=attempt, at__lte=now - pause) for attempt, pause in enumerate(RETRIES, start=1)]
    return Q(state__in=UNSENT) & reduce(or_, waited)


def due_robots(now: datetime, most: int, away: Collection[str] = ()) -> list[Robot]:
    """Robots whose groups have not been told today, but for those at hosts that are ``away``. Groups keep the usual
    quiet hours."""
    local = timezone.localtime(now)
    if is_quiet(local.time(), QUIET_FROM, QUIET_UNTIL):
        return []
    today = Delivery.objects.filter(robot=OuterRef("pk"), day=local.date(), is_test=False)
    found = Robot.objects.filter(is_active=True, organization__dissolved_on__isnull=True).exclude(host__in=away)
    return list(
        found.filter(~Exists(today.exclude(_may_retry(now)))).select_related("organization").order_by("pk")[:most]
    )


@dataclass(frozen=True)
class Told:
    """What waited when a receiver was last looked at, by marks, and the day of the last digest that went out."""

    marks: dict[str, int] = field(default_factory=dict)
    on: date | None = None


def told_before(channel: Channel, receivers: Collection[int]) -> dict[int, Told]:
    """Of each receiver that was ever looked at; one query for all."""
    one = "user_id" if channel is Channel.EMAIL else "robot_id"
    rows = Delivery.objects.filter(**{f"{one}__in": receivers}, channel=channel, is_test=False, state__in=_ANSWERED)
    sent = Window(Max("day", filter=Q(state=DeliveryState.SENT)), partition_by=F(one))
    newest = rows.annotate(sent_on=sent).order_by(one, "-day").distinct(one)
    return {pk: Told(marks, day) for pk, marks, day in newest.values_list(one, "told", "sent_on")}


def preference(user: User) -> Preference:
    """The account's own choice, else the usual one (not saved)."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def address_of(user: User, chosen: Preference | None = None) -> str:
    """Where mail to an account goes: the address it chose, else the one in its person's file."""
    own = chosen if chosen is not None else getattr(user, "reminders", None)
    person: Any = getattr(user, "person", None)
    return (own.address if own else "") or (person.email if person is not None else "")


def robots(scope: Scope) -> QuerySet[Robot]:
    """Robots of the organizations that the reader looks after."""
    return scope.visible(Robot.objects.select_related("organization"), Right.EDIT_ORGANIZATION)


def robot(scope: Scope, pk: int, *, lock: bool = False) -> Robot:
    """One robot; 404 outside the reader's subtrees."""
    found = robots(scope).filter(pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这个群机器人，或不在您的管理范围内。")
    return one


def organizations_for_robots(scope: Scope) -> QuerySet[Organization]:
    return organizations(scope, Right.EDIT_ORGANIZATION).filter(dissolved_on__isnull=True)


def deliveries(scope: Scope) -> QuerySet[Delivery]:
    """The log for whoever runs the machine: that, when and to whom; never what it said."""
    scope.require(Right.MAINTAIN)
    return Delivery.objects.exclude(state__in=SILENT).select_related("user", "robot__organization")


def _lost() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.FAILED, attempts__gte=MOST_ATTEMPTS, is_test=False)


def troubles(today: date) -> int:
    """How many digests of these days did not arrive and are not tried again."""
    return _lost().filter(day__gte=today - RECENT).count()


def channels_open() -> dict[str, bool]:
    """What the operator has set up."""
    linked = bool(settings.PUBLIC_URL)
    return {"email": bool(settings.EMAIL_SENDER) and linked, "robot": bool(settings.WEBHOOK_HOSTS) and linked}
