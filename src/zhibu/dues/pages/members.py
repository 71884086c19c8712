"""One member's dues: base, months, payments; and the reader's own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.dues import actions, queries
from zhibu.dues.enums import FLAT, IncomeKind, Manner
from zhibu.dues.forms import BaseForm, CentralReceiptForm, ElsewhereForm, PayForm, ReasonForm, ReliefForm, RevealForm
from zhibu.dues.models import Base, Due, Payment
from zhibu.dues.pages.common import chosen_now, scope_of, tried
from zhibu.dues.rules import Reckoning, last_payable, level_of, month_of, reckon, run_of, said, shown
from zhibu.dues.tables import PaymentsTable, state_of
from zhibu.people.models import Person
from zhibu.people.queries import my_file
from zhibu.regulations.dates import add_months
from zhibu.regulations.refusal import Refusal
from zhibu.ui.documents import render_pdf
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.tables import table_page

SHOWN_MONTHS = 24


def _reckoned(base: Base | None, month: date) -> Reckoning | None:
    """How the month's dues come about; the income itself is used and not passed on."""
    if base is None:
        return None
    return reckon(base.kind, Decimal(str(base.amount)) if base.amount else None, month, queries.choice(month))


def _context(scope: Scope, person: Person) -> dict[str, Any]:
    month = month_of(scope.today)
    base = queries.base_on(person, month)
    dues = list(
        Due.objects.filter(person=person).select_related("payment", "organization").order_by("-month")[:SHOWN_MONTHS]
    )
    return {
        "person": person, "base": base, "reckoning": _reckoned(base, month), "chosen": chosen_now(scope),
        "is_flat": base is not None and base.kind in FLAT, "month": month,
        "dues": [(due, state_of(due), shown(due.amount)) for due in dues],
        "owed": [due for due in dues if due.payment_id is None and due.amount and due.month < month],
        "payments": [
            (one, shown(one.amount), said(one.months))
            for one in Payment.objects.filter(person=person).order_by("-paid_on", "-pk")[:SHOWN_MONTHS]
        ],
        "reliefs": list(person.dues_reliefs.defer("reason").select_related("approver").order_by("-first_month")[:12]),
        "bases": list(queries.bases(scope, person)[:12]),
    }  # fmt: skip


@page(needs=Right.VIEW_DUES)
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payer(scope, pk)
    path = one.organization.path if one.organization else ""
    context = _context(scope, one) | {"reveal": RevealForm(), "may_record": scope.may(Right.RECORD_DUES, path)}
    return render(request, "dues/person.html", context)


