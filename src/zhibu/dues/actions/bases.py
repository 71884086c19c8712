"""Fixing on what a member pays; looking at an income leaves a trace."""

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
from zhibu.dues.enums import FLAT, IncomeKind, Regime
from zhibu.dues.models import Base, Choice, Due
from zhibu.dues.rules import Reckoning, money, month_of, reckon, said
from zhibu.people.enums import MEMBERS
from zhibu.people.models import Person
from zhibu.regulations.queries import rule
from zhibu.regulations.refusal import Refusal

SHORTEST_REASON = 4
STEPS = (Decimal("0.01"), Decimal("0.1"), Decimal(1))


@transaction.atomic
def fix_base(
    scope: Scope, person: Person, *, kind: str, amount: object = None, started_on: date, basis: str = ""
) -> Reckoning:
    """From a month on the person pays on this base; unpaid months since then follow it.

    Refuses one's own base, negative and impossible amounts, a month to come, one before membership, one already paid,
    and with yearly fixing a second base within the year. Records ``dues.fix_base`` without the amount.
    """
    person = queries.payer(scope, person.pk, Right.RECORD_DUES)
    if person.pk == scope.person_id:
        raise Refusal(
            "不能核定本人的党费基数。", remedy="请由党支部其他负责党费的同志或上级党组织核定。",
        )  # fmt: skip
    month, of = month_of(started_on), IncomeKind(kind)
    given = None if of in FLAT or amount in (None, "") else money(amount)
    _refuse_month(scope, person, month)
    chosen = queries.choice(month)
    if chosen.regime is Regime.YEARLY:
        _refuse_second_base(person, of, month)
    reckoning = reckon(of, given, month, chosen)
    base, _made = Base.objects.update_or_create(
        person=person, started_on=month,
        defaults={
            "kind": of, "amount": str(given or ""), "basis": basis.strip()[:120], "recorded_at": timezone.now(),
            "recorded_by_id": scope.user_id,
        },
    )  # fmt: skip
    write_dues(Person.objects.filter(pk=person.pk), months_between(month, month_of(scope.today)), scope.today)
    changes = {"person": person.pk, "kind": of.label, "started_on": f"{month:%Y-%m}"}
    record(scope, "dues.fix_base", object=base, organization_path=_path(person), changes=changes)
    return reckoning


def _path(person: Person) -> str:
    return person.organization.path if person.organization else ""


def _refuse_month(scope: Scope, person: Person, month: date) -> None:
    if person.stage not in MEMBERS:
        raise Refusal(
            f"“{person.name}”现在是{person.get_stage_display() or '未登记类别'}，不交纳党费。",
            rule="dues.probationary", on=scope.today, remedy="党员和预备党员才核定党费基数。",
        )  # fmt: skip
    if month > scope.today:
        raise Refusal(
            "不能从以后的月份起算。", field="started_on", rule="dues.base_change", on=scope.today,
            remedy="请在领取新工资的当月登记。",
        )  # fmt: skip
    earliest = max(rule("dues.salaried").values[0].started_on, person.joined_on or date.min)
    if month < month_of(earliest):
        raise Refusal(
            f"不能早于 {earliest:%Y-%m} 起算。", field="started_on", rule="dues.probationary", on=scope.today,
            remedy="预备党员自支部党员大会通过之日起交纳党费。",
        )  # fmt: skip
    if months_between(month, month_of(scope.today))[120:]:
        raise Refusal("起算月份过早。", field="started_on", remedy="平台最多从十年前算起，请核对月份。")
    dues = Due.objects.select_for_update().filter(person=person, month__gte=month).order_by("pk")
    if paid := sorted(due.month for due in dues if due.payment_id):
        raise Refusal(
            f"{said(paid[:3])} 的党费已经交纳，基数不能从那时起改变。", field="started_on", rule="dues.base_change",
            on=scope.today, remedy="请从没有交纳的月份起算；交错了的，先撤销那笔交纳记录。",
        )  # fmt: skip


def _refuse_second_base(person: Person, kind: IncomeKind, month: date) -> None:
    held = queries.base_on(person, month)
    if held is not None and held.kind == kind and held.started_on != month and month.month != 1:
        raise Refusal(
            "学校选定年初核定、年内不变：今年的基数已经核定。", field="started_on", rule="dues.base_change", on=month,
            remedy="请从明年一月起核定新的基数；人员类型变了的（例如退休），可以当月改变。",
        )  # fmt: skip


@transaction.atomic
def fix_students(scope: Scope, people: list[Person], *, started_on: date) -> int:
    """Fix several members as students in one go, from one month or the month they joined. Records each."""
    if not people:
        raise Refusal("没有选中任何人。", remedy="请在名单里勾选学生党员。")
    if any(person.pk == scope.person_id for person in people):
        raise Refusal("选中的有您本人：不能核定本人的党费基数。", remedy="请不勾选本人，由其他同志或上级党组织核定。")
    for person in sorted(people, key=lambda one: one.pk):
        since = max(month_of(started_on), month_of(person.joined_on or started_on))
        fix_base(scope, person, kind=IncomeKind.STUDENT, started_on=since)
    return len(people)


@transaction.atomic
def reveal_base(scope: Scope, person: Person, *, reason: str) -> str:
    """The income that the present base rests on. Asks for a reason and records ``dues.reveal`` with the person, who
    can see it; one's own needs none."""
    own = person.pk == scope.person_id
    reason = " ".join(reason.split())
    if not own:
        person = queries.payer(scope, person.pk, Right.RECORD_DUES)
        if len(reason) < SHORTEST_REASON:
            raise Refusal("请写明查看的理由，至少四个字。", field="reason", remedy="理由会留下记录，本人可以看到。")
    base = queries.base_on(person, scope.today)
    if base is None:
        raise Refusal("还没有核定党费基数。", remedy="请先核定党费基数。")
    if not own:
        record(scope, "dues.reveal", object=person, organization_path=_path(person), reason=reason)
    return str(base.amount)


@transaction.atomic
def set_choice(scope: Scope, *, started_on: date, regime: str, step: Decimal, rounding: str, document: str) -> Choice:
    """From a month on the university rounds and changes bases this way. Refuses months already reckoned. Records
    ``dues.set_choice``."""
    queries.require_top(scope)
    month = month_of(started_on)
    if step not in STEPS:
        raise Refusal("进位只能到分、角或元。", field="step", rule="dues.rounding", on=scope.today)
    if not document.strip():
        raise Refusal("请写明学校的文件或会议。", field="document", remedy="党员在页面上可以看到依据。")
    if month <= month_of(scope.today) and Due.objects.filter(month__gte=month).exists():
        raise Refusal(
            f"{month:%Y-%m} 起已有应交党费，不能再改算法。", field="started_on", rule="dues.rounding", on=scope.today,
            remedy="请从下个月起。",
        )  # fmt: skip
    made, _new = Choice.objects.update_or_create(
        started_on=month,
        defaults={
            "regime": regime, "step": step, "rounding": rounding, "document": document.strip()[:120],
            "recorded_at": timezone.now(), "recorded_by_id": scope.user_id,
        },
    )  # fmt: skip
    changes = {"started_on": f"{month:%Y-%m}", "regime": regime, "step": step, "rounding": rounding}
    record(scope, "dues.set_choice", object=made, changes=changes)
    return made
