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
from zhibu.dues.rules import money, shown, told_until
from zhibu.organizations.models import Organization
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4
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
    if HandOver.objects.filter(organization=node, reversal__isnull=True, **said).exists():
        raise Refusal(
            f"{handed_on} 上缴 {shown(given)} 元已经登记，没有重复登记。", field="amount", rule="dues.hand_over",
            on=scope.today, remedy="确实另有一笔的，请在说明里写明，与前一笔区别开。",
        )  # fmt: skip
    made = HandOver.objects.create(
        organization=node, receiver=receiver, recorded_at=timezone.now(), recorded_by_id=scope.user_id, **said,
    )  # fmt: skip
    changes = {"amount": given, "handed_on": handed_on, "receiver": receiver.pk}
    record(scope, "dues.hand_over", object=made, organization_path=node.path, changes=changes)
    return made


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:200]
    if len(reason) < SHORTEST_REASON:
        raise Refusal("请写明冲销的理由，至少四个字。", field="reason", remedy="例如：金额登记错误。")
    return reason


def _refuse_reversed(one: HandOver | FundEntry) -> None:
    if one.reverses_id is not None:
        raise Refusal("冲销的记录不能再冲销。", remedy="请按正确的情况重新登记一笔。")
    if hasattr(one, "reversal"):
        raise Refusal("这笔记录已经冲销，没有再冲销。", remedy="请刷新页面。")


@transaction.atomic
def reverse_hand_over(scope: Scope, pk: int, *, reason: str) -> HandOver:
    """A hand-over was recorded by mistake: a counter-entry of the same sum takes it back, on both sides if it has been
    received. Whoever handed over may do so until it is received, then only the receiver, who has the money. Refuses a
    second time and money that the receiver no longer has. Records ``dues.reverse_hand_over``."""
    seen = queries.hand_over_sent(scope, pk)
    # Both sides, in a fixed order: each one's balance is what is refused by.
    list(Organization.objects.select_for_update(no_key=True)
         .filter(pk__in=(seen.organization_id, seen.receiver_id)).order_by("pk"))  # fmt: skip
    one = queries.hand_over_sent(scope, pk, lock=True)
    _refuse_reversed(one)
    said = _reason(reason)
    if one.received_on is not None and queries.in_hand(one.receiver) < one.amount:
        raise Refusal(
            f"“{one.receiver}”手中的党费不足 {shown(one.amount)} 元，不能冲销。", rule="dues.hand_over",
            on=scope.today, remedy="已经再上缴或留存的，请先冲销那一笔。",
        )  # fmt: skip
    made = HandOver.objects.create(
        organization=one.organization, receiver=one.receiver, amount=-one.amount, handed_on=scope.today, note=one.note,
        receipt=one.receipt, received_on=scope.today if one.received_on else None, reverses=one, reason=said,
        recorded_at=timezone.now(), recorded_by_id=scope.user_id,
    )  # fmt: skip
    changes = {"amount": made.amount, "reverses": one.pk}
    path = one.organization.path
    record(scope, "dues.reverse_hand_over", object=made, organization_path=path, changes=changes, reason=said)
    return made


@transaction.atomic
def confirm_received(scope: Scope, pk: int, *, received_on: date, receipt: str) -> HandOver:
    """The superior has the money and gave a receipt. Refuses a second time. Records ``dues.confirm_received``."""
    one = queries.hand_over(scope, pk, lock=True)
    if one.amount < 0 or HandOver.objects.filter(reverses=one).exists():
        raise Refusal("这笔上缴已经冲销，不再确认收到。", remedy="请同上缴的党组织核对。")
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
    if FundEntry.objects.filter(organization=node, reversal__isnull=True, **said).exists():
        raise Refusal(
            f"{on} 的这笔{of.label} {shown(given)} 元已经登记，没有重复登记。", field="content",
            remedy="确实另有一笔的，请在内容里写明，与前一笔区别开。",
        )  # fmt: skip
    made = FundEntry.objects.create(organization=node, recorded_at=timezone.now(), recorded_by_id=scope.user_id, **said)
    changes = {"kind": of.label, "purpose": made.get_purpose_display(), "amount": given, "on": on}
    record(scope, "dues.add_fund_entry", object=made, organization_path=node.path, changes=changes)
    return made


