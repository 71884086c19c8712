"""Paying less or nothing: the branch decides, the next higher committee approves (DF08 第七条)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.dues import queries
from zhibu.dues.actions.reckoning import months_between, write_dues
from zhibu.dues.enums import ReliefKind, ReliefState
from zhibu.dues.models import Due, Relief
from zhibu.dues.rules import money, month_of, said
from zhibu.organizations.enums import Kind
from zhibu.people.models import Person
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal

LONGEST = 12


@transaction.atomic
def propose_relief(
    scope: Scope, person: Person, *, kind: str, first_month: date, last_month: date, reason: str, decided_on: date,
    decision: str, amount: object = None,
) -> Relief:  # fmt: skip
    """The branch found that a member in hardship should pay less or nothing for some months, at most a year at a time.

    Refuses months already paid, a decision to come or without a paper, an amount that is no relief. Records
    ``dues.propose_relief`` without the reason.
    """
    person = queries.payer(scope, person.pk, Right.RECORD_DUES)
    first, last = month_of(first_month), month_of(last_month)
    of, less = ReliefKind(kind), money(amount or 0)
    node = person.organization
    assert node is not None
    branch = queries.superior(node) if node.kind == Kind.GROUP else node
    committee = queries.committee_above(branch)
    if committee is None:
        raise Refusal("这个党支部没有上一级党委。", rule="dues.relief", on=scope.today, remedy="请核对组织隶属。")
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= count <= LONGEST:
        raise Refusal(
            f"起止月份不对：一次最多 {LONGEST} 个月。", field="last_month", rule="dues.relief", on=scope.today,
            remedy="困难持续的，期满后再研究一次。",
        )  # fmt: skip
    starts = value("dues.relief", scope.today).started_on
    if first < month_of(starts) or last > add_months(month_of(scope.today), LONGEST):
        raise Refusal(
            f"起止月份应在 {starts:%Y-%m} 与一年之内。", field="first_month", rule="dues.relief", on=scope.today,
            remedy="请核对年份。",
        )  # fmt: skip
    if not starts <= decided_on <= scope.today or not decision.strip():
        raise Refusal(
            "请填写党支部已经研究的日期和会议记录。", field="decided_on" if decision.strip() else "decision",
            rule="dues.relief", on=scope.today, remedy="先由党支部研究，再登记。",
        )  # fmt: skip
    if not reason.strip():
        raise Refusal("请写明困难情况。", field="reason", rule="dues.relief", on=scope.today)
    _refuse_amount(scope, person, of, less, first)
    _refuse_paid(scope, person, first, last)
    if Relief.objects.filter(
        person=person, first_month__lte=last, last_month__gte=first, state__in=(ReliefState.PROPOSED, "approved")
    ).exists():
        raise Refusal("这几个月已有少交免交。", field="first_month", remedy="请在“少交免交”里查看。")
    made = Relief.objects.create(
        person=person, organization=branch, approver=committee, kind=of, amount=less if of == "reduced" else 0,
        first_month=first, last_month=last, reason=reason.strip(), decided_on=decided_on,
        decision=decision.strip()[:120], recorded_at=timezone.now(),
    )  # fmt: skip
    _record(scope, "dues.propose_relief", made)
    return made


def _refuse_amount(scope: Scope, person: Person, kind: ReliefKind, less: Decimal, first: date) -> None:
    due = Due.objects.filter(person=person, month__lte=max(first, month_of(scope.today))).order_by("-month").first()
    if kind is ReliefKind.REDUCED and (not less or (due is not None and due.amount and less >= due.amount)):
        raise Refusal(
            "少交后的数额应大于零、小于原来的月党费。", field="amount", rule="dues.relief", on=scope.today,
            remedy="一分不交的，请选“免交”。",
        )  # fmt: skip


def _refuse_paid(scope: Scope, person: Person, first: date, last: date) -> None:
    dues = Due.objects.select_for_update().filter(person=person, month__range=(first, last)).order_by("pk")
    if paid := sorted(due.month for due in dues if due.payment_id):
        raise Refusal(
            f"{said(paid[:3])} 的党费已经交纳。", field="first_month", rule="dues.relief", on=scope.today,
            remedy="请从没有交纳的月份起。",
        )  # fmt: skip


@transaction.atomic
def decide_relief(scope: Scope, pk: int, *, approve: bool, decided_on: date, paper: str) -> Relief:
    """The next higher committee approves or not; approved, the months follow. Refuses whoever has no right at that
    committee, a relief decided already, and a day before the branch's decision. Records ``dues.decide_relief``."""
    one = queries.relief(scope, pk, lock=True)
    scope.require(Right.RECORD_DUES, one.approver.path)
    if one.state != ReliefState.PROPOSED:
        raise Refusal(f"这份少交免交{one.get_state_display()}。", remedy="请刷新页面。")
    if not one.decided_on <= decided_on <= scope.today:
        raise Refusal(
            f"批准日期应在党支部研究（{one.decided_on}）之后、今天之前。", field="decided_on", rule="dues.relief",
            on=scope.today, remedy="请核对日期。",
        )  # fmt: skip
    if not paper.strip():
        raise Refusal("请写明批复文号或会议记录。", field="paper", rule="dues.relief", on=scope.today)
    if one.person_id == scope.person_id:
        raise Refusal("不能批准本人的少交免交。", rule="dues.relief", on=scope.today, remedy="请由其他同志办理。")
    if approve:
        _refuse_paid(scope, one.person, one.first_month, one.last_month)
    one.state = ReliefState.APPROVED if approve else ReliefState.REJECTED
    one.approved_on, one.approval = decided_on, paper.strip()[:120]
    one.save(update_fields=["state", "approved_on", "approval"])
    if approve:
        until = min(one.last_month, month_of(scope.today))
        months = months_between(one.first_month, until)
        write_dues(Person.objects.filter(pk=one.person_id), months, scope.today)
    _record(scope, "dues.decide_relief", one)
    return one


def _record(scope: Scope, verb: str, one: Relief) -> None:
    changes = {
        "person": one.person_id, "kind": one.get_kind_display(), "state": one.get_state_display(),
        "first_month": f"{one.first_month:%Y-%m}", "last_month": f"{one.last_month:%Y-%m}",
    }  # fmt: skip
    record(scope, verb, object=one, organization_path=one.organization.path, changes=changes)
