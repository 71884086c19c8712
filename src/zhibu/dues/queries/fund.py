"""Where the money is: collected and not handed over yet, kept or allocated and not spent yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.http import Http404

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.enums import FundKind, Manner
from zhibu.dues.models import FundEntry, HandOver, Payment
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization

# Neither received nor taken back.
WAITS = Q(received_on__isnull=True, reverses__isnull=True, reversal__isnull=True)
COMMITTEES = (Kind.COMMITTEE, Kind.TEMPORARY_COMMITTEE)


@dataclass(frozen=True)
class Balance:
    """An organization's money. ``in_hand`` waits to be handed over, ``fund`` may be spent."""

    collected: Decimal
    received: Decimal
    handed: Decimal
    kept: Decimal
    allocated: Decimal
    spent: Decimal

    @property
    def in_hand(self) -> Decimal:
        return self.collected + self.received - self.handed - self.kept

    @property
    def fund(self) -> Decimal:
        return self.kept + self.allocated - self.spent


def balance(node: Organization) -> Balance:
    """``node`` has been loaded through the scope."""

    def total(rows: QuerySet, **chosen: object) -> Decimal:
        return rows.filter(**chosen).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)

    moved = FundEntry.objects.filter(organization=node).aggregate(
        **{kind.value: Sum("amount", filter=Q(kind=kind)) for kind in FundKind}
    )
    return Balance(
        collected=total(Payment.objects.exclude(manner=Manner.ELSEWHERE), organization=node, withdrawn_at__isnull=True),
        received=total(HandOver.objects.all(), receiver=node, received_on__isnull=False),
        handed=total(HandOver.objects.all(), organization=node),
        **{kind.value: moved[kind.value] or Decimal(0) for kind in FundKind},
    )


def in_hand(node: Organization) -> Decimal:
    return balance(node).in_hand


def fund_entries(scope: Scope, node: Organization) -> QuerySet[FundEntry]:
    return FundEntry.objects.filter(organization=node).select_related("recorded_by", "reversal")


def hand_overs(scope: Scope) -> QuerySet[HandOver]:
    """Hand-overs of organizations within the reader's subtrees."""
    return scope.visible(HandOver.objects.select_related("organization", "receiver", "reversal"), Right.VIEW_DUES)


def hand_over(scope: Scope, pk: int, *, lock: bool = False) -> HandOver:
    """One hand-over, for its receiver."""
    visible = scope.within(Right.VIEW_ORGANIZATION)
    found = HandOver.objects.select_related("organization", "receiver").filter(visible, pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这笔上缴，或不在您的管理范围内。")
    scope.require(Right.RECORD_DUES, one.receiver.path)
    return one


def hand_over_sent(scope: Scope, pk: int, *, lock: bool = False) -> HandOver:
    """One hand-over, for whoever holds its money: who handed over until it is received, the receiver afterwards."""
    visible = scope.within(Right.VIEW_ORGANIZATION)
    found = HandOver.objects.select_related("organization", "receiver").filter(visible, pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这笔上缴，或不在您的管理范围内。")
    scope.require(Right.RECORD_DUES, one.receiver.path if one.received_on else one.organization.path)
    return one


def fund_entry(scope: Scope, pk: int, *, lock: bool = False) -> FundEntry:
    """One movement of a fund, for whoever keeps its accounts."""
    visible = scope.within(Right.VIEW_ORGANIZATION)
    found = FundEntry.objects.select_related("organization").filter(visible, pk=pk)
    one = (found.select_for_update(of=("self",)) if lock else found).first()
    if one is None:
        raise Http404("没有这笔收支，或不在您的管理范围内。")
    scope.require(Right.RECORD_DUES, one.organization.path)
    return one


def to_receive(scope: Scope) -> QuerySet[HandOver]:
    found = HandOver.objects.filter(WAITS)
    return scope.visible(found, Right.RECORD_DUES, "receiver__path")


def committee_above(node: Organization) -> Organization | None:
    """The next committee above (上一级党委): a general branch in between is none."""
    return Organization.objects.get_ancestors(node).filter(kind__in=COMMITTEES).order_by("-depth").first()


def superior(node: Organization) -> Organization:
    """The organization directly above; the university's own committee has none here."""
    return Organization.objects.get(path=node.path[: -Organization.steplen])