@transaction.atomic
def reverse_fund_entry(scope: Scope, pk: int, *, reason: str) -> FundEntry:
    """A movement of the fund was recorded by mistake: a counter-entry of the same sum takes it back, and the right one
    is entered anew. Refuses a second time and what would leave the fund below nothing. Records
    ``dues.reverse_fund_entry``."""
    seen = queries.fund_entry(scope, pk)
    node = queries.branch(scope, seen.organization_id, Right.RECORD_DUES, lock=True)
    one = queries.fund_entry(scope, pk, lock=True)
    _refuse_reversed(one)
    said, fund = _reason(reason), queries.balance(node).fund
    if one.kind != FundKind.SPENT and fund < one.amount:
        raise Refusal(
            f"党费余额只有 {shown(fund)} 元，冲销后就成为负数。", rule="dues.decide", on=scope.today,
            remedy="已经使用的，请先冲销使用的那一笔。",
        )  # fmt: skip
    made = FundEntry.objects.create(
        organization=node, kind=one.kind, purpose=one.purpose, content=one.content, amount=-one.amount, on=scope.today,
        decided_on=one.decided_on, decision=one.decision, reverses=one, reason=said, recorded_at=timezone.now(),
        recorded_by_id=scope.user_id,
    )  # fmt: skip
    changes = {"kind": FundKind(one.kind).label, "amount": made.amount, "reverses": one.pk}
    record(scope, "dues.reverse_fund_entry", object=made, organization_path=node.path, changes=changes, reason=said)
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
    """The branch told its members how that year's dues were collected: the whole year once it is over, before that the
    months that are over (截至). Refuses a year to come and the same months a second time. Keeps the sums as they were
    told. Records ``dues.publish``."""
    branch = queries.branch(scope, branch.pk, Right.RECORD_DUES, lock=True)
    _past(scope, published_on, "published_on")
    if not 2008 <= year <= scope.today.year or published_on.year < year:
        raise Refusal("不能公布以后年度的收缴情况。", field="year", rule="dues.publish", on=scope.today)
    if not how.strip():
        raise Refusal("请写明怎样公布。", field="how", remedy="例如：支部党员大会通报，公示栏张贴。")
    until = told_until(year, published_on)
    if until is None:
        raise Refusal(
            f"{published_on} 时 {year} 年还没有过完一个月。", field="published_on", rule="dues.publish",
            on=scope.today, remedy="请在第一个月过完之后公布；全年的，在年度结束之后公布。",
        )  # fmt: skip
    if Publication.objects.filter(organization=branch, year=year, until=until).exists():
        raise Refusal(
            f"{year} 年截至 {until:%Y-%m} 的收缴情况已经登记公布。", field="year", rule="dues.publish",
            on=scope.today, remedy="不必重复登记。",
        )  # fmt: skip
    sums = reporting(Due.objects.filter(organization=branch, month__year=year, month__lte=until))
    if not sums["payers"]:
        raise Refusal(f"{year} 年没有应交党费的记录。", field="year", remedy="请核对年度，或先生成应交党费。")
    made = Publication.objects.create(
        organization=branch, year=year, until=until, published_on=published_on, how=how.strip()[:120],
        payers=sums["payers"], due=sums["due"] or 0, paid=sums["paid"] or 0, recorded_at=timezone.now(),
    )  # fmt: skip
    changes = {"year": year, "until": f"{until:%Y-%m}", "published_on": published_on, "paid": made.paid}
    record(scope, "dues.publish", object=made, organization_path=branch.path, changes=changes)
    return made
