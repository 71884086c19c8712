"""Reliefs, hand-overs, the fund, publication, what the university chose, payment workbooks."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.documents.filling import fill
from zhibu.documents.preview import as_pdf
from zhibu.dues import actions, queries
from zhibu.dues.enums import StatementState
from zhibu.dues.forms import (
    ChoiceForm,
    DecideReliefForm,
    FundForm,
    HandOverForm,
    PublishForm,
    ReasonForm,
    ReceiveForm,
)
from zhibu.dues.models import Due
from zhibu.dues.pages.common import chosen_now, known_year, scope_of, tried
from zhibu.dues.queries.branches import reporting
from zhibu.dues.rules import shown, told_until
from zhibu.dues.tables import FundTable, HandOversTable, ReliefsTable, RowsTable, StatementsTable
from zhibu.organizations.enums import BRANCH_KINDS
from zhibu.organizations.models import Organization
from zhibu.regulations.queries import value
from zhibu.regulations.refusal import Refusal
from zhibu.ui.forms import form_page
from zhibu.ui.tables import bind, table_page

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(needs=Right.VIEW_DUES)
def reliefs(request: HttpRequest) -> HttpResponseBase:
    return table_page(request, ReliefsTable(), queries.reliefs(scope_of(request)), export_right=Right.EXPORT)


@page(needs=Right.VIEW_DUES, methods=("GET", "POST"))
@never_cache
def relief(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One relief with both papers; whoever may act for the committee decides here."""
    scope = scope_of(request)
    one = queries.relief(scope, pk)
    form = DecideReliefForm(request.POST or None, initial={"decided_on": scope.today})
    approve = request.POST.get("decision") == "approve"

    def act() -> object:
        return actions.decide_relief(scope, pk, approve=approve, **form.cleaned_data)

    if tried(request, form, act):
        messages.success(request, "已批准，应交党费已相应改变。" if approve else "已登记不批准。")
        return redirect("dues:reliefs")
    may = one.state == "proposed" and scope.may(Right.RECORD_DUES, one.approver.path)
    context = {
        "relief": one, "form": form, "may_decide": may, "amount": shown(one.amount),
        "hardship": queries.hardship(scope, one),
        "rule": value("dues.relief", scope.today),
    }  # fmt: skip
    return render(request, "dues/relief.html", context, status=422 if form.errors else 200)


