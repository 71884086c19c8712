"""What waits for the reader in this room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues.models import Due, Payment, Publication
from zhibu.dues.queries.branches import branches, without_base
from zhibu.dues.queries.fund import to_receive
from zhibu.dues.queries.members import proposed_to
from zhibu.dues.rules import month_of
from zhibu.people.models import Person
from zhibu.ui.waiting import Asked, Waiting


def waiting(scope: Scope) -> list[Waiting | Asked]:
    """For whoever registers dues: bases to fix, people in arrears to talk with, reliefs to approve, hand-overs to
    confirm, last year's publication. For everybody: the own months that are over and unpaid."""
    month = month_of(scope.today)
    mine = Due.objects.filter(person=scope.person_id or 0, payment__isnull=True, amount__gt=0, month__lt=month)
    found: list[Waiting | Asked] = [
        Asked(
            mine,
            lambda count, since: Waiting("本人有党费未交", count, reverse("dues:me"), since=since, late=True),
            "month",
        )
    ]
    if scope.may(Right.RECORD_DUES):
        found += _as_collector(scope, month)
    return found


def _as_collector(scope: Scope, month: date) -> list[Asked]:
    owed = Due.objects.filter(person=OuterRef("pk"), payment__isnull=True, amount__gt=0, month__lt=month)
    late = scope.visible(Person.objects.filter(Exists(owed)), Right.RECORD_DUES)
    year = scope.today.year - 1
    told = Publication.objects.filter(organization=OuterRef("pk"), year=year)
    collected = Due.objects.filter(organization=OuterRef("pk"), month__year=year)
    large = scope.visible(
        Payment.objects.filter(is_large=True, receipt="", withdrawn_at__isnull=True), Right.RECORD_DUES
    )
    silent = branches(scope).filter(Exists(collected), ~Exists(told))

    def those(title: str, url: str, **more: Any) -> Any:
        return lambda count, _since: Waiting(title, count, url, **more)

    return [
        Asked(late, those("欠交党费，应同本人谈话、督促补交", reverse("dues:arrears"), late=True)),
        Asked(without_base(scope, Right.RECORD_DUES), those("党员未核定党费基数", reverse("dues:unfixed"))),
        Asked(proposed_to(scope), those("少交免交党费待批准", f"{reverse('dues:reliefs')}?state=proposed")),
        Asked(to_receive(scope), those("下级上缴的党费待确认收到", f"{reverse('dues:hand-overs')}?received=no")),
        Asked(large, those("全额上缴中央的党费待登记收据", f"{reverse('dues:payments')}?is_large=yes&receipt=no")),
        Asked(silent, those(f"{year} 年党费收缴情况未向党员公布", f"{reverse('dues:index')}?published=no")),
    ]
