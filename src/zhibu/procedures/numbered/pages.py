"""The register of numbered forms: the list, taking in, one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.procedures.models import FormRecord, NumberedForm
from zhibu.procedures.numbered import actions, queries
from zhibu.procedures.numbered.enums import FormAct, FormState
from zhibu.procedures.numbered.forms import IssueForm, PutRightForm, SpoilForm, TakeInForm
from zhibu.procedures.numbered.tables import FORM_TONES, FormTable
from zhibu.ui.forms import attempt, form_page
from zhibu.ui.parts import Event
from zhibu.ui.tables import table_page


@page(needs=Right.VIEW_CASE)
def index(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    counts = queries.counts(scope)
    labels = dict(FormState.choices)
    context = {
        "counts": [(labels[state], number, state) for state, number in counts.items()], "kept": any(counts.values()),
        "short": list(queries.short(scope)[:20]), "may_take_in": scope.may(Right.DECIDE_CASE),
    }  # fmt: skip
    return table_page(
        request, FormTable(), queries.forms(scope), template="procedures/numbered/index.html", context=context,
        export_right=Right.EXPORT,
    )  # fmt: skip


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def take_in(request: HttpRequest) -> HttpResponseBase:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    form = TakeInForm(request.POST or None, keepers=queries.keepers(scope), today=scope.today)

    def act() -> int:
        return actions.take_in(scope, form.cleaned_data["organization"], form.numbers(), on=form.cleaned_data["on"])

    if request.method == "POST" and (taken := attempt(form, act)) is not None:
        messages.success(request, f"已登记 {taken} 个编号。")
        return redirect("procedures:forms")
    return form_page(
        request, form, title="登记入党志愿书入库", submit="登记", cancel=reverse("procedures:forms"), draft="forms-new",
        intro="登记收到的空白《入党志愿书》。登记编号以后，本党委预审时从未使用的编号中发放，不在登记中的编号不能使用。",
    )  # fmt: skip


@page(needs=Right.VIEW_CASE)
def form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One number with everything that happened to it."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    found = queries.form(scope, pk)
    context = {
        "found": found, "tone": FORM_TONES[FormState(found.state)],
        "events": [_event(one) for one in reversed(queries.records(found))],
        "offers": _offers(found) if scope.may(Right.DECIDE_CASE, found.organization.path) else [],
    }  # fmt: skip
    return render(request, "procedures/numbered/form.html", context)


def _offers(found: NumberedForm) -> list[tuple[str, str]]:
    """What may be done with a number now: (address, words)."""
    spoiled = found.state in {FormState.VOID, FormState.LOST}
    offered = [("issue", found.state == FormState.UNUSED), ("void", not spoiled), ("lost", not spoiled)]
    offered.append(("correct", found.state != FormState.UNUSED))
    return [(reverse("procedures:form-do", args=[found.pk, what]), TITLES[what]) for what, fits in offered if fits]


def _event(one: FormRecord) -> Event:
    notes = [str(one.case.person)] if one.case else []
    notes += [f"领取人：{one.received_by}"] if one.received_by and one.act == FormAct.ISSUED else []
    notes += [one.reason] if one.reason else []
    who = f"{one.recorded_by.display_name}，" if one.recorded_by else ""
    notes.append(f"{who}{timezone.localdate(one.recorded_at)} 登记")
    url = reverse("procedures:case", args=[one.case_id]) if one.case_id else ""
    tone = {FormAct.VOIDED: "yellow", FormAct.LOST: "red", FormAct.CORRECTED: "yellow"}.get(FormAct(one.act), "green")
    return Event(one.on, one.get_act_display(), "；".join(notes), url=url, tone=tone)


TITLES = {"issue": "发放", "void": "登记作废", "lost": "登记遗失", "correct": "更正"}
REASONS = {
    "void": "写明作废的原因，如填写错误、污损、印制有误。",
    "lost": "写明遗失的经过，何时向哪一级党组织报告。",
}
Made = tuple[Any, Callable[[dict[str, Any]], FormRecord]]


@page(needs=Right.DECIDE_CASE, methods=("GET", "POST"))
def do(request: HttpRequest, pk: int, what: str) -> HttpResponseBase:
    """Handing out, void, lost, putting right: each a form."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if what not in TITLES:
        raise Http404("没有这个操作。")
    found = queries.form(scope, pk)
    scope.require(Right.DECIDE_CASE, found.organization.path)
    filled, act = _made(request, scope, found, what)
    if request.method == "POST" and attempt(filled, lambda: act(filled.cleaned_data)) is not None:
        messages.success(request, f"编号 {found.number}：已{TITLES[what].removeprefix('登记')}。")
        return redirect("procedures:form", pk=pk)
    return form_page(
        request, filled, title=f"{TITLES[what]}：{found.number}", submit=TITLES[what],
        cancel=reverse("procedures:form", args=[pk]), intro=INTROS[what], draft=f"form-{pk}-{what}",
    )  # fmt: skip


INTROS = {
    "issue": "发放给预审合格、手里没有志愿书的发展对象：原来的一份作废、遗失之后换发，或者预审时没有登记发放的。",
    "void": "作废的编号不能再用，登记有误的可以更正。",
    "lost": "遗失的编号不能再用，找到以后可以更正。",
    "correct": "撤回最近一次登记，恢复到此前的状态。更正作为新的一项登记，原来的登记保留。",
}


def _made(request: HttpRequest, scope: Scope, found: NumberedForm, what: str) -> Made:
    posted = request.POST or None
    if what == "issue":
        cases = queries.cases_without_form(scope, found.organization)
        return IssueForm(posted, cases=cases, today=scope.today), lambda data: actions.issue(
            scope, found.pk, data["case"], on=data["on"], received_by=data["received_by"]
        )
    if what == "correct":
        return PutRightForm(posted), lambda data: actions.put_right(scope, found.pk, reason=data["reason"])
    kind = FormAct.VOIDED if what == "void" else FormAct.LOST
    return SpoilForm(posted, help_text=REASONS[what], today=scope.today), lambda data: actions.spoil(
        scope, found.pk, kind, on=data["on"], reason=data["reason"]
    )
