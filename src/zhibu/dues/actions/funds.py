"""Handing over, keeping, spending and publishing: an organization's money never falls below nothing."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.enums import FundKind, Purpose
from zhibu.dues.models import Due, FundEntry, HandOver, Publication
from zhibu.dues.queries.branches import reporting
from zhibu.dues.rules import money, shown
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

# DF08 第二十二至二十四条: nothing but treasury bonds.
INVESTING = re.compile("股票|基金|理财|信托|期货|保险|企业债|公司债|借款|拆借")


def _positive(amount: object) -> Decimal:
    given = money(amount)
    if given == 0:
        raise Refusal("金额应大于零。", field="amount", remedy="请填写实际金额。")
    return given


def _past(scope: Scope, day: date, field: str) -> None:
    if not date(2008, 4, 1) <= day <= scope.today:
        raise Refusal("日期不能晚于今天，也不能早于规定施行之日。", field=field, rule="dues.where", on=scope.today)


@transaction.atomic
def hand_over(scope: Scope, node: Organization, *, amount: object, handed_on: date, note: str = "") -> HandOver:
    """Dues go from an organization to its superior. Refuses more than it has in hand. Records ``dues.hand_over``."""
    node = queries.branch(scope, node.pk, Right.RECORD_DUES, lock=True)
    given = _positive(amount)
    _past(scope, handed_on, "handed_on")
    if queries.is_top(node.path):
        raise Refusal("最上级党组织向校外上缴，不在平台登记。", rule="dues.hand_over", on=scope.today)
    receiver, has = queries.superior(node), queries.in_hand(node)
    if given > has:
        raise Refusal(
            f"上缴金额超过手中的党费 {shown(has)} 元。", field="amount", rule="dues.hand_over", on=scope.today,
            remedy="请先登记收缴，再上缴；不得垫交。",
        )  # fmt: skip
    said = {"amount": given, "handed_on": handed_on, "note": note.strip()[:200]}
    if HandOver.objects.filter(organization=node, **said).exists():
        raise Refusal(
            f"{handed_on} 上缴 {shown(given)} 元已经登记，没有重复登记。", field="amount", rule="dues.hand_over",
            on=scope.today, remedy="确实另有一笔的，请在说明里写明，与前一笔区别开。",
        )  # fmt: skip
    made = HandOver.objects.create(
        organization=node, receiver=receiver, recorded_at=timezone.now(), **said,
    )  # fmt: skip
    changes = {"amount": given, "handed_on": handed_on, "receiver": receiver.pk}
    record(scope, "dues.hand_over", object=made, organization_path=node.path, changes=changes)
    return made


@transaction.atomic
def confirm_received(scope: Scope, pk: int, *, received_on: date, receipt: str) -> HandOver:
    """The superior has the money and gave a receipt. Refuses a second time. Records ``dues.confirm_received``."""
    one = queries.hand_over(scope, pk, lock=True)
    if one.received_on is not None:
        raise Refusal(f"这笔上缴已于 {one.received_on} 确认收到。", remedy="请刷新页面。")
    if not one.handed_on <= received_on <= scope.today:
        raise Refusal("收到日期应在上缴日期之后、今天之前。", field="received_on", remedy="请核对日期。")
    if not receipt.strip():
        raise Refusal("请填写收据号。", field="receipt", remedy="收到党费须开具收据。")
    one.received_on, one.receipt = received_on, receipt.strip()[:60]
    one.save(update_fields=["received_on", "receipt"])
    changes = {"amount": one.amount, "received_on": received_on}
    record(scope, "dues.confirm_received", object=one, organization_path=one.receiver.path, changes=changes)
    return one


@transaction.atomic
def add_fund_entry(
    scope: Scope, node: Organization, *, kind: str, amount: object, on: date, content: str, decision: str,
    purpose: str = "", decided_on: date | None = None,
) -> FundEntry:  # fmt: skip
    """Money kept, allocated or spent. Spending needs one of the five purposes and a collective decision before it.

    Refuses to spend more than the fund holds, to keep more than is in hand, and to invest in anything but treasury
    bonds. Records ``dues.add_fund_entry``.
    """
    node = queries.branch(scope, node.pk, Right.RECORD_DUES, lock=True)
    of, given, balance = FundKind(kind), _positive(amount), queries.balance(node)
    _past(scope, on, "on")
    if not content.strip() or not decision.strip():
        raise Refusal("请写明内容和会议记录或文号。", field="content" if not content.strip() else "decision")
    if found := INVESTING.search(content):
        raise Refusal(
            f"党费不得用于“{found[0]}”。", field="content", rule="dues.invest", on=scope.today,
            remedy="党费存入单独的银行账户；投资只能购买国债。",
        )  # fmt: skip
    if of is FundKind.SPENT:
        _refuse_spending(scope, given, balance.fund, purpose, on, decided_on)
    elif of is FundKind.KEPT and given > balance.in_hand:
        raise Refusal(
            f"留存金额超过手中的党费 {shown(balance.in_hand)} 元。", field="amount", rule="dues.hand_over",
            on=scope.today, remedy="请核对上级批准的留存数额。",
        )  # fmt: skip
    said = {
        "kind": of, "purpose": purpose if of is FundKind.SPENT else "", "content": content.strip()[:200],
        "amount": given, "on": on, "decided_on": decided_on if of is FundKind.SPENT else None,
        "decision": decision.strip()[:120],
    }  # fmt: skip
    if FundEntry.objects.filter(organization=node, **said).exists():
        raise Refusal(
            f"{on} 的这笔{of.label} {shown(given)} 元已经登记，没有重复登记。", field="content",
            remedy="确实另有一笔的，请在内容里写明，与前一笔区别开。",
        )  # fmt: skip
    made = FundEntry.objects.create(organization=node, recorded_at=timezone.now(), recorded_by_id=scope.user_id, **said)
    changes = {"kind": of.label, "purpose": made.get_purpose_display(), "amount": given, "on": on}
    record(scope, "dues.add_fund_entry", object=made, organization_path=node.path, changes=changes)
    return made


def _refuse_spending(
    scope: Scope, given: Decimal, fund: Decimal, purpose: str, on: date, decided_on: date | None
) -> None:
    if purpose not in Purpose.values:
        raise Refusal(
            "党费只能用于规定的五类支出。", field="purpose", rule="dues.uses", on=scope.today,
            remedy="请选择使用范围；不在范围内的，不能使用党费。",
        )  # fmt: skip
    if decided_on is None or decided_on > on:
        raise Refusal(
            "使用党费须先由集体讨论决定。", field="decided_on", rule="dues.decide", on=scope.today,
            remedy="请填写讨论决定的日期，不晚于支出日期。",
        )  # fmt: skip
    if given > fund:
        raise Refusal(
            f"余额不足：党费余额 {shown(fund)} 元。", field="amount", rule="dues.decide", on=scope.today,
            remedy="请先登记留存或上级下拨，或减少支出。",
        )  # fmt: skip


@transaction.atomic
def publish(scope: Scope, branch: Organization, *, year: int, published_on: date, how: str) -> Publication:
    """The branch told its members how that year's dues were collected. Refuses a year to come and a second time.
    Keeps the sums as they were told. Records ``dues.publish``."""
    branch = queries.branch(scope, branch.pk, Right.RECORD_DUES, lock=True)
    _past(scope, published_on, "published_on")
    if not 2008 <= year <= scope.today.year or published_on.year < year:
        raise Refusal("不能公布以后年度的收缴情况。", field="year", rule="dues.publish", on=scope.today)
    if not how.strip():
        raise Refusal("请写明怎样公布。", field="how", remedy="例如：支部党员大会通报，公示栏张贴。")
    if Publication.objects.filter(organization=branch, year=year).exists():
        raise Refusal(
            f"{year} 年的收缴情况已经登记公布。", field="year", rule="dues.publish", on=scope.today,
            remedy="不必重复登记。",
        )  # fmt: skip
    sums = reporting(Due.objects.filter(organization=branch, month__year=year))
    if not sums["payers"]:
        raise Refusal(f"{year} 年没有应交党费的记录。", field="year", remedy="请核对年度，或先生成应交党费。")
    made = Publication.objects.create(
        organization=branch, year=year, published_on=published_on, how=how.strip()[:120], payers=sums["payers"],
        due=sums["due"] or 0, paid=sums["paid"] or 0, recorded_at=timezone.now(),
    )  # fmt: skip
    changes = {"year": year, "published_on": published_on, "paid": made.paid}
    record(scope, "dues.publish", object=made, organization_path=branch.path, changes=changes)
    return made
