"""What can be asked about alerts. ``scope`` comes first and decides what is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.supervision.alerts.definition import AlertRule, alert_rules
from zhibu.supervision.alerts.enums import LIVING, AlertState
from zhibu.supervision.alerts.models import Alert, AlertEntry
from zhibu.ui.waiting import Asked, Waiting

# Below so many judged alerts a share would say more about chance than about the rule.
FEWEST_CASES = 5
ACTED_UPON = Q(acknowledged_on__isnull=False) | Q(problem__isnull=False)


def alerts(scope: Scope, right: Right = Right.VIEW_PROBLEM) -> QuerySet[Alert]:
    """Alerts of the organizations in the reader's subtrees."""
    return scope.visible(Alert.objects.select_related("organization"), right)


def alert(scope: Scope, pk: int, right: Right = Right.VIEW_PROBLEM) -> Alert:
    """One alert: 404 outside the reader's subtrees, 403 inside them without ``right``."""
    found = alerts(scope).select_related("problem").filter(pk=pk).first()
    if found is None:
        raise Http404("没有这条预警，或不在您的管理范围内。")
    scope.require(right, found.organization.path)
    return found


def entries(found: Alert) -> QuerySet[AlertEntry]:
    """What happened with an alert, in that order. ``found`` has been loaded through the scope."""
    return found.entries.select_related("by")


def alert_rule(key: str) -> AlertRule:
    """A rule of the delivered ones; they are no secret, so this needs no scope."""
    if (found := alert_rules().get(key)) is None:
        raise Http404("没有这条预警规则。")
    return found


@dataclass(frozen=True)
class Record:
    """What became of a rule's alerts. Judged is what somebody confirmed, turned into a problem, or found false."""

    raised: int = 0
    living: int = 0
    acted: int = 0
    false: int = 0

    @property
    def judged(self) -> int:
        return self.acted + self.false

    @property
    def false_share(self) -> str:
        return "—" if self.judged < FEWEST_CASES else f"{self.false / self.judged:.0%}"


def record_by_rule(scope: Scope) -> dict[str, Record]:
    """What became of the alerts that the reader may see, by rule."""
    rows = alerts(scope).order_by().values("rule").annotate(
        raised=Count("pk"), living=Count("pk", filter=Q(state__in=LIVING)),
        acted=Count("pk", filter=ACTED_UPON & Q(is_false=False)), false=Count("pk", filter=Q(is_false=True)),
    )  # fmt: skip
    return {row["rule"]: Record(row["raised"], row["living"], row["acted"], row["false"]) for row in rows}


def _own(scope: Scope) -> Q:
    from zhibu.supervision.queries.waiting import own

    return own(scope)


def _below(scope: Scope) -> Q:
    """Of organizations below those in which the reader supervises."""
    paths = scope.paths(Right.SUPERVISE)
    found = Q(pk__in=())
    for path in paths:
        found |= Q(organization__path__startswith=path) & ~Q(organization__path=path)
    return found


def for_me(rows: QuerySet[Alert], scope: Scope, what: str) -> QuerySet[Alert]:
    """The rows behind one line of `waiting`, for the list's filter."""
    asked = {"own": _own, "below": _below}.get(what)
    return rows.filter(asked(scope), state=AlertState.RAISED) if asked else rows.none()


WHAT = (("own", "本级预警待确认"), ("below", "下级预警待确认"))


def waiting(scope: Scope) -> list[Asked]:
    """Alerts that nobody has looked at yet: of the own organization, and of those below."""
    if not scope.may(Right.HANDLE_PROBLEM):
        return []
    rows, page = alerts(scope), reverse("supervision:alerts")

    def asked(what: str, title: str) -> Asked:
        def told(count: int, since: date) -> Waiting:
            return Waiting(title, count, f"{page}?mine={what}", since=since)

        return Asked(for_me(rows, scope, what), told, "raised_on")

    return [asked(*one) for one in WHAT]