@page(needs=Right.VIEW_DUES)
def fund(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An organization's money: what it holds for its superior, what it may spend, every movement."""
    scope = scope_of(request)
    node = queries.branch(scope, pk)
    may_record = scope.may(Right.RECORD_DUES, node.path)
    bound = bind(
        request, FundTable(may_record=may_record), queries.fund_entries(scope, node), export_right=Right.EXPORT
    )
    if answer := bound.answer():
        return answer
    held = queries.balance(node)
    year = scope.today.year
    context = {
        "node": node, "bound": bound, "balance": held, "in_hand": shown(held.in_hand), "fund": shown(held.fund),
        "collected": shown(held.collected), "handed": shown(held.handed), "spent": shown(held.spent),
        "may_record": may_record, "is_branch": node.kind in BRANCH_KINDS,
        "uses": value("dues.uses", scope.today), "years": [year, year - 1],
    }  # fmt: skip
    return render(request, "dues/fund.html", context)


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def fund_entry(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    node = queries.branch(scope, pk, Right.RECORD_DUES)
    form = FundForm(request.POST or None, initial={"on": scope.today})
    done = tried(request, form, lambda: actions.add_fund_entry(scope, node, **form.cleaned_data))
    if done:
        messages.success(request, "已登记。")
        return redirect("dues:fund", pk=pk)
    held = queries.balance(node)
    return form_page(
        request, form, title=f"登记党费收支：{node}", cancel=resolve_url("dues:fund", pk=pk),
        intro=f"党费余额 {shown(held.fund)} 元，手中待上缴 {shown(held.in_hand)} 元。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def hand_over(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    node = queries.branch(scope, pk, Right.RECORD_DUES)
    has = queries.in_hand(node)
    form = HandOverForm(request.POST or None, initial={"handed_on": scope.today, "amount": has or None})
    done = tried(request, form, lambda: actions.hand_over(scope, node, **form.cleaned_data))
    if done:
        messages.success(request, "已登记上缴，等上级党组织确认收到。")
        return redirect("dues:hand-overs")
    return form_page(
        request, form, title=f"登记上缴：{node}", submit="登记上缴", cancel=resolve_url("dues:fund", pk=pk),
        intro=f"手中待上缴 {shown(has)} 元。",
    )  # fmt: skip


@page(needs=Right.VIEW_DUES)
def hand_overs(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    return table_page(request, HandOversTable(scope), queries.hand_overs(scope), export_right=Right.EXPORT)


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def receive(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.hand_over(scope, pk)
    form = ReceiveForm(request.POST or None, initial={"received_on": scope.today})
    done = tried(request, form, lambda: actions.confirm_received(scope, pk, **form.cleaned_data))
    if done:
        messages.success(request, "已确认收到。")
        return redirect("dues:hand-overs")
    return form_page(
        request, form, title="确认收到上缴的党费", submit="确认收到", cancel=resolve_url("dues:hand-overs"),
        intro=f"{one.organization} 于 {one.handed_on} 上缴 {shown(one.amount)} 元。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def reverse_hand_over(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.hand_over_sent(scope, pk)
    form = ReasonForm(request.POST or None)
    if tried(request, form, lambda: actions.reverse_hand_over(scope, pk, **form.cleaned_data)):
        messages.success(request, "已冲销这笔上缴，两笔记录都保留。")
        return redirect("dues:hand-overs")
    return form_page(
        request, form, title="冲销上缴", submit="冲销", cancel=resolve_url("dues:hand-overs"),
        intro=f"{one.organization} 于 {one.handed_on} 上缴 {shown(one.amount)} 元。将另记一笔负数，原记录不改动。",
    )  # fmt: skip


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def reverse_fund_entry(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.fund_entry(scope, pk)
    form = ReasonForm(request.POST or None)
    if tried(request, form, lambda: actions.reverse_fund_entry(scope, pk, **form.cleaned_data)):
        messages.success(request, "已冲销，两笔记录都保留；正确的请重新登记。")
        return redirect("dues:fund", pk=one.organization_id)
    return form_page(
        request, form, title="冲销党费收支", submit="冲销", cancel=resolve_url("dues:fund", pk=one.organization_id),
        intro=f"{one.on} {one.get_kind_display()}：{one.content}，{shown(one.amount)} 元。"
        "将另记一笔负数，原记录不改动。",
    )  # fmt: skip


def _year_of(scope: Scope, node: Organization, year: int) -> dict[str, Any]:
    """The months of a year that are over, without names, and what was told of them."""
    known_year(year, scope)
    until = told_until(year, scope.today) or date(year - 1, 12, 1)
    sums = reporting(Due.objects.filter(organization=node, month__year=year, month__lte=until))
    rows = [row for row in queries.months_of(scope, node, year) if row["month"] <= until]
    return {
        "node": node, "year": year, "payers": sums["payers"], "due": shown(sums["due"] or Decimal(0)),
        "paid": shown(sums["paid"] or Decimal(0)), "until": until, "is_whole": until == date(year, 12, 1),
        "told": [(one, shown(one.paid)) for one in queries.publications(scope, node, year)],
        "rows": [(row["month"], row["payers"], row["paid_payers"], shown(row["due"] or Decimal(0)),
                  shown(row["paid"] or Decimal(0))) for row in rows],
        "elsewhere": sums["elsewhere"], "rule": value("dues.publish", scope.today),
    }  # fmt: skip


@page(needs=Right.VIEW_DUES, methods=("GET", "POST"))
def publication(request: HttpRequest, pk: int, year: int) -> HttpResponseBase:
    """A year's sums by month, without names: what is told to the members, and that it was."""
    scope = scope_of(request)
    node = queries.branch(scope, pk)
    context = _year_of(scope, node, year)
    form = PublishForm(request.POST or None, initial={"published_on": scope.today})
    done = tried(request, form, lambda: actions.publish(scope, node, year=year, **form.cleaned_data))
    if done:
        messages.success(request, "已登记公布。")
        return redirect("dues:publication", pk=pk, year=year)
    is_told = any(one.until == context["until"] for one, _paid in context["told"])
    context |= {"form": form, "may_record": scope.may(Right.RECORD_DUES, node.path) and not is_told}
    return render(request, "dues/publication.html", context, status=422 if form.errors else 200)


@page(needs=Right.VIEW_DUES)
def publication_print(request: HttpRequest, pk: int, year: int) -> HttpResponseBase:
    """The notice in the office's own template, as PDF or to be finished in Word."""
    scope = scope_of(request)
    node = queries.branch(scope, pk)
    known_year(year, scope)
    until = told_until(year, scope.today)
    if until is None:
        raise Refusal(f"{year} 年还没有过完一个月。", rule="dues.publish", on=scope.today, remedy="请在下个月打印。")
    content = fill("dues_publication", queries.notice(scope, node, year, until))
    if request.GET.get("as") == "docx":
        answer = HttpResponse(content, content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="dues-{year}.docx"'
        return answer
    answer = HttpResponse(as_pdf(content, title="党费收缴情况公示"), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="dues-{year}.pdf"'
    return answer


@page()
def choices(request: HttpRequest) -> HttpResponseBase:
    """What the university chose where the regulation leaves it open; everybody may read it."""
    scope = scope_of(request)
    context = {
        "choices": list(queries.choices(scope)[:50]), "chosen": chosen_now(scope),
        "may_record": any(queries.is_top(path) for path in scope.paths(Right.RECORD_DUES)),
        "rounding": value("dues.rounding", scope.today), "change": value("dues.base_change", scope.today),
        "salaried": value("dues.salaried", scope.today), "retired": value("dues.retired", scope.today),
        "student": value("dues.student", scope.today),
    }  # fmt: skip
    return render(request, "dues/choices.html", context)


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def choose(request: HttpRequest) -> HttpResponseBase:
    scope = scope_of(request)
    queries.require_top(scope)
    form = ChoiceForm(request.POST or None)
    done = tried(request, form, lambda: actions.set_choice(scope, **form.cleaned_data))
    if done:
        messages.success(request, "已登记学校选定的办法。")
        return redirect("dues:choices")
    return form_page(request, form, title="选定党费计算办法", cancel=resolve_url("dues:choices"))


@page(needs=Right.RECORD_DUES)
def statements(request: HttpRequest) -> HttpResponseBase:
    rows = queries.statements(scope_of(request))
    return table_page(request, StatementsTable(), rows, template="dues/statements.html")


@page(needs=Right.RECORD_DUES)
@never_cache
def statement(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What each row of a workbook is, before and after it is registered."""
    scope = scope_of(request)
    one = queries.statement(scope, pk)
    if one.state in {StatementState.READING, StatementState.FAILED}:
        return render(request, "dues/statement_reading.html", {"statement": one, **queries.progress(one)})
    bound = bind(request, RowsTable(), queries.rows(scope, one))
    if answer := bound.answer():
        return answer
    found = queries.findings(one)
    context = {
        "statement": one, "bound": bound, "found": found, "matched": found.get("matched", (0, 0))[0],
        "sum": shown(found.get("matched", (0, Decimal(0)))[1]), "undo": ReasonForm(),
        "others": sum(count for name, (count, _) in found.items() if name not in {"matched", "registered"}),
        "registered": found.get("registered", (0, 0))[0],
        "repeated": queries.repeated(one) if one.state == StatementState.READY else [],
    }  # fmt: skip
    return render(request, "dues/statement.html", context)


@page(needs=Right.RECORD_DUES, methods=("POST",))
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    also = [int(number) for number in request.POST.getlist("also") if re.fullmatch("[0-9]{1,6}", number)]
    made = actions.confirm(scope_of(request), pk, also=also)
    messages.success(request, f"已登记 {len(made)} 笔交纳。")
    return redirect("dues:statement", pk=pk)


@page(needs=Right.RECORD_DUES, methods=("POST",))
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    actions.discard(scope_of(request), pk)
    messages.success(request, "已放弃，没有登记任何一行。")
    return redirect("dues:statements")


@page(needs=Right.RECORD_DUES, methods=("GET", "POST"))
def undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request)
    one = queries.statement(scope, pk)
    form = ReasonForm(request.POST or None)
    done = tried(request, form, lambda: actions.undo(scope, pk, **form.cleaned_data))
    if done:
        messages.success(request, "已撤销这次登记，所交月份恢复为未交。")
        return redirect("dues:statement", pk=pk)
    return form_page(
        request, form, title="撤销流水登记", submit="撤销登记", cancel=resolve_url("dues:statement", pk=pk),
        intro=f"将撤销“{one.file_name}”登记的全部交纳。记录不会删除。",
    )  # fmt: skip