@page(needs=Right.RECORD_DUES, methods=("POST",))
@never_cache
def reveal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The income in plain, once, after a reason that is logged."""
    scope = scope_of(request)
    one = queries.payer(scope, pk, Right.RECORD_DUES)
    form = RevealForm(request.POST)
    income = attempt(form, lambda: actions.reveal_base(scope, one, reason=form.cleaned_data["reason"]))
    context = _context(scope, one) | {"reveal": form, "may_record": True}
    if isinstance(income, str):
        context["income"] = shown(Decimal(income)) if income else "不论收入"
    return render(request, "dues/person.html", context, status=422 if form.errors else 200)


@page()
@never_cache
def me(request: HttpRequest) -> HttpResponseBase:
    """The own dues, how they come about, what was paid. The income is shown when asked for: a phone is read by
    whoever stands beside it."""
    scope = scope_of(request)
    own = my_file(scope)
    if own is None:
        return render(request, "people/no_file.html")
    context = _context(scope, own) | {"own": True, "full": "full" in request.GET}
    run = run_of(due.month for due in context["owed"])
    context |= {"run": run, "level": level_of(run, scope.today)}
    if context["full"] and context["base"] is not None:
        amount = context["base"].amount
        context["income"] = shown(Decimal(amount)) if amount else "不论收入"
    # The reasons are read, all at once, only when they are asked for.
    reliefs = own.dues_reliefs.select_related("approver").order_by("-first_month")[:12] if context["full"] else ()
    shown_reliefs = [(one, queries.hardship(scope, one)) for one in reliefs]
    context["own_reliefs"] = shown_reliefs or [(one, None) for one in context["reliefs"]]
    return render(request, "dues/me.html", context)


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters("amount")
def base(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payer(scope, pk, Right.RECORD_DUES)
    held = queries.base_on(one, scope.today)
    initial = {"kind": held.kind if held else IncomeKind.STUDENT, "started_on": month_of(scope.today)}
    form = BaseForm(request.POST or None, initial=initial)
    done = tried(request, form, lambda: actions.fix_base(scope, one, **form.cleaned_data))
    if isinstance(done, Reckoning):
        messages.success(request, f"已核定：每月 {shown(done.monthly)} 元（{done.words}）。")
        return redirect("dues:person", pk=one.pk)
    return form_page(
        request, form, title=f"核定党费基数：{one.name}", submit="核定", cancel=resolve_url("dues:person", pk=one.pk),
        template="dues/step.html", context={"person": one, "chosen": chosen_now(scope)},
        intro="收入加密保存，页面上不显示；需要查看的，要写明理由并留下记录。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
@never_cache
def pay(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payer(scope, pk, Right.RECORD_DUES)
    owed = _payable(scope, one)
    now = [f"{month}" for month, _ in owed if month <= scope.today]
    total = sum((amount for month, amount in owed if month <= scope.today), Decimal(0))
    initial = {"paid_on": scope.today, "months": now, "amount": total or None}
    form = PayForm(request.POST or None, owed=owed, initial=initial)
    done = tried(request, form, lambda: actions.register(scope, one, **form.cleaned_data))
    if isinstance(done, Payment):
        messages.success(request, f"已登记{one.name}交纳 {said(done.months)} 党费 {shown(done.amount)} 元。")
        return redirect("dues:payment", pk=done.pk)
    return form_page(
        request, form, title=f"登记交纳：{one.name}", submit="登记", cancel=resolve_url("dues:person", pk=one.pk),
        template="dues/step.html", context={"person": one, "chosen": chosen_now(scope)},
        intro="" if owed else "没有可以交纳的月份：请先核定党费基数，或者都已交清。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
@never_cache
def elsewhere(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payer(scope, pk, Right.RECORD_DUES)
    owed = [(due.month, due.amount) for due in queries.unpaid(one, month_of(scope.today))]
    away = one.mobilities.filter(ended_on__isnull=True).first()
    form = ElsewhereForm(request.POST or None, owed=owed, initial={"place": away.host if away else ""})
    done = tried(request, form, lambda: actions.register_elsewhere(scope, one, **form.cleaned_data))
    if isinstance(done, Payment):
        messages.success(request, f"已登记{one.name}在流入地交纳 {said(done.months)} 的党费。")
        return redirect("dues:payment", pk=done.pk)
    return form_page(
        request, form, title=f"在流入地交纳：{one.name}", submit="登记", cancel=resolve_url("dues:person", pk=one.pk),
        template="dues/step.html", context={"person": one, "chosen": chosen_now(scope)},
        intro="持流动党员活动证在外出地交纳的，核对活动证后登记：所选月份作已交，金额不计入本支部收缴。",
    )  # fmt: skip


def _payable(scope: Scope, one: Person) -> list[tuple[date, Decimal]]:
    """Open months up to the end of the quarter; those to come as they would be reckoned today."""
    last, month = last_payable(scope.today), month_of(scope.today)
    found = [(due.month, due.amount) for due in queries.unpaid(one, last)]
    known = set(Due.objects.filter(person=one, month__gt=month, month__lte=last).values_list("month", flat=True))
    reckoned = _reckoned(queries.base_on(one, month), month)
    while reckoned and (month := add_months(month, 1)) <= last:
        if month not in known:
            found.append((month, reckoned.monthly))
    return sorted(found)


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
@never_cache
@sensitive_post_parameters("reason")
def relieve(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payer(scope, pk, Right.RECORD_DUES)
    form = ReliefForm(request.POST or None)
    done = tried(request, form, lambda: actions.propose_relief(scope, one, **form.cleaned_data))
    if done:
        messages.success(request, "已登记党支部的意见，等上一级党委批准。")
        return redirect("dues:person", pk=one.pk)
    return form_page(
        request, form, title=f"少交免交党费：{one.name}", submit="报上一级党委批准",
        cancel=resolve_url("dues:person", pk=one.pk), template="dues/step.html",
        context={"person": one, "chosen": chosen_now(scope)},
    )  # fmt: skip


@page(needs=Right.VIEW_DUES)
def payments(request: HttpRequest) -> HttpResponseBase:
    rows = queries.payments(scope_of(request))
    return table_page(request, PaymentsTable(), rows, export_right=Right.EXPORT)


@page()
@never_cache
def payment(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payment(scope, pk)
    may = scope.may(Right.RECORD_DUES, one.organization.path) and one.withdrawn_at is None
    context = _receipt(one) | {"may_withdraw": may, "is_elsewhere": one.manner == Manner.ELSEWHERE}
    return render(request, "dues/payment.html", context)


def _receipt(one: Payment) -> dict[str, Any]:
    return {
        "payment": one, "months": said(one.months), "amount": shown(one.amount), "extra": shown(one.extra),
        "dues_part": shown(one.amount - one.extra),
    }  # fmt: skip


@page()
@never_cache
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The receipt on paper."""
    one = queries.payment(scope_of(request), pk)
    if one.manner == Manner.ELSEWHERE:
        raise Refusal(
            "在流入地交纳的党费由收款的党组织开具收据。", rule="dues.where", on=scope_of(request).today,
            remedy="凭流动党员活动证上的记载。",
        )  # fmt: skip
    context = _receipt(one) | {"today": scope_of(request).today}
    answer = HttpResponse(render_pdf("dues/print_receipt.html", context), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="receipt.pdf"'
    return answer


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def central_receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payment(scope, pk, Right.RECORD_DUES)
    form = CentralReceiptForm(request.POST or None)
    if tried(request, form, lambda: actions.note_receipt(scope, pk, **form.cleaned_data)):
        messages.success(request, "已登记收据。")
        return redirect("dues:payment", pk=pk)
    return form_page(
        request, form, title="登记中央组织部收据", cancel=resolve_url("dues:payment", pk=pk),
        intro=f"{one.person.name} {one.paid_on} 自愿多交 {shown(one.extra)} 元，全额上缴中央。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.payment(scope, pk, Right.RECORD_DUES)
    form = ReasonForm(request.POST or None)
    done = tried(request, form, lambda: actions.withdraw(scope, pk, **form.cleaned_data))
    if done:
        messages.success(request, "已撤销这笔交纳记录，所交月份恢复为未交。")
        return redirect("dues:payment", pk=pk)
    return form_page(
        request, form, title="撤销交纳记录", submit="撤销", cancel=resolve_url("dues:payment", pk=pk),
        intro=f"{one.person.name} {one.paid_on} 交纳 {said(one.months)} 党费 {shown(one.amount)} 元。记录不会删除。",
    )  # fmt: skip
