"""What a branch tells its members about the dues of a year (DF08 第二十六条): sums and counts, never who."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from zhibu.accounts.scope import Scope
from zhibu.dues.enums import FundKind, Purpose
from zhibu.dues.models import LAST_MONTH, Due, FundEntry, HandOver, Publication
from zhibu.dues.queries.branches import months_of, reporting
from zhibu.organizations.models import Organization
from zhibu.regulations.dates import add_months


def period_of(year: int, until: date) -> str:
    """The months told, in words; a year that is not over is marked so."""
    if until.month == LAST_MONTH:
        return f"{year}年度"
    months = "1月" if until.month == 1 else f"1月至{until.month}月"
    return f"{year}年{months}（年度未结束）"


def publications(scope: Scope, node: Organization, year: int) -> list[Publication]:
    """What was published of a year, newest first. ``node`` has been loaded through the scope."""
    return list(Publication.objects.filter(organization=node, year=year))


def notice(scope: Scope, node: Organization, year: int, until: date) -> dict[str, Any]:
    """The values of the office's template ``dues_publication``. ``node`` has been loaded through the scope."""
    dues = Due.objects.filter(organization=node, month__year=year, month__lte=until)
    sums = reporting(dues)
    owing = dues.filter(payment__isnull=True, amount__gt=0).aggregate(n=Count("person", distinct=True))["n"]
    period = (date(year, 1, 1), add_months(until, 1) - timedelta(days=1))
    handed = HandOver.objects.filter(organization=node, handed_on__range=period).aggregate(sum=Sum("amount"))["sum"]
    spent = (
        FundEntry.objects.filter(organization=node, kind=FundKind.SPENT, on__range=period)
        .order_by("purpose").values("purpose")
        .annotate(sum=Sum("amount"), entries=Count("pk", filter=Q(amount__gt=0)) - Count("pk", filter=Q(amount__lt=0)))
    )  # fmt: skip
    return {
        "organization": str(node), "period": period_of(year, until), "members": sums["payers"],
        "paid_members": sums["payers"] - owing, "total": sums["paid"] or Decimal(0), "remitted": handed or Decimal(0),
        "income": [
            {"label": f"{row['month'].month}月", "people": row["paid_payers"], "amount": row["paid"] or Decimal(0)}
            for row in months_of(scope, node, year) if row["month"] <= until
        ],
        "uses": [
            {"label": Purpose(row["purpose"]).label, "amount": row["sum"], "note": f"{row['entries']}项"}
            for row in spent if row["sum"]
        ],
        "note": f"其中{sums['elsewhere']}人在流入地交纳，不计金额。" if sums["elsewhere"] else "",
        "contact": "", "phone": "", "signed_by": str(node), "dated_on": scope.today,
    }  # fmt: skip
