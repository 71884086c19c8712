"""What waits for the reader in this room."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.models import LAST_MONTH, Due, Payment, Publication
from zhibu.dues.queries.branches import branches, without_base
from zhibu.dues.queries.fund import to_receive
from zhibu.dues.queries.members import arrears_at, proposed_to
from zhibu.dues.rules import levels, month_of
from zhibu.ui.waiting import Asked, Waiting

TO_PAY = "请主动向所在党支部补交；确有困难的，可以申请少交免交。"


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """For whoever registers dues: bases to fix, people in arrears to talk with, reliefs to approve, hand-overs to
    confirm, last year's publication. For everybody: the own months that are over and unpaid."""
    month = month_of(scope.today)
    mine = Due.objects.filter(person=scope.person_id or 0, payment__isnull=True, amount__gt=0, month__lt=month)
    found: list[Waiting | Asked] = [
        Asked(
            mine,
            lambda count, since: Waiting(
                "本人有党费未交", count, reverse("dues:me"), since=since, late=True, help=TO_PAY
            ),
            "month",
        )
    ]
    if scope.may(Right.RECORD_DUES):
        found += _as_collector(scope)
    return found


def _as_collector(scope: Scope) -> list[Asked]:
    owing = arrears_at(scope, Right.RECORD_DUES)
    year = scope.today.year - 1
    told = Publication.objects.filter(organization=OuterRef("pk"), year=year, until__month=LAST_MONTH)
    collected = Due.objects.filter(organization=OuterRef("pk"), month__year=year)
    large = scope.visible(
        Payment.objects.filter(is_large=True, receipt="", withdrawn_at__isnull=True), Right.RECORD_DUES
    )
    silent = branches(scope).filter(Exists(collected), ~Exists(told))

    def those(title: str, url: str, **more: Any) -> Any:
        return lambda count, _since: Waiting(title, count, url, **more)

    return [
        *(
            Asked(
                owing.filter(run__gte=one.months, **({} if one.below is None else {"run__lt": one.below})),
                those(
                    f"连续欠交党费满 {one.months} 个月：{one.duty}",
                    f"{reverse('dues:arrears')}?step={one.months}",
                    late=True,
                    help=f"{one.words}（{one.source.citation}）。",
                ),
            )
            for one in reversed(levels(scope.today))
        ),
        Asked(without_base(scope, Right.RECORD_DUES), those("党员未核定党费基数", reverse("dues:unfixed"))),
        Asked(proposed_to(scope), those("少交免交党费待批准", f"{reverse('dues:reliefs')}?state=proposed")),
        Asked(to_receive(scope), those("下级上缴的党费待确认收到", f"{reverse('dues:hand-overs')}?received=no")),
        Asked(large, those("全额上缴中央的党费待登记收据", f"{reverse('dues:payments')}?is_large=yes&receipt=no")),
        Asked(silent, those(f"{year} 年党费收缴情况未向党员公布", f"{reverse('dues:index')}?published=no")),
    ]
